"""The HTTP endpoint: the door, then the activity; health and readiness beside it."""

import asyncio
from collections.abc import Callable
from hmac import compare_digest

import structlog
from aiohttp import web

from bot.activities import Activities
from bot.teams.correlation import correlated
from bot.teams.door import Admission, check_local, refusals
from bot.teams.gate import has_proved, watched
from bot.teams.tokens import Forbidden
from tasking.unit_of_work import Units, code_of
from tasking.watch.upkeep import Health, health_of

log = structlog.get_logger()

OPERATOR_HEADER = "X-RedLine-Key"
MESSAGES_PATH = "/api/messages"
_OUTBOX_TOO_OLD = 900.0
_HEARTBEAT_TOO_OLD = 120.0
_DIRECTORY_TOO_OLD = 24 * 3600.0
_LOOKS_WITHIN = 1.5
_BODY_LIMIT = 256 * 1024


class Endpoint:
    """`POST /api/messages`, `GET /healthz`, `GET /readyz`."""

    def __init__(
        self,
        door: Admission,
        activities: Activities,
        units: Units,
        keys_loaded: Callable[[], bool] = lambda: True,
        operator_key: str = "",
    ) -> None:
        """`operator_key` opens the numbers of `/readyz` to who is elsewhere; empty opens nothing."""
        self._operator_key = operator_key
        self._door = door
        self._activities = activities
        self._units = units
        self._keys_loaded = keys_loaded
        self._is_away = False
        self._looking: asyncio.Task[Health] | None = None

    def application(self) -> web.Application:
        """The aiohttp application, to be served by an `AppRunner` with `RUNNER_LIMITS`."""
        app = web.Application(client_max_size=_BODY_LIMIT, middlewares=[watched, correlated, refusals])
        app.router.add_post(MESSAGES_PATH, self.messages)
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        return app

    async def messages(self, request: web.Request) -> web.Response:
        """Take one activity. Nothing is read or parsed before its token is verified."""
        admitted = await self._door.admit(request)
        has_proved(request)
        reply = await self._activities.receive(admitted.activity)
        if not reply.body:
            return web.Response(status=reply.status)
        return web.Response(status=reply.status, body=reply.body, content_type="application/json")

    async def healthz(self, _request: web.Request) -> web.Response:
        """Whether the process is alive."""
        return web.json_response({"status": "ok"})

    async def readyz(self, request: web.Request) -> web.Response:
        """Whether the database answers and saves, the outbox moves and the scheduler lives.

        Anybody is told whether; the operator (on this machine, or with the key) is told why.
        """
        answer = await self._readiness()
        if self._is_operator(request):
            return answer
        is_ready = answer.status == 200
        return web.json_response({"status": "ready" if is_ready else "not ready"}, status=answer.status)

    def _is_operator(self, request: web.Request) -> bool:
        key = request.headers.get(OPERATOR_HEADER, "")
        if self._operator_key and compare_digest(
            key.encode(errors="surrogateescape"), self._operator_key.encode()
        ):
            return True
        try:
            check_local(request)
        except Forbidden:
            return False
        return True

    async def _readiness(self) -> web.Response:
        try:
            health = await self._health()
        except Exception as problem:
            if not self._is_away:
                log.error("readiness.no_database", problem=code_of(problem))
            self._is_away = True
            return web.json_response({"status": "not ready", "problems": ["database"]}, status=503)
        if self._is_away:
            log.info("readiness.database_again")
        self._is_away = False
        problems = [*_problems(health), *([] if self._keys_loaded() else ["signing-keys"])]
        if self._units.cannot_save:
            problems.append("saving")
        body = {
            "status": "not ready" if problems else "ready",
            "problems": problems,
            "warnings": _warnings(health),
            "outbox_age_seconds": round(health.outbox_age),
            "parked": health.parked,
            "unreachable": health.unreachable,
            "scheduler_heartbeat_age_seconds": _rounded(health.heartbeat_age),
            "directory_age_seconds": _rounded(health.directory_age),
        }
        return web.json_response(body, status=503 if problems else 200)

    async def _health(self) -> Health:
        """What the database says within two seconds; one look at a time, however often it is asked for.

        Raises TimeoutError where it says nothing by then, or what kept it from being read.
        """
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._units.read(health_of))
        async with asyncio.timeout(_LOOKS_WITHIN):
            return await asyncio.shield(self._looking)


def _problems(health: Health) -> list[str]:
    age = health.heartbeat_age
    return ["scheduler"] if age is None or age > _HEARTBEAT_TOO_OLD else []


def _warnings(health: Health) -> list[str]:
    """What is late or was given up is somebody else's fault, as a rule: taps must be taken all the same."""
    late = {
        "outbox": health.outbox_age > _OUTBOX_TOO_OLD,
        "parked": health.parked > 0,
        "directory": (health.directory_age or 0.0) > _DIRECTORY_TOO_OLD or health.all_groups_gone,
        "people-missing": health.brakes > 0,
        "group-missing": health.groups_gone > 0,
        "board-channel": health.without_board > 0,
    }
    return [name for name, is_so in late.items() if is_so]


def _rounded(age: float | None) -> int | None:
    return None if age is None else round(age)

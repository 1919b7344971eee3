"""Faults on demand: the ways in which a network and a busy Graph fail, before or after the work is done."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler

from infra.local.graph.errors import error_response

API = "/v1.0"


@dataclass
class Fault:
    """What goes wrong with the next `count` requests that match (None: with every one).

    `when` says whether the request is carried out before it fails. `delay` is in seconds; `drop` closes
    the connection without an answer; `body` is sent as it is.
    """

    method: str = ""
    path: str = ""
    status: int | None = None
    retry_after: str | None = None
    body: str | None = None
    delay: float = 0.0
    drop: bool = False
    when: Literal["before", "after"] = "before"
    count: int | None = 1

    def matches(self, request: web.Request) -> bool:
        """Whether this fault has to do with the request; `path` is any part of the path."""
        return self.method in ("", request.method) and self.path in request.path and self.count != 0


class Faults:
    """The faults that wait, and a log of what was asked."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        """Method and path of every API request, oldest first."""

    def add(self, fault: Fault) -> None:
        """Let this go wrong from now on."""
        self.waiting.append(fault)

    def count(self, method: str, path: str) -> int:
        """How many API requests had this method and this in their path."""
        return sum(1 for asked, where in self.requests if asked == method and path in where)

    def routes(self) -> list[web.RouteDef]:
        """The endpoints by which a test in another process does the same."""
        return [
            web.post("/_faults", self._add),
            web.get("/_faults", self._list),
            web.delete("/_faults", self._clear),
            web.get("/_requests", self._requests),
            web.delete("/_requests", self._forget),
        ]

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Log API requests and let the first matching fault happen."""
        if not request.path.startswith(API):
            return await handler(request)
        self.requests.append((request.method, request.path))
        fault = next((fault for fault in self.waiting if fault.matches(request)), None)
        if fault is None:
            return await handler(request)
        if fault.count is not None:
            fault.count -= 1
        return await _fail(fault, request, handler)

    async def _add(self, request: web.Request) -> web.Response:
        try:
            self.add(Fault(**await request.json()))
        except (TypeError, ValueError):
            return error_response(400, "invalidRequest", "This is not a fault.")
        return web.Response(status=204)

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in self.waiting])

    async def _clear(self, _: web.Request) -> web.Response:
        self.waiting.clear()
        return web.Response(status=204)

    async def _requests(self, _: web.Request) -> web.Response:
        return web.json_response([{"method": method, "path": path} for method, path in self.requests])

    async def _forget(self, _: web.Request) -> web.Response:
        self.requests.clear()
        return web.Response(status=204)


async def _fail(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    answer = await handler(request) if fault.when == "after" else None
    await asyncio.sleep(fault.delay)
    if fault.drop:
        if request.transport:
            request.transport.close()
        return web.Response(status=500)
    if fault.status is None and fault.body is None:
        return answer or await handler(request)
    return _failed(fault)


def _failed(fault: Fault) -> web.Response:
    status = fault.status or 200
    if fault.body is None:
        response = error_response(status, "faultOnDemand", "This was asked for.")
    else:
        response = web.Response(status=status, text=fault.body)
    if fault.retry_after is not None:
        response.headers["Retry-After"] = fault.retry_after
    return response

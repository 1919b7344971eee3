"""A crowded stage for faults: more officers and lanes, Teams' redeliveries, leases that run out."""

import asyncio
import itertools
import os
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import aiohttp
from sqlalchemy import ColumnElement, update

from cards.words import BREACH_NOT_SAVED, BREACH_UNCLEAR, NOT_SAVED, UNCLEAR
from infra.local.graph import Group, LocalGraph, LocalGraphData
from infra.local.graph import Person as GraphPerson
from infra.local.graph.faults import Fault as GraphFault
from infra.local.people import PEOPLE, SERGEANT, FictionalPerson, group_id
from storage.enums import OrderStatus, OrderType, OutboxKind, OutboxState
from storage.rows import add, table_of
from storage.tables import Outbox, Person, ProtectiveOrder, Subject
from tests.support.running_service import ServiceProcess, Stage, eventually, graph_data, tap_of

OFFICERS = tuple(
    FictionalPerson(number, f"Crowd Officer {number} (fictional)", f"91{number}") for number in range(11, 17)
)
LONG = 90.0
"""Seconds after which a wait is given up: no measure of speed."""

_outbox = table_of(Outbox)


def size(small: int, full: int) -> int:
    """The small count in `make test`, the full one where REDLINE_SOAK=1 asks for it."""
    return full if os.environ.get("REDLINE_SOAK") == "1" else small


def databases(small: str) -> list[str]:
    """The databases for faults that have little to do with one: `small` in `make test`, both in the soak."""
    return [[small], ["sqlite", "postgresql"]][size(0, 1)]


def seeded_random() -> random.Random:
    """Chances that can be played again: the seed is printed, and REDLINE_SEED sets it."""
    seed = int(os.environ.get("REDLINE_SEED") or random.SystemRandom().randrange(10**6))
    print(f"REDLINE_SEED={seed}")  # noqa: T201 - shown when the test fails
    return random.Random(seed)


def order_of(officer: FictionalPerson) -> str:
    """The order that a crowd officer's visits are about: each has one, and with it a lane to the list."""
    return f"DVPO-{officer.number}"


class FaultStage(Stage):
    """The stage with six more officers, an order for each, everybody installed, second copies soon."""

    def __init__(self, database_url: str, folder: Path, **settings: str) -> None:
        super().__init__(database_url, folder, **({"REDLINE_SECOND_COPY_SECONDS": "0.5"} | settings))
        self.graph = LocalGraph(_crowded(graph_data()), require_token=True)
        self._threads = itertools.count(2)
        self.answered: set[str] = set()
        """The tasks whose result was tapped and acknowledged."""
        self.unanswered: set[str] = set()
        """Those whose result was tapped and never answered: it may be there or not."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        try:
            await self._gather_the_crowd()
        except BaseException:
            await super().__aexit__()
            raise
        return self

    async def _gather_the_crowd(self) -> None:
        subjects = _subjects()
        await self.database.write(lambda connection: add(connection, *subjects))
        await self.database.write(lambda connection: add(connection, *_orders(subjects)))
        await eventually(lambda: self.rows(Person, entra_id=OFFICERS[-1].entra_id), LONG)
        await self.install_everybody()
        for officer in OFFICERS:
            self.teams.add_person(officer.teams_id, entra_id=officer.entra_id, name=officer.name)
            await self.install(officer)

    async def revive(self) -> None:
        """Undo what an earlier test left: faults, and a service that was killed."""
        self.all_is_well()
        self.teams.uninstalled.clear()
        self.issuer.status = 200
        await self.outbox_becomes(OutboxState.PARKED, state=OutboxState.WAITING, retry_at=None)
        if not self.service.is_running:
            await self.leases_run_out()
            await self.restart()

    async def post_to(self, process: ServiceProcess, activity: Mapping[str, Any]) -> Any:
        """Deliver an activity to one of several processes: what it answered."""
        url = f"http://127.0.0.1:{process.port}/api/messages"
        headers = {"Authorization": self.issuer.authorization()}
        async with self.http.post(url, json=activity, headers=headers) as answer:
            assert answer.status == 200
            return await answer.json()

    def twin(self, name: str) -> ServiceProcess:
        """A second process of the same service, on the same database."""
        return ServiceProcess(self.environment(), self.folder / f"{name}.log")

    # --- Teams, which does not give up so soon -----------------------------------------------

    async def deliver(self, activity: Mapping[str, Any], tries: int = 300) -> Any:
        """Deliver an activity as Teams does, the same again until it is answered; None where it never was."""
        for _ in range(tries):
            answer = await self.deliver_once(activity)
            if answer is not None:
                return answer
            await asyncio.sleep(0.2)
        return None

    async def deliver_once(self, activity: Mapping[str, Any]) -> Any:
        """What a delivery was answered, or None: the service was away, or said that it could not."""
        try:
            async with asyncio.timeout(25):
                status, body = await self.post(activity)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
        assert status in (200, 202) or status >= 500, status
        if body and body.get("value") in _NO_ANSWERS:
            return None
        return (body or {}) if status < 500 else None

    def assignment(self, officer: FictionalPerson) -> dict[str, Any]:
        """The sergeant's tap, in a thread of its own, that gives an officer a visit to his order.

        A chat takes only so many cards a minute: all confirmations in one would make every test wait.
        """
        due = datetime.now(UTC) + timedelta(days=1)
        data = {
            "officer": officer.entra_id,
            "kind": "visit",
            "target": order_of(officer),
            "due_date": f"{due:%Y-%m-%d}",
            "due_time": "18:00",
        }
        thread = str(next(self._threads))
        return self.activity(SERGEANT, in_channel=True, thread=thread, **tap_of("assign", data))

    def breach(self, officer: FictionalPerson, ref: str) -> dict[str, Any]:
        """The officer's tap that confirms a breach, which leaves for the records list at once."""
        at = datetime.now(UTC).isoformat()
        data = {"task": ref, "v": 1, "code": "BREACH_SUSPECTED", "happened_at": at}
        return self.activity(officer, **tap_of("confirm_breach", data))

    def no_answer(self, officer: FictionalPerson, ref: str) -> dict[str, Any]:
        """The officer's usual tap, which leaves when the undo window has passed."""
        data = {"task": ref, "v": 1, "code": "NO_ANSWER"}
        return self.activity(officer, **tap_of("record_outcome", data))

    async def reported(self, officer: FictionalPerson, ref: str) -> None:
        """The officer's breach is acknowledged."""
        assert await self.deliver(self.breach(officer, ref))
        self.answered.add(ref)

    async def assigned(self, officer: FictionalPerson) -> str:
        """Give an officer a visit; its reference, from an answer that was received."""
        return ref_in(await self.deliver(self.assignment(officer)))

    # --- time, which cannot be waited for ----------------------------------------------------

    async def leases_run_out(self) -> None:
        """The minute that a lease lasts has passed."""
        await self.outbox_becomes(OutboxState.SENDING, lease_until=datetime.now(UTC) - timedelta(seconds=1))

    async def back_off_is_over(self) -> None:
        """Whatever waits for another attempt may be tried now, and undo windows have passed.

        Not what keeps Teams' pace: that waits for its turn, and no failure made it.
        """
        failed = _outbox.c.last_error.is_distinct_from("pace")
        await self.outbox_becomes(OutboxState.WAITING, failed, retry_at=None)
        past = datetime.now(UTC) - timedelta(seconds=1)
        statement = update(_outbox).where(_outbox.c.kind == OutboxKind.HAND_OVER, _outbox.c.send_after > past)
        await self.database.write(lambda connection: connection.execute(statement.values(send_after=past)))

    async def outbox_becomes(
        self, before: OutboxState, /, *where: ColumnElement[bool], **values: Any
    ) -> None:
        """Change every outbox row of a state that meets the conditions."""
        statement = update(_outbox).where(_outbox.c.state == before, *where).values(**values)
        await self.database.write(lambda connection: connection.execute(statement))

    async def due_rows(self) -> list[dict[str, Any]]:
        """The effects that should have taken place and have not."""
        now = datetime.now(UTC)
        rows = await self.rows(Outbox)
        return [r for r in rows if r["state"] in _UNDONE and r["send_after"] <= now]

    async def everything_is_delivered(self, within: float = LONG) -> None:
        """Wait until nothing is due any more, as it would be when time had passed."""

        async def left() -> list[str]:
            await self.back_off_is_over()
            await self.nudge()
            await asyncio.sleep(0.2)
            return [f"{r['key']} {r['state']} {r['last_error']}" for r in await self.due_rows()]

        loop = asyncio.get_running_loop()
        give_up = loop.time() + within
        while rows := await left():
            assert loop.time() < give_up, rows

    # --- faults ------------------------------------------------------------------------------

    def graph_fault(self, **fault: Any) -> None:
        """Let something go wrong with new rows of the records list; the arguments are a Fault's."""
        self.graph.faults.add(GraphFault(**({"method": "POST", "path": "/items"} | fault)))

    def all_is_well(self) -> None:
        """End all faults of both stand-ins."""
        self.teams.faults.clear()
        self.graph.faults.waiting.clear()


_NO_ANSWERS = (NOT_SAVED, BREACH_NOT_SAVED, UNCLEAR, BREACH_UNCLEAR)
"""In words: whoever gets them does not know that it was done."""
_UNDONE = (OutboxState.WAITING, OutboxState.SENDING, OutboxState.PARKED)


def ref_in(answer: Any) -> str:
    """The reference of the task whose card an answer holds."""
    assert answer and answer["statusCode"] == 200, answer
    words: str = answer["value"]["fallbackText"]
    return next(word for word in words.split() if word.startswith("T-"))


def _crowded(data: LocalGraphData) -> LocalGraphData:
    members = [officer.entra_id for officer in OFFICERS]
    north = group_id("a1")
    groups = [Group(g.id, g.name, [*g.members, *members]) if g.id == north else g for g in data.groups]
    people = [GraphPerson(p.entra_id, p.name, p.collar_number) for p in (*PEOPLE, *OFFICERS)]
    return LocalGraphData(people, groups, data.documents, data.site_id, data.list_id)


def _subjects() -> list[Subject]:
    return [
        Subject(
            number=officer.number,
            ref=f"S-{officer.number}",
            district_id="north",
            card_name=f"N. INVENTED {officer.number}",
        )
        for officer in OFFICERS
    ]


def _orders(subjects: list[Subject]) -> list[ProtectiveOrder]:
    now = datetime.now(UTC)
    return [
        ProtectiveOrder(
            ref=order_of(officer),
            order_type=OrderType.DVPO,
            district_id="north",
            subject_id=subject.id,
            status=OrderStatus.IN_FORCE,
            made_on=now.date() - timedelta(days=3),
            served_at=now - timedelta(days=3),
            last_day=now.date() + timedelta(days=20),
        )
        for officer, subject in zip(OFFICERS, subjects, strict=True)
    ]

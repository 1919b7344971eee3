"""(e) Nothing grows with what is over: each act on a database with 100 times as much that is finished.

The estimator was chosen before the first run, and is: both databases are asked by turns within one run, which
changes sides each round; a ratio is the smallest time on the large one divided by the smallest on the small.
What the machine does besides only ever adds to a time, so that the smallest is nearest to the work itself; a
median would carry the load of whatever else ran. Each time is of several calls: one is too short to tell.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from infra.local.people import CONSTABLE, SERGEANT
from storage import answers
from storage.enums import OutboxKind, OutcomeCode
from storage.tables import Outbox
from tasking import deliveries, outbox_steps
from tasking import reports as board
from tasking.orders import closing
from tasking.unit_of_work import UnitOfWork, Units
from tasking.watch import not_served, reminders, upkeep
from tasking.work import briefing, find, forms, leavers, lists, showing
from tasking.work.find import Reader
from tasking.work.outcomes import Report, record_outcome
from tests.bench.growth_rows import filled, ref_of
from tests.bench.table import Row, at_most
from tests.support.notice_names import CardPurpose
from tests.support.postgres import running_postgres
from tests.support.units import CHAT, NOW, reader_of

MOST = 1.3
_STAND_MS = 50.0
_TICK = 0.001


@dataclass(frozen=True)
class Growth:
    """How much is over on the small side, how often both are asked, and how many calls make one time."""

    finished: int = 1_000
    times: int = 100
    rounds: int = 9
    calls: int = 3


Act = Callable[[UnitOfWork], Any]


def _asker(uow: UnitOfWork, is_sergeant: bool = True) -> Reader:
    return reader_of(uow, SERGEANT if is_sergeant else CONSTABLE)


def _card(uow: UnitOfWork) -> Any:
    reader = _asker(uow, False)
    return showing.officer_view(uow, find.find_task(uow, reader, ref_of(1)), reader)


def _reminder(uow: UnitOfWork, kind: OutboxKind = OutboxKind.POST_CARD) -> Any:
    row = Outbox(
        id=0,
        key="bench",
        kind=kind,
        purpose=CardPurpose.REMINDER,
        district_id="north",
        lane="bench",
        person_id=CONSTABLE.entra_id,
        created_at=NOW,
        send_after=NOW,
    )
    return deliveries.prepare(uow, row)


ACTS: dict[str, Act] = {
    "a tap": lambda uow: record_outcome(
        uow, _asker(uow, False), ref_of(1), Report(OutcomeCode.NO_ANSWER, uow.now)
    ),
    "officer's card": _card,
    "briefing": lambda uow: briefing.brief(uow, _asker(uow, False), ref_of(1)),
    "board": lambda uow: board.board_of(uow, "north"),
    "list of orders": lambda uow: board.order_list(uow, _asker(uow), "north"),
    "reminder card": _reminder,
    "reminder that stands": lambda uow: _reminder(uow, OutboxKind.UPDATE_CARD),
    "pass: reminders": reminders.remind,
    "pass: watch of orders": lambda uow: (not_served.watch_orders(uow), closing.close_ended(uow)),
    "pass: who left": leavers.missing_people,
    "pass: forget": upkeep.forget,
    "pass: claim": lambda uow: outbox_steps.claim_both(uow, 16, 4),
    "pass: when next": outbox_steps.seconds_to_next,
    "health": upkeep.health_of,
    "search: mistyped reference": lambda uow: find.not_found(uow, _asker(uow), "DVPO-100330"),
    "search: one task": lambda uow: find.find_task(uow, _asker(uow), ref_of(2)),
    "answers that stand": lambda uow: answers.answer_to(uow.connection, "answer-101"),
    "form: is it taken": lambda uow: answers.is_taken(uow.connection, "chat-2", "no-such"),
    "form: assign": lambda uow: forms.assign_form_view(uow, _asker(uow), CHAT),
    "list: own": lambda uow: lists.own_tasks(uow, _asker(uow, False)),
    "list: overdue": lambda uow: lists.overdue_tasks(uow, _asker(uow)),
    "list: about a subject": lambda uow: lists.tasks_of_subject(uow, _asker(uow), "S-1001"),
}


class _Undone(Exception):
    """What an act wrote is not kept, so that the next round finds the same."""


async def _seconds(units: Units, act: Act, calls: int) -> float:
    """What one call takes, without the commit: the disk's time says nothing of what is read."""
    taken: list[float] = []

    def work(uow: UnitOfWork) -> None:
        begun = perf_counter()
        act(uow)
        taken.append(perf_counter() - begun)
        raise _Undone

    for _ in range(calls):
        with suppress(_Undone):
            await units.write_quietly(work)
    return sum(taken) / calls


@dataclass
class Measured:
    """The times of each act on the small and on the large side, and the longest stand on the large one."""

    small: dict[str, list[float]] = field(default_factory=dict)
    large: dict[str, list[float]] = field(default_factory=dict)
    stands: list[float] = field(default_factory=list)

    def rows(self, database: str, growth: Growth) -> list[Row]:
        """A ratio for each act, and the longest stand of the loop."""
        small = f"{growth.finished:,} finished"
        ratios = [
            at_most(
                f"(e) {database}, x{growth.times}: {name}", min(self.large[name]) / min(times), MOST, small
            )
            for name, times in self.small.items()
        ]
        longest = max(self.stands) * 1000
        stand = Row(
            f"(e) {database}: longest stand of the loop",
            round(longest, 1),
            "ms",
            f"<= {_STAND_MS:g}",
            "",
            longest <= _STAND_MS,
        )
        return [*ratios, stand]


@asynccontextmanager
async def _watched(stands: list[float]) -> AsyncIterator[None]:
    """Notes how long the loop answered nobody meanwhile."""

    async def tick() -> None:
        last = perf_counter()
        while True:
            await asyncio.sleep(_TICK)
            now = perf_counter()
            stands.append(now - last - _TICK)
            last = now

    ticking = asyncio.create_task(tick())
    try:
        yield
    finally:
        await asyncio.sleep(2 * _TICK)
        ticking.cancel()


async def measure(small_url: str, large_url: str, growth: Growth) -> Measured:
    """Fill both databases and ask them by turns."""
    sides = (
        await filled(small_url, growth.finished),
        await filled(large_url, growth.finished * growth.times),
    )
    measured = Measured()
    gc.collect()
    gc.freeze()
    try:
        for number in range(growth.rounds + 1):
            for name, act in ACTS.items():
                await _one_round(sides, name, act, measured, number, growth.calls)
    finally:
        gc.unfreeze()
        for units in sides:
            await units.database.stop()
    return measured


async def _one_round(
    sides: tuple[Units, Units], name: str, act: Act, measured: Measured, number: int, calls: int
) -> None:
    """The first round only warms up: statements are compiled once."""
    turns = [(sides[0], measured.small), (sides[1], measured.large)]
    for units, kept in turns if number % 2 else turns[::-1]:
        stands: list[float] = []
        async with _watched(stands):
            seconds = await _seconds(units, act, calls)
        if number:
            kept.setdefault(name, []).append(seconds)
            measured.stands += stands if units is sides[1] else []


async def growth_rows(folder: Path, growth: Growth, tell: Callable[[str], None]) -> list[Row]:
    """The rows (e), of SQLite and of PostgreSQL."""
    tell("growth: SQLite")
    small, large = (f"sqlite:///{folder / name}.db" for name in ("small", "large"))
    rows = (await measure(small, large, growth)).rows("SQLite", growth)
    tell("growth: PostgreSQL")
    with running_postgres() as server:
        measured = await measure(server.fresh_database(), server.fresh_database(), growth)
    return [*rows, *measured.rows("PostgreSQL", growth)]

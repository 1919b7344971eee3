"""What must hold whatever went wrong: nothing lost, nothing twice, nothing half."""

import json
import re
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any

from cards.reports import board_card
from infra.local.graph.store import Item
from infra.local.people import NORTH_CHANNEL, SOUTH_CHANNEL, FictionalPerson
from infra.local.teams_kept import Message
from infra.local.teams_stand_in import ANEW
from storage.enums import OutboxKind, OutboxState, OutcomeState, TaskState
from storage.tables import AuditEvent, Outbox, Outcome, ProtectiveOrder, Task, TaskChange
from storage.tables import Message as Standing
from tasking.clock import SystemClock
from tasking.policy import load_policy
from tasking.reports import board_of
from tasking.unit_of_work import Units
from tests.faults.support import FaultStage
from tests.support.notice_names import CardPurpose
from tests.support.running_service import POLICY, eventually, is_answer

Row = dict[str, Any]
Place = tuple[str, str]
"""A chat or channel, and what the cards there are about."""


async def nothing_is_half(stage: FaultStage) -> None:
    """Each task and outcome has its history, its audit event and its effects, once."""
    tasks, outcomes = await stage.rows(Task), await stage.rows(Outcome)
    history = Counter((c["task_id"], c["action"]) for c in await stage.rows(TaskChange))
    audit = Counter(
        (e["action"], e["outcome_id"] or e["task_id"]) for e in await stage.rows(AuditEvent) if e["task_id"]
    )
    keys = Counter(row["key"] for row in await stage.rows(Outbox))
    for task in tasks:
        assert history[task["id"], "assign"] == audit["assign", task["id"]] == 1
        assert keys[f"confirmation:{task['id'].hex}"] == 1
        assert keys[f"officer-card:{task['id'].hex}:1:{task['owner_id']}:"] == 1
    for outcome in outcomes:
        assert history[outcome["task_id"], "record-outcome"] == 1
        assert audit["record-outcome", outcome["id"]] == 1
        assert keys[f"hand-over:{outcome['id'].hex}"] == 1
    done = {task["id"]: task["outcome_id"] for task in tasks if task["state"] == TaskState.DONE}
    assert done == {outcome["task_id"]: outcome["id"] for outcome in outcomes}
    assert len(done) == len(outcomes), "a task has two outcomes"


async def everything(stage: FaultStage) -> int:
    """All that must hold when everything was delivered; how many extra cards there are."""
    await nothing_is_half(stage)
    await outcomes_are(stage, stage.answered, stage.unanswered)
    await list_has_each_outcome_once(stage)
    extra = await cards_arrived(stage)
    await board_is_true(stage)
    return extra


async def outcomes_are(stage: FaultStage, acknowledged: set[str], perhaps: set[str]) -> None:
    """Every acknowledged outcome is there once; besides, only those that were asked for unanswered."""
    refs = {task["id"]: task["ref"] for task in await stage.rows(Task)}
    there = Counter(refs[outcome["task_id"]] for outcome in await stage.rows(Outcome))
    assert acknowledged <= set(there), "an acknowledged outcome is lost"
    assert set(there) <= acknowledged | perhaps, "an outcome that nobody reported"
    assert set(there.values()) <= {1}, "an outcome is there twice"


async def list_has_each_outcome_once(stage: FaultStage) -> None:
    """Exactly one row of the records list for each outcome, and the outcome knows which."""
    outcomes = await stage.rows(Outcome)
    rows: list[Item] = stage.graph.store.all()
    assert Counter(row.fields["RedLineKey"] for row in rows) == Counter(str(o["id"]) for o in outcomes)
    assert {o["state"] for o in outcomes} <= {OutcomeState.HANDED_OVER}
    ids = {row.fields["RedLineKey"]: str(row.id) for row in rows}
    assert {str(o["id"]): o["list_item_id"] for o in outcomes} == ids


async def cards_arrived(stage: FaultStage) -> int:
    """Every card owed arrived; extra ones are no more than unclear sends and say so. How many extra."""
    rows = [r for r in await stage.rows(Outbox) if r["kind"] == OutboxKind.POST_CARD or _is_board(r)]
    assert {row["state"] for row in rows} <= {OutboxState.DONE}, "a card was not delivered"
    # What was typed is answered in words of many kinds: its tests look at them themselves.
    owed, unclear = await _owed(stage, [row for row in rows if row["purpose"] != CardPurpose.ANSWER])
    posted: dict[Place, list[Message]] = defaultdict(list)
    for message in (each for each in stage.teams.messages if not is_answer(each)):
        posted[message.channel_id.removesuffix(ANEW), _about(message)].append(message)
    assert set(owed) <= set(posted), "a card was never posted"
    extra = 0
    for place, messages in posted.items():
        more = len(messages) - owed[place]
        assert 0 <= more <= unclear[place], (place, owed[place], unclear[place], len(messages))
        assert more <= sum(map(says_second_copy, messages)), "an extra card does not say that it is one"
        extra += more
    return extra


async def _owed(stage: FaultStage, rows: list[Row]) -> tuple[Counter[Place], Counter[Place]]:
    refs = {row["id"]: row["ref"] for row in [*await stage.rows(Task), *await stage.rows(ProtectiveOrder)]}
    owed, unclear = Counter[Place](), Counter[Place]()
    for row in rows:
        about = _ABOUT.get(row["purpose"]) or refs[row["task_id"] or row["order_id"]]
        place = _place(stage, row), about
        unclear[place] += row["unclear"]
        # The board is one message however often it is drawn; what was no longer wanted is not owed.
        owed[place] = 1 if _is_board(row) else owed[place] + bool(str(row["proof"]).isdigit())
    return owed, unclear


def _is_board(row: Row) -> bool:
    return bool(row["purpose"] == CardPurpose.BOARD)


def _place(stage: FaultStage, row: Row) -> str:
    if _is_board(row):
        return _BOARDS[row["district_id"]]
    if row["person_id"]:
        return stage.chat_of(FictionalPerson(int(row["person_id"][-12:]), "", ""))
    return str(row["conversation_id"]).partition(";")[0]


_ABOUT = {CardPurpose.BOARD: "the board", CardPurpose.REMINDER: "your tasks"}
_BOARDS = {"north": NORTH_CHANNEL, "south": SOUTH_CHANNEL}


def _about(message: Message) -> str:
    words = str(message.history[0].card["fallbackText"])
    return words.removeprefix("RedLine: open ").removesuffix(" in Teams.")


def says_second_copy(message: Message) -> bool:
    """Whether a card said, when it was posted, that it was a second copy."""
    return "Second copy" in json.dumps(message.history[0].card)


async def board_is_true(stage: FaultStage) -> None:
    """The board in the channel becomes the one that would be drawn afresh, but for its times."""
    units = Units(stage.database, SystemClock(), load_policy(POLICY))
    drawn: list[str] = []

    async def same() -> bool:
        standing = await stage.rows(Standing, purpose=CardPurpose.BOARD, district_id="north", gone=False)
        latest = max(standing, key=lambda message: message["posted_at"])
        fresh = await units.read(lambda uow: board_card(board_of(uow, "north")))
        drawn[:] = [_timeless(stage.teams.message(latest["activity_id"]).card), _timeless(fresh)]
        return drawn[0] == drawn[1]

    with suppress(TimeoutError):
        await eventually(same)
    assert drawn[0] == drawn[1]


def _timeless(card: Any) -> str:
    return re.sub(r"\d+ min ago|\d\d:\d\d", "…", json.dumps(card, sort_keys=True))

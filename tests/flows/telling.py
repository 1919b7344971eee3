"""The sentences that journeys share: assign something, look at somebody's card, read its words."""

from collections.abc import Sequence
from typing import Any, TypeVar

from infra.local.people import NORTH_CHANNEL, SERGEANT, FictionalPerson
from infra.local.teams_kept import Message
from storage.tables import AuditEvent, Outcome, Task, TaskChange
from tasking.ports import Card
from tests.support.card_reading import texts
from tests.support.running_service import HANG, Stage, eventually

T = TypeVar("T")


def only(found: Sequence[T]) -> T:
    """The only one; fails where there are more or none."""
    assert len(found) == 1, found
    return found[0]


def words_of(card: Card) -> str:
    """Every text of a card as it is read, without the marks that keep it from being live."""
    plain = " | ".join(texts(card)).replace("\u200b", "").replace("\\", "")
    return " ".join(plain.split())


async def assigned(
    stage: Stage,
    text: str,
    *mentioned: FictionalPerson,
    by: FictionalPerson = SERGEANT,
    in_channel: bool = True,
    thread: str = "1",
    channel: str = NORTH_CHANNEL,
) -> str:
    """Somebody types an assignment; returns the reference of the task that it made."""
    known = {task["ref"] for task in await stage.rows(Task)}
    await stage.says(by, text, *mentioned, in_channel=in_channel, thread=thread, channel=channel)
    fresh = {task["ref"] for task in await stage.rows(Task)} - known
    assert len(fresh) == 1, f"made {fresh or 'nothing'}: {text}"
    return str(fresh.pop())


async def a_visit(stage: Stage, officer: FictionalPerson, due: str = "tomorrow 18:00") -> str:
    """A visit for somebody, assigned in a thread of its own: its reference, once the officer has it."""
    text = f"/assign @ visit DVPO-3 by {due}"
    ref = await assigned(stage, text, officer, thread=f"visit {officer.number} {due}")
    await the_officers_card(stage, officer, ref)
    return ref


async def the_officers_card(stage: Stage, officer: FictionalPerson, ref: str, after: int = 0) -> Message:
    """The card about a task in somebody's own chat, once it is there; `after` passes over earlier ones."""
    return await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(officer),
        where=lambda m: f"RedLine {ref}" in m.history[0].summary,
        after=after,
        within=HANG,
    )


async def the_confirmation(stage: Stage, ref: str, thread: str) -> Message:
    """The confirmation in a thread of the North channel."""
    return await stage.teams.wait_for_message(
        conversation_id=stage.thread_of(NORTH_CHANNEL, thread),
        where=lambda m: f"RedLine {ref}" in m.history[0].summary,
        within=HANG,
    )


async def reads(stage: Stage, message: Message, words: str) -> None:
    """Wait until a card that stands in Teams says this."""
    try:
        await stage.teams.wait_until(lambda: words in words_of(message.card), within=HANG)
    except TimeoutError:
        raise AssertionError(f"never read {words!r}: {words_of(message.card)}") from None


async def task(stage: Stage, ref: str) -> dict[str, Any]:
    """The task's row."""
    return only(await stage.rows(Task, ref=ref))


async def outcomes(stage: Stage, ref: str) -> list[dict[str, Any]]:
    """The outcomes of a task, oldest first."""
    found = await stage.rows(Outcome, task_id=(await task(stage, ref))["id"])
    return sorted(found, key=lambda outcome: outcome["recorded_at"])


async def history(stage: Stage, ref: str) -> list[tuple[str, str]]:
    """What was done to a task, and why, oldest first."""
    found = await stage.rows(TaskChange, task_id=(await task(stage, ref))["id"])
    return [(each["action"], each["reason"]) for each in sorted(found, key=lambda each: each["at"])]


async def logged(stage: Stage, ref: str, action: str) -> list[dict[str, Any]]:
    """The audit events of one sort about a task."""
    return await stage.rows(AuditEvent, task_id=(await task(stage, ref))["id"], action=action)


async def in_the_list(stage: Stage, ref: str) -> list[dict[str, Any]]:
    """The rows of the records list about a task, oldest first."""
    items = [item for item in stage.graph.store.all() if item.fields["TaskRef"] == ref]
    return [dict(item.fields) | {"item": item.id} for item in sorted(items, key=lambda item: item.id)]


async def handed_over(stage: Stage, ref: str, rows: int = 1) -> list[dict[str, Any]]:
    """The rows of the records list about a task, once there are so many."""

    async def enough() -> list[dict[str, Any]]:
        found = await in_the_list(stage, ref)
        return found if len(found) >= rows else []

    found: list[dict[str, Any]] = await eventually(enough)
    return found

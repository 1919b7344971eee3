"""Answering: once, in one transaction, with every refusal as a polite card and a line in the log."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy import true

from bot.declared import Button, Doors
from infra.local.people import (
    CONSTABLE,
    NORTH_CHANNEL,
    OUTSIDER,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_SERGEANT,
)
from storage.enums import AuditOperation, OutboxState, OutcomeCode, Role
from storage.rows import table_of
from storage.tables import AuditEvent, Conversation, Outbox, Outcome, SeenActivity, Task
from tasking.ports import Card
from tasking.reports import board_of
from tests.support import buttons as b
from tests.support.card_reading import all_words
from tests.support.notice_names import CardPurpose
from tests.support.talking import ADAPTIVE, Talking
from tests.support.units import open_force


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        yield Talking(force)


def no_answer(task: Task) -> b.RecordOutcome:
    return b.RecordOutcome(task=task.ref, v=task.version, code=OutcomeCode.NO_ANSWER)


async def test_a_tap_is_answered_with_a_card_in_an_envelope(talk: Talking) -> None:
    made = await talk.force.task()
    reply = await talk.receive(talk.tapping(CONSTABLE, no_answer(made.task)))
    body = orjson.loads(reply.body)
    assert (reply.status, body["statusCode"], body["type"]) == (200, 200, ADAPTIVE)
    assert body["value"]["type"] == "AdaptiveCard"


async def test_a_tap_delivered_again_gets_the_same_bytes_and_changes_nothing(talk: Talking) -> None:
    made = await talk.force.task()
    activity = talk.tapping(CONSTABLE, no_answer(made.task))
    first = await talk.receive(activity)
    before = await talk.force.counts()
    assert [await talk.receive(activity) for _ in range(4)] == [first] * 4
    assert await talk.force.counts() == before


async def test_much_later_the_same_tap_gets_the_current_card_and_changes_only_the_audit(
    talk: Talking,
) -> None:
    made = await talk.force.task()
    activity = talk.tapping(CONSTABLE, no_answer(made.task))
    first = await talk.receive(activity)
    talk.force.clock.advance(minutes=11)
    before = await talk.force.counts()
    again = await talk.receive(activity)
    assert again.body != first.body
    assert "Undo" not in all_words(orjson.loads(again.body)["value"])
    after = await talk.force.counts()
    assert {name for name in after if after[name] != before[name]} == {"audit_event"}
    assert len(await talk.force.rows(Outcome)) == 1


async def test_much_later_a_tap_on_what_is_no_longer_theirs_says_so(talk: Talking) -> None:
    made = await talk.force.task()
    activity = talk.tapping(CONSTABLE, no_answer(made.task))
    await talk.receive(activity)
    talk.force.clock.advance(minutes=11)
    await talk.force.change_task(made, owner_id=SERGEANT.entra_id)
    again = await talk.receive(activity)
    assert "nothing under that reference" in all_words(orjson.loads(again.body)["value"])


async def test_a_typed_command_delivered_again_makes_no_second_task(talk: Talking) -> None:
    activity = talk.typing(SERGEANT, "/assign me visit DVPO-3 by tomorrow 18:00")
    for minutes in (0, 5, 20):
        talk.force.clock.advance(minutes=minutes)
        await talk.receive(activity)
    assert len(await talk.force.rows(Task)) == 1


async def test_a_form_sent_again_much_later_is_only_said_to_be_done(talk: Talking) -> None:
    activity = talk.tapping(SERGEANT, b.OpenAssign())
    await talk.receive(activity)
    talk.force.clock.advance(minutes=11)
    body = orjson.loads((await talk.receive(activity)).body)
    assert (body["type"], body["value"]) == ("application/vnd.microsoft.activity.message", "Done.")


async def test_a_refusal_is_logged_by_code_alone(talk: Talking) -> None:
    made = await talk.force.task()
    card = await talk.tap(SERGEANT, no_answer(made.task))
    assert "not yours to close" in all_words(card)
    event = (await talk.force.rows(AuditEvent, table_of(AuditEvent).c.action == "refused"))[0]
    assert (event.reason_code, event.actor_id) == ("not-allowed", SERGEANT.entra_id)
    assert event.operation == AuditOperation.CONSULTATION
    assert "yours" not in str(event.__dict__)


async def test_a_refusal_undoes_everything_that_was_begun(talk: Talking) -> None:
    made = await talk.force.task()
    before = await talk.force.counts()
    await talk.tap(SERGEANT, no_answer(made.task))
    after = await talk.force.counts()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"audit_event", "seen_activity", "conversation"}


async def test_somebody_in_no_known_group_is_told_whom_to_ask_and_nothing_else(talk: Talking) -> None:
    made = await talk.force.task()
    for card in (
        await talk.tap(OUTSIDER, b.ShowTask(task=made.task.ref)),
        await talk.tap(OUTSIDER, b.OpenAssign(), channel=NORTH_CHANNEL),
        await talk.type(OUTSIDER, "/help"),
    ):
        assert card
        assert "not set up" in all_words(card)
        assert "your sergeant" in all_words(card)
        assert "Action.Execute" not in all_words(card)
        assert made.task.ref not in all_words(card)


async def test_a_message_that_was_changed_is_not_read_again_and_that_is_said(talk: Talking) -> None:
    made = await talk.force.task()
    first = talk.typing(CONSTABLE, f"{made.task.ref} no answer")
    await talk.receive(first)
    changed = {**first, "type": "messageUpdate", "text": f"{made.task.ref} seen", "timestamp": "2026-03-12"}
    for _ in range(2):
        assert (await talk.receive(changed)).status == 202
    assert len(await talk.answers()) == 1
    assert "does not read a message again" in all_words((await talk.answers())[0])
    assert [outcome.code for outcome in await talk.force.rows(Outcome)] == [OutcomeCode.NO_ANSWER]
    await talk.receive({**changed, "timestamp": "2026-03-13"})
    assert len(await talk.answers()) == 2


async def test_a_breach_that_is_refused_for_who_or_where_says_radio_first_too(talk: Talking) -> None:
    await talk.force.task()
    for card in (
        await talk.type(OUTSIDER, "1042 breach yes"),
        await talk.type(CONSTABLE, "1042 breach yes", channel="19:elsewhere"),
    ):
        assert card and "This was NOT recorded" in all_words(card) and "Radio first" in all_words(card)
    assert await talk.force.rows(Outcome) == []


async def test_a_channel_that_no_district_lists_is_refused_politely(talk: Talking) -> None:
    card = await talk.type(SERGEANT, "/assign me visit DVPO-3 by tomorrow 18:00", channel="19:elsewhere")
    assert card and "does not work in this channel" in all_words(card)
    assert await talk.force.rows(Task) == []


async def test_a_refused_tap_leads_back_to_its_task_unless_there_is_none(talk: Talking) -> None:
    made = await talk.force.task()
    refused = await talk.tap(CONSTABLE, b.AddNote(task=made.task.ref, v=1, note_text=" "))
    assert f"Back to {made.task.ref}" in all_words(refused)
    unknown = await talk.tap(CONSTABLE, b.AddNote(task="T-9999", v=1, note_text="x"))
    assert "Back to" not in all_words(unknown)


async def test_where_somebody_can_be_reached_is_learned_on_the_way(talk: Talking) -> None:
    await talk.tap(CONSTABLE, b.ShowBoard(district="north"))
    await talk.tap(CONSTABLE, b.ShowBoard(district="north"))
    assert [(row.id, row.entra_id) for row in await talk.force.rows(Conversation)] == [
        ("chat-2", CONSTABLE.entra_id)
    ]


async def test_a_service_address_that_moves_is_remembered_beside_the_one_that_works(talk: Talking) -> None:
    async def comes_from(url: str) -> tuple[str, str | None]:
        await talk.tap(CONSTABLE, b.ShowBoard(district="north"), serviceUrl=url)
        row = (await talk.force.rows(Conversation))[0]
        return row.service_url, row.seen_service_url

    emea, uk = "https://emea.example/", "https://uk.example/"
    assert await comes_from(emea) == (emea, None)
    assert await comes_from(uk) == (emea, uk)
    assert await comes_from(emea) == (emea, uk)


async def test_everybody_is_met_anew_after_a_while_because_another_replica_may_know_better(
    talk: Talking,
) -> None:
    tap = b.ShowBoard(district="north")
    await talk.tap(CONSTABLE, tap, serviceUrl="https://emea.example/")
    await talk.force.change(Conversation, true(), service_url="https://uk.example/")
    talk.force.clock.advance(minutes=11)
    await talk.tap(CONSTABLE, tap, serviceUrl="https://emea.example/")
    assert (await talk.force.rows(Conversation))[0].seen_service_url == "https://emea.example/"


async def test_a_board_typed_in_a_chat_is_of_a_district_whose_board_the_asker_reads(talk: Talking) -> None:
    await talk.force.give_role(SOUTH_SERGEANT, Role.PARTNER, "north")
    card = await talk.type(SOUTH_SERGEANT, "/board")
    assert card and "South team" in all_words(card)


async def test_what_a_failed_turn_met_is_met_again(talk: Talking, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Card:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(talk.activities, "_doors", Doors(b.COMMANDS, [Button(b.ShowBoard, do=fail)]))
        with pytest.raises(RuntimeError, match="broken"):
            await talk.receive(talk.tapping(CONSTABLE, b.ShowBoard(district="north")))
    assert await talk.force.rows(Conversation) == []
    assert await talk.force.rows(SeenActivity) == []
    await talk.tap(CONSTABLE, b.ShowBoard(district="north"))
    assert len(await talk.force.rows(Conversation)) == 1


async def test_a_typed_answer_is_posted_where_it_was_asked(talk: Talking) -> None:
    await talk.type(SERGEANT, "/help", channel=NORTH_CHANNEL)
    row = (await talk.force.outbox())[0]
    assert (row.conversation_id, row.district_id) == (f"{NORTH_CHANNEL};messageid=1", "north")
    await talk.type(SERGEANT, "/help")
    row = (await talk.force.outbox())[1]
    assert (row.conversation_id, row.district_id) == ("chat-1", "north")


@pytest.mark.parametrize("asked", ["{} breach yes he is inside", "{} brief", "task {}"])
async def test_an_answer_that_cannot_be_posted_is_counted_on_the_askers_board(
    talk: Talking, asked: str
) -> None:
    made = await talk.force.task(SECOND_CONSTABLE)
    await talk.type(CONSTABLE, asked.format(made.task.number))
    assert await parked_lines(talk) == ("1 message could not be sent",)


@pytest.mark.parametrize("asked", ["{} breach yes he is inside", "{} brief", "{} copy", "task {}"])
async def test_an_answer_about_a_restricted_subject_is_counted_on_no_board(talk: Talking, asked: str) -> None:
    made = await talk.force.restricted_task(SECOND_CONSTABLE)
    await talk.type(CONSTABLE, asked.format(made.task.number))
    assert await parked_lines(talk) == ()


async def test_an_answer_to_an_older_client_knows_its_task_too(talk: Talking) -> None:
    made = await talk.force.restricted_task(SECOND_CONSTABLE)
    await talk.receive(
        talk.activity(CONSTABLE, "message", value={"verb": "show_task", "task": made.task.ref})
    )
    row = (await talk.force.outbox(purpose=CardPurpose.ANSWER))[-1]
    assert row.task_id == made.task.id


async def parked_lines(talk: Talking) -> tuple[str, ...]:
    """What the board says once Teams has refused the latest answer for good."""
    row = (await talk.force.outbox(purpose=CardPurpose.ANSWER))[-1]
    await talk.force.change(Outbox, table_of(Outbox).c.id == row.id, state=OutboxState.PARKED)
    view = await talk.force.units.read(lambda uow: board_of(uow, "north"))
    return tuple(line for line in view.now_lines if "could not be sent" in line)


async def test_what_somebody_without_a_role_asks_belongs_to_no_district(talk: Talking) -> None:
    await talk.type(OUTSIDER, "/help")
    assert (await talk.force.outbox(purpose=CardPurpose.ANSWER))[-1].district_id == ""


async def test_who_works_in_two_districts_is_counted_in_the_first_of_policy(talk: Talking) -> None:
    await talk.force.give_role(SOUTH_SERGEANT, Role.NEIGHBOURHOOD_OFFICER, "north")
    await talk.type(SOUTH_SERGEANT, "/help")
    assert (await talk.force.outbox(purpose=CardPurpose.ANSWER))[-1].district_id == "north"

"""Taps and typed commands: each has one handler, and each does what its words say."""

from collections.abc import AsyncIterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.reading.model import Command
from infra.local.people import (
    CONSTABLE,
    NORTH_CHANNEL,
    OUTSIDER,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_CONSTABLE,
)
from storage.enums import OutboxKind, OutcomeCode, OutcomeState, TaskKind, TaskState
from storage.rows import table_of
from storage.tables import Outcome, Person, Task, TaskBundle, TaskNote
from tasking.work.outcomes import Report, record_outcome
from tasking.work.supervision import reassign
from tests.support import buttons as b
from tests.support.card_reading import all_words
from tests.support.notice_names import CardPurpose
from tests.support.talking import Talking
from tests.support.units import NOW, TOMORROW, open_force


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        talking = Talking(force)
        for person in (CONSTABLE, SECOND_CONSTABLE, SERGEANT, SOUTH_CONSTABLE):
            row = table_of(Person).c.entra_id == person.entra_id
            await force.change(Person, row, teams_id=person.teams_id)
        yield talking


def of(made: TaskBundle, **more: Any) -> dict[str, Any]:
    return {"task": made.task.ref, "v": made.task.version, **more}


TYPED = [command.understood for command in b.COMMANDS]


async def newest(talk: Talking) -> Task:
    return max(await talk.force.rows(Task), key=lambda task: task.number)


def words(card: dict[str, Any] | None) -> str:
    assert card is not None
    return all_words(card)


# --- one handler each ------------------------------------------------------------------------


def payloads_in(folder: Path) -> set[type[b.Payload]]:
    """Every class with a verb of its own in the files of a folder."""
    names = (".".join(path.with_suffix("").parts) for path in folder.rglob("*.py"))
    classes = (
        each for name in names for each in vars(import_module(name)).values() if isinstance(each, type)
    )
    return {each for each in classes if issubclass(each, b.Payload) and "verb" in vars(each)}


def test_every_button_has_exactly_one_handler() -> None:
    assert payloads_in(Path("cards")) == set(b.PAYLOADS.values())
    assert len(b.BUTTONS) == len(b.PAYLOADS) == 31


def test_every_typed_command_has_exactly_one_handler() -> None:
    assert set(TYPED) == set(get_args(Command))
    assert all(is_dataclass(command) for command in TYPED)


def test_no_command_or_button_says_who_acts() -> None:
    named = {field.name for command in TYPED for field in fields(command)}
    named |= {name for payload in b.PAYLOADS.values() for name in payload.model_fields}
    assert not named & {"actor", "actor_id", "user", "user_id", "by", "from", "aadObjectId"}


# --- outcomes by tap -------------------------------------------------------------------------


async def test_one_tap_records_the_usual_outcome_and_shows_the_own_card(talk: Talking) -> None:
    made = await talk.force.task()
    card = await talk.tap(CONSTABLE, b.RecordOutcome(**of(made, code="NO_ANSWER", when="30")))
    assert "Undo" in words(card)
    outcome = (await talk.force.rows(Outcome))[0]
    assert outcome.happened_at == NOW.replace(hour=13, minute=35)


async def test_in_a_channel_the_answer_is_the_short_card(talk: Talking) -> None:
    made = await talk.force.task(note="canary")
    card = await talk.tap(CONSTABLE, b.RecordOutcome(**of(made, code="NO_ANSWER")), channel=NORTH_CHANNEL)
    assert "Recorded." in words(card)
    assert "canary" not in words(card) and "EXAMPLE" not in words(card)


async def test_a_less_usual_outcome_is_chosen_from_a_list(talk: Talking) -> None:
    made = await talk.force.task()
    refused = await talk.tap(CONSTABLE, b.RecordOther(**of(made)))
    assert "What happened?" in words(refused)
    await talk.tap(
        CONSTABLE, b.RecordOther(**of(made, other_code="WOULD_NOT_ENGAGE", other_note="shut the door"))
    )
    assert (await talk.force.rows(Outcome))[0].note == "shut the door"


@pytest.mark.parametrize("payload", [b.RecordOutcome, b.RecordOther])
async def test_a_breach_comes_only_through_its_check(talk: Talking, payload: Any) -> None:
    made = await talk.force.task()
    field = "code" if payload is b.RecordOutcome else "other_code"
    card = await talk.tap(CONSTABLE, payload(**of(made, **{field: "ARRESTED"})))
    assert "checked before it is recorded" in words(card)
    assert await talk.force.rows(Outcome) == []


async def test_a_breach_is_read_back_and_then_recorded_as_it_was_read(talk: Talking) -> None:
    made = await talk.force.task()
    check = b.CheckBreach(**of(made, is_she_safe="with a friend", where_is_he="gone", breach_note="seen"))
    card = await talk.tap(CONSTABLE, check)
    assert "with a friend" in words(card)
    assert await talk.force.rows(Outcome) == []
    confirm = b.ConfirmBreach(
        **of(made, code="BREACH_SUSPECTED", happened_at=NOW.isoformat(), is_she_safe="with a friend")
    )
    await talk.tap(CONSTABLE, confirm)
    outcome = (await talk.force.rows(Outcome))[0]
    assert (outcome.code, outcome.answers) == (OutcomeCode.BREACH_SUSPECTED, {"is_she_safe": "with a friend"})


@pytest.mark.parametrize("at", ["yesterday", "2026-03-12T14:00:00"])
async def test_a_breach_without_a_time_is_asked_for_one(talk: Talking, at: str) -> None:
    made = await talk.force.task()
    card = await talk.tap(CONSTABLE, b.ConfirmBreach(**of(made, code="ARRESTED", happened_at=at)))
    assert "When was it?" in words(card)
    assert await talk.force.rows(Outcome) == []


@pytest.mark.parametrize(("when", "expected"), [("", "When was it?"), ("in the morning-ish", "")])
async def test_another_time_is_typed_or_asked_for(talk: Talking, when: str, expected: str) -> None:
    made = await talk.force.task()
    tap = b.RecordOutcome(**of(made, code="NO_ANSWER", when="other", when_other=when))
    assert expected in words(await talk.tap(CONSTABLE, tap))
    assert await talk.force.rows(Outcome) == []
    tap = b.RecordOutcome(**of(made, code="NO_ANSWER", when="other", when_other="13:15"))
    await talk.tap(CONSTABLE, tap)
    assert (await talk.force.rows(Outcome))[0].happened_at == NOW.replace(hour=13, minute=15)


async def test_undo_and_the_athena_reference_are_taps_too(talk: Talking) -> None:
    done = await talk.force.done()
    card = await talk.tap(CONSTABLE, b.UndoOutcome(**of(done, outcome=str(done.task.outcome_id))))
    assert "Undone." in words(card)
    made = await talk.force.close(
        await talk.force.task(kind=TaskKind.GENERAL_ACTION, title="x"), OutcomeCode.DONE
    )
    key = b.KeyReference(**of(made, outcome=str(made.task.outcome_id), athena_ref="36/1/19"))
    assert "Athena reference noted." in words(await talk.tap(CONSTABLE, key))


async def test_an_id_that_is_none_is_nothing_under_that_reference(talk: Talking) -> None:
    done = await talk.force.done()
    card = await talk.tap(CONSTABLE, b.UndoOutcome(**of(done, outcome="no-id")))
    assert "nothing under that reference" in words(card)


async def test_a_correction_is_a_tap_that_names_what_it_corrects(talk: Talking) -> None:
    done = await talk.force.done()
    row = table_of(Outcome).c.id == done.task.outcome_id
    await talk.force.change(Outcome, row, state=OutcomeState.REJECTED)
    tap = b.RecordOutcome(**of(done, code="SEEN_NO_CONCERN", corrects=str(done.task.outcome_id)))
    await talk.tap(CONSTABLE, tap)
    assert {row.corrects_id for row in await talk.force.rows(Outcome)} == {None, done.task.outcome_id}


# --- the officer's other taps ----------------------------------------------------------------


async def test_a_note_more_time_and_cant_do_are_taps(talk: Talking) -> None:
    made = await talk.force.task()
    assert "Note added." in words(await talk.tap(CONSTABLE, b.AddNote(**of(made, note_text="van outside"))))
    more = b.MoreTime(**of(made, more_until="sat 18:00", more_reason="court"))
    assert "Asked." in words(await talk.tap(CONSTABLE, more))
    asked = await talk.force.reload(made)
    back = b.CantDo(task=made.task.ref, v=asked.version, cant_reason="Court", cant_text="until six")
    await talk.tap(CONSTABLE, back)
    assert (await talk.force.reload(made)).state == TaskState.UNALLOCATED
    assert [note.text for note in await talk.force.rows(TaskNote)] == ["van outside"]


async def test_the_briefing_is_answered_in_a_chat_and_refused_in_a_channel(talk: Talking) -> None:
    made = await talk.force.task()
    refused = words(await talk.tap(CONSTABLE, b.BriefMe(**of(made)), channel=NORTH_CHANNEL))
    assert "read by everyone" in refused and "Denied entry" not in refused
    assert "Denied entry" in words(await talk.tap(CONSTABLE, b.BriefMe(**of(made))))


async def test_the_copy_of_the_order_is_a_link_for_who_taps_alone(talk: Talking) -> None:
    made = await talk.force.task()
    card = await talk.tap(CONSTABLE, b.CopyOfOrder(**of(made)))
    assert "https://files.example/orders/DVPO-3.pdf?once" in words(card)
    refused = words(await talk.tap(CONSTABLE, b.CopyOfOrder(**of(made)), channel=NORTH_CHANNEL))
    assert "files.example" not in refused
    assert talk.documents.asked == ["orders/DVPO-3.pdf"]


async def test_a_copy_that_cannot_be_fetched_is_said_so(talk: Talking) -> None:
    from tasking.ports import NotSent

    made = await talk.force.task()
    talk.documents.problem = NotSent("busy")
    assert "cannot be fetched" in words(await talk.tap(CONSTABLE, b.CopyOfOrder(**of(made))))


async def test_somebody_who_may_not_read_it_gets_no_link_fetched(talk: Talking) -> None:
    made = await talk.force.task()
    card = await talk.tap(SECOND_CONSTABLE, b.CopyOfOrder(**of(made)))
    assert "nothing under that reference" in words(card)
    assert talk.documents.asked == []


async def test_looking_shows_the_own_card_or_the_short_one(talk: Talking) -> None:
    made = await talk.force.task(note="canary")
    assert "canary" in words(await talk.tap(CONSTABLE, b.ShowTask(task=made.task.ref)))
    assert "canary" not in words(await talk.tap(SERGEANT, b.ShowTask(task=made.task.ref)))


# --- the supervisor's taps -------------------------------------------------------------------


def filled(**more: str) -> b.Assign:
    values = {
        "officer": CONSTABLE.entra_id,
        "kind": "visit",
        "target": "DVPO-3",
        "due_date": "2026-03-13",
        "due_time": "18:00",
        "note": "canary note",
    }
    return b.Assign(**(values | more))


async def test_the_form_makes_the_task(talk: Talking) -> None:
    assert "DVPO-3" in words(await talk.tap(SERGEANT, b.OpenAssign(), channel=NORTH_CHANNEL))
    await talk.tap(SERGEANT, filled(), channel=NORTH_CHANNEL)
    task = await newest(talk)
    assert (task.owner_id, task.due_at, task.note) == (CONSTABLE.entra_id, TOMORROW, "canary note")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"kind": "action", "title": "Call", "target": ""}, TaskKind.GENERAL_ACTION),
        ({"kind": "WARRANT"}, TaskKind.DISRUPTION_ACTION),
        ({"officer": "nobody"}, TaskKind.COMPLIANCE_VISIT),
    ],
)
async def test_the_form_makes_every_kind_of_work(
    talk: Talking, changes: dict[str, str], kind: TaskKind
) -> None:
    await talk.tap(SERGEANT, filled(**changes), channel=NORTH_CHANNEL)
    task = await newest(talk)
    assert task.kind == kind
    assert (task.owner_id is None) == (changes.get("officer") == "nobody")


@pytest.mark.parametrize(
    "changes",
    [
        {"officer": ""},
        {"kind": ""},
        {"kind": "juggling"},
        {"due_date": ""},
        {"due_date": "2026-03-01"},
        {"due_date": "2026-03-29", "due_time": "01:30"},
        {"target": ""},
        {"target": "DVPN-4"},
    ],
)
async def test_a_refused_form_keeps_what_was_typed(talk: Talking, changes: dict[str, str]) -> None:
    card = await talk.tap(SERGEANT, filled(**changes))
    assert "canary note" in words(card)
    assert '"verb": "assign"' in words(card)
    assert await talk.force.rows(Task) == []


async def test_a_form_that_was_used_makes_no_second_task(talk: Talking) -> None:
    await talk.tap(SERGEANT, filled(form="form-1"))
    card = await talk.tap(SERGEANT, filled(form="form-1"))
    assert "made T-1042 already" in words(card)
    assert len(await talk.force.rows(Task)) == 1


async def test_reassign_extend_and_cancel_open_a_form_and_do_it(talk: Talking) -> None:
    made = await talk.force.task()
    for form in ("reassign", "extend", "cancel"):
        opened = await talk.tap(SERGEANT, b.OpenSupervisorForm(**of(made, form=form)))
        assert f'"verb": "{form}"' in words(opened)
    moved = b.Reassign(**of(made, officer=SECOND_CONSTABLE.entra_id, reason="leave"))
    assert "Reassigned." in words(await talk.tap(SERGEANT, moved))
    version = (await talk.force.reload(made)).version
    later = b.Extend(
        task=made.task.ref, v=version, until_date="2026-03-14", until_time="09:00", reason="court"
    )
    assert "Extended." in words(await talk.tap(SERGEANT, later))
    version = (await talk.force.reload(made)).version
    over = b.Cancel(task=made.task.ref, v=version, reason="over")
    assert "Cancelled." in words(await talk.tap(SERGEANT, over))
    assert (await talk.force.reload(made)).state == TaskState.CANCELLED


@pytest.mark.parametrize("verb", ["reassign", "extend", "cancel"])
async def test_a_refused_supervisors_form_keeps_what_was_typed(talk: Talking, verb: str) -> None:
    made = await talk.force.task()
    taps: dict[str, b.Payload] = {
        "reassign": b.Reassign(**of(made, officer="", reason="canary words")),
        "extend": b.Extend(**of(made, until_date="", until_time="", reason="canary words")),
        "cancel": b.Cancel(**of(made, reason="")),
    }
    card = await talk.tap(SERGEANT, taps[verb])
    assert f'"verb": "{verb}"' in words(card)
    assert ("canary words" in words(card)) == (verb != "cancel")
    assert (await talk.force.reload(made)).version == made.task.version


async def test_a_form_refused_a_second_time_while_it_is_drawn_becomes_plain_words(talk: Talking) -> None:
    made = await talk.force.task()
    card = await talk.tap(CONSTABLE, b.Reassign(**of(made, officer="", reason="canary")))
    assert "Only a supervisor" in words(card)
    card = await talk.tap(CONSTABLE, filled(officer=""))
    assert "Only a supervisor" in words(card)


async def test_a_stale_tap_gets_the_fresh_card_with_one_line(talk: Talking) -> None:
    made = await talk.force.task()
    await talk.force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "leave")
    card = await talk.tap(SERGEANT, b.Cancel(**of(made, reason="over")))
    assert "Nothing was changed." in words(card)
    assert (await talk.force.reload(made)).state == TaskState.ASSIGNED


async def test_time_is_given_or_not_by_a_tap(talk: Talking) -> None:
    for give, line in ((True, "Time given."), (False, "The due time stands.")):
        made = await talk.force.task()
        await talk.tap(CONSTABLE, b.MoreTime(**of(made, more_until="sat 18:00", more_reason="court")))
        version = (await talk.force.reload(made)).version
        card = await talk.tap(SERGEANT, b.GiveMoreTime(task=made.task.ref, v=version, give=give))
        assert line in words(card)


async def test_the_boards_buttons_show_its_lists(talk: Talking) -> None:
    made = await talk.force.task(None)
    for which, shown in (("unallocated", made.task.ref), ("to_do", made.task.ref), ("orders", "DVPO-3")):
        tap = b.ShowList(district="north", list=which)
        assert shown in words(await talk.tap(SERGEANT, tap, channel=NORTH_CHANNEL))
    board = await talk.tap(CONSTABLE, b.ShowBoard(district="north"), channel=NORTH_CHANNEL)
    assert "North team" in words(board)


# --- typed commands --------------------------------------------------------------------------


async def test_a_typed_assignment_is_confirmed_from_the_outbox(talk: Talking) -> None:
    text = "/assign @1 visit DVPO-3 by tomorrow 18:00"
    assert await talk.type(SERGEANT, text, CONSTABLE, channel=NORTH_CHANNEL) is None
    task = await newest(talk)
    assert (task.owner_id, task.due_at) == (CONSTABLE.entra_id, TOMORROW)


async def test_a_note_typed_in_a_channel_works_with_a_hint_on_the_confirmation(talk: Talking) -> None:
    text = "/assign @1 visit DVPO-3 by tomorrow 18:00 note: ring twice"
    await talk.type(SERGEANT, text, CONSTABLE, channel=NORTH_CHANNEL)
    assert (await newest(talk)).note == "ring twice"
    confirmation = (await talk.force.outbox(purpose=CardPurpose.CONFIRMATION))[0]
    assert "Everybody in a channel" in confirmation.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/assign", '"verb": "assign"'),
        ("/assign Casey visit DVPO-3 by tomorrow 18:00", "@mention"),
        ("/assign @1 @2 visit DVPO-3 by tomorrow 18:00", "One officer"),
        ("/assign @1 visit DVPO-3", '"verb": "assign"'),
        ("/assign @1 visit DVPO-3 by yesterday 18:00", '"verb": "assign"'),
        ("/assign @1 DVPO-3 by tomorrow 18:00", "What is to be done?"),
        ("/assign visit DVPO-3 by tomorrow 18:00", "Who should do it?"),
    ],
)
async def test_what_is_missing_comes_back_as_a_form_with_the_rest(
    talk: Talking, text: str, expected: str
) -> None:
    card = await talk.type(SERGEANT, text, CONSTABLE, SECOND_CONSTABLE, channel=NORTH_CHANNEL)
    assert expected in words(card)
    assert '"verb": "assign"' in words(card)
    assert await talk.force.rows(Task) == []


async def test_an_unknown_order_is_refused_with_the_nearest(talk: Talking) -> None:
    card = await talk.type(SERGEANT, "/assign @1 visit DVPO-33 by tomorrow 18:00", CONSTABLE)
    assert "Did you mean DVPO-3?" in words(card)


async def test_somebody_mentioned_whom_nobody_knows_is_asked_about(talk: Talking) -> None:
    card = await talk.type(SERGEANT, "/assign @1 visit DVPO-3 by tomorrow 18:00", OUTSIDER)
    assert "does not know that person" in words(card)
    assert talk.roster.asked == [OUTSIDER.teams_id]


async def test_work_for_oneself_and_for_nobody_can_be_typed(talk: Talking) -> None:
    await talk.type(SERGEANT, "/assign me visit DVPO-3 by tomorrow 18:00")
    assert (await newest(talk)).owner_id == SERGEANT.entra_id
    await talk.type(SERGEANT, "/assign unallocated action call the desk S-01 by tomorrow 18:00")
    assert (await newest(talk)).owner_id is None


async def test_a_typed_outcome_does_the_same_as_the_tap(talk: Talking) -> None:
    made = await talk.force.task()
    assert await talk.type(CONSTABLE, "1042 no answer 1315 lights off") is None
    outcome = (await talk.force.rows(Outcome))[0]
    assert (outcome.code, outcome.happened_at) == (OutcomeCode.NO_ANSWER, NOW.replace(hour=13, minute=15))
    posts = await talk.force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert len(posts) == 2
    assert await talk.type(CONSTABLE, "1042 undo") is None
    assert (await talk.force.reload(made)).state == TaskState.ACCEPTED


async def test_a_typed_outcome_in_a_channel_is_answered_in_one_line(talk: Talking) -> None:
    await talk.force.task()
    card = await talk.type(CONSTABLE, "1042 no answer 1315", channel=NORTH_CHANNEL)
    assert "T-1042: recorded." in words(card)


async def test_done_means_what_the_kind_of_work_calls_it(talk: Talking) -> None:
    from storage.enums import DisruptionType

    await talk.force.task(kind=TaskKind.DISRUPTION_ACTION, disruption_type=DisruptionType.WARRANT)
    await talk.type(CONSTABLE, "1042 done")
    assert (await talk.force.rows(Outcome))[0].code == OutcomeCode.ACHIEVED


async def test_a_typed_breach_is_read_back_first_and_never_in_a_channel(talk: Talking) -> None:
    await talk.force.task()
    card = await talk.type(CONSTABLE, "1042 breach 1315 he was there", channel=NORTH_CHANNEL)
    assert "he was there" not in words(card)
    card = await talk.type(CONSTABLE, "1042 breach 1315 he was there")
    assert '"verb": "confirm_breach"' in words(card)
    assert await talk.force.rows(Outcome) == []
    await talk.type(CONSTABLE, "1042 breach confirmed")
    assert (await talk.force.rows(Outcome))[0].code == OutcomeCode.BREACH_SUSPECTED


async def test_the_officers_other_actions_can_be_typed(talk: Talking) -> None:
    made = await talk.force.task()
    assert "accepted" in words(await talk.type(CONSTABLE, "1042 accept"))
    assert "note added" in words(await talk.type(CONSTABLE, "1042 note van outside"))
    assert "asked for more time" in words(await talk.type(CONSTABLE, "1042 more time sat 18:00 at court"))
    assert "Denied entry" in words(await talk.type(CONSTABLE, "1042 brief"))
    assert "files.example" in words(await talk.type(CONSTABLE, "1042 copy"))
    assert await talk.type(CONSTABLE, "/task T-1042") is None
    assert "gone back" in words(await talk.type(CONSTABLE, "1042 can't do at court until six"))
    assert (await talk.force.reload(made)).state == TaskState.UNALLOCATED


async def test_a_note_typed_in_a_channel_is_taken_with_a_hint(talk: Talking) -> None:
    await talk.force.task()
    card = await talk.type(CONSTABLE, "1042 note van outside", channel=NORTH_CHANNEL)
    assert "Everybody in a channel" in words(card)


async def test_the_athena_reference_can_be_typed(talk: Talking) -> None:
    made = await talk.force.task(kind=TaskKind.GENERAL_ACTION, title="Call")
    await talk.force.close(made, OutcomeCode.DONE)
    assert "reference noted" in words(await talk.type(CONSTABLE, "1042 ref 36/21858/19"))
    assert (await talk.force.rows(Outcome))[0].athena_ref == "36/21858/19"


async def test_the_supervisors_changes_can_be_typed(talk: Talking) -> None:
    made = await talk.force.task()
    moved = await talk.type(SERGEANT, "/reassign T-1042 to @1 because on leave", SECOND_CONSTABLE)
    assert "now with PC 9188" in words(moved)
    later = await talk.type(SERGEANT, "/extend T-1042 to sat 09:00 because court ran late")
    assert "more time" in words(later)
    over = await talk.type(SERGEANT, "/cancel T-1042 because discharged")
    assert "cancelled" in words(over)
    assert (await talk.force.reload(made)).state == TaskState.CANCELLED


async def test_somebody_who_is_not_the_owner_sees_the_short_card(talk: Talking) -> None:
    await talk.force.task(note="canary")
    assert "canary" not in words(await talk.type(SERGEANT, "/task T-1042"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/tasks", "Your tasks"),
        ("/tasks overdue", "Overdue"),
        ("/tasks @1", "Tasks of PC 9187"),
        ("/tasks S-01", "Tasks about S-01"),
        ("/tasks Casey", "@mention"),
        ("/board", "North team"),
        ("/help", "/assign"),
        ("/bord", "Did you mean"),
        ("xyzzy plugh", "did not understand"),
        ("/reassign T-1042 because leave", "PC 9188"),
        ("/task", "Which task?"),
    ],
)
async def test_what_is_shown_and_what_is_asked(talk: Talking, text: str, expected: str) -> None:
    await talk.force.task()
    assert expected in words(await talk.type(SERGEANT, text, CONSTABLE))


async def test_a_result_is_corrected_by_typing_too(talk: Talking) -> None:
    made = await talk.force.done(OutcomeCode.SEEN_NO_CONCERN)
    talk.force.clock.advance(minutes=11)
    refused = words(await talk.type(CONSTABLE, "1042 arrested"))
    assert "NOT recorded" in refused and "To correct it, type 1042 correct" in refused
    card = await talk.type(CONSTABLE, "1042 correct")
    assert card and "Correct it: what happened?" in words(card)
    assert str(made.task.outcome_id) in words(card)
    in_channel = await talk.type(CONSTABLE, "1042 correct", channel=NORTH_CHANNEL)
    assert "A channel is read by everyone in it" in words(in_channel)


async def test_a_supervisor_reads_what_the_officer_answered_in_the_briefing(talk: Talking) -> None:
    made = await talk.force.task()
    said = Report(OutcomeCode.BREACH_SUSPECTED, NOW, answers={"is_she_safe": "canary: with a friend"})
    await talk.force.do(CONSTABLE, record_outcome, made.task.ref, said)
    assert "canary: with a friend" in words(await talk.type(SERGEANT, "1042 brief"))


async def test_undoing_what_has_no_result_says_so(talk: Talking) -> None:
    await talk.force.task()
    assert "T-1042 has no result to take back" in words(await talk.type(CONSTABLE, "1042 undo"))


async def test_undoing_a_correction_says_that_the_result_before_it_stands(talk: Talking) -> None:
    made = await talk.force.done(OutcomeCode.SEEN_NO_CONCERN)
    talk.force.clock.advance(minutes=11)
    first = str(made.task.outcome_id)
    await talk.tap(CONSTABLE, b.RecordOutcome(**of(made, code="NO_ANSWER", corrects=first)))
    second = (await talk.force.reload(made)).outcome_id
    card = await talk.tap(CONSTABLE, b.UndoOutcome(**of(made, outcome=str(second))))
    assert "The result before it stands again" in words(card)


@pytest.mark.parametrize("who", [CONSTABLE, SERGEANT], ids=["officer", "sergeant"])
@pytest.mark.parametrize("verb", ["record_outcome", "record_other"])
async def test_a_breach_is_not_made_harmless_by_a_tap(talk: Talking, who: Any, verb: str) -> None:
    made = await talk.force.done(OutcomeCode.BREACH_SUSPECTED)
    of_breach = of(made, corrects=str(made.task.outcome_id))
    tap = {
        "record_outcome": b.RecordOutcome(**of_breach, code="NO_ANSWER"),
        "record_other": b.RecordOther(**of_breach, other_code="NOT_LIVING_HERE"),
    }[verb]
    check = words(await talk.tap(who, tap))
    assert "Nothing is changed yet" in check and "Stands now: Breach suspected" in check
    assert len(await talk.force.rows(Outcome)) == 1
    code = "NO_ANSWER" if verb == "record_outcome" else "NOT_LIVING_HERE"
    confirm = {**of_breach, "code": code, "happened_at": NOW.isoformat()}
    again = words(await talk.tap(who, b.ConfirmPutDown(**confirm, why="Nonsense", why_text="kept")))
    assert "Say why" in again and "kept" in again
    assert len(await talk.force.rows(Outcome)) == 1
    await talk.tap(who, b.ConfirmPutDown(**confirm, why="Wrong person"))
    standing = (await talk.force.reload(made)).outcome_id
    row = (await talk.force.rows(Outcome, table_of(Outcome).c.id == standing))[0]
    assert (row.code, row.reason, row.officer_id) == (code, "Wrong person", who.entra_id)


async def test_the_check_is_not_answered_in_a_channel(talk: Talking) -> None:
    made = await talk.force.done(OutcomeCode.BREACH_SUSPECTED)
    tap = b.RecordOutcome(**of(made, corrects=str(made.task.outcome_id), code="NO_ANSWER"))
    assert "A channel is read by everyone in it" in words(
        await talk.tap(SERGEANT, tap, channel=NORTH_CHANNEL)
    )
    assert len(await talk.force.rows(Outcome)) == 1


@pytest.mark.parametrize("at", ["teatime", "2026-03-12T14:05:00", ""])
async def test_a_correction_without_a_time_is_not_recorded(talk: Talking, at: str) -> None:
    made = await talk.force.done(OutcomeCode.BREACH_SUSPECTED)
    tap = of(made, corrects=str(made.task.outcome_id), code="NO_ANSWER", happened_at=at, why="Wrong task")
    assert "When was it?" in words(await talk.tap(SERGEANT, b.ConfirmPutDown(**tap)))
    assert len(await talk.force.rows(Outcome)) == 1


async def test_a_typed_undo_by_who_did_it_says_what_stands_again(talk: Talking) -> None:
    made = await talk.force.done(OutcomeCode.BREACH_SUSPECTED)
    said = Report(OutcomeCode.NO_ANSWER, NOW, corrects=made.task.outcome_id, reason="Wrong task")
    await talk.force.do(SERGEANT, record_outcome, made.task.ref, said)
    assert "the result before it stands again" in words(await talk.type(SERGEANT, "1042 undo"))
    assert (await talk.force.reload(made)).outcome_id == made.task.outcome_id


async def test_a_correction_at_one_tap_keeps_the_time_and_now_is_now(talk: Talking) -> None:
    made = await talk.force.done(OutcomeCode.NO_ANSWER)
    before = (await talk.force.rows(Outcome))[0].happened_at
    talk.force.clock.advance(minutes=11)
    corrects = {"corrects": str(made.task.outcome_id)}
    await talk.tap(CONSTABLE, b.RecordOutcome(**of(made, code="NO_ANSWER", **corrects)))
    second = await talk.force.reload(made)
    talk.force.clock.advance(minutes=11)
    corrects = {"corrects": str(second.outcome_id)}
    await talk.tap(CONSTABLE, b.RecordOutcome(**of(made, code="SEEN_NO_CONCERN", when="now", **corrects)))
    times = [row.happened_at for row in await talk.force.rows(Outcome)]
    assert sorted(times) == [before, before, talk.force.clock.now()]


@pytest.mark.parametrize("which", ["to_do", "unallocated", "orders"])
async def test_a_list_of_the_board_leads_back_to_the_board(talk: Talking, which: str) -> None:
    await talk.force.task()
    card = await talk.tap(SERGEANT, b.ShowList(district="north", list=which), channel=NORTH_CHANNEL)
    assert card["actions"][0]["title"] == "Back to the board"
    assert card["actions"][0]["data"] == {"district": "north"}


async def test_an_outcome_that_was_already_given_is_answered_in_a_line(
    talk: Talking,
) -> None:
    made = await talk.force.task()
    await talk.force.do(CONSTABLE, record_outcome, made.task.ref, Report(OutcomeCode.NO_ANSWER, NOW))
    card = await talk.type(CONSTABLE, "1042 seen")
    assert "already has a result" in words(card)
    assert "Back to T-1042" in words(card) and "EXAMPLE" not in words(card)

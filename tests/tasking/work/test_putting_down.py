"""An alarm is put down only with a reason, by name, and never in silence."""

from functools import partial
from itertools import product
from typing import Any

import pytest

from infra.local.people import (
    CONSTABLE,
    INSPECTOR,
    NORTH_CHANNEL,
    SECOND_CONSTABLE,
    SERGEANT,
    FictionalPerson,
)
from storage.enums import OutboxKind, OutcomeCode, OutcomeState, TaskKind, VisitKind
from storage.rows import table_of
from storage.tables import Message, Outbox, Outcome, Task, TaskChange
from tasking.deliveries import CardDelivery, NothingToSend, prepare
from tasking.refusals import Refusal, Stale
from tasking.reports import board_of
from tasking.unit_of_work import UnitOfWork
from tasking.views import AlarmChangeView, TaskView
from tasking.work.briefing import brief
from tasking.work.officer_requests import give_back
from tasking.work.outcome_rules import can_still_undo
from tasking.work.outcome_table import breaches, concerns
from tasking.work.outcomes import Report, read_back_put_down, record_outcome, undo_outcome
from tasking.work.putting_down import (
    OTHER,
    REASON_LIMIT,
    REASONS,
    puts_down,
    reason_of,
    reason_problem,
)
from tasking.work.questions import ARREST_AT
from tasking.work.showing import officer_view, reload
from tasking.work.supervision import cancel, reassign
from tests.support.card_samples import outcome
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, POLICY, Force, reader_of

BREACH = OutcomeCode.BREACH_SUSPECTED
HARMLESS = sorted(set(OutcomeCode) - breaches() - concerns())


@pytest.mark.parametrize(("before", "after"), list(product(sorted(breaches() | concerns()), HARMLESS)))
def test_an_alarm_that_becomes_harmless_is_put_down(before: OutcomeCode, after: OutcomeCode) -> None:
    assert puts_down(before, after)
    assert puts_down(before, None)
    assert not puts_down(after, before)


@pytest.mark.parametrize(("before", "after"), list(product(sorted(breaches()), sorted(concerns()))))
def test_a_breach_that_becomes_a_concern_is_put_down(before: OutcomeCode, after: OutcomeCode) -> None:
    assert puts_down(before, after)


@pytest.mark.parametrize("same", [breaches(), concerns(), HARMLESS])
def test_what_raises_as_much_of_an_alarm_puts_none_down(same: Any) -> None:
    assert not any(puts_down(before, after) for before, after in product(same, same))
    assert not any(puts_down(None, after) for after in same)


@pytest.mark.parametrize(
    ("chip", "words", "kept"),
    [
        *((chip, "", chip) for chip in REASONS if chip != OTHER),
        ("Wrong task", " it was 1052 ", "Wrong task: it was 1052"),
        (OTHER, " typed twice ", "typed twice"),
        (OTHER, " ", ""),
        ("", "words alone", ""),
        ("Because", "unknown chip", ""),
    ],
)
def test_a_reason_is_a_choice_with_words_where_they_are_needed(chip: str, words: str, kept: str) -> None:
    assert reason_of(chip, words) == kept
    assert bool(reason_problem(chip, words)) == (not kept)


def test_a_reason_has_a_length() -> None:
    assert reason_problem(OTHER, "x" * REASON_LIMIT) == ""
    assert reason_problem(OTHER, "x" * (REASON_LIMIT + 1)) == "That reason is too long."


def test_who_gave_no_reason_is_told_what_is_missing() -> None:
    assert reason_problem("", "words alone") == "Say why: choose a reason."
    assert reason_problem("Because", "") == "Say why: choose a reason."
    assert reason_problem(OTHER, " ") == "Say why, in your own words."


@pytest.mark.parametrize("code", sorted(concerns()))
def test_a_concern_is_not_taken_back_by_a_tap(code: OutcomeCode) -> None:
    assert not can_still_undo(outcome(code=code), NOW, POLICY)
    put_a_breach_down = outcome(code=code, recorded_at=NOW, reason="Wrong person")
    assert can_still_undo(put_a_breach_down, NOW, POLICY)


def said(corrects: Any, code: OutcomeCode = OutcomeCode.NO_ANSWER, reason: str = "Wrong task") -> Report:
    answers = {ARREST_AT: NOW.isoformat()} if code == OutcomeCode.ARRESTED else {}
    return Report(code, NOW, answers=answers, corrects=corrects, reason=reason)


async def a_breach(force: Force) -> Task:
    return (await force.done(BREACH)).task


async def put_down(force: Force, who: FictionalPerson = SERGEANT) -> Task:
    task = await a_breach(force)
    force.clock.advance(minutes=40)
    return (await force.do(who, record_outcome, task.ref, said(task.outcome_id))).task


async def told(force: Force, change: str) -> list[str]:
    rows = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.ALARM_CHANGED, hint=change)
    return sorted(str(row.person_id or row.conversation_id) for row in rows)


@pytest.mark.parametrize("who", [CONSTABLE, SERGEANT], ids=["officer", "sergeant"])
@pytest.mark.parametrize("reason", ["", "  "])
async def test_without_a_reason_nothing_is_put_down(force: Force, who: FictionalPerson, reason: str) -> None:
    task = await a_breach(force)
    refused = await force.refused(who, record_outcome, task.ref, said(task.outcome_id, reason=reason))
    assert refused.code == "needs-reason"
    assert len(await force.rows(Outcome)) == 1


async def test_the_correction_carries_who_and_why(force: Force) -> None:
    task = await put_down(force)
    row = (await force.rows(Outcome, table_of(Outcome).c.id == task.outcome_id))[0]
    assert (row.officer_id, row.reason) == (SERGEANT.entra_id, "Wrong task")
    assert "Wrong task" not in [change.reason for change in await force.rows(TaskChange)]


async def test_a_reason_is_kept_only_where_an_alarm_is_put_down(force: Force) -> None:
    task = await a_breach(force)
    arrested = said(task.outcome_id, OutcomeCode.ARRESTED)
    await force.do(CONSTABLE, record_outcome, task.ref, arrested)
    assert {row.reason for row in await force.rows(Outcome)} == {""}


@pytest.mark.parametrize(
    ("who", "others"), [(SERGEANT, [CONSTABLE]), (CONSTABLE, [SERGEANT]), (INSPECTOR, [CONSTABLE, SERGEANT])]
)
async def test_everybody_but_who_did_it_is_told_once(
    force: Force, who: FictionalPerson, others: list[FictionalPerson]
) -> None:
    await put_down(force, who)
    assert await told(force, "put-down") == sorted(each.entra_id for each in others)
    notices = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.BREACH_NOTICE)
    assert len(notices) == 2


async def test_who_had_the_notice_is_told_too(force: Force) -> None:
    task = await a_breach(force)
    await force.insert(
        Message(
            purpose=CardPurpose.BREACH_NOTICE,
            district_id="north",
            conversation_id="chat-of-inspector",
            activity_id="1",
            task_id=task.id,
            person_id=INSPECTOR.entra_id,
            posted_at=NOW,
        )
    )
    await force.do(CONSTABLE, record_outcome, task.ref, said(task.outcome_id))
    assert await told(force, "put-down") == sorted([SERGEANT.entra_id, INSPECTOR.entra_id])
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.BREACH_NOTICE)
    assert {row.person_id for row in updates} == {SERGEANT.entra_id, INSPECTOR.entra_id, None}


async def test_a_concern_is_put_down_in_the_same_way(force: Force) -> None:
    made = await force.task()
    await force.change_task(made, visit_kind=VisitKind.PROTECTED_PERSON_CONTACT)
    done = await force.do(CONSTABLE, record_outcome, made.task.ref, Report(OutcomeCode.CONCERNS, NOW))
    harmless = said(done.task.outcome_id, OutcomeCode.SPOKE_ALONE_NO_CONCERNS, reason="")
    assert (await force.refused(CONSTABLE, record_outcome, made.task.ref, harmless)).code == "needs-reason"
    assert (await force.refused(CONSTABLE, undo_outcome, made.task.ref, None)).code == "too-late-to-undo"
    with_reason = said(done.task.outcome_id, OutcomeCode.SPOKE_ALONE_NO_CONCERNS)
    await force.do(CONSTABLE, record_outcome, made.task.ref, with_reason)
    assert await told(force, "put-down") == [SERGEANT.entra_id]


async def test_the_check_says_what_stands_and_who_will_be_told(force: Force) -> None:
    task = await a_breach(force)
    view = await force.do(SERGEANT, read_back_put_down, task.ref, said(task.outcome_id, reason=""))
    assert (view.before.code, view.code, view.before_by) == (BREACH, OutcomeCode.NO_ANSWER, "PC 9187")
    assert view.told == ("PC 9187", "the channel")
    assert len(await force.rows(Outcome)) == 1


async def test_of_a_restricted_subject_nobody_is_told_who_may_not_know(force: Force) -> None:
    made = await force.restricted_task(CONSTABLE)
    await force.change_task(made, kind=TaskKind.COMPLIANCE_VISIT, visit_kind=VisitKind.PERPETRATOR_CHECK)
    await force.close(made, BREACH)
    task = await force.reload(made)
    await force.name_for("S-04", INSPECTOR)
    view = await force.do(INSPECTOR, read_back_put_down, task.ref, said(task.outcome_id))
    assert "the channel" not in view.told
    await force.do(INSPECTOR, record_outcome, task.ref, said(task.outcome_id))
    await force.do(INSPECTOR, undo_outcome, task.ref, None)
    assert NORTH_CHANNEL not in await told(force, "stands-again")
    await force.unname("S-04", CONSTABLE)
    rows = await force.outbox(purpose=CardPurpose.ALARM_CHANGED, person_id=CONSTABLE.entra_id)
    for row in rows:
        assert isinstance(await force.units.write(partial(prepare, row=row)), NothingToSend)


# --- undo ------------------------------------------------------------------------------------


async def test_who_did_it_can_take_it_back_and_the_breach_is_told_again(force: Force) -> None:
    task = await put_down(force)
    back = await force.do(SERGEANT, undo_outcome, task.ref, None)
    assert back.outcome and back.outcome.code == BREACH
    assert await told(force, "stands-again") == sorted([CONSTABLE.entra_id, NORTH_CHANNEL])


async def test_its_view_offers_the_undo_to_who_did_it(force: Force) -> None:
    task = await put_down(force)

    def may_undo(person: FictionalPerson) -> bool:
        view = view_of[person.entra_id]
        return view.can_undo and "UNDO_OUTCOME" in view.may

    def seen_by(uow: UnitOfWork, person: FictionalPerson) -> TaskView:
        return officer_view(uow, reload(uow, task.id), reader_of(uow, person))

    view_of = {
        person.entra_id: await force.units.read(partial(seen_by, person=person))
        for person in (SERGEANT, INSPECTOR, CONSTABLE)
    }
    assert [may_undo(each) for each in (SERGEANT, INSPECTOR, CONSTABLE)] == [True, False, True]


@pytest.mark.parametrize("who", [INSPECTOR, SECOND_CONSTABLE])
async def test_others_do_not_take_it_back(force: Force, who: FictionalPerson) -> None:
    task = await put_down(force)
    assert (await force.refused(who, undo_outcome, task.ref, None)).code in ("not-allowed", "not-found")


async def test_after_the_window_it_is_not_taken_back(force: Force) -> None:
    task = await put_down(force)
    force.clock.advance(minutes=11)
    assert (await force.refused(SERGEANT, undo_outcome, task.ref, None)).code == "too-late-to-undo"


# --- every other way in ----------------------------------------------------------------------


async def test_no_other_way_in_puts_a_breach_down(force: Force) -> None:
    task = await a_breach(force)
    ways: list[tuple[FictionalPerson, Any, tuple[Any, ...]]] = [
        (SERGEANT, cancel, ("Done another way",)),
        (SERGEANT, reassign, (SECOND_CONSTABLE.entra_id, "Workload")),
        (CONSTABLE, give_back, ("No time",)),
        (CONSTABLE, record_outcome, (Report(OutcomeCode.NO_ANSWER, NOW),)),
        (CONSTABLE, undo_outcome, (None,)),
    ]
    for who, way, words in ways:
        with pytest.raises(Refusal):
            await force.do(who, way, task.ref, *words)
    assert len(await force.rows(Outcome)) == 1
    stands = (await force.rows(Task, table_of(Task).c.id == task.id))[0]
    assert stands.outcome_id == task.outcome_id


@pytest.mark.parametrize("state", [OutcomeState.REJECTED, OutcomeState.RETURNED, OutcomeState.RECORDED])
async def test_what_the_desk_answered_makes_no_difference(force: Force, state: OutcomeState) -> None:
    task = await a_breach(force)
    await force.change(Outcome, table_of(Outcome).c.id == task.outcome_id, state=state)
    harmless = said(task.outcome_id, reason="")
    assert (await force.refused(CONSTABLE, record_outcome, task.ref, harmless)).code == "needs-reason"


async def test_a_check_that_grew_old_records_nothing(force: Force) -> None:
    task = await a_breach(force)
    await force.do(CONSTABLE, record_outcome, task.ref, said(task.outcome_id, OutcomeCode.ARRESTED))
    with pytest.raises(Stale):
        await force.do(SERGEANT, record_outcome, task.ref, said(task.outcome_id))


# --- what stays to be seen -------------------------------------------------------------------


async def board_lines(force: Force) -> tuple[str, ...]:
    return (await force.units.read(lambda uow: board_of(uow, "north"))).now_lines


async def test_the_board_says_for_a_day_who_corrected_it(force: Force) -> None:
    await put_down(force)
    force.clock.advance(minutes=40)
    assert "Breach DVPO-3: corrected by PS 9001, 40 min ago" in await board_lines(force)
    force.clock.advance(hours=24)
    assert not [line for line in await board_lines(force) if "corrected by" in line]


async def test_the_board_says_to_the_second_for_a_day_who_corrected_it(force: Force) -> None:
    await put_down(force)
    force.clock.advance(hours=24)
    assert "Breach DVPO-3: corrected by PS 9001, 24 h ago" in await board_lines(force)
    force.clock.advance(seconds=1)
    assert not [line for line in await board_lines(force) if "corrected by" in line]


async def test_a_corrected_breach_without_an_order_is_named_by_its_task(force: Force) -> None:
    task = await put_down(force)
    await force.change(Task, table_of(Task).c.id == task.id, order_id=None)
    assert f"Breach {task.ref}: corrected by PS 9001, 0 min ago" in await board_lines(force)


async def test_a_later_harmless_correction_hides_nobody(force: Force) -> None:
    task = await put_down(force)
    force.clock.advance(minutes=30)
    seen = said(task.outcome_id, OutcomeCode.SEEN_NO_CONCERN, reason="")
    await force.do(CONSTABLE, record_outcome, task.ref, seen)
    assert "Breach DVPO-3: corrected by PS 9001, 30 min ago" in await board_lines(force)


async def test_a_breach_that_stands_again_is_a_breach_on_the_board(force: Force) -> None:
    task = await put_down(force)
    await force.do(SERGEANT, undo_outcome, task.ref, None)
    assert [line for line in await board_lines(force) if "Breach" in line] == [
        "Breach DVPO-3 (T-1042), 40 min ago"
    ]


async def test_the_last_results_and_the_next_visit_say_who_corrected_it(force: Force) -> None:
    task = await put_down(force)
    following = await force.task(SECOND_CONSTABLE)
    view = await force.do(SECOND_CONSTABLE, brief, following.task.ref)
    assert task.outcome_id is not None
    corrected = view.corrected[task.outcome_id]
    assert (corrected.before.code, corrected.now_code) == (BREACH, OutcomeCode.NO_ANSWER)
    assert corrected.by and corrected.by.collar_number == "9001"
    assert view.view.last_corrected_alarm == corrected


# --- what is posted --------------------------------------------------------------------------


async def drawing_for(force: Force, change: str, person_id: str | None) -> AlarmChangeView | NothingToSend:
    row = (await force.outbox(purpose=CardPurpose.ALARM_CHANGED, hint=change, person_id=person_id))[0]
    wanted = await force.units.write(lambda uow: prepare(uow, row))
    return wanted.view if isinstance(wanted, CardDelivery) else wanted  # type: ignore[return-value]


async def test_the_post_names_who_did_it_and_why(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    await put_down(force)
    drawing = await drawing_for(force, "put-down", CONSTABLE.entra_id)
    assert isinstance(drawing, AlarmChangeView)
    assert (drawing.by, drawing.reason) == ("PS 9001", "Wrong task")
    assert (drawing.before_code, drawing.now_code) == (BREACH, OutcomeCode.NO_ANSWER)


async def test_after_an_undo_only_the_later_post_is_wanted(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    await force.open_channel()
    task = await put_down(force)
    await force.do(SERGEANT, undo_outcome, task.ref, None)
    assert isinstance(await drawing_for(force, "put-down", CONSTABLE.entra_id), NothingToSend)
    for person_id in (CONSTABLE.entra_id, None):
        drawing = await drawing_for(force, "stands-again", person_id)
        assert isinstance(drawing, AlarmChangeView) and drawing.stands_again
        assert drawing.by == "PS 9001"
        assert bool(drawing.reason) == bool(person_id)


async def test_the_notice_reads_who_corrected_it_from_the_row(force: Force) -> None:
    await force.open_channel()
    await put_down(force, INSPECTOR)
    row = await force.rows(Outbox, table_of(Outbox).c.conversation_id == NORTH_CHANNEL)
    notice = next(each for each in row if each.purpose == CardPurpose.BREACH_NOTICE)
    wanted = await force.units.write(lambda uow: prepare(uow, notice))
    assert isinstance(wanted, CardDelivery) and wanted.view
    corrected = wanted.view.view.corrected_alarm
    assert corrected and corrected.by and corrected.by.entra_id == INSPECTOR.entra_id

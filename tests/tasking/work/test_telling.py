"""Who hears of a result in the same shift: once each, withheld from who may not know, redrawn."""

from datetime import timedelta
from functools import partial

import pytest

from infra.local.people import ANALYST, CONSTABLE, INSPECTOR, SERGEANT
from storage.enums import OutboxKind, OutboxState, OutcomeCode, Role, TaskKind, VisitKind
from storage.rows import table_of
from storage.tables import Message, Outbox, Outcome, TaskBundle
from tasking.deliveries import CardDelivery, NothingToSend, prepare, remember_posted
from tasking.outbox_steps import claim_rows
from tasking.ports import Posted
from tasking.work.outcome_table import OUTCOMES, Tells, concerns
from tasking.work.outcomes import Report, record_outcome, undo_outcome
from tasking.work.telling import without_numbers
from tests.support.card_reading import all_words
from tests.support.drawing import draw
from tests.support.notice_names import CardPurpose
from tests.support.units import Force

_TOLD = (CardPurpose.RESULT_NOTICE, CardPurpose.SAFEGUARDING_NOTICE)
CONCERN = OutcomeCode.SEEN_OTHER_CONCERN


async def contact(force: Force) -> TaskBundle:
    made = await force.task()
    await force.change_task(made, visit_kind=VisitKind.PROTECTED_PERSON_CONTACT)
    return made


async def told(force: Force) -> dict[str | None, Outbox]:
    rows = [row for purpose in _TOLD for row in await force.outbox(purpose=purpose)]
    posts = [row for row in rows if row.kind == OutboxKind.POST_CARD]
    assert len({row.person_id for row in posts}) == len(posts), "each hears once"
    return {row.person_id: row for row in posts}


async def claim(force: Force) -> list[Outbox]:
    return await force.units.write(lambda uow: claim_rows(uow, 50))


async def card_of(force: Force, row: Outbox) -> str:
    delivery = await force.units.write(lambda uow: prepare(uow, row))
    assert isinstance(delivery, CardDelivery)
    card, summary = draw(delivery)
    assert "concern" not in summary.casefold()
    return all_words(card)


def test_every_concern_is_told_to_both() -> None:
    assert all(
        each.tells == {Tells.SUPERVISOR, Tells.SAFEGUARDING} for each in OUTCOMES if each.code in concerns()
    )


@pytest.mark.parametrize("code", sorted(concerns()))
async def test_a_concern_is_told_at_once_to_the_sergeant_and_safeguarding(
    force: Force, code: OutcomeCode
) -> None:
    await force.give_role(ANALYST, Role.SAFEGUARDING)
    visit = await force.task() if code is CONCERN else await contact(force)
    made = await force.close(visit, code)
    readers = await told(force)
    assert set(readers) == {SERGEANT.entra_id, ANALYST.entra_id}
    assert all(row.send_after == force.clock.now() for row in readers.values())
    assert {row.outcome_id for row in readers.values()} == {made.task.outcome_id}


async def test_the_notice_says_what_was_said_and_by_whom(force: Force) -> None:
    await force.open_chat(SERGEANT)
    made = await force.task()
    said = Report(CONCERN, force.clock.now(), "talks of hurting himself", {"answer_1": "self-harm"})
    await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    words = await card_of(force, (await told(force))[SERGEANT.entra_id])
    assert "Seen, another concern" in words and f"recorded by PC {CONSTABLE.collar_number}" in words
    assert "self-harm" in words and "talks of hurting himself" in words


async def test_who_recorded_it_is_not_told(force: Force) -> None:
    await force.give_role(CONSTABLE, Role.SAFEGUARDING)
    await force.done(CONCERN)
    assert set(await told(force)) == {SERGEANT.entra_id}


async def test_a_harmless_result_is_told_to_nobody(force: Force) -> None:
    await force.give_role(ANALYST, Role.SAFEGUARDING)
    await force.done(OutcomeCode.NO_ANSWER)
    assert await told(force) == {}


async def test_a_death_is_told_to_the_sergeant_once_it_can_no_longer_be_undone(force: Force) -> None:
    await force.open_chat(SERGEANT)
    await force.give_role(ANALYST, Role.SAFEGUARDING)
    made = await force.done(OutcomeCode.DECEASED)
    (row,) = (await told(force)).values()
    assert row.person_id == SERGEANT.entra_id
    assert row.send_after == force.clock.now() + timedelta(minutes=10)
    await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    assert isinstance(await force.units.write(lambda uow: prepare(uow, row)), NothingToSend)


async def test_a_death_that_was_told_and_is_undone_all_the_same_no_longer_stands(force: Force) -> None:
    chat_id = await force.open_chat(SERGEANT)
    made = await force.done(OutcomeCode.DECEASED)
    (row,) = (await told(force)).values()
    await force.units.write(lambda uow: remember_posted(uow, row, Posted(chat_id, "9")))
    await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    (redrawn,) = await force.outbox(purpose=CardPurpose.RESULT_NOTICE, kind=OutboxKind.UPDATE_CARD)
    assert "no longer stands" in await card_of(force, redrawn)


async def test_a_new_number_is_told_to_safeguarding_or_else_to_the_sergeant(force: Force) -> None:
    await force.close(await contact(force), OutcomeCode.MOVED_OR_NEW_NUMBER)
    assert set(await told(force)) == {SERGEANT.entra_id}


async def test_a_new_number_is_told_to_safeguarding_alone(force: Force) -> None:
    await force.give_role(ANALYST, Role.SAFEGUARDING)
    await force.close(await contact(force), OutcomeCode.MOVED_OR_NEW_NUMBER)
    assert set(await told(force)) == {ANALYST.entra_id}


async def test_a_restricted_subject_is_told_only_to_who_is_named(force: Force) -> None:
    await force.give_role(ANALYST, Role.SAFEGUARDING)
    await force.give_role(INSPECTOR, Role.SAFEGUARDING)
    made = await force.restricted_task()
    await force.change_task(
        made, kind=TaskKind.COMPLIANCE_VISIT, visit_kind=VisitKind.PERPETRATOR_CHECK, disruption_type=None
    )
    await force.name_for("S-04", INSPECTOR)
    said = Report(CONCERN, force.clock.now())
    await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    assert ANALYST.entra_id not in await told(force)
    assert INSPECTOR.entra_id in await told(force)


async def test_what_was_told_is_redrawn_when_it_no_longer_stands(force: Force) -> None:
    await force.open_chat(SERGEANT)
    made = await force.done(CONCERN)
    row = (await told(force))[SERGEANT.entra_id]
    delivery = await force.units.write(lambda uow: prepare(uow, row))
    assert isinstance(delivery, CardDelivery) and delivery.place
    place = delivery.place
    await force.units.write(lambda uow: remember_posted(uow, row, Posted(place.conversation_id, "9")))
    down = Report(
        OutcomeCode.NO_ANSWER, force.clock.now(), corrects=made.task.outcome_id, reason="Wrong person"
    )
    await force.do(CONSTABLE, record_outcome, made.task.ref, down)
    (update,) = await force.outbox(purpose=CardPurpose.RESULT_NOTICE, kind=OutboxKind.UPDATE_CARD)
    assert "no longer stands: now No answer" in await card_of(force, update)
    assert len(await force.rows(Message, table_of(Message).c.purpose == CardPurpose.RESULT_NOTICE)) == 1


async def test_who_was_told_in_both_their_roles_has_both_notices_redrawn(force: Force) -> None:
    chat_id = await force.open_chat(SERGEANT)
    await force.give_role(SERGEANT, Role.SAFEGUARDING)
    made = await force.close(await contact(force), OutcomeCode.MOVED_OR_NEW_NUMBER)
    force.clock.advance(minutes=11)
    worse = Report(OutcomeCode.CONCERNS, force.clock.now(), corrects=made.task.outcome_id)
    made = await force.do(CONSTABLE, record_outcome, made.task.ref, worse)
    posts = [row for each in _TOLD for row in await force.outbox(purpose=each)]
    for number, row in enumerate(each for each in posts if each.kind == OutboxKind.POST_CARD):
        await force.units.write(partial(remember_posted, row=row, posted=Posted(chat_id, str(number))))
    await force.change(Outbox, table_of(Outbox).c.id.is_not(None), state=OutboxState.DONE)
    force.clock.advance(minutes=11)
    harmless = OutcomeCode.SPOKE_ALONE_NO_CONCERNS
    down = Report(harmless, force.clock.now(), corrects=made.task.outcome_id, reason="Wrong person")
    await force.do(CONSTABLE, record_outcome, made.task.ref, down)
    told_again = [
        row
        for row in [*await claim(force), *await claim(force)]
        if row.purpose in _TOLD and row.kind == OutboxKind.UPDATE_CARD
    ]
    assert {row.purpose for row in told_again} == set(_TOLD)
    for row in told_again:
        assert "no longer stands: now Spoke alone" in await card_of(force, row)


async def test_the_number_itself_is_never_stored(force: Force) -> None:
    made = await contact(force)
    said = Report(
        OutcomeCode.MOVED_OR_NEW_NUMBER, force.clock.now(), "new number 07700 900 123, moved in May"
    )
    await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    (row,) = await force.rows(Outcome)
    assert row.note == "new number (number not kept), moved in May"


@pytest.mark.parametrize("words", ["07700900123", "+44 7700 900123", "(01632) 960 001", "01632-960001"])
def test_a_number_is_known_however_it_is_written(words: str) -> None:
    assert without_numbers(OutcomeCode.MOVED_OR_NEW_NUMBER, words).strip() == "(number not kept)"
    assert without_numbers(OutcomeCode.CONCERNS, words) == words

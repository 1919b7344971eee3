"""Finding what somebody named: what is not theirs to see looks the same as what is not there."""

import pytest

from infra.local.people import CONSTABLE, SECOND_CONSTABLE, SERGEANT, SOUTH_SERGEANT
from storage.enums import Role
from storage.rows import table_of
from storage.tables import ProtectiveOrder
from tasking.refusals import Refusal
from tasking.work.find import Reader, find_target, find_task, known_references, not_found
from tests.support.units import Force, some_order


def said(refusal: Refusal) -> tuple[str, str]:
    return refusal.code, refusal.words


@pytest.mark.parametrize("typed", ["T-1042", "1042", "t 1042", "#1042"])
async def test_a_task_is_found_however_it_is_typed(force: Force, typed: str) -> None:
    made = await force.task()
    assert (await force.do(CONSTABLE, find_task, typed)).task.id == made.task.id


@pytest.mark.parametrize("typed", ["T-9999", "nonsense", ""])
async def test_what_is_not_there_is_not_found(force: Force, typed: str) -> None:
    assert (await force.refused(CONSTABLE, find_task, typed)).code == "not-found"


async def test_a_task_that_is_not_theirs_looks_like_none(force: Force) -> None:
    made = await force.task()
    hidden = await force.refused(SECOND_CONSTABLE, find_task, made.task.ref)
    nothing = await force.refused(SECOND_CONSTABLE, find_task, "T-9999")
    assert said(hidden) == said(nothing)
    assert made.task.ref not in hidden.hint
    elsewhere = await force.refused(SOUTH_SERGEANT, find_task, made.task.ref)
    assert said(elsewhere) == said(nothing)


async def test_the_nearest_is_offered_only_among_what_may_be_seen(force: Force) -> None:
    made = await force.task()
    assert (await force.refused(CONSTABLE, find_task, "T-1043")).hint == f"Did you mean {made.task.ref}?"
    assert "1042" not in (await force.refused(SECOND_CONSTABLE, find_task, "T-1043")).hint
    assert "/tasks" in (await force.refused(SECOND_CONSTABLE, find_task, "T-1043")).hint


async def test_a_restricted_task_is_found_by_the_people_named_and_never_in_a_channel(force: Force) -> None:
    made = await force.restricted_task()
    ref = made.task.ref
    assert (await force.do(SERGEANT, find_task, ref)).task.id == made.task.id
    assert (await force.do(CONSTABLE, find_task, ref)).task.id == made.task.id
    assert (await force.refused(SERGEANT, find_task, ref, in_channel=True)).code == "not-found"
    await force.give_role(SECOND_CONSTABLE, Role.SUPERVISOR)
    assert (await force.refused(SECOND_CONSTABLE, find_task, ref)).code == "not-found"


async def test_an_order_and_a_subject_are_found_as_targets(force: Force) -> None:
    order = await force.do(SERGEANT, find_target, "dvpo 3")
    assert order.order and (order.order.ref, order.subject.ref, order.district_id) == (
        "DVPO-3",
        "S-01",
        "north",
    )
    subject = await force.do(SERGEANT, find_target, "s2")
    assert (subject.order, subject.subject.ref) == (None, "S-02")


@pytest.mark.parametrize("ref", ["NMO-2", "S-03", "S-99", "no such thing"])
async def test_another_districts_targets_look_like_none(force: Force, ref: str) -> None:
    assert (await force.refused(SERGEANT, find_target, ref)).code == "not-found"


async def test_an_officer_finds_no_targets(force: Force) -> None:
    assert (await force.refused(CONSTABLE, find_target, "DVPO-3")).code == "not-found"


async def test_a_restricted_subject_is_no_target_in_a_channel_or_for_who_is_not_named(force: Force) -> None:
    assert (await force.do(SERGEANT, find_target, "S-04")).subject.ref == "S-04"
    assert (await force.refused(SERGEANT, find_target, "S-04", in_channel=True)).code == "not-found"
    await force.give_role(SECOND_CONSTABLE, Role.SUPERVISOR)
    refusal = await force.refused(SECOND_CONSTABLE, find_target, "S-04")
    assert refusal.code == "not-found"
    assert "S-04" not in refusal.hint


async def test_suggestions_hold_only_what_the_reader_may_see(force: Force) -> None:
    mine = await force.task()
    hidden = await force.restricted_task()
    north = {"DVPN-4", "DVPO-3", "S-01", "S-02"}
    assert set(await force.do(SERGEANT, known_references)) == north | {
        "S-04",
        mine.task.ref,
        hidden.task.ref,
    }
    assert set(await force.do(SERGEANT, known_references, in_channel=True)) == north | {mine.task.ref}
    assert set(await force.do(CONSTABLE, known_references)) == {mine.task.ref, hidden.task.ref}
    assert await force.do(SECOND_CONSTABLE, known_references) == []


async def test_what_is_done_is_suggested_to_nobody(force: Force) -> None:
    done = await force.done()
    assert done.task.ref not in await force.do(SERGEANT, known_references)


async def test_a_suggestion_is_found_however_many_orders_there_are(force: Force) -> None:
    (order,) = await force.rows(ProtectiveOrder, table_of(ProtectiveOrder).c.ref == "DVPO-3")
    late = {"subject_id": order.subject_id, "last_day": order.last_day}
    await force.insert(*(some_order(ref=f"DVPO-{n}", **late) for n in range(70_000, 70_400)))
    assert (await force.do(SERGEANT, not_found, "DVPO-703990")).hint == "Did you mean DVPO-70399?"
    assert len(await force.do(SERGEANT, known_references, "DVPO-703990")) < 300


async def test_a_mistyped_order_is_met_with_the_nearest(force: Force) -> None:
    refusal = await force.do(SERGEANT, not_found, "DVPO-33")
    assert refusal.hint == "Did you mean DVPO-3?"


async def test_in_a_channel_nobody_is_named(force: Force) -> None:
    reader = await force.do(SERGEANT, lambda _uow, reader: reader)
    assert reader.named_as == SERGEANT.entra_id
    assert Reader(reader.actor, in_channel=True).named_as is None

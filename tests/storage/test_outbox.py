"""Outward effects as rows: claimed by lease, one lane in order, done only on proof; on both databases."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, event, text, true, update

from infra.local.people import CONSTABLE, SECOND_CONSTABLE
from storage import outbox, parked
from storage import outbox_claims as claims
from storage.enums import OutboxKind, OutboxState
from storage.postgresql import PostgresDatabase
from storage.rows import table_of
from storage.tables import Outbox, ProtectiveOrder, Subject
from storage.work.own_cards import undelivered
from tasking.unit_of_work import UnitOfWork
from tests.support.notice_names import CardPurpose
from tests.support.postgres import Postgres
from tests.support.units import NOW, Force, open_force

T = TypeVar("T")
_table = table_of(Outbox)
KNOWN = claims.Known(list(CardPurpose), [CardPurpose.BREACH_NOTICE])


def effect(key: str, lane: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "kind": OutboxKind.POST_CARD,
        "purpose": CardPurpose.CONFIRMATION,
        "key": key,
        "lane": lane or key,
        "district_id": "north",
        "created_at": NOW,
        "send_after": NOW,
        **more,
    }


def update_effect(key: str, lane: str, **more: Any) -> dict[str, Any]:
    return effect(key, lane, **{"kind": OutboxKind.UPDATE_CARD, **more})


def count_parked(uow: UnitOfWork, district: str) -> int:
    rows = parked.messages_of(uow.connection, district)
    return parked.count_for_all(uow.connection, [each for row in rows if (each := parked.Matter.of(row))])


async def write(force: Force, work: Callable[[Connection], T]) -> T:
    return await force.units.database.write(work)


async def enqueue(force: Force, *rows: dict[str, Any]) -> None:
    await write(force, lambda connection: outbox.enqueue(connection, *rows))


async def claim(force: Force, limit: int = 10, *kinds: OutboxKind) -> list[Outbox]:
    return await write(
        force, lambda connection: claims.claim(connection, force.clock.now(), limit, *kinds, known=KNOWN)
    )


async def claimed(force: Force, busy: claims.Busy) -> list[str]:
    now = force.clock.now()
    return [row.key for row in await write(force, lambda c: claims.claim(c, now, 10, busy=busy, known=KNOWN))]


async def wait_beside(force: Force, busy: claims.Busy) -> float | None:
    return await write(force, lambda c: claims.next_wait(c, force.clock.now(), KNOWN, busy))


async def row_of(force: Force, key: str) -> Outbox:
    return (await force.outbox(key=key))[0]


async def let_leases_run_out(force: Force) -> None:
    await force.change(
        Outbox, _table.c.state == OutboxState.SENDING, lease_until=datetime(2020, 1, 1, tzinfo=UTC)
    )


async def test_an_effect_is_added_with_its_transaction_and_waits(force: Force) -> None:
    await enqueue(force, effect("a"))
    row = await row_of(force, "a")
    assert (row.state, row.attempts, row.unclear, row.task_ids) == (OutboxState.WAITING, 0, 0, [])


async def test_the_same_key_is_one_effect(force: Force) -> None:
    await enqueue(force, effect("a"), effect("a", "elsewhere"))
    await enqueue(force, effect("a"))
    assert [row.lane for row in await force.outbox()] == ["a"]


async def test_nothing_to_add_adds_nothing(force: Force) -> None:
    await enqueue(force)
    assert await force.outbox() == []


async def test_a_claimed_row_is_under_lease_and_counts_the_attempt(force: Force) -> None:
    await enqueue(force, effect("a"))
    row = (await claim(force))[0]
    assert (row.key, row.state, row.attempts) == ("a", OutboxState.SENDING, 1)
    assert row.lease_until is not None
    left = row.lease_until - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= timedelta(seconds=61)


async def test_a_claimed_row_is_not_claimed_again(force: Force) -> None:
    await enqueue(force, effect("a"))
    assert len(await claim(force)) == 1
    assert await claim(force) == []


async def test_a_row_is_not_claimed_before_its_time(force: Force) -> None:
    await enqueue(force, effect("a", send_after=NOW + timedelta(minutes=10)))
    assert await claim(force) == []
    force.clock.advance(minutes=10)
    assert len(await claim(force)) == 1


async def test_a_lane_is_served_in_the_order_of_its_rows(force: Force) -> None:
    await enqueue(force, effect("first", "lane"), effect("second", "lane"), effect("other"))
    assert [row.key for row in await claim(force)] == ["first", "other"]
    assert await claim(force) == []
    first = await row_of(force, "first")
    await write(force, lambda connection: outbox.stamp_done(connection, first, "proof", NOW))
    assert [row.key for row in await claim(force)] == ["second"]


async def test_a_head_that_backs_off_holds_back_its_lane_and_no_other(force: Force) -> None:
    await enqueue(force, effect("first", "lane"), effect("second", "lane"), effect("other"))
    rows = await claim(force, 1)
    await write(force, lambda c: outbox.put_back(c, rows[0], "busy", timedelta(seconds=60), unclear=False))
    assert [row.key for row in await claim(force)] == ["other"]


async def test_no_more_rows_are_taken_than_asked_for(force: Force) -> None:
    await enqueue(force, *(effect(f"row-{n}") for n in range(5)))
    assert [row.key for row in await claim(force, 2)] == ["row-0", "row-1"]


async def test_one_kind_alone_can_be_claimed(force: Force) -> None:
    await enqueue(force, effect("card"), effect("records", kind=OutboxKind.HAND_OVER, purpose=None))
    assert [row.key for row in await claim(force, 10, OutboxKind.HAND_OVER)] == ["records"]


async def test_many_claimers_at_once_never_get_the_same_row(force: Force) -> None:
    await enqueue(force, *(effect(f"row-{n}", f"lane-{n % 30}") for n in range(60)))
    batches = await asyncio.gather(*(claim(force, 4) for _ in range(12)))
    taken = [row.key for rows in batches for row in rows]
    assert len(taken) == len(set(taken))
    claimed = {row.key for row in await force.outbox(state=OutboxState.SENDING)}
    assert set(taken) == claimed
    lanes = [row.lane for rows in batches for row in rows]
    assert len(lanes) == len(set(lanes))


async def test_a_lease_that_ran_out_comes_back_as_unclear(force: Force) -> None:
    await enqueue(force, effect("a"))
    await claim(force)
    await let_leases_run_out(force)
    row = (await claim(force))[0]
    assert (row.attempts, row.unclear, row.last_error) == (2, 1, "lease-ran-out")


async def test_who_lost_the_lease_stamps_nothing(force: Force) -> None:
    await enqueue(force, effect("a"))
    slow = (await claim(force))[0]
    await let_leases_run_out(force)
    await claim(force)
    assert not await write(force, lambda connection: outbox.stamp_done(connection, slow, "late", NOW))
    assert not await write(force, lambda connection: outbox.park(connection, slow, "late"))
    assert not await write(
        force, lambda connection: outbox.put_back(connection, slow, "late", timedelta(), unclear=False)
    )
    row = await row_of(force, "a")
    assert (row.state, row.proof) == (OutboxState.SENDING, None)


async def test_a_lease_that_is_renewed_in_time_is_nobody_elses(force: Force) -> None:
    await enqueue(force, effect("a"))
    row = (await claim(force))[0]
    await let_leases_run_out(force)
    assert await write(force, lambda connection: claims.renew(connection, row))
    assert await claim(force) == []
    assert await write(force, lambda connection: outbox.stamp_done(connection, row, "activity-7", NOW))


async def test_a_lease_that_somebody_else_has_taken_is_not_renewed(force: Force) -> None:
    await enqueue(force, effect("a"))
    slow = (await claim(force))[0]
    await let_leases_run_out(force)
    taken = (await claim(force))[0]
    assert not await write(force, lambda connection: claims.renew(connection, slow))
    assert (await row_of(force, "a")).lease_until == taken.lease_until


async def test_done_keeps_its_proof_and_forgets_the_error(force: Force) -> None:
    await enqueue(force, effect("a"))
    await claim(force)
    await let_leases_run_out(force)
    row = (await claim(force))[0]
    await write(force, lambda connection: outbox.stamp_done(connection, row, "activity-7", NOW))
    done = await row_of(force, "a")
    assert (done.state, done.proof, done.done_at) == (OutboxState.DONE, "activity-7", NOW)
    assert (done.last_error, done.lease_until) == (None, None)
    assert await claim(force) == []


async def test_put_back_waits_by_database_time_and_says_why(force: Force) -> None:
    await enqueue(force, effect("a"))
    row = (await claim(force))[0]
    await write(force, lambda c: outbox.put_back(c, row, "throttled", timedelta(seconds=90), unclear=True))
    back = await row_of(force, "a")
    assert (back.state, back.last_error, back.unclear) == (OutboxState.WAITING, "throttled", 1)
    assert back.retry_at and timedelta(seconds=80) < back.retry_at - datetime.now(UTC) <= timedelta(
        seconds=91
    )
    force.clock.advance(days=1)
    assert await claim(force) == []


async def test_put_back_without_a_wait_can_be_claimed_at_once(force: Force) -> None:
    await enqueue(force, effect("a"))
    row = (await claim(force))[0]
    await write(force, lambda c: outbox.put_back(c, row, "opened", timedelta(), unclear=False))
    again = (await claim(force))[0]
    assert (again.attempts, again.unclear) == (2, 0)


async def test_a_parked_row_stays_until_it_is_released(force: Force) -> None:
    await enqueue(force, effect("a", person_id="officer"))
    row = (await claim(force))[0]
    await write(force, lambda connection: outbox.park(connection, row, "refused"))
    assert (await row_of(force, "a")).state == OutboxState.PARKED
    assert await claim(force) == []
    await write(force, lambda connection: outbox.release(connection, "somebody-else"))
    assert await claim(force) == []
    await write(force, lambda connection: outbox.release(connection, "officer"))
    assert [row.key for row in await claim(force)] == ["a"]


@pytest.mark.parametrize("reached_by", ["officer", "channel", "lane"])
async def test_what_waits_for_somebody_goes_out_when_they_are_reached(force: Force, reached_by: str) -> None:
    await enqueue(force, effect("a", "lane", person_id="officer", conversation_id="channel"))
    row = (await claim(force))[0]
    await write(force, lambda c: outbox.put_back(c, row, "not-installed", timedelta(hours=1), unclear=False))
    await write(force, lambda connection: outbox.release(connection, reached_by))
    assert [row.key for row in await claim(force)] == ["a"]


async def test_a_parked_update_is_not_released_by_reaching_somebody(force: Force) -> None:
    await enqueue(force, update_effect("a", "lane", person_id="officer"))
    row = (await claim(force))[0]
    await write(force, lambda connection: outbox.park(connection, row, "refused"))
    await write(force, lambda connection: outbox.release(connection, "officer"))
    assert (await row_of(force, "a")).state == OutboxState.PARKED


async def test_a_notice_of_a_breach_goes_before_everything_else(force: Force) -> None:
    await enqueue(force, effect("a"), effect("b"), effect("breach", purpose=CardPurpose.BREACH_NOTICE))
    assert [row.key for row in await claim(force, 1)] == ["breach"]


async def test_parked_cards_can_be_tried_again_and_hand_overs_are_left_to_people(force: Force) -> None:
    await enqueue(force, effect("card"), effect("records", kind=OutboxKind.HAND_OVER, purpose=None))
    for row in await claim(force):
        await write(force, lambda connection, row=row: outbox.park(connection, row, "refused"))  # type: ignore[misc]
    assert await claim(force) == []
    assert await write(force, outbox.release_parked) == 1
    assert [row.key for row in await claim(force)] == ["card"]
    assert [row.key for row in await write(force, outbox.given_up)] == ["records"]


# --- several updates of one message ----------------------------------------------------------


async def test_several_waiting_updates_of_a_lane_become_one(force: Force) -> None:
    later = NOW + timedelta(hours=1)
    await enqueue(
        force,
        update_effect("one", "lane"),
        update_effect("two", "lane"),
        update_effect("elsewhere", "other"),
        update_effect("fold", "lane", send_after=later),
        effect("post", "lane"),
    )
    row = (await claim(force, 1))[0]
    await write(force, lambda connection: outbox.absorb_later(connection, row, NOW))
    states = {row.key: row.state for row in await force.outbox()}
    assert states == {
        "one": OutboxState.SENDING,
        "two": OutboxState.DONE,
        "elsewhere": OutboxState.WAITING,
        "fold": OutboxState.WAITING,
        "post": OutboxState.WAITING,
    }
    assert (await row_of(force, "two")).proof == f"with:{row.id}"


async def test_a_post_takes_no_update_with_it(force: Force) -> None:
    await enqueue(force, effect("post", "lane"), update_effect("update", "lane"))
    row = (await claim(force, 1))[0]
    await write(force, lambda connection: outbox.absorb_later(connection, row, NOW))
    assert (await row_of(force, "update")).state == OutboxState.WAITING


async def test_a_reminder_takes_later_reminders_with_it(force: Force) -> None:
    reminder = {"purpose": CardPurpose.REMINDER}
    await enqueue(force, effect("first", "lane", **reminder), effect("second", "lane", **reminder))
    row = (await claim(force, 1))[0]
    await write(force, lambda connection: outbox.absorb_later(connection, row, NOW))
    second = await row_of(force, "second")
    assert (second.state, second.proof) == (OutboxState.DONE, f"with:{row.id}")


async def test_the_newest_of_a_lane_replaces_what_was_not_sent_and_leaves_what_is_under_way(
    force: Force,
) -> None:
    await enqueue(force, effect("sent", "lane"), effect("parked", "lane"), effect("under-way", "lane"))
    for finish in (
        lambda c, row: outbox.stamp_done(c, row, "activity-1", NOW),
        lambda c, row: outbox.park(c, row, "refused"),
    ):
        row = (await claim(force, 1))[0]
        await write(force, lambda c, row=row, finish=finish: finish(c, row))  # type: ignore[misc]
    await claim(force, 1)
    await enqueue(force, effect("waiting", "lane"), effect("newest", "lane"), effect("elsewhere"))
    await write(force, lambda connection: outbox.replace_unsent(connection, "lane", "newest", NOW))
    newest = await row_of(force, "newest")
    assert {row.key: (row.state, row.proof) for row in await force.outbox()} == {
        "sent": (OutboxState.DONE, "activity-1"),
        "parked": (OutboxState.DONE, f"with:{newest.id}"),
        "under-way": (OutboxState.SENDING, None),
        "waiting": (OutboxState.DONE, f"with:{newest.id}"),
        "newest": (OutboxState.WAITING, None),
        "elsewhere": (OutboxState.WAITING, None),
    }


async def test_updates_that_were_to_wait_are_brought_forward_for_their_task_only(force: Force) -> None:
    mine, other = uuid4(), uuid4()
    later = NOW + timedelta(hours=1)
    await enqueue(
        force,
        update_effect("mine", "a", task_id=mine, send_after=later),
        update_effect("other", "b", task_id=other, send_after=later),
    )
    await write(force, lambda connection: outbox.bring_forward_updates(connection, mine, NOW))
    assert [row.key for row in await claim(force)] == ["mine"]


# --- how long to wait ------------------------------------------------------------------------


async def wait(force: Force) -> float | None:
    now = force.clock.now()
    return await force.units.read(lambda uow: claims.next_wait(uow.connection, now, KNOWN))


async def test_nothing_waits(force: Force) -> None:
    assert await wait(force) is None
    await enqueue(force, effect("a"))
    await claim(force)
    assert await wait(force) is None


async def test_a_row_that_is_due_waits_no_longer(force: Force) -> None:
    await enqueue(force, effect("later", send_after=NOW + timedelta(hours=1)), effect("now"))
    assert await wait(force) == 0.0


async def test_the_soonest_row_sets_the_wait(force: Force) -> None:
    await enqueue(
        force,
        effect("later", send_after=NOW + timedelta(seconds=90)),
        effect("soon", send_after=NOW + timedelta(seconds=40)),
    )
    assert await wait(force) == 40.0


async def test_a_row_that_backs_off_is_waited_for_by_database_time(force: Force) -> None:
    await enqueue(force, effect("a"))
    row = (await claim(force))[0]
    await write(force, lambda c: outbox.put_back(c, row, "busy", timedelta(seconds=60), unclear=False))
    force.clock.advance(days=1)
    left = await wait(force)
    assert left is not None and 50 < left <= 60


async def test_a_row_behind_one_that_backs_off_does_not_make_the_wait_short(force: Force) -> None:
    await enqueue(force, effect("first", "lane"), effect("second", "lane"))
    row = (await claim(force))[0]
    await write(force, lambda c: outbox.put_back(c, row, "busy", timedelta(seconds=60), unclear=False))
    left = await wait(force)
    assert left is not None and left > 50


async def test_a_row_behind_one_that_is_being_sent_does_not_make_the_wait_short(force: Force) -> None:
    await enqueue(force, effect("first", "lane"), effect("second", "lane"))
    await claim(force)
    assert await wait(force) is None


async def test_what_waits_for_one_person_takes_no_place_from_what_is_for_others(force: Force) -> None:
    many = (effect(f"many-{n:02}", person_id="many") for n in range(20))
    others = (effect(f"other-{n}", conversation_id=f"other-{n}") for n in range(3))
    await enqueue(force, *many, effect("records", kind=OutboxKind.HAND_OVER), *others)
    first = await claimed(force, claims.NOTHING_BUSY)
    assert first == ["many-00", "many-01", "records", "other-0", "other-1", "other-2"]
    busy = claims.Busy(under_way={"many": 2})
    assert (await claimed(force, busy), await wait_beside(force, busy)) == ([], None)
    assert await claimed(force, claims.Busy(under_way={"many": 1})) == ["many-02"]


async def test_who_is_to_be_sent_nothing_just_now_is_left_alone_and_not_waited_for(force: Force) -> None:
    await enqueue(force, effect("later", person_id="turns-used-up"), effect("now", person_id="another"))
    busy = claims.Busy(targets=["turns-used-up"])
    assert await claimed(force, busy) == ["now"]
    assert await wait_beside(force, busy) is None
    assert await claimed(force, claims.NOTHING_BUSY) == ["later"]


async def test_breaches_for_one_channel_leave_room_for_all_else(force: Force) -> None:
    breaches = (effect(f"b-{n}", purpose=CardPurpose.BREACH_NOTICE, conversation_id="c") for n in range(12))
    await enqueue(force, effect("card", person_id="p"), *breaches)
    assert sorted(await claimed(force, claims.NOTHING_BUSY)) == ["b-0", "b-1", "card"]


async def test_a_lane_that_rests_is_left_alone_and_not_waited_for(force: Force) -> None:
    await enqueue(force, effect("board"), effect("card"))

    def among_the_rested(connection: Connection) -> list[str]:
        rows = claims.claim(
            connection, force.clock.now(), 10, busy=claims.Busy(["board", "another"]), known=KNOWN
        )
        return [row.key for row in rows]

    assert await write(force, among_the_rested) == ["card"]
    now = force.clock.now()
    assert await write(force, lambda c: claims.next_wait(c, now, KNOWN, claims.Busy(["board"]))) is None
    assert await write(force, lambda c: claims.next_wait(c, now, KNOWN)) == 0.0
    assert [row.key for row in await claim(force)] == ["board"]


async def test_what_was_due_first_goes_first(force: Force) -> None:
    await enqueue(
        force,
        effect("due-now"),
        effect("due-an-hour-ago", send_after=NOW - timedelta(hours=1)),
        effect("due-at-noon", send_after=NOW - timedelta(minutes=30)),
    )
    claimed = [(await claim(force, 1))[0].key for _ in range(3)]
    assert claimed == ["due-an-hour-ago", "due-at-noon", "due-now"]


async def test_in_a_lane_an_earlier_row_goes_first_even_if_it_was_due_later(force: Force) -> None:
    await enqueue(
        force, effect("first", "lane"), effect("second", "lane", send_after=NOW - timedelta(hours=1))
    )
    assert [row.key for row in await claim(force)] == ["first"]


async def test_a_row_that_is_still_to_come_holds_up_nobody_in_its_lane(force: Force) -> None:
    await enqueue(force, effect("undoable", "lane", send_after=NOW + timedelta(minutes=10)))
    await enqueue(force, effect("breach", "lane"))
    assert [row.key for row in await claim(force)] == ["breach"]


async def test_what_is_brought_forward_is_due_at_that_very_moment(force: Force) -> None:
    task_id = uuid4()
    later = NOW + timedelta(hours=1)
    await enqueue(force, update_effect("fold", "lane", task_id=task_id, send_after=later))
    force.clock.at = NOW.replace(microsecond=123456)
    now = force.clock.now()
    await write(force, lambda connection: outbox.bring_forward_updates(connection, task_id, now))
    assert [row.key for row in await claim(force)] == ["fold"]


async def test_bringing_forward_delays_nothing_that_was_due_already(force: Force) -> None:
    task_id = uuid4()
    await enqueue(force, update_effect("due", "lane", task_id=task_id))
    later = NOW + timedelta(hours=1)
    await write(force, lambda connection: outbox.bring_forward_updates(connection, task_id, later))
    assert (await row_of(force, "due")).send_after == NOW


async def test_two_replicas_take_no_two_rows_of_one_lane_even_where_a_number_comes_late(
    tmp_path: Path, postgres: Postgres
) -> None:
    async with open_force(tmp_path, postgres) as force, AsyncExitStack() as stack:
        database = force.units.database
        assert isinstance(database, PostgresDatabase)
        early, late, first, second = [
            await stack.enter_async_context(database._engine.connect()) for _ in range(4)
        ]
        await early.run_sync(lambda c: outbox.enqueue(c, update_effect("early", "board:north")))
        await late.run_sync(lambda c: outbox.enqueue(c, update_effect("late", "board:north")))
        await late.commit()
        taken = await first.run_sync(lambda c: claims.claim(c, NOW, 10, known=KNOWN))
        await early.commit()
        taken_meanwhile = await second.run_sync(lambda c: claims.claim(c, NOW, 10, known=KNOWN))
        await first.commit()
        taken_after = await second.run_sync(lambda c: claims.claim(c, NOW, 10, known=KNOWN))
        await second.commit()
    assert [row.key for row in taken] == ["late"]
    assert (taken_meanwhile, taken_after) == ([], [])


def board_effect(key: str, **more: Any) -> dict[str, Any]:
    return update_effect(key, "board:north", purpose=CardPurpose.BOARD, joins=True, **more)


async def test_however_many_changes_wait_a_board_has_one_row_that_waits(force: Force) -> None:
    await enqueue(force, board_effect("first"))
    for number in range(5):
        await enqueue(force, board_effect(f"later-{number}", send_after=NOW + timedelta(seconds=number)))
    await enqueue(force, effect("another"), board_effect("last"))
    assert [row.key for row in await force.outbox()] == ["first", "another"]


async def test_a_board_that_is_being_drawn_is_drawn_once_more_for_what_changes_meanwhile(
    force: Force,
) -> None:
    await enqueue(force, board_effect("first"))
    await claim(force)
    await enqueue(force, board_effect("meanwhile"))
    await enqueue(force, board_effect("later"))
    assert [row.key for row in await force.outbox()] == ["first", "meanwhile"]


async def test_a_board_that_is_to_wait_takes_no_change_that_is_due_now(force: Force) -> None:
    await enqueue(force, board_effect("tomorrow", send_after=NOW + timedelta(days=1)))
    await enqueue(force, board_effect("now"))
    assert [row.key for row in await force.outbox()] == ["tomorrow", "now"]


async def test_a_board_is_not_taken_while_a_change_that_joined_it_is_not_committed(
    tmp_path: Path, postgres: Postgres
) -> None:
    async with open_force(tmp_path, postgres) as force, AsyncExitStack() as stack:
        database = force.units.database
        assert isinstance(database, PostgresDatabase)
        change, taker = [await stack.enter_async_context(database._engine.connect()) for _ in range(2)]
        await enqueue(force, board_effect("first"))
        await change.run_sync(lambda c: outbox.enqueue(c, board_effect("joins")))
        too_early = await taker.run_sync(lambda c: claims.claim(c, NOW, 10, known=KNOWN))
        await change.commit()
        taken = await taker.run_sync(lambda c: claims.claim(c, NOW, 10, known=KNOWN))
        await change.run_sync(lambda c: outbox.enqueue(c, board_effect("comes-too-late")))
        await change.commit()
        await taker.commit()
        assert (too_early, [row.key for row in taken]) == ([], ["first"])
        assert [row.key for row in await force.outbox()] == ["first", "comes-too-late"]


# --- however much waits ----------------------------------------------------------------------


async def test_the_outbox_is_read_by_its_indexes_alone_and_nothing_is_sorted(tmp_path: Path) -> None:
    plans: list[str] = []

    def explain(connection: Connection, _cursor: Any, sql: str, given: Any, *_: Any) -> None:
        if "outbox" in sql and not sql.startswith("INSERT"):
            plan = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {sql}", given)  # type: ignore[union-attr]
            plans.extend(step for *_, step in plan)

    async with open_force(tmp_path) as force:
        await enqueue(force, *(effect(f"row-{n}") for n in range(30)))
        now = force.clock.now()

        def deliver(connection: Connection) -> None:
            event.listen(connection, "before_cursor_execute", explain)
            assert (
                len(
                    claims.claim(
                        connection, now, 10, OutboxKind.POST_CARD, busy=claims.Busy(["row-0"]), known=KNOWN
                    )
                )
                == 10
            )
            assert claims.claim(connection, now, 10, OutboxKind.HAND_OVER, known=KNOWN) == []
            assert claims.next_wait(connection, now, KNOWN) == 0.0
            event.remove(connection, "before_cursor_execute", explain)

        await write(force, deliver)

    outbox_steps = [step for step in plans if "outbox" in step or "before" in step]
    assert len(outbox_steps) >= 10
    assert [step for step in plans if "TEMP B-TREE" in step] == []
    assert [step for step in outbox_steps if not step.startswith("SEARCH")] == []


# --- what people and probes are told ---------------------------------------------------------


async def test_a_task_whose_card_fails_or_is_parked_is_undelivered_with_the_code(force: Force) -> None:
    made = [await force.task() for _ in range(5)]
    failing, parked, fine, update, others = (bundle.task.id for bundle in made)
    await force.change(Outbox, true(), state=OutboxState.DONE)
    card = {"purpose": CardPurpose.OFFICER_TASK, "person_id": CONSTABLE.entra_id}
    await enqueue(
        force,
        effect("failing", task_id=failing, **card),
        effect("parked", task_id=parked, **card),
        effect("fine", task_id=fine, **card),
        effect("somebody-elses", task_id=others, **{**card, "person_id": SECOND_CONSTABLE.entra_id}),
        update_effect("update", "update", task_id=update, **card),
    )
    rows = {row.key: row for row in [*await claim(force), *await claim(force)]}
    for key in ("failing", "update", "somebody-elses"):
        row = rows[key]
        await write(force, lambda c, row=row: outbox.put_back(c, row, "busy", timedelta(0), unclear=False))  # type: ignore[misc]
    await write(force, lambda connection: outbox.park(connection, rows["parked"], "blocked"))
    ids = [failing, parked, fine, update, others]
    found = await force.units.read(lambda uow: undelivered(uow.connection, ids))
    assert found == {failing: "busy", parked: "blocked"}
    assert await force.units.read(lambda uow: undelivered(uow.connection, [])) == {}


async def test_the_oldest_waiting_row_is_the_oldest_that_is_due(force: Force) -> None:
    def oldest() -> Any:
        return force.units.read(lambda uow: outbox.oldest_waiting(uow.connection, NOW))

    assert await oldest() is None
    early = NOW - timedelta(minutes=3)
    await enqueue(
        force, effect("later", send_after=NOW + timedelta(hours=1)), effect("old", send_after=early)
    )
    assert await oldest() == early
    await claim(force)
    assert await oldest() == early


async def test_a_row_that_waits_for_somebody_and_its_lane_are_not_late_and_counted_apart(
    force: Force,
) -> None:
    await enqueue(force, effect("first", "lane"), effect("second", "lane"))
    row = (await claim(force))[0]
    wait_long = timedelta(minutes=5)
    await write(
        force, lambda c: outbox.put_back(c, row, "not-installed", wait_long, unclear=False, unreachable=True)
    )
    assert await force.units.read(lambda uow: outbox.oldest_waiting(uow.connection, NOW)) is None
    assert await force.units.read(lambda uow: outbox.unreachable_count(uow.connection)) == 1
    await write(force, lambda connection: outbox.release(connection, "lane"))
    row = (await claim(force))[0]
    await write(force, lambda c: outbox.put_back(c, row, "busy", timedelta(), unclear=False))
    assert await force.units.read(lambda uow: outbox.oldest_waiting(uow.connection, NOW)) == NOW
    assert await force.units.read(lambda uow: outbox.unreachable_count(uow.connection)) == 0


async def test_parked_rows_are_counted_and_those_of_a_district_whose_matter_is_known(force: Force) -> None:
    known: dict[str, Any] = {"order_id": (await force.rows(ProtectiveOrder))[0].id}
    await enqueue(
        force,
        effect("north", **known),
        effect("south", district_id="south", **known),
        effect("about-what", purpose=CardPurpose.ANSWER),
        effect("hand-over", kind=OutboxKind.HAND_OVER, **known),
    )
    for row in await claim(force):
        await write(force, lambda connection, row=row: outbox.park(connection, row, "refused"))  # type: ignore[misc]

    def counted(district: str) -> Any:
        return force.units.read(lambda uow: count_parked(uow, district))

    assert await force.units.read(lambda uow: outbox.parked_count(uow.connection)) == 4
    assert [await counted("north"), await counted("south"), await counted("west")] == [1, 1, 0]


async def test_hand_overs_that_are_due_are_counted_until_they_are_done(force: Force) -> None:
    records = {"kind": OutboxKind.HAND_OVER, "purpose": None}
    await enqueue(
        force,
        effect("due", **records),
        effect("parked", **records),
        effect("not-yet", send_after=NOW + timedelta(minutes=10), **records),
        effect("card"),
    )
    rows = {row.key: row for row in await claim(force, 10, OutboxKind.HAND_OVER)}
    await write(force, lambda connection: outbox.park(connection, rows["parked"], "refused"))

    def due() -> Any:
        return force.units.read(lambda uow: outbox.due_count(uow.connection, NOW, OutboxKind.HAND_OVER))

    assert await due() == 2
    await write(force, lambda connection: outbox.stamp_done(connection, rows["due"], "item-1", NOW))
    assert await due() == 1


async def test_ids_and_lists_come_back_as_they_went_in(force: Force) -> None:
    subject = (await force.rows(Subject))[0]
    task_id = uuid4()
    await enqueue(force, effect("a", task_id=task_id, task_ids=["x", "y"]))
    row = await row_of(force, "a")
    assert (row.task_id, row.task_ids) == (task_id, ["x", "y"])
    assert isinstance(subject.id, UUID)
    assert row.send_after == NOW and row.send_after.utcoffset() == timedelta()


GIVEN_BACK = CardPurpose.GIVEN_BACK


async def test_what_one_person_has_not_got_yet_goes_to_another(force: Force) -> None:
    task_id, other_task = uuid4(), uuid4()
    mine: dict[str, Any] = {"purpose": GIVEN_BACK, "task_id": task_id, "person_id": "old"}
    await enqueue(
        force,
        effect("waits", **mine),
        effect("parked", **mine),
        effect("sent", **mine),
        update_effect("an update", "waits", **mine),
        effect("of another task", **{**mine, "task_id": other_task}),
        effect("to somebody else", **{**mine, "person_id": "third"}),
        effect("of another sort", **{**mine, "purpose": CardPurpose.OFFICER_TASK}),
    )
    await force.change(Outbox, _table.c.key == "parked", state=OutboxState.PARKED, retry_at=NOW)
    await force.change(Outbox, _table.c.key == "sent", state=OutboxState.DONE)
    sorts = await write(force, lambda c: outbox.redirect(c, task_id, "old", "new", {GIVEN_BACK}))
    assert sorts == {GIVEN_BACK}
    moved = await force.outbox(person_id="new")
    assert [(row.key, row.state) for row in moved] == [
        ("waits", OutboxState.WAITING),
        ("parked", OutboxState.WAITING),
    ]
    assert await write(force, lambda c: outbox.redirect(c, task_id, "old", "new", {GIVEN_BACK})) == set()


async def test_a_row_under_lease_can_be_put_before_somebody_else(force: Force) -> None:
    await enqueue(force, effect("a", person_id="old"))
    row = (await claim(force))[0]
    await write(force, lambda connection: outbox.put_before(connection, row, "new"))
    again = (await claim(force))[0]
    assert (again.key, again.person_id, again.attempts) == ("a", "new", 2)
    await write(force, lambda connection: outbox.put_before(connection, row, "third"))
    assert (await row_of(force, "a")).person_id == "new"


async def of_a_later_version(force: Force, *keys: str) -> None:
    """A replica of a later version wrote these: nobody here knows what they are."""
    later = update(_table).where(_table.c.key.in_(keys))
    await write(force, lambda connection: connection.execute(later.values(purpose=text("'LATER_NOTICE'"))))


async def test_what_only_a_later_version_knows_waits_for_it_and_holds_up_nobody_else(force: Force) -> None:
    await enqueue(force, effect("later", "lane"), effect("behind", "lane"), effect("beside"))
    await of_a_later_version(force, "later")

    assert [row.key for row in await claim(force)] == ["beside"]
    waiting = await row_of(force, "later")
    assert (waiting.purpose, waiting.state, waiting.attempts) == ("LATER_NOTICE", OutboxState.WAITING, 0)


async def test_nobody_looks_again_and_again_at_what_they_do_not_know(force: Force) -> None:
    await enqueue(force, effect("later"))
    assert await write(force, lambda connection: claims.next_wait(connection, NOW, KNOWN)) == 0.0

    await of_a_later_version(force, "later")
    assert await write(force, lambda connection: claims.next_wait(connection, NOW, KNOWN)) is None


async def test_who_knows_it_takes_it(force: Force) -> None:
    await enqueue(force, effect("later"))
    await of_a_later_version(force, "later")
    await force.change(Outbox, _table.c.key == "later", purpose=CardPurpose.CONFIRMATION)

    assert [row.key for row in await claim(force)] == ["later"]

"""The jobs: one pass each, against doubles of the outside world."""

from typing import Protocol

import pytest

from infra.local.people import GROUPS
from infra.local.seed import directory_snapshot
from scheduler import jobs
from scheduler.delivery import Delivery
from storage.enums import CardPurpose, OutcomeState, RecordsState
from storage.tables import Bookmark, Outcome, SeenActivity
from tasking.ports import NotSent
from tasking.upkeep import health_of
from tests.support.fakes import FakeDirectory, FakeRecords
from tests.support.units import NOW, TOMORROW, Force


class Posting(Protocol):
    force: Force
    records: FakeRecords
    delivery: Delivery


async def handed_over(posting: Posting) -> str:
    done = await posting.force.done()
    posting.force.clock.advance(minutes=10)
    await posting.delivery.drain()
    return str(done.task.outcome_id)


async def outcome(posting: Posting) -> Outcome:
    return (await posting.force.rows(Outcome))[0]


async def test_reminders_and_orders_are_watched(posting: Posting) -> None:
    force = posting.force
    await force.task()
    force.clock.at = TOMORROW
    assert [await jobs.remind(force.units), await jobs.remind(force.units)] == [1, 0]
    assert await jobs.watch_orders(force.units) == 1
    await jobs.refresh_boards(force.units)
    boards = await force.outbox(purpose=CardPurpose.BOARD)
    assert {row.district_id for row in boards} == {"north", "south"}


async def test_the_directory_is_asked_for_the_groups_that_policy_names(posting: Posting) -> None:
    directory = FakeDirectory(directory_snapshot())
    assert await jobs.refresh_directory(posting.force.units, directory) == 7
    assert directory.asked == [sorted(GROUPS)]


async def test_a_directory_that_is_away_changes_nothing(posting: Posting) -> None:
    before = await posting.force.counts()
    directory = FakeDirectory(directory_snapshot(), NotSent("busy"))
    with pytest.raises(NotSent):
        await jobs.refresh_directory(posting.force.units, directory)
    assert await posting.force.counts() == before


async def test_what_the_desk_decided_is_read_from_where_the_last_read_ended(posting: Posting) -> None:
    key = await handed_over(posting)
    assert await jobs.read_answers(posting.force.units, posting.records) == 0
    posting.records.say(key, RecordsState.RECORDED, "36/1/19")
    assert await jobs.read_answers(posting.force.units, posting.records) == 1
    assert (await outcome(posting)).athena_ref == "36/1/19"
    posting.records.say(key, RecordsState.REJECTED, None, "Which address?")
    assert await jobs.read_answers(posting.force.units, posting.records) == 1
    assert (await outcome(posting)).state == OutcomeState.REJECTED
    reads = [bookmark for name, bookmark in posting.records.calls if name == "answers"]
    assert reads == ["", "1", "2"]


async def test_reading_where_nothing_has_changed_writes_nothing(posting: Posting) -> None:
    await handed_over(posting)
    await jobs.read_answers(posting.force.units, posting.records)
    woken: list[int] = []
    posting.force.units.after_write = lambda: woken.append(1)
    assert await jobs.read_answers(posting.force.units, posting.records) == 0
    assert woken == []


async def test_a_read_that_fails_is_done_again_from_the_same_place(posting: Posting) -> None:
    key = await handed_over(posting)
    posting.records.say(key, RecordsState.RECORDED, "36/1/19")
    posting.records.reads.add(NotSent("busy"))
    with pytest.raises(NotSent):
        await jobs.read_answers(posting.force.units, posting.records)
    assert await jobs.read_answers(posting.force.units, posting.records) == 1


async def test_a_sign_of_life_wakes_nobody(posting: Posting) -> None:
    woken: list[int] = []
    posting.force.units.after_write = lambda: woken.append(1)
    await jobs.beat(posting.force.units, "serve")
    assert (await posting.force.units.read(health_of)).heartbeat_age is not None
    assert [row.value for row in await posting.force.rows(Bookmark)] == ["serve"]
    assert woken == []


async def test_what_is_no_longer_owed_is_forgotten(posting: Posting) -> None:
    await posting.force.insert(SeenActivity(key="key", at=NOW, answer=b"{}"))
    posting.force.clock.advance(days=8)
    await jobs.forget(posting.force.units)
    assert await posting.force.rows(SeenActivity) == []

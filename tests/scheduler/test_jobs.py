"""The jobs: one pass each, against doubles of the outside world."""

from typing import Protocol

import pytest
import structlog

from infra.local.people import CONSTABLE, GROUPS, INSPECTOR, SECOND_CONSTABLE, SERGEANT, FictionalPerson
from infra.local.seed import directory_snapshot
from scheduler import records, watch
from scheduler.delivery import Delivery
from scheduler.job import Reach
from scheduler.rooms import JOBS
from storage.enums import OutcomeState, RecordsState, TaskState
from storage.tables import Bookmark, Outcome, SeenActivity, TaskBundle
from tasking.people.actors import known_actor
from tasking.ports import DirectorySnapshot, NotSent
from tasking.settings import Settings
from tasking.unit_of_work import UnitOfWork
from tasking.watch.upkeep import health_of
from tasking.work import leavers
from tasking.work.officer_requests import give_back_for
from tests.support.fakes import FakeDirectory, FakeRecords
from tests.support.notice_names import CardPurpose
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


async def run(posting: Posting, name: str) -> None:
    """One pass of a job, as the timetable has it run."""
    (job,) = [each for each in JOBS if each.name == name]
    directory = FakeDirectory(DirectorySnapshot([]))
    await job.run(Reach(Settings(_env_file=None), posting.force.units, posting.records, directory))


async def outcome(posting: Posting) -> Outcome:
    return (await posting.force.rows(Outcome))[0]


async def test_reminders_and_orders_are_watched(posting: Posting) -> None:
    force = posting.force
    await force.task()
    force.clock.at = TOMORROW
    assert [await watch.remind(force.units), await watch.remind(force.units)] == [1, 0]
    assert await watch.watch_orders(force.units) == 1
    await watch.refresh_boards(force.units)
    boards = await force.outbox(purpose=CardPurpose.BOARD)
    assert {row.district_id for row in boards} == {"north", "south"}


async def test_the_directory_is_asked_for_the_groups_that_policy_names(posting: Posting) -> None:
    directory = FakeDirectory(directory_snapshot())
    assert await watch.refresh_directory(posting.force.units, directory) == 7
    assert directory.asked == [sorted(GROUPS)]


def without(*gone: FictionalPerson) -> FakeDirectory:
    """The directory after these people have left."""
    found = directory_snapshot()
    ids = {person.entra_id for person in gone}
    people = [person for person in found.people if person.entra_id not in ids]
    return FakeDirectory(DirectorySnapshot(people, {g: each - ids for g, each in found.members.items()}))


async def two_passes(posting: Posting, directory: FakeDirectory) -> None:
    for _ in range(2):
        await watch.refresh_directory(posting.force.units, directory)
        posting.force.clock.advance(minutes=5)


async def test_who_left_loses_access_at_once_and_their_open_work_at_the_next_pass(posting: Posting) -> None:
    force = posting.force
    made = await force.task()
    assert await watch.refresh_directory(force.units, without(CONSTABLE)) == 6
    assert await force.units.read(lambda uow: known_actor(uow, CONSTABLE.entra_id)) is None
    assert (await force.reload(made)).state == TaskState.ASSIGNED
    force.clock.advance(minutes=5)
    await watch.refresh_directory(force.units, without(CONSTABLE))
    assert (await force.reload(made)).state == TaskState.UNALLOCATED


async def test_a_directory_without_anybody_takes_no_work_from_anybody(posting: Posting) -> None:
    made = await posting.force.task()
    await posting.force.leaves(CONSTABLE)
    assert await watch.refresh_directory(posting.force.units, FakeDirectory(DirectorySnapshot([]))) == 0
    assert (await posting.force.reload(made)).state == TaskState.ASSIGNED


async def test_a_district_that_left_policy_while_work_is_open_there_stops_no_pass(posting: Posting) -> None:
    force = posting.force
    made, elsewhere = await force.task(), await force.task(SECOND_CONSTABLE)
    await force.change_task(elsewhere, district_id="east")
    await two_passes(posting, without(CONSTABLE, SECOND_CONSTABLE))
    assert await force.units.read(lambda uow: known_actor(uow, CONSTABLE.entra_id)) is None
    assert [(await force.reload(each)).owner_id for each in (made, elsewhere)] == [None, None]
    await posting.delivery.drain()
    assert "internal" not in {row.last_error for row in await force.outbox(district_id="east")}


async def test_the_work_of_a_supervisor_who_left_is_put_before_another(posting: Posting) -> None:
    force = posting.force
    made, given_back = await force.task(), await force.task(SECOND_CONSTABLE)
    await two_passes(posting, without(SERGEANT, SECOND_CONSTABLE))
    tasks = [await force.reload(each) for each in (made, given_back)]
    assert {task.supervisor_id for task in tasks} == {INSPECTOR.entra_id}
    notices = await force.outbox(person_id=INSPECTOR.entra_id)
    assert [row.purpose for row in notices] == [CardPurpose.SUPERVISION_NOTICE, CardPurpose.GIVEN_BACK]


async def test_how_many_tasks_have_nobody_to_answer_for_them_is_logged(posting: Posting) -> None:
    await posting.force.task()
    with structlog.testing.capture_logs() as logged:
        await two_passes(posting, without(SERGEANT, INSPECTOR))
    assert [(each["event"], each["tasks"]) for each in logged] == [("directory.nobody_answers", 1)]


async def test_a_task_that_cannot_be_taken_back_stops_no_other(
    posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    force = posting.force
    stuck, made = await force.task(), await force.task()

    def fails_for_the_first(uow: UnitOfWork, bundle: TaskBundle, *more: str) -> TaskBundle:
        if bundle.task.ref == stuck.task.ref:
            raise KeyError(bundle.task.district_id)
        return give_back_for(uow, bundle, *more)

    monkeypatch.setattr(leavers, "give_back_for", fails_for_the_first)
    with structlog.testing.capture_logs() as logged:
        await two_passes(posting, without(CONSTABLE))
    assert [each["problem"] for each in logged] == ["KeyError"]
    assert (await force.reload(stuck)).owner_id == CONSTABLE.entra_id
    assert (await force.reload(made)).owner_id is None


async def test_a_directory_that_is_away_changes_nothing(posting: Posting) -> None:
    before = await posting.force.counts()
    directory = FakeDirectory(directory_snapshot(), NotSent("busy"))
    with pytest.raises(NotSent):
        await watch.refresh_directory(posting.force.units, directory)
    assert await posting.force.counts() == before


async def test_what_the_desk_decided_is_read_from_where_the_last_read_ended(posting: Posting) -> None:
    key = await handed_over(posting)
    assert await records.read_answers(posting.force.units, posting.records) == 0
    posting.records.say(key, RecordsState.RECORDED, "36/1/19")
    assert await records.read_answers(posting.force.units, posting.records) == 1
    assert (await outcome(posting)).athena_ref == "36/1/19"
    posting.records.say(key, RecordsState.REJECTED, None, "Which address?")
    assert await records.read_answers(posting.force.units, posting.records) == 1
    assert (await outcome(posting)).state == OutcomeState.REJECTED
    reads = [bookmark for name, bookmark in posting.records.calls if name == "answers"]
    assert reads == ["", "1", "2"]


async def test_reading_where_nothing_has_changed_writes_nothing(posting: Posting) -> None:
    await handed_over(posting)
    await records.read_answers(posting.force.units, posting.records)
    woken: list[int] = []
    posting.force.units.after_write = lambda: woken.append(1)
    assert await records.read_answers(posting.force.units, posting.records) == 0
    assert woken == []


async def test_a_read_that_fails_is_done_again_from_the_same_place(posting: Posting) -> None:
    key = await handed_over(posting)
    posting.records.say(key, RecordsState.RECORDED, "36/1/19")
    posting.records.reads.add(NotSent("busy"))
    with pytest.raises(NotSent):
        await records.read_answers(posting.force.units, posting.records)
    assert await records.read_answers(posting.force.units, posting.records) == 1


async def test_a_sign_of_life_wakes_nobody(posting: Posting) -> None:
    woken: list[int] = []
    posting.force.units.after_write = lambda: woken.append(1)
    await run(posting, "beat")
    assert (await posting.force.units.read(health_of)).heartbeat_age is not None
    assert [row.value for row in await posting.force.rows(Bookmark)] == ["serve"]
    assert woken == []


async def test_what_is_no_longer_owed_is_forgotten(posting: Posting) -> None:
    await posting.force.insert(SeenActivity(key="key", at=NOW, answer=b"{}"))
    posting.force.clock.advance(days=8)
    await run(posting, "forget")
    assert await posting.force.rows(SeenActivity) == []

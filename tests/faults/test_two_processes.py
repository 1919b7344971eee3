"""Two service processes on one PostgreSQL: they share the work, and one dying leaves it to the other."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from infra.local.teams_kept import Message
from storage.rows import table_of
from storage.tables import Outbox, Outcome, Task
from tests.faults import truth
from tests.faults.support import LONG, OFFICERS, FaultStage, ref_in, size
from tests.support.notice_names import CardPurpose
from tests.support.running_service import ServiceProcess

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(size(180, 900)),
    pytest.mark.parametrize("crowd", ["postgresql"], indirect=True),
]
TASKS = size(20, 200)


async def _stop(process: ServiceProcess) -> None:
    if process.is_running:
        await process.stop()


def _is_reminder(message: Message) -> bool:
    return "open your tasks " in message.history[0].card["fallbackText"]


async def test_work_that_falls_overdue_together_is_reminded_of_once_though_one_process_dies(
    stage: FaultStage,
) -> None:
    refs = [await stage.assigned(OFFICERS[number % len(OFFICERS)]) for number in range(TASKS)]
    await stage.everything_is_delivered()
    twin = stage.twin("twin")
    await twin.start()
    try:
        stage.teams.faults.add(delay=0.3, times=None)
        await _fall_overdue(stage, refs)
        await asyncio.gather(twin.run("remind"), stage.service.run("remind"))
        await stage.teams.wait_until(lambda: any(map(_is_reminder, stage.teams.messages)), within=LONG)
        await twin.kill()
    finally:
        await _stop(twin)
    stage.all_is_well()
    await stage.leases_run_out()
    await stage.everything_is_delivered()
    await _each_was_reminded_once(stage, refs)
    await truth.everything(stage)


async def _fall_overdue(stage: FaultStage, refs: list[str]) -> None:
    """All at the same moment, in one transaction."""
    past, task = datetime.now(UTC) - timedelta(minutes=5), table_of(Task)
    overdue = update(task).where(task.c.ref.in_(refs)).values(due_at=past, next_reminder_at=past)
    await stage.database.write(lambda connection: connection.execute(overdue))


async def _each_was_reminded_once(stage: FaultStage, refs: list[str]) -> None:
    tasks = {row["ref"]: row["id"].hex for row in await stage.rows(Task)}
    reminders = await stage.rows(Outbox, purpose=CardPurpose.REMINDER)
    reminded = Counter(task_id for row in reminders for task_id in row["task_ids"])
    assert all(reminded[tasks[ref]] == 1 for ref in refs), "a task was reminded of twice, or not at all"
    assert set(Counter(row["person_id"] for row in reminders).values()) == {1}, "two cards for one due set"


async def test_the_same_activity_at_both_processes_has_one_effect_and_one_answer(stage: FaultStage) -> None:
    twin = stage.twin("second")
    await twin.start()
    try:
        both = (stage.service, twin)
        for officer in OFFICERS:
            assignment = stage.assignment(officer)
            answers = await asyncio.gather(*(stage.post_to(process, assignment) for process in both))
            assert answers[0] == answers[1]
            ref = ref_in(answers[0])
            tap = stage.breach(officer, ref)
            answers = await asyncio.gather(*(stage.post_to(process, tap) for process in both))
            assert answers[0] == answers[1]
            stage.answered.add(ref)
            task = (await stage.rows(Task, ref=ref))[0]
            assert len(await stage.rows(Outcome, task_id=task["id"])) == 1
        extra = await _nothing_left(stage)
    finally:
        await _stop(twin)
    assert extra == await truth.everything(stage)


async def _nothing_left(stage: FaultStage) -> int:
    await stage.everything_is_delivered()
    return await truth.cards_arrived(stage)

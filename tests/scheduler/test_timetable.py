"""The timetable: never twice at once, never dropped for being late, and one failure is not the last run."""

import asyncio
from typing import Any

import pytest

from scheduler.timetable import Entry, Timetable, guarded
from tasking.ports import NotSent


def scheduled(timetable: Timetable) -> list[Any]:
    jobs: list[Any] = timetable._scheduler.get_jobs()
    return jobs


async def nothing() -> None:
    return None


async def test_jobs_coalesce_never_overlap_and_are_never_dropped_for_being_late() -> None:
    timetable = Timetable([Entry("remind", 60, nothing), Entry("boards", 300, nothing)])
    timetable.start()
    jobs = {job.id: job for job in scheduled(timetable)}
    timetable.stop()
    assert set(jobs) == {"remind", "boards"}
    for job in jobs.values():
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
        assert str(job.trigger.timezone) == "UTC"
    assert jobs["remind"].trigger.interval.total_seconds() == 60


async def test_a_job_that_fails_is_run_again() -> None:
    runs: list[int] = []
    twice = asyncio.Event()

    async def fail() -> None:
        runs.append(1)
        if len(runs) > 1:
            twice.set()
        raise RuntimeError("J. EXAMPLE")

    timetable = Timetable([Entry("fails", 0.02, fail)])
    timetable.start()
    async with asyncio.timeout(20):
        await twice.wait()
    timetable.stop()
    assert len(runs) >= 2


async def test_a_slow_job_is_not_started_a_second_time() -> None:
    running, most = 0, 0
    runs = asyncio.Semaphore(0)

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.1)
        running -= 1
        runs.release()

    timetable = Timetable([Entry("slow", 0.02, slow)])
    timetable.start()
    async with asyncio.timeout(20):
        for _ in range(3):
            await runs.acquire()
    timetable.stop()
    assert most == 1


@pytest.mark.parametrize("problem", [NotSent("busy"), ValueError("J. EXAMPLE"), None])
async def test_a_guarded_job_lets_no_failure_out_and_logs_no_words(
    problem: Exception | None, capsys: pytest.CaptureFixture[str]
) -> None:
    async def job() -> None:
        if problem:
            raise problem

    await guarded(Entry("job", 1, job))()
    said = capsys.readouterr()
    assert "EXAMPLE" not in said.out + said.err


async def test_a_job_that_is_stopped_is_not_held() -> None:
    async def stopped() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await guarded(Entry("job", 1, stopped))()

"""What every room brings to the timetable, in the order in which it is caught up on after a start."""

from scheduler import records, upkeep, watch, work
from scheduler.job import Job

# What asks nobody outside comes first: a directory that is away delays no alarm.
JOBS: tuple[Job, ...] = (*upkeep.JOBS, *work.JOBS, *watch.JOBS, *records.JOBS)

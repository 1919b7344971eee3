"""The jobs that keep the service itself going, whatever the rooms do."""

from scheduler.job import Job
from tasking import outbox_steps
from tasking.watch import upkeep

JOBS = (
    # A sign of life.
    Job("beat", 15, lambda at: at.units.write_quietly(lambda uow: upkeep.beat(uow, "serve")), is_first=True),
    # Where a write has failed, find out whether one works again, also where nobody asks for anything.
    Job("probe", 2, lambda at: at.units.probe()),
    # What was refused for good is tried again: somebody may have mended the reason since.
    Job("parked", 3600, lambda at: at.units.write(outbox_steps.release_parked)),
    # Answers that nobody can ask for again.
    Job("forget", 600, lambda at: at.units.write_quietly(upkeep.forget)),
)

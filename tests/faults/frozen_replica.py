"""A replica that freezes inside a transaction: it holds a number, a task and a row of the outbox.

`python -m tests.faults.frozen_replica <database URL> <task>` says "frozen" and stops.
"""

import asyncio
import os
import signal
import sys

from sqlalchemy import Connection, select, update

from storage.database import open_database
from storage.rows import table_of
from storage.tables import Outbox, Task
from storage.work.writes import draw_number

_task, _outbox = table_of(Task), table_of(Outbox)


def freeze(connection: Connection, ref: str) -> None:
    """Take what a busy moment takes, and come to a stop."""
    draw_number(connection, "task")
    connection.execute(update(_task).where(_task.c.ref == ref).values(version=_task.c.version))
    task = select(_task.c.id).where(_task.c.ref == ref).scalar_subquery()
    connection.execute(select(_outbox.c.id).where(_outbox.c.task_id == task).with_for_update())
    print("frozen", flush=True)  # noqa: T201 - the test waits for it
    os.kill(os.getpid(), signal.SIGSTOP)


async def main(url: str, ref: str) -> None:
    """Freeze inside one transaction on this database."""
    database = open_database(url)
    await database.start()
    await database.write(lambda connection: freeze(connection, ref))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

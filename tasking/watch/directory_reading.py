"""A reading of the directory: stored at once, then compared by the brake with what was accepted."""

from storage import journal
from storage.database import database_now
from storage.people import roll
from tasking.people.directory import (
    DIRECTORY,
    doubtful_groups,
    group_ids,
    note_whether_all_are_gone,
    store_snapshot,
)
from tasking.ports import DirectorySnapshot
from tasking.unit_of_work import UnitOfWork
from tasking.watch import brake


def take_snapshot(uow: UnitOfWork, snapshot: DirectorySnapshot) -> int:
    """Store what was read just now, and note when that was; returns how many people there are.

    A group that is gone is believed once it was gone for two minutes, each by itself: a directory that misses
    one while its machines agree takes nobody's sight, however many replicas read it. Until then its people
    keep what they have, and what was read of the others counts. Where every group is gone the fault is the
    directory's (another tenant, a permission that was taken away): nothing is changed.
    """
    roll.take_turns(uow.connection)
    every_group_is_gone = bool(snapshot.gone) and snapshot.gone >= set(group_ids(uow.policy))
    note_whether_all_are_gone(uow, every_group_is_gone)
    if every_group_is_gone:
        return 0
    doubtful = doubtful_groups(uow, snapshot.gone)
    count = store_snapshot(uow, snapshot, doubtful)
    if count:
        brake.watch(uow, snapshot.gone - doubtful)
        brake.tell(uow)
        journal.set_bookmark(uow.connection, DIRECTORY, str(count), database_now(uow.connection))
    return count

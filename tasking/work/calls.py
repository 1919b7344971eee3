"""A plain call for help that somebody types: supervisors are told unless it was none."""

from datetime import datetime, timedelta
from uuid import UUID

from storage.enums import AuditOperation, Role
from storage.ids import new_id
from storage.parked import Matter
from storage.people import queries as people_queries
from storage.rows import add_record
from storage.tables import CallForHelp, Outbox, Person
from storage.work import held_queries
from storage.work.queries import bundle_by_id, bundle_by_ref
from tasking.effects import Row
from tasking.notices import Notice
from tasking.people.actors import duty_inspectors, home_district, known_actor
from tasking.references import normalise_reference
from tasking.unit_of_work import UnitOfWork
from tasking.views import CallView
from tasking.work.find import Reader, can_see
from tasking.work.noticing import WAITS_FOR_SIGHT
from tasking.work.successors import who_answers

TOLD_AFTER = timedelta(minutes=1)
"""How long the writer has to say that they only wanted to know how RedLine works."""
ONE_CALL_FOR = timedelta(minutes=5)
_AT_ONCE = 200
_IN_TURN = (Role.SUPERVISOR, Role.LEAD_INSPECTOR, Role.CHAIR)


def call_for_help(
    uow: UnitOfWork, reader: Reader, message_key: str, conversation_id: str, ref: str | None
) -> CallForHelp:
    """Note a call for help; one more within five minutes by the same person is the same call."""
    person_id = reader.actor.entra_id
    known = held_queries.last_call(uow.connection, person_id, uow.now - ONE_CALL_FOR)
    if known is not None:
        return known
    unconfirmed = next(iter(sorted(reader.actor.unconfirmed)), "")
    district_id = reader.channel_district or home_district(uow, person_id) or unconfirmed
    uow.audit(
        AuditOperation.COLLECTION,
        "call-for-help",
        person_id,
        district_id=district_id,
        conversation_id=conversation_id,
    )
    values = {
        "id": new_id(),
        "message_key": message_key,
        "person_id": person_id,
        "district_id": district_id,
        "task_id": _task_named(uow, reader, ref),
        "at": uow.now,
        "tell_at": uow.now + TOLD_AFTER,
        "told_at": None,
        "menu_at": None,
    }
    return add_record(uow.connection, CallForHelp, values)


def _task_named(uow: UnitOfWork, reader: Reader, ref: str | None) -> UUID | None:
    known = normalise_reference(ref) if ref else None
    bundle = bundle_by_ref(uow.connection, known) if known else None
    return bundle.task.id if bundle and can_see(uow, reader, bundle) else None


def put_down(uow: UnitOfWork, reader: Reader, call_id: UUID | None) -> None:
    """Its writer only asked how RedLine works: nobody is told, unless they were told already."""
    person_id = reader.actor.entra_id
    if call_id and held_queries.put_down(uow.connection, call_id, person_id, uow.now):
        uow.audit(AuditOperation.ALTERATION, "call-put-down", person_id)


def tell_of_calls(uow: UnitOfWork) -> int:
    """Tell supervisors, once, of calls that were not put down within a minute; returns how many.

    One that nobody is there to hear (their groups were emptied) is told as soon as somebody is.
    """
    due = held_queries.take_due_calls(uow.connection, uow.now, _AT_ONCE)
    return sum(_is_told(uow, call) for call in due)


def _is_told(uow: UnitOfWork, call: CallForHelp) -> bool:
    readers = _who_is_told(uow, call)
    if not readers:
        held_queries.put_call_back(uow.connection, call.id, uow.now + TOLD_AFTER)
    uow.effects(*(_post(call, reader, uow.now) for reader in readers))
    return bool(readers)


def _who_is_told(uow: UnitOfWork, call: CallForHelp) -> list[str]:
    """Who answers for the task named, else the supervisors where the writer works, else above them.

    Where none of these is there, the duty inspector: a call is no matter of one district.
    """
    bundle = bundle_by_id(uow.connection, call.task_id) if call.task_id else None
    one = who_answers(uow, bundle) if bundle else None
    if one is not None and one != call.person_id:
        return [one]
    writer = known_actor(uow, call.person_id)
    districts = sorted(writer.roles) if writer else [call.district_id]
    for role in _IN_TURN:
        people = people_queries.people_with_roles(uow.connection, districts, [role])
        if others := [person.entra_id for person in people if person.entra_id != call.person_id]:
            return others
    above = [person for person in duty_inspectors(uow) if person != call.person_id]
    return [person for person in above if known_actor(uow, person)]


def _view(uow: UnitOfWork, row: Outbox) -> CallView | None:
    """The call as this reader may know of it; None for somebody who has no role any more."""
    call = held_queries.call_by_id(uow.connection, UUID(row.hint))
    actor = known_actor(uow, row.person_id or "")
    if call is None or actor is None:
        return None
    writer: Person | None = people_queries.person_by_id(uow.connection, call.person_id)
    bundle = bundle_by_id(uow.connection, call.task_id) if call.task_id else None
    named = bundle.task.ref if bundle and can_see(uow, Reader(actor), bundle) else None
    return CallView(call, writer, uow.now, named)


def _matter(uow: UnitOfWork, row: Outbox) -> Matter:
    """The task that was named, if one was: a call is counted all the same."""
    call = held_queries.call_by_id(uow.connection, UUID(row.hint))
    return Matter(tasks=frozenset({call.task_id} if call and call.task_id else ()))


CALL = Notice(name="CALL_NOTICE", view=_view, shows=(CallView,), lost=WAITS_FOR_SIGHT, matter=_matter)


def _post(call: CallForHelp, person_id: str, at: datetime) -> Row:
    """Urgent, to one supervisor: somebody typed a call for help."""
    key = f"call:{call.id.hex}:{person_id}"
    return CALL.post(key, key, call.district_id, at, person_id=person_id, hint=call.id.hex)

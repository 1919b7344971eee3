"""What a reader is told of a district whose directory waits to be confirmed: counts and references."""

import hashlib
from datetime import timedelta

from storage.enums import Role
from storage.people import queries as people_queries
from storage.people import roll
from storage.people.roll import Roll
from storage.tables import DirectoryBrake, TaskBundle
from storage.work import queries
from tasking.naming import called
from tasking.people.actors import known_actor
from tasking.permissions import Act, Actor, may
from tasking.unit_of_work import UnitOfWork
from tasking.views import BrakeView, DueTask
from tasking.work.find import Reader, can_see

_DUE_WITHIN = timedelta(hours=24)
_MOST_SHOWN = 15


def missing_from(accepted: Roll, present: Roll) -> set[str]:
    """Who lost a role of theirs in the district, also where they keep another one there."""
    return {person for person in accepted if lost_by(person, accepted, present)}


def lost_by(person: str, accepted: Roll, present: Roll) -> frozenset[Role]:
    """The roles that this person was accepted with and has no more."""
    return accepted.get(person, frozenset()) - present.get(person, frozenset())


def unseen_work(uow: UnitOfWork, district_id: str) -> list[TaskBundle]:
    """Open tasks that are due within a day and whose officer can see nothing, the first due first."""
    due = queries.bundles_where(
        uow.connection,
        queries.in_districts([district_id]),
        queries.is_open(),
        queries.due_before(uow.now + _DUE_WITHIN),
    )
    return sorted((each for each in due if not _owner_sees(uow, each)), key=lambda each: each.task.due_at)


def _owner_sees(uow: UnitOfWork, bundle: TaskBundle) -> bool:
    owner = bundle.task.owner_id
    actor = known_actor(uow, owner) if owner else None
    return owner is None or (actor is not None and can_see(uow, Reader(actor), bundle))


def may_confirm(actor: Actor, district_id: str) -> bool:
    """Whether this person may say that the directory is right: an administrator, or its lead inspector."""
    if may(actor, Act.CONFIRM_DIRECTORY, district_id, None):
        return True
    return any(Role.ADMIN in roles for roles in actor.roles.values())


def state_of(uow: UnitOfWork, district_id: str) -> str | None:
    """Which roles are missing in this wait, as a code that names nobody; None where it does not wait."""
    brake = brake_of(uow, district_id)
    return _state(brake, *rolls_of(uow, district_id)) if brake else None


def _state(brake: DirectoryBrake, accepted: Roll, present: Roll) -> str:
    missing = sorted(f"{person} {role}" for person in accepted for role in lost_by(person, accepted, present))
    words = "\n".join([brake.district_id, brake.since.isoformat(), *missing])
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def brake_of(uow: UnitOfWork, district_id: str) -> DirectoryBrake | None:
    """The brake of this district, or None where it does not wait."""
    return next((each for each in roll.brakes(uow.connection) if each.district_id == district_id), None)


def rolls_of(uow: UnitOfWork, district_id: str) -> tuple[Roll, Roll]:
    """Who was accepted in this district, and who is in it now."""
    accepted, present = roll.accepted_rolls(uow.connection), roll.present_rolls(uow.connection)
    return accepted.get(district_id, {}), present.get(district_id, {})


def brake_views(uow: UnitOfWork) -> list[BrakeView]:
    """Every district that waits, as an engineer is told of it."""
    return [brake_view(uow, each.district_id, None) for each in roll.brakes(uow.connection)]


def brake_view(
    uow: UnitOfWork, district_id: str, reader: Reader | str | None, confirmed_by: str = ""
) -> BrakeView:
    """What a reader is told of it, without a name; where the district waits no longer, who confirmed that."""
    brake = brake_of(uow, district_id)
    name = next((each.name for each in uow.policy.districts if each.id == district_id), district_id)
    by = people_queries.person_by_id(uow.connection, confirmed_by) if confirmed_by else None
    if brake is None:
        return BrakeView(district_id, name, uow.now, confirmed_by=called(by) if by else "")
    if isinstance(reader, str):
        actor = known_actor(uow, reader)
        reader = Reader(actor) if actor else None
    return _of_waiting(uow, brake, name, reader)


def _of_waiting(uow: UnitOfWork, brake: DirectoryBrake, name: str, reader: Reader | None) -> BrakeView:
    due = [each for each in unseen_work(uow, brake.district_id) if reader and can_see(uow, reader, each)]
    accepted, present = rolls_of(uow, brake.district_id)
    return BrakeView(
        district_id=brake.district_id,
        district=name,
        now=uow.now,
        since=brake.since,
        missing=len(missing_from(accepted, present)),
        accepted=len(accepted),
        due=tuple(DueTask(each.task.ref, each.task.due_at) for each in due[:_MOST_SHOWN]),
        due_count=len(due),
        may_confirm=reader is not None and may_confirm(reader.actor, brake.district_id),
        state=_state(brake, accepted, present),
    )

"""The directory's brake: where too many are missing, sight goes and nothing else, until somebody confirms.

A group that is emptied by mistake takes everybody's access at the next reading. Their tasks stay with them:
none is given back, nobody follows as supervisor, and they can still record on their own tasks, reading
nothing. What is missing is counted against the last accepted roll, never against the reading before, so that
a group that is drained slowly counts too; and once it waits, it waits until all of them are back, or a person
confirms exactly what they were shown.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from storage import outbox
from storage.enums import AuditOperation, Role
from storage.people import roll
from storage.people.roll import Roll
from storage.tables import TaskBundle
from tasking.people.actors import duty_inspectors, known_actor
from tasking.permissions import Actor
from tasking.policy import DirectoryPolicy
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.watch.brake_notice import post_brake_notice, update_brake_notice
from tasking.watch.brake_view import brake_of, lost_by, may_confirm, missing_from, state_of, unseen_work
from tasking.work.find import Reader, can_see

TOLD_AGAIN = timedelta(hours=1)
HANDED_UP = timedelta(hours=4)
_WHOLE_GROUP = 2
"""People. One who leaves is no group that was emptied, also where nobody else has their role."""


def trips(accepted: Roll, present: Roll, policy: DirectoryPolicy) -> bool:
    """Whether so many are missing, or a whole group, that somebody has to say that it is right."""
    missing = len(missing_from(accepted, present))
    is_share = missing >= policy.brake_at_least and missing > policy.brake_share * len(accepted)
    return is_share or any(_is_emptied(role, accepted, present) for role in Role)


def _is_emptied(role: Role, accepted: Roll, present: Roll) -> bool:
    were = sum(role in roles for roles in accepted.values())
    return were >= _WHOLE_GROUP and not any(role in roles for roles in present.values())


def watch(uow: UnitOfWork, gone: Collection[str] = ()) -> None:
    """Compare what was just read with the accepted rolls; who came counts at once, who went waits if many.

    `gone`: the groups that the directory does not have any more. Whoever is missing with one of these waits,
    even if it is one person: people leave groups, and groups do not leave a force by themselves. A district
    that policy does not list any more is watched like the others, as long as somebody was accepted there. To
    be called by who has taken their turn (`roll.take_turns`).
    """
    roll.date_missing(uow.connection, uow.now)
    accepted, present = roll.accepted_rolls(uow.connection), roll.present_rolls(uow.connection)
    waiting = {each.district_id for each in roll.brakes(uow.connection)}
    for district_id in sorted({each.id for each in uow.policy.districts} | set(accepted) | waiting):
        were, are = accepted.get(district_id, {}), present.get(district_id, {})
        of_district = [each for each in uow.policy.groups if each.district == district_id]
        lost = {each.role for each in of_district if each.group_id in gone}
        _add_new(uow, district_id, were, are)
        if district_id in waiting or trips(were, are, uow.policy.directory) or _lacks(lost, were, are):
            _hold(uow, district_id, were, are)


def _lacks(lost: set[Role], accepted: Roll, present: Roll) -> bool:
    """Whether somebody lost one of these roles."""
    return any(lost_by(person, accepted, present) & lost for person in accepted)


def _add_new(uow: UnitOfWork, district_id: str, accepted: Roll, present: Roll) -> None:
    new = {
        person: fresh
        for person, roles in present.items()
        if (fresh := roles - accepted.get(person, frozenset()))
    }
    roll.add_to_accepted(uow.connection, district_id, new)


def _hold(uow: UnitOfWork, district_id: str, accepted: Roll, present: Roll) -> None:
    """Latched: the district waits until everybody is back, however few are missing meanwhile."""
    missing = missing_from(accepted, present)
    if missing:
        roll.put_brake(uow.connection, district_id, len(missing), len(accepted), uow.now)
    elif roll.release_brake(uow.connection, district_id):
        uow.audit(AuditOperation.ALTERATION, "directory-put-right", "directory", district_id=district_id)
        uow.effects(update_brake_notice(district_id, uow.now))


def tell(uow: UnitOfWork) -> int:
    """Tell of every district that waits: at once, each hour, after four hours the duty inspector too.

    Returns how many districts were told of.
    """
    due = roll.take_due_brakes(uow.connection, uow.now, TOLD_AGAIN)
    for district_id in due:
        _tell_each(uow, district_id, _who_hears(uow, district_id))
    for district_id in roll.take_handed_up(uow.connection, uow.now, HANDED_UP):
        _tell_each(uow, district_id, duty_inspectors(uow))
    return len(due)


def _tell_each(uow: UnitOfWork, district_id: str, readers: Collection[str]) -> None:
    """Who could not be reached for hours gets the newest alone."""
    for person_id in readers:
        row = post_brake_notice(district_id, person_id, uow.now)
        uow.effects(row)
        outbox.replace_unsent(uow.connection, row["lane"], row["key"], uow.now)


def _who_hears(uow: UnitOfWork, district_id: str) -> list[str]:
    """Administrators and the lead inspector, also who vanished with the others; sergeants where work is due.

    Who left before hears nothing: that is not in doubt.
    """
    brake, present = brake_of(uow, district_id), roll.present_rolls(uow.connection)
    vanished = roll.missing_since(uow.connection, brake.since) if brake else {}
    hear = {
        person
        for district, people in (*vanished.items(), *present.items())
        for person, roles in people.items()
        if Role.ADMIN in roles or (district == district_id and Role.LEAD_INSPECTOR in roles)
    }
    unseen = unseen_work(uow, district_id)
    sergeants = [person for person, roles in present.get(district_id, {}).items() if Role.SUPERVISOR in roles]
    return sorted(hear | {person for person in sergeants if _known_to(uow, person, unseen)})


def _known_to(uow: UnitOfWork, person_id: str, tasks: Sequence[TaskBundle]) -> list[TaskBundle]:
    """Those of the tasks that this person may know of."""
    actor = known_actor(uow, person_id)
    return [each for each in tasks if can_see(uow, Reader(actor), each)] if actor else []


def confirm(uow: UnitOfWork, actor: Actor, district_id: str, shown: str) -> bool:
    """Who is missing in this district has left; False, and nothing is changed, where others are missing now.

    `shown`: the state that the actor was shown (`BrakeView.state`): nobody confirms what they have not seen.
    Raises `Refusal` where the district does not wait, or for somebody who may not.
    """
    roll.take_turns(uow.connection)
    check_may_confirm(uow, actor, district_id)
    return accept_shown(uow, actor.entra_id, district_id, shown)


def check_may_confirm(uow: UnitOfWork, actor: Actor, district_id: str | None = None) -> list[str]:
    """The districts that wait and that the actor may confirm; raises `Refusal` where there is none."""
    waiting = [each.district_id for each in roll.brakes(uow.connection)]
    if not waiting or district_id not in (None, *waiting):
        raise Refusal("nothing-waits", "Nobody is asked to confirm the directory.", "Nothing was changed.")
    allowed = [each for each in waiting if district_id in (None, each) and may_confirm(actor, each)]
    if not allowed:
        words = "Only an administrator or the lead inspector can confirm the directory."
        raise Refusal("not-allowed", words, "Ask one of them.")
    return allowed


def accept_shown(uow: UnitOfWork, actor_id: str, district_id: str, shown: str) -> bool:
    """The same for the force's engineers, who need no role."""
    roll.take_turns(uow.connection)
    if shown != state_of(uow, district_id):
        return False
    roll.accept(uow.connection, district_id, roll.present_rolls(uow.connection).get(district_id, {}))
    roll.release_brake(uow.connection, district_id)
    uow.audit(AuditOperation.ALTERATION, "confirm-directory", actor_id, district_id=district_id)
    uow.effects(update_brake_notice(district_id, uow.now, actor_id))
    return True

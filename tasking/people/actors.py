"""Who acts, and who can be given work."""

from dataclasses import replace

from storage.enums import Role
from storage.people import queries as people_queries
from storage.people import roll
from storage.tables import Person, TaskBundle
from tasking.permissions import Act, Actor, can_be_given_work, may
from tasking.refusals import NotSetUp, Refusal
from tasking.unit_of_work import UnitOfWork

WORKING_ROLES = tuple(role for role in Role if can_be_given_work(frozenset({role})))


def actor_of(uow: UnitOfWork, entra_id: str) -> Actor:
    """The authenticated person with their roles; raises `NotSetUp` for somebody in no known group.

    Whose roles vanished with too many others' can still record on their own tasks (`tasking.watch.brake`).
    """
    actor = known_actor(uow, entra_id) or _unconfirmed(uow, entra_id)
    if actor is None:
        raise NotSetUp
    return actor


def _unconfirmed(uow: UnitOfWork, entra_id: str) -> Actor | None:
    person = people_queries.person_by_id(uow.connection, entra_id)
    roles = roll.unconfirmed_roles(uow.connection, entra_id) if person else {}
    if person is None or not roles:
        return None
    return Actor(entra_id, person.collar_number, person.rank, unconfirmed=roles)


def as_recorder(uow: UnitOfWork, actor: Actor, bundle: TaskBundle | None) -> Actor:
    """The same person as one who may only record, where the role that lets them do so vanished.

    What they see elsewhere, or there by a role that they keep, is no sight by the one that they lost.
    """
    if bundle is None or bundle.task.owner_id != actor.entra_id:
        return actor
    district_id = bundle.task.district_id
    if actor.only_records or may(actor, Act.RECORD_OUTCOME, district_id, actor.entra_id):
        return actor
    roles = roll.unconfirmed_roles(uow.connection, actor.entra_id).get(district_id)
    if not roles or not can_be_given_work(roles):
        return actor
    return replace(actor, roles={}, unconfirmed={district_id: roles})


def records_unconfirmed(uow: UnitOfWork, entra_id: str, bundle: TaskBundle) -> bool:
    """Whether somebody can still record on this task of theirs, and by nothing but a role that vanished."""
    actor = known_actor(uow, entra_id) or _unconfirmed(uow, entra_id)
    return actor is not None and as_recorder(uow, actor, bundle).only_records


def lost_sight(uow: UnitOfWork, entra_id: str, district_id: str) -> bool:
    """Whether this person sees nothing there any more, and nobody has confirmed that: it waits for them."""
    actor = known_actor(uow, entra_id)
    if actor is not None and actor.roles_in(district_id):
        return False
    return district_id in roll.unconfirmed_roles(uow.connection, entra_id)


def known_actor(uow: UnitOfWork, entra_id: str) -> Actor | None:
    """The person with their roles, or None where they hold none."""
    person, roles = people_queries.person_and_roles(uow.connection, entra_id) or (None, {})
    if person is None or not person.active or not roles:
        return None
    return Actor(entra_id, person.collar_number, person.rank, roles)


def home_district(uow: UnitOfWork, entra_id: str) -> str:
    """The first district of policy in which somebody holds a role; empty where they hold none."""
    actor = known_actor(uow, entra_id)
    held = actor.roles if actor else {}
    return next((district.id for district in uow.policy.districts if district.id in held), "")


def duty_inspectors(uow: UnitOfWork) -> list[str]:
    """The one that policy names, else the lead inspector of every district."""
    if uow.policy.directory.duty_inspector:
        return [uow.policy.directory.duty_inspector]
    present = roll.present_rolls(uow.connection).values()
    return sorted(
        {who for people in present for who, roles in people.items() if Role.LEAD_INSPECTOR in roles}
    )


def officers_of(uow: UnitOfWork, district_id: str) -> list[Person]:
    """Everybody who can be given work in the district, by collar number."""
    return people_queries.people_with_roles(uow.connection, [district_id], WORKING_ROLES)


def officer_for(uow: UnitOfWork, entra_id: str, district_id: str) -> Person:
    """The officer to be given work; raises `Refusal` for somebody who cannot own a task there."""
    person = people_queries.person_by_id(uow.connection, entra_id)
    roles = people_queries.roles_of(uow.connection, entra_id) if person else {}
    if person is None or not person.active:
        raise Refusal(
            "officer-unknown",
            "That person is not set up for RedLine.",
            "Ask an administrator to add them to the team's group, or @mention somebody else.",
        )
    if not can_be_given_work(roles.get(district_id, frozenset())):
        raise Refusal(
            "officer-elsewhere",
            "That person does not take work in this district.",
            "@mention somebody of the district’s own team.",
        )
    return person


def require(actor: Actor, act: str, district_id: str, owner_id: str | None, words: str) -> None:
    """Raise a `Refusal` with these words unless the permission table allows the act."""
    if not may(actor, act, district_id, owner_id):
        raise Refusal("not-allowed", words, _whom_to_ask(actor))


def _whom_to_ask(actor: Actor) -> str:
    is_supervisor = bool(actor.districts_where(Act.ASSIGN))
    return "Only its officer can do that." if is_supervisor else "Ask your sergeant."

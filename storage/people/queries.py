"""Reads and writes about people, their roles and where they can be reached."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.enums import ConversationKind, Role
from storage.prepared import Prepared, PreparedQuery
from storage.rows import add_values, entity_from, in_parts, many, one, table_of, values_of
from storage.tables import Conversation, Person, PersonRole

_person = table_of(Person)
_role = table_of(PersonRole)
_conversation = table_of(Conversation)

_PERSON = select(_person).where(_person.c.entra_id == bindparam("entra_id"))
_PERSON_AND_ROLES = PreparedQuery(
    select(_person, _role.c.district_id, _role.c.role)
    .outerjoin(_role, _role.c.entra_id == _person.c.entra_id)
    .where(_person.c.entra_id == bindparam("entra_id"))
)
_ROLES = select(_role.c.district_id, _role.c.role).where(_role.c.entra_id == bindparam("entra_id"))
_CHAT = (
    select(_conversation)
    .where(
        _conversation.c.entra_id == bindparam("entra_id"),
        _conversation.c.kind == ConversationKind.PERSONAL,
    )
    .order_by(_conversation.c.updated_at.desc())
)


_LATEST = 20
_MOST_URLS = 4
"""Of the tenant's conversations and service URLs: a tenant has one, and for some hours two."""


def person_by_id(connection: Connection, entra_id: str) -> Person | None:
    """The person with this Entra object id."""
    return one(connection, Person, _PERSON, entra_id=entra_id)


def entra_ids_by_teams_ids(connection: Connection, teams_ids: Sequence[str]) -> dict[str, str]:
    """Teams id -> Entra id of the people who are known under these Teams ids."""
    found = select(_person.c.teams_id, _person.c.entra_id).where(_person.c.teams_id.in_(teams_ids))
    return {teams_id: entra_id for teams_id, entra_id in connection.execute(found)}


def roles_of(connection: Connection, entra_id: str) -> dict[str, frozenset[Role]]:
    """District -> roles of a person."""
    return _by_district(connection.execute(_ROLES, {"entra_id": entra_id}))


def person_and_roles(
    connection: Connection, entra_id: str
) -> tuple[Person, dict[str, frozenset[Role]]] | None:
    """The person with this Entra object id and their roles by district, in one read."""
    rows = _PERSON_AND_ROLES.all(connection, entra_id=entra_id)
    if not rows:
        return None
    return entity_from(Person, rows[0][:-2]), _by_district(row[-2:] for row in rows)


def _by_district(held: Iterable[Sequence[Any]]) -> dict[str, frozenset[Role]]:
    found: dict[str, set[Role]] = {}
    for district_id, role in held:
        if district_id is not None:
            found.setdefault(district_id, set()).add(role)
    return {district: frozenset(roles) for district, roles in found.items()}


def people_with_roles(
    connection: Connection, districts: Collection[str], roles: Collection[Role]
) -> list[Person]:
    """Active people with one of the roles in one of the districts, by collar number; who has none last."""
    holders = select(_role.c.entra_id).where(_role.c.district_id.in_(districts), _role.c.role.in_(roles))
    query = select(_person).where(_person.c.entra_id.in_(holders), _person.c.active.is_(True))
    by_number = (_person.c.collar_number == "", _person.c.collar_number, _person.c.entra_id)
    return many(connection, Person, query.order_by(*by_number))


def chat_with(connection: Connection, entra_id: str) -> Conversation | None:
    """The personal chat with somebody, the latest known."""
    return one(connection, Conversation, _CHAT, entra_id=entra_id)


def conversation_by_id(connection: Connection, conversation_id: str) -> Conversation | None:
    """The conversation with this id."""
    return one(connection, Conversation, select(_conversation).where(_conversation.c.id == conversation_id))


def any_channel(connection: Connection) -> Conversation | None:
    """A channel in which the bot is installed: through its service a chat can be opened."""
    query = select(_conversation).where(_conversation.c.kind == ConversationKind.CHANNEL)
    return one(connection, Conversation, query.order_by(_conversation.c.updated_at.desc()))


def channel_of_team(connection: Connection, ids: Collection[str]) -> Conversation | None:
    """A channel of the team with one of these ids; the general channel has the team's own."""
    of_team = or_(_conversation.c.team_id.in_(ids), _conversation.c.id.in_(ids))
    query = select(_conversation).where(_conversation.c.kind == ConversationKind.CHANNEL, of_team)
    return one(connection, Conversation, query.order_by(_conversation.c.updated_at.desc()))


def forget_chat(connection: Connection, conversation_id: str) -> None:
    """It is nobody's chat any more. What stands there can still be tried."""
    statement = update(_conversation).where(_conversation.c.id == conversation_id)
    connection.execute(statement.values(entra_id=None))


def service_urls(connection: Connection, known: Conversation) -> list[str]:
    """The service URLs to try there, in turn: the one kept, the one seen there, the newest of its tenant."""
    of_tenant = (
        select(_conversation.c.service_url, _conversation.c.seen_service_url)
        .where(_conversation.c.tenant_id == known.tenant_id)
        .order_by(_conversation.c.updated_at.desc())
        .limit(_LATEST)
    )
    elsewhere = (url for kept, seen in connection.execute(of_tenant) for url in (seen, kept))
    urls = dict.fromkeys(url for url in (known.service_url, known.seen_service_url, *elsewhere) if url)
    return list(urls)[:_MOST_URLS]


def service_url_worked(connection: Connection, conversation_id: str, service_url: str) -> None:
    """A post or an edit arrived there through this service URL: it is the one to keep."""
    statement = update(_conversation).where(_conversation.c.id == conversation_id)
    connection.execute(statement.values(service_url=service_url, seen_service_url=None))


def upsert_conversation(connection: Connection, conversation: Conversation) -> None:
    """Remember where the bot can post. Another service URL than the one that is kept has to work first.

    Whose chat and which team's channel it is stays known where this time nothing says so.
    """
    values = values_of(conversation) | {"id": conversation.id}
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(_conversation).values(**values)
    kept: dict[str, Any] = {name: statement.excluded[name] for name in values if name != "id"}
    for name in ("entra_id", "team_id"):
        kept[name] = func.coalesce(statement.excluded[name], _conversation.c[name])
    is_kept = statement.excluded.service_url == _conversation.c.service_url
    kept["service_url"] = _conversation.c.service_url
    kept["seen_service_url"] = case(
        (is_kept, _conversation.c.seen_service_url), else_=statement.excluded.service_url
    )
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=kept))


def learn_teams_id(connection: Connection, entra_id: str, teams_id: str) -> None:
    """Note under which Teams id a known person writes; the Entra id stays the person."""
    connection.execute(
        update(_person)
        .where(_person.c.teams_id == teams_id, _person.c.entra_id != entra_id)
        .values(teams_id=None)
    )
    connection.execute(update(_person).where(_person.c.entra_id == entra_id).values(teams_id=teams_id))


_FROM_DIRECTORY = ("display_name", "collar_number", "rank", "active", "seen_in_directory_at")


def _storing(make: Any) -> Prepared:
    statement = make(_person)
    fresh = {name: statement.excluded[name] for name in _FROM_DIRECTORY}
    return Prepared(statement.on_conflict_do_update(index_elements=["entra_id"], set_=fresh))


_STORE_PERSON = {"sqlite": _storing(sqlite.insert), "postgresql": _storing(postgresql.insert)}


_KEPT = PreparedQuery(select(_person.c.entra_id, *(_person.c[name] for name in _FROM_DIRECTORY[:-1])))


def store_people(connection: Connection, people: Collection[Mapping[str, Any]], at: datetime) -> None:
    """Add or refresh people from the directory; those not in it any more become inactive.

    Only who is new or has changed is written one by one: a reading of ten thousand usually finds nothing new.
    """
    kept = {row[0]: tuple(row[1:]) for row in _KEPT.all(connection)}
    # Who has no account is seen all the same, and does not count below.
    fresh = [each for each in people if not each["active"] or kept.get(each["entra_id"]) != _as_kept(each)]
    if fresh:
        seen = {"seen_in_directory_at": at}
        _STORE_PERSON[connection.dialect.name].run(connection, *({**each, **seen} for each in fresh))
    were_active = {entra_id for entra_id, values in kept.items() if values[-1]}
    for some in in_parts(sorted(were_active - {each["entra_id"] for each in people})):
        connection.execute(update(_person).where(_person.c.entra_id.in_(some)).values(active=False))
    connection.execute(update(_person).where(_person.c.active.is_(True)).values(seen_in_directory_at=at))


def _as_kept(person: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(person[name] for name in _FROM_DIRECTORY[:-1])


def replace_roles(connection: Connection, roles: Mapping[str, Collection[tuple[str, Role]]]) -> None:
    """Set everybody's roles: Entra id -> (district, role) pairs. Who is not named has none."""
    wanted = {(entra_id, district, role) for entra_id, held in roles.items() for district, role in held}
    stored = {
        (row[0], row[1], row[2])
        for row in connection.execute(select(_role.c.entra_id, _role.c.district_id, _role.c.role))
    }
    for entra_id, district, role in stored - wanted:
        connection.execute(
            delete(_role).where(
                _role.c.entra_id == entra_id, _role.c.district_id == district, _role.c.role == role
            )
        )
    new = [{"entra_id": e, "district_id": d, "role": r} for e, d, r in sorted(wanted - stored)]
    if new:
        add_values(connection, PersonRole, *new)

"""Who and what the local Graph knows: handed to it as data, all of it invented."""

from dataclasses import asdict, dataclass, field

import orjson


@dataclass(frozen=True)
class Person:
    """A user in the invented directory; `collar_number` goes out as employeeId.

    `extensions` are onPremisesExtensionAttributes (`extensionAttribute7`), `more` any other properties.
    """

    id: str
    display_name: str
    collar_number: str | None = None
    active: bool = True
    extensions: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """A group; its members are ids of people and of other groups."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OrderDocument:
    """An order's copy in the library: a page with a title and a few lines of text."""

    path: str
    title: str
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LocalGraphData:
    """Everything the local Graph starts from; the rows of the records list are kept in its own file."""

    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    documents: list[OrderDocument] = field(default_factory=list)
    site_id: str = "fictional-site"
    list_id: str = "records-hand-off"

    @classmethod
    def from_json(cls, text: str | bytes) -> "LocalGraphData":
        """Read what `to_json` wrote; raises `TypeError` for unknown keys."""
        raw = orjson.loads(text)
        raw["people"] = [Person(**person) for person in raw.get("people", [])]
        raw["groups"] = [Group(**group) for group in raw.get("groups", [])]
        raw["documents"] = [OrderDocument(**document) for document in raw.get("documents", [])]
        return cls(**raw)

    def to_json(self) -> str:
        """The data as JSON."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2).decode()

    def person(self, person_id: str) -> Person | None:
        """The person with this id."""
        return next((person for person in self.people if person.id == person_id), None)

    def members_of(self, group_id: str) -> list[Person] | None:
        """Everybody in a group, through the groups in it; None where there is no such group."""
        groups = {group.id: group for group in self.groups}
        if group_id not in groups:
            return None
        found: set[str] = set()
        waiting = [group_id]
        while waiting:
            for member in groups[waiting.pop()].members:
                if member in groups and member not in found:
                    waiting.append(member)
                found.add(member)
        return [person for person in self.people if person.id in found]

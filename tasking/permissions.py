"""Who may do what: one table, default no. Officers act on their own tasks, supervisors on a district's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from storage.enums import Rank, Role
from tasking.house import Brought


class Act(StrEnum):
    """What a person can ask of the service, whichever room answers. A room may bring other acts, as text."""

    ASSIGN = "ASSIGN"
    REASSIGN = "REASSIGN"
    EXTEND = "EXTEND"
    CANCEL = "CANCEL"
    ACCEPT = "ACCEPT"
    RECORD_OUTCOME = "RECORD_OUTCOME"
    UNDO_OUTCOME = "UNDO_OUTCOME"
    CORRECT_OUTCOME = "CORRECT_OUTCOME"
    KEY_REFERENCE = "KEY_REFERENCE"
    ADD_NOTE = "ADD_NOTE"
    CANT_DO = "CANT_DO"
    ASK_MORE_TIME = "ASK_MORE_TIME"
    SEE_BRIEFING = "SEE_BRIEFING"
    SEE_ORDER_COPY = "SEE_ORDER_COPY"
    SEE_TASK = "SEE_TASK"
    SEE_BOARD = "SEE_BOARD"
    CONFIRM_DIRECTORY = "CONFIRM_DIRECTORY"


@dataclass(frozen=True)
class Allowed:
    """A row of the table: the roles that may do this to their own task, and to any of their district.

    `unconfirmed` says that a role which nobody has confirmed yet is enough for a person's own task.
    """

    act: str
    own: frozenset[Role] = frozenset()
    district: frozenset[Role] = frozenset()
    unconfirmed: bool = False


SUPERVISING = frozenset({Role.SUPERVISOR, Role.LEAD_INSPECTOR, Role.CHAIR})
WORKING = SUPERVISING | {Role.NEIGHBOURHOOD_OFFICER, Role.DISTRICT_CRIME, Role.SAFEGUARDING}
READING = SUPERVISING | {Role.ANALYST, Role.SAFEGUARDING, Role.DISTRICT_CRIME, Role.LEGAL}

ACTS: tuple[Allowed, ...] = (
    Allowed(Act.ASSIGN, district=SUPERVISING),
    Allowed(Act.REASSIGN, district=SUPERVISING),
    Allowed(Act.EXTEND, district=SUPERVISING),
    Allowed(Act.CANCEL, district=SUPERVISING),
    Allowed(Act.ACCEPT, WORKING),
    Allowed(Act.RECORD_OUTCOME, WORKING, unconfirmed=True),
    Allowed(Act.UNDO_OUTCOME, WORKING),
    Allowed(Act.CORRECT_OUTCOME, WORKING, SUPERVISING),
    Allowed(Act.KEY_REFERENCE, WORKING, SUPERVISING),
    Allowed(Act.ADD_NOTE, WORKING, SUPERVISING),
    Allowed(Act.CANT_DO, WORKING),
    Allowed(Act.ASK_MORE_TIME, WORKING),
    Allowed(Act.SEE_BRIEFING, WORKING, SUPERVISING),
    Allowed(Act.SEE_ORDER_COPY, WORKING, SUPERVISING),
    Allowed(Act.SEE_TASK, WORKING, READING),
    Allowed(Act.SEE_BOARD, district=READING | {Role.NEIGHBOURHOOD_OFFICER}),
    Allowed(Act.CONFIRM_DIRECTORY, district=frozenset({Role.LEAD_INSPECTOR, Role.ADMIN})),
)
"""What no row allows is refused, and so is an act without a row."""


class _Table:
    """The rows of a house by their acts."""

    def __init__(self, rows: tuple[Allowed, ...]) -> None:
        self.rows: Mapping[str, Allowed] = {row.act: row for row in rows}
        self.acts_of = lru_cache(maxsize=256)(self._acts_of)

    def _acts_of(self, roles: frozenset[Role], is_owner: bool) -> frozenset[str]:
        return frozenset(act for act, row in self.rows.items() if _permits(row, roles, is_owner))


_TABLE = Brought("acts", _Table)


@dataclass(frozen=True)
class Actor:
    """The authenticated person who asks, with what the directory says of them."""

    entra_id: str
    collar_number: str
    rank: Rank
    roles: dict[str, frozenset[Role]] = field(default_factory=dict)
    """District id -> roles there."""
    unconfirmed: dict[str, frozenset[Role]] = field(default_factory=dict)
    """District id -> roles that vanished from the directory and that nobody has confirmed yet."""

    @property
    def only_records(self) -> bool:
        """Whether this person may see nothing, and record on their own tasks alone."""
        return bool(self.unconfirmed) and not self.roles

    def roles_in(self, district_id: str) -> frozenset[Role]:
        """The roles held in a district; empty where none."""
        return self.roles.get(district_id, frozenset())

    def districts_where(self, act: str) -> list[str]:
        """The districts in which this person may do something to other people's work."""
        return sorted(d for d in self.roles if may(self, act, d, owner_id=None))


def every_act() -> frozenset[str]:
    """Every act of the table."""
    return frozenset(_TABLE().rows)


def may(actor: Actor, act: str, district_id: str, owner_id: str | None) -> bool:
    """Whether the actor may do this to a task of that district and owner."""
    row, is_owner = _TABLE().rows.get(act), owner_id == actor.entra_id
    if row is None:
        return False
    if _permits(row, actor.roles_in(district_id), is_owner):
        return True
    return is_owner and row.unconfirmed and bool(row.own & actor.unconfirmed.get(district_id, frozenset()))


def _permits(row: Allowed, roles: frozenset[Role], is_owner: bool) -> bool:
    return bool(roles & row.district) or (is_owner and bool(roles & row.own))


def may_by_role(role: Role, act: str) -> bool:
    """Whether somebody with this role may do this to other people's work of their district."""
    row = _TABLE().rows.get(act)
    return row is not None and role in row.district


def allowed(actor: Actor, district_id: str, owner_id: str | None) -> frozenset[str]:
    """Everything the actor may do to a task of that district and owner."""
    return _TABLE().acts_of(actor.roles_in(district_id), owner_id == actor.entra_id)


def can_be_given_work(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles can own a task."""
    return bool(roles & WORKING)

"""Who may do what: one table, default no. Officers act on their own tasks, supervisors on a district's."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from storage.enums import Rank, Role


class Act(StrEnum):
    """Everything a person can ask of the service."""

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


class Relation(StrEnum):
    """How the asker stands to the task."""

    OWNER = "OWNER"
    SAME_DISTRICT = "SAME_DISTRICT"


_SUPERVISING = frozenset({Role.SUPERVISOR, Role.LEAD_INSPECTOR, Role.CHAIR})
_WORKING = _SUPERVISING | {Role.NEIGHBOURHOOD_OFFICER, Role.DISTRICT_CRIME, Role.SAFEGUARDING}
_READING = _SUPERVISING | {Role.ANALYST, Role.SAFEGUARDING, Role.DISTRICT_CRIME, Role.LEGAL}

_OWN_WORK = (
    Act.ACCEPT,
    Act.RECORD_OUTCOME,
    Act.UNDO_OUTCOME,
    Act.CORRECT_OUTCOME,
    Act.KEY_REFERENCE,
    Act.ADD_NOTE,
    Act.CANT_DO,
    Act.ASK_MORE_TIME,
    Act.SEE_BRIEFING,
    Act.SEE_ORDER_COPY,
    Act.SEE_TASK,
)
_SUPERVISION = (
    Act.ASSIGN,
    Act.REASSIGN,
    Act.EXTEND,
    Act.CANCEL,
    Act.ADD_NOTE,
    Act.SEE_BRIEFING,
    Act.SEE_ORDER_COPY,
    Act.CORRECT_OUTCOME,
    Act.KEY_REFERENCE,
)

TABLE: dict[tuple[Act, Relation], frozenset[Role]] = {
    **{(act, Relation.OWNER): _WORKING for act in _OWN_WORK},
    **{(act, Relation.SAME_DISTRICT): _SUPERVISING for act in _SUPERVISION},
    (Act.SEE_TASK, Relation.SAME_DISTRICT): _READING,
    (Act.SEE_BOARD, Relation.SAME_DISTRICT): _READING | {Role.NEIGHBOURHOOD_OFFICER},
    (Act.CONFIRM_DIRECTORY, Relation.SAME_DISTRICT): frozenset({Role.LEAD_INSPECTOR, Role.ADMIN}),
}
"""(act, relation) -> the roles that may. What is not here is refused."""


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

    def districts_where(self, act: Act) -> list[str]:
        """The districts in which this person may do something to other people's work."""
        return sorted(d for d in self.roles if may(self, act, d, owner_id=None))


def may(actor: Actor, act: Act, district_id: str, owner_id: str | None) -> bool:
    """Whether the actor may do this to a task of that district and owner."""
    is_owner = owner_id == actor.entra_id
    if _permits(actor.roles_in(district_id), act, is_owner):
        return True
    unconfirmed = actor.unconfirmed.get(district_id, frozenset())
    return is_owner and act is Act.RECORD_OUTCOME and _permits(unconfirmed, act, is_owner)


def _permits(roles: frozenset[Role], act: Act, is_owner: bool) -> bool:
    if is_owner and roles & TABLE.get((act, Relation.OWNER), frozenset()):
        return True
    return bool(roles & TABLE.get((act, Relation.SAME_DISTRICT), frozenset()))


def may_by_role(role: Role, act: Act) -> bool:
    """Whether somebody with this role may do this to other people's work of their district."""
    return _permits(frozenset({role}), act, is_owner=False)


def allowed(actor: Actor, district_id: str, owner_id: str | None) -> frozenset[Act]:
    """Everything the actor may do to a task of that district and owner."""
    return _acts_of(actor.roles_in(district_id), owner_id == actor.entra_id)


@lru_cache(maxsize=256)
def _acts_of(roles: frozenset[Role], is_owner: bool) -> frozenset[Act]:
    return frozenset(act for act in Act if _permits(roles, act, is_owner))


def can_be_given_work(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles can own a task."""
    return bool(roles & _WORKING)

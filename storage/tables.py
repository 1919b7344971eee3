"""The tables, which are also the entities: one model of the data, no mirrored classes.

Rows read through `storage` are plain records: change them by statements, never by assignment.
Times are aware and in UTC. Ids are UUIDs; people see references (`T-1042`, `S-07`, `DVPO-3`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import configure_mappers
from sqlmodel import Field, SQLModel

from storage.enums import (
    OPEN_STATES,
    SENT_BACK,
    AuditOperation,
    ConditionType,
    ConversationKind,
    DisruptionType,
    HeldAnswer,
    OrderStatus,
    OrderType,
    OutboxKind,
    OutboxState,
    OutcomeState,
    Rank,
    RecordsRoute,
    Role,
    TaskKind,
    TaskState,
    VisitKind,
)
from storage.ids import new_id
from storage.words import LONGEST, Word


def word(words: type[StrEnum]) -> Any:
    """A column type that stores one of these words as text, the same on both databases."""
    return Word(words)


def row_number() -> Any:
    """A column type for rows that are numbered as they come (SQLite counts only plain INTEGER keys)."""
    return BigInteger().with_variant(Integer, "sqlite")


class Person(SQLModel, table=True):
    """Somebody the directory knows; the Entra object id is the person."""

    entra_id: str = Field(primary_key=True)
    teams_id: str | None = Field(default=None, unique=True)
    display_name: str
    collar_number: str = Field(description="opaque text, shown instead of a name; empty where there is none")
    rank: Rank = Field(sa_type=word(Rank))
    active: bool = True
    seen_in_directory_at: datetime | None = None


class PersonRole(SQLModel, table=True):
    """What a person may be in a district, as the directory's groups said last."""

    __tablename__ = "person_role"
    entra_id: str = Field(primary_key=True, foreign_key="person.entra_id")
    district_id: str = Field(primary_key=True)
    role: Role = Field(primary_key=True, sa_type=word(Role))


class AcceptedRole(SQLModel, table=True):
    """The last accepted roll: what people were when it was last said to be right, and who came since."""

    __tablename__ = "accepted_role"
    entra_id: str = Field(primary_key=True)
    district_id: str = Field(primary_key=True)
    role: Role = Field(primary_key=True, sa_type=word(Role))
    missing_since: datetime | None = Field(default=None, description="when it was first not read any more")


class GroupGone(SQLModel, table=True):
    """A group of policy that the directory does not have, each by itself, until it is read again."""

    __tablename__ = "group_gone"
    group_id: str = Field(primary_key=True)
    since: datetime


class DirectoryBrake(SQLModel, table=True):
    """A district of whose accepted roll too many are missing, until they are back or it is confirmed."""

    __tablename__ = "directory_brake"
    district_id: str = Field(primary_key=True)
    since: datetime
    missing: int = Field(description="how many people of the accepted roll have no role there now")
    accepted: int = Field(description="how many people the accepted roll has")
    told_at: datetime | None = Field(default=None, description="when people last heard of it")
    handed_up_at: datetime | None = Field(default=None, description="when the duty inspector heard of it")


_ZERO = {"server_default": text("0")}


def _partial(name: str, *columns: Any, where: str, on_postgresql: str = "") -> Index:
    """An index of the rows that are open, due or standing: what is over is not in it."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(on_postgresql or where))


def _state_in(words: Sequence[StrEnum]) -> str:
    """A question has to use the words of the index: a parameter would not meet it."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"state IN ({listed})"


_IS_OPEN = _state_in(OPEN_STATES)
_IS_SENT_BACK = _state_in(SENT_BACK)


class Conversation(SQLModel, table=True):
    """Where the bot can post: a person's chat, or a channel; learned from each activity."""

    id: str = Field(primary_key=True)
    kind: ConversationKind = Field(sa_type=word(ConversationKind))
    service_url: str = Field(description="the one that worked last")
    seen_service_url: str | None = Field(default=None, description="a later one, which has to work first")
    tenant_id: str
    entra_id: str | None = Field(default=None, index=True, description="whose chat it is")
    team_id: str | None = None
    district_id: str | None = Field(default=None, index=True, description="the district a channel belongs to")
    updated_at: datetime


class Subject(SQLModel, table=True):
    """A person the operation manages."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    ref: str = Field(unique=True, description="S-07")
    district_id: str = Field(index=True)
    card_name: str = Field(description="as it may stand on an officer's own card: J. EXAMPLE")
    address_line: str = ""
    warnings: list[str] = Field(default_factory=list, sa_type=JSON, description="Knife, dog, DOUBLE-CREW")
    briefing: str = ""
    restricted: bool = False
    lead_officer_id: str | None = Field(default=None, foreign_key="person.entra_id")


class SubjectAccess(SQLModel, table=True):
    """The named people who may see a restricted subject."""

    __tablename__ = "subject_access"
    subject_id: UUID = Field(primary_key=True, foreign_key="subject.id")
    entra_id: str = Field(primary_key=True)


class ProtectiveOrder(SQLModel, table=True):
    """A notice or order, its service and its end."""

    __tablename__ = "protective_order"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    ref: str = Field(unique=True, description="DVPO-3, numbered per type")
    order_type: OrderType = Field(sa_type=word(OrderType))
    district_id: str
    subject_id: UUID = Field(foreign_key="subject.id", index=True)
    status: OrderStatus = Field(sa_type=word(OrderStatus))
    made_on: date | None = None
    served_at: datetime | None = None
    served_how: str = ""
    last_day: date | None = Field(default=None, description="last local day in force, Europe/London")
    document_key: str | None = Field(default=None, description="where the copy is, in the documents library")
    protected_person_marker: bool = True
    safe_contact_plan_at: datetime | None = Field(
        default=None, description="when a safe-contact plan (how, when, what never to say) was recorded"
    )
    version: int = 1
    closed_at: datetime | None = Field(
        default=None, description="when a job saw that it has ended; what is in force is never closed"
    )

    __table_args__ = (
        _partial("ix_order_open", "district_id", "last_day", "ref", where="closed_at IS NULL"),
        _partial("ix_order_ends", "last_day", where="closed_at IS NULL"),
        _partial("ix_order_closed", "last_day", where="closed_at IS NOT NULL"),
    )


class OrderCondition(SQLModel, table=True):
    """One condition: the court's exact words are kept and shown; the short form never replaces them."""

    __tablename__ = "order_condition"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    order_id: UUID = Field(foreign_key="protective_order.id", index=True)
    position: int
    condition_type: ConditionType = Field(sa_type=word(ConditionType))
    exact_wording: str
    short_form: str


class Task(SQLModel, table=True):
    """A piece of work for one named officer, or for nobody yet."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    ref: str = Field(unique=True, description="T-1042")
    district_id: str
    kind: TaskKind = Field(sa_type=word(TaskKind))
    visit_kind: VisitKind | None = Field(default=None, sa_type=word(VisitKind))
    disruption_type: DisruptionType | None = Field(default=None, sa_type=word(DisruptionType))
    title: str = Field(default="", description="free words of a general action, for the officer's card only")
    subject_id: UUID | None = Field(default=None, foreign_key="subject.id")
    order_id: UUID | None = Field(default=None, foreign_key="protective_order.id")
    state: TaskState = Field(sa_type=word(TaskState))
    owner_id: str | None = Field(default=None, foreign_key="person.entra_id")
    supervisor_id: str = Field(foreign_key="person.entra_id", description="who answers for it now")
    due_at: datetime
    note: str = Field(default="", description="for the officer only")
    form_id: str | None = Field(default=None, unique=True, description="the form it was made with, used once")
    outcome_id: UUID | None = Field(default=None, description="the outcome that stands now")
    created_at: datetime
    state_changed_at: datetime
    accepted_at: datetime | None = None
    next_reminder_at: datetime | None = None
    asked_until: datetime | None = Field(default=None, description="more time that its officer asks for")
    version: int = 1

    __table_args__ = (
        Index("ix_task_owner_state", "owner_id", "state"),
        Index("ix_task_reminder", "next_reminder_at"),
        Index("ix_task_outcome", "outcome_id"),
        Index("ix_task_district_state_due", "district_id", "state", "due_at"),
        _partial("ix_task_supervisor_open", "supervisor_id", "due_at", where=_IS_OPEN),
        _partial("ix_task_people_open", "district_id", "owner_id", "supervisor_id", where=_IS_OPEN),
        _partial("ix_task_subject_open", "subject_id", "due_at", where=_IS_OPEN),
        _partial("ix_task_order_open", "order_id", "kind", where=_IS_OPEN),
    )


class TaskChange(SQLModel, table=True):
    """The history of a task: who changed what, when and why. The words of a reason live here."""

    __tablename__ = "task_change"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    task_id: UUID = Field(foreign_key="task.id", index=True)
    district_id: str
    at: datetime
    actor_id: str
    action: str
    from_state: TaskState | None = Field(default=None, sa_type=word(TaskState))
    to_state: TaskState = Field(sa_type=word(TaskState))
    reason: str = ""


class TaskNote(SQLModel, table=True):
    """A note an officer or supervisor added to a task."""

    __tablename__ = "task_note"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    task_id: UUID = Field(foreign_key="task.id", index=True)
    district_id: str
    at: datetime
    author_id: str
    text: str


_UNKEYED = "state = 'KEYED_BY_HAND' AND athena_ref IS NULL"


class Outcome(SQLModel, table=True):
    """What came of a task. Rows are only ever added: a correction names the one it corrects."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    task_id: UUID = Field(foreign_key="task.id", index=True)
    district_id: str
    subject_id: UUID | None = Field(default=None, foreign_key="subject.id")
    order_id: UUID | None = Field(default=None, foreign_key="protective_order.id")
    code: str = Field(sa_type=String(LONGEST))
    happened_at: datetime
    recorded_at: datetime
    officer_id: str
    note: str = ""
    answers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    corrects_id: UUID | None = Field(default=None, foreign_key="outcome.id")
    state: OutcomeState = Field(sa_type=word(OutcomeState))
    route: RecordsRoute = Field(sa_type=word(RecordsRoute))
    hand_over_after: datetime = Field(description="end of the undo window; a breach leaves at once")
    leaving_at: datetime | None = Field(
        default=None, description="when the hand-over began: from then on nothing can be undone"
    )
    list_item_id: str | None = Field(default=None, description="proof of the hand-over")
    list_item_etag: str | None = None
    athena_ref: str | None = None
    desk_reason: str = Field(default="", description="why the records desk rejected or returned it")
    message_key: str | None = Field(
        default=None, index=True, description="the activity that it was typed in; None where it was tapped"
    )
    version: int = 1
    reason: str = Field(
        default="",
        sa_column_kwargs={"server_default": text("''")},
        description="why it replaced a result that raised more of an alarm",
    )

    __table_args__ = (
        Index("ix_outcome_district_state", "district_id", "state"),
        Index("ix_outcome_district_recorded", "district_id", "recorded_at"),
        Index("ix_outcome_subject_happened", "subject_id", "happened_at"),
        Index("ix_outcome_order_happened", "order_id", "happened_at"),
        # With columns that its condition settles: SQLite prefers whichever index answers more conditions.
        _partial("ix_outcome_to_key", "district_id", "state", "athena_ref", "recorded_at", where=_UNKEYED),
        _partial("ix_outcome_sent_back", "district_id", "recorded_at", where=_IS_SENT_BACK),
        _partial("ix_outcome_sent_back_anywhere", "state", "task_id", where=_IS_SENT_BACK),
    )


class HeldMessage(SQLModel, table=True):
    """A typed message with words of danger: not recorded, until its officer says what it was."""

    __tablename__ = "held_message"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    message_key: str = Field(unique=True, description="the activity that it was typed in")
    task_id: UUID = Field(foreign_key="task.id")
    district_id: str
    subject_id: UUID | None = Field(default=None, foreign_key="subject.id")
    person_id: str = Field(description="who typed it")
    code: str | None = Field(
        default=None, sa_type=String(LONGEST), description="as typed; None where there was no result"
    )
    happened_at: datetime
    note: str = ""
    conversation_id: str
    at: datetime
    tell_at: datetime | None = Field(
        default=None, index=True, description="when its supervisor is told; None once told or answered"
    )
    told_at: datetime | None = None
    answered_at: datetime | None = None
    answered_as: HeldAnswer | None = Field(default=None, sa_type=word(HeldAnswer))

    __table_args__ = (Index("ix_held_message_task", "task_id", "answered_at"),)


class CallForHelp(SQLModel, table=True):
    """A plain call for help that somebody typed; its words are not kept."""

    __tablename__ = "call_for_help"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    message_key: str = Field(unique=True, description="the activity that it was typed in")
    person_id: str
    district_id: str
    task_id: UUID | None = Field(default=None, foreign_key="task.id")
    at: datetime
    tell_at: datetime | None = Field(
        default=None, index=True, description="when supervisors are told; None once told or put down"
    )
    told_at: datetime | None = None
    menu_at: datetime | None = Field(default=None, description="when its writer asked how RedLine works")

    __table_args__ = (Index("ix_call_for_help_person", "person_id", "at"),)


class Message(SQLModel, table=True):
    """A card that stands in Teams, so that it can be updated: proof that it was posted."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    purpose: str = Field(max_length=40, description="the name of the notice")
    district_id: str
    conversation_id: str
    activity_id: str
    task_id: UUID | None = Field(default=None, foreign_key="task.id", index=True)
    order_id: UUID | None = Field(default=None, foreign_key="protective_order.id")
    about_id: UUID | None = Field(default=None, description="what else its notice is about")
    person_id: str | None = Field(default=None, description="whose chat it stands in")
    posted_at: datetime
    gone: bool = False

    __table_args__ = (
        Index("ix_message_purpose_district", "purpose", "district_id"),
        Index("ix_message_activity", "conversation_id", "activity_id"),
        _partial("ix_message_about", "about_id", "purpose", "posted_at", where="about_id IS NOT NULL"),
        _partial(
            "ix_message_person_standing",
            "person_id",
            "purpose",
            "posted_at",
            where="gone IS 0",
            on_postgresql="gone IS false",
        ),
    )


class Outbox(SQLModel, table=True):
    """An outward effect, written in the transaction of its cause, delivered afterwards."""

    id: int | None = Field(default=None, primary_key=True, sa_type=row_number())
    key: str = Field(unique=True)
    kind: OutboxKind = Field(sa_type=word(OutboxKind))
    purpose: str | None = Field(default=None, max_length=40, description="the name of the notice")
    district_id: str
    lane: str = Field(description="rows of one lane are delivered one after the other")
    task_id: UUID | None = None
    outcome_id: UUID | None = None
    order_id: UUID | None = None
    person_id: str | None = Field(default=None, description="in whose chat to post")
    conversation_id: str | None = Field(default=None, description="in which channel or thread to post")
    answer_key: str | None = Field(default=None, description="of an answer: the seen activity that holds it")
    about_id: UUID | None = Field(default=None, description="what else the notice is about")
    hint: str = Field(
        default="",
        description="a line with references; of a decision what was decided; of a call its id",
    )
    task_ids: list[str] = Field(default_factory=list, sa_type=JSON, description="of a reminder: its tasks")
    facts: dict[str, str] | None = Field(
        default_factory=dict,
        sa_type=JSON,
        nullable=True,
        description="what else the notice needs: ids, codes and times; None in rows of an earlier version",
    )
    state: OutboxState = Field(default=OutboxState.WAITING, sa_type=word(OutboxState))
    created_at: datetime
    send_after: datetime = Field(description="rule time, by the Clock")
    retry_at: datetime | None = Field(default=None, description="database time")
    lease_until: datetime | None = Field(default=None, description="database time")
    attempts: int = 0
    unclear: int = Field(default=0, description="how often a send ended without a word either way")
    no_place: int = Field(default=0, sa_column_kwargs=_ZERO, description="how often no conversation answered")
    doubts: int = Field(default=0, sa_column_kwargs=_ZERO, description="how often its address may be wrong")
    unreachable: bool = Field(default=False, description="waits for somebody or a channel to be reachable")
    last_error: str | None = Field(default=None, description="a short code, never a text")
    proof: str | None = Field(default=None, description="the message id or list item id")
    done_at: datetime | None = None

    __table_args__ = (
        Index("ix_outbox_due", "state", "send_after", "id", "purpose", "kind"),
        Index("ix_outbox_lane", "lane", "state", "id"),
        Index("ix_outbox_task", "task_id", "state"),
        _partial("ix_outbox_answer", "answer_key", where="answer_key IS NOT NULL"),
    )


class SeenActivity(SQLModel, table=True):
    """An activity that was answered, so that a redelivery gets the same answer and changes nothing."""

    __tablename__ = "seen_activity"
    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)


class AuditEvent(SQLModel, table=True):
    """One act of processing: ids, codes and times, never free text or names (DPA 2018 s.62)."""

    __tablename__ = "audit_event"
    id: int | None = Field(default=None, primary_key=True, sa_type=row_number())
    at: datetime
    actor_id: str
    operation: AuditOperation = Field(sa_type=word(AuditOperation))
    action: str
    district_id: str | None = None
    task_id: UUID | None = Field(default=None, index=True)
    subject_id: UUID | None = Field(default=None, index=True)
    order_id: UUID | None = None
    outcome_id: UUID | None = None
    conversation_id: str | None = None
    reason_code: str | None = None


class Counter(SQLModel, table=True):
    """The last number drawn of each kind of reference, force-wide (SQLite; PostgreSQL has sequences)."""

    name: str = Field(primary_key=True)
    value: int


NUMBERED = ("task",)
"""The kinds of reference whose numbers are drawn."""


def sequence_of(name: str) -> str:
    """PostgreSQL's sequence for the numbers of a kind of reference."""
    return f"number_of_{name}"


class Bookmark(SQLModel, table=True):
    """Where a job stands: a delta link, a heartbeat."""

    name: str = Field(primary_key=True)
    value: str
    at: datetime


@dataclass(frozen=True)
class TaskBundle:
    """A task with the rows that stand around it: entities that are read together."""

    task: Task
    subject: Subject | None
    order: ProtectiveOrder | None
    owner: Person | None
    supervisor: Person | None
    outcome: Outcome | None


# Records are read without going through the mapper, so nothing else would make their attributes readable.
configure_mappers()

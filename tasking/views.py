"""What a card needs to know, gathered in one read; cards draw these and ask nothing further.

A view already holds only what its reader may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from storage.enums import TaskKind, TaskState
from storage.tables import (
    CallForHelp,
    HeldMessage,
    OrderCondition,
    Outcome,
    Person,
    ProtectiveOrder,
    Subject,
    Task,
)
from tasking.lifecycle import OPEN


@dataclass(frozen=True)
class CorrectedAlarm:
    """An alarm (a breach, an arrest, a concern) that was put down by a correction."""

    before: Outcome
    by: Person | None
    """Who corrected it."""
    correction: Outcome
    """The row with which they did, and its reason."""
    now_code: str
    """The result that stands now."""


@dataclass(frozen=True)
class TaskView:
    """One task as its reader may see it, at one moment."""

    task: Task
    now: datetime
    owner: Person | None = None
    supervisor: Person | None = None
    subject: Subject | None = None
    order: ProtectiveOrder | None = None
    conditions: tuple[OrderCondition, ...] = ()
    lead_officer: Person | None = None
    outcome: Outcome | None = None
    """The outcome that stands now."""
    recorded_by: Person | None = None
    """Who recorded it."""
    corrected_alarm: CorrectedAlarm | None = None
    """The alarm that the standing outcome put down, if it did."""
    last_visit: Outcome | None = None
    """The latest earlier visit outcome about this subject, from another task."""
    last_corrected_alarm: CorrectedAlarm | None = None
    """The alarm that was put down in that visit, if one was."""
    attempts_in_a_row: int = 0
    """How many visits up to and with `last_visit` met no answer."""
    related_refs: tuple[str, ...] = ()
    """Other open tasks about this subject that the reader may see."""
    may: frozenset[str] = frozenset()
    """What the reader may do."""
    can_undo: bool = False
    can_correct: bool = False
    """Whether the outcome that stands can be corrected by a new one."""
    undo_until: datetime | None = None
    desk_hours: str = ""
    undelivered: str = ""
    """A short code where the officer's card could not be delivered, or empty."""
    is_second_copy: bool = False
    held: HeldMessage | None = None
    """The reader's own message about it that was not recorded and waits for their answer."""

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.task.state in OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether it is open past its due time."""
        return self.is_open and self.task.due_at <= self.now


@dataclass(frozen=True)
class ReadBackView:
    """What would be recorded, in the officer's own words; nothing is recorded yet."""

    view: TaskView
    code: str
    happened_at: datetime
    note: str
    answers: Mapping[str, str] = field(default_factory=dict)
    conditions: str = ""
    """The ids of the conditions chosen, with commas between; `answers` has their words."""


@dataclass(frozen=True)
class PutDownView:
    """The check-your-answers step of a correction that puts an alarm down."""

    view: TaskView
    before: Outcome
    """What stands."""
    before_by: str
    """Rank and collar number of who recorded it."""
    code: str
    happened_at: datetime
    note: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    """Who will be told: rank and collar number, or the channel."""
    problem: str = ""
    why: str = ""
    why_text: str = ""


@dataclass(frozen=True)
class AlarmChangeView:
    """What is told of an alarm that was put down, or that stands again."""

    ref: str
    order_ref: str
    before_code: str
    by: str
    """Rank and collar number."""
    now_code: str
    reason: str
    """Empty in a channel."""
    stands_again: bool
    at: datetime
    now: datetime


@dataclass(frozen=True)
class Remark:
    """What somebody added to a task: a note, or the reason of a change."""

    at: datetime
    who: str
    """Rank and collar number."""
    words: str


@dataclass(frozen=True)
class BriefingView:
    """What the visiting officer is told, alone, once it is logged."""

    view: TaskView
    open_tasks: tuple[str, ...] = ()
    recent: tuple[Outcome, ...] = ()
    """The last outcomes about this subject, newest first."""
    corrected: Mapping[UUID, CorrectedAlarm] = field(default_factory=dict)
    """The alarms that some of these outcomes put down, by the id of the outcome."""
    remarks: tuple[Remark, ...] = ()
    """The latest notes and reasons, newest first."""


@dataclass(frozen=True)
class OrderCopyView:
    """A link to the copy of the order, for the person who asked."""

    order_ref: str
    task_ref: str
    document_name: str
    url: str


@dataclass(frozen=True)
class DecisionView:
    """What a supervisor decided about an officer's task, as it was decided."""

    ref: str
    action: str
    """As in the task's history: cancel, reassign, extend, give-more-time, refuse-more-time."""
    due_at: datetime
    """As it was after the decision."""
    reason: str
    """Empty where none was given, or where the officer may not read about the subject any more."""
    now: datetime


@dataclass(frozen=True)
class ReminderView:
    """What is overdue for one officer, on one card."""

    tasks: tuple[TaskView, ...]
    now: datetime


@dataclass(frozen=True)
class TaskLine:
    """One row of a list."""

    ref: str
    kind: TaskKind
    kind_words: str
    subject_ref: str | None
    order_ref: str | None
    officer: str | None
    """Collar number of who has it, or the name of somebody without one."""
    due_at: datetime
    state: TaskState
    is_overdue: bool
    outcome_code: str | None = None
    is_sent_back: bool = False
    """Whether the records desk rejected or returned its result."""
    may_open: bool = True
    """Whether the reader may see more of it than this row."""


@dataclass(frozen=True)
class TaskListView:
    """An answer to `/tasks`."""

    heading: str
    lines: tuple[TaskLine, ...]
    now: datetime
    total: int
    """How many there are in all; the list shows the first of them."""


@dataclass(frozen=True)
class OrderLine:
    """One order of the district's list."""

    ref: str
    subject_ref: str
    status_words: str
    last_day_words: str
    is_served: bool
    is_covered: bool


@dataclass(frozen=True)
class OrderListView:
    """The orders of a district that are in force or on their way, by end date."""

    district_name: str
    lines: tuple[OrderLine, ...]
    now: datetime


@dataclass(frozen=True)
class BoardView:
    """The district's board: one message, edited in place. References and counts only."""

    district_id: str
    district_name: str
    now: datetime
    now_lines: tuple[str, ...]
    """Breaches, unallocated work, undelivered cards, requests for more time: what needs somebody now."""
    cover_lines: tuple[str, ...]
    """Orders in force without a visit to come."""
    due_today: int
    seen_today: int
    attempted_today: int
    other_today: int
    """Work that ended otherwise: an action done, a visit not attempted."""
    to_do_today: int
    overdue: int
    order_lines: tuple[str, ...]
    """Orders not served, or ending soon."""
    athena_lines: tuple[str, ...]
    """Outcomes that wait, were rejected, or are to be keyed by hand."""


@dataclass(frozen=True)
class Choice:
    """One choice of a form: the value that comes back and the words that are shown."""

    value: str
    words: str


@dataclass(frozen=True)
class AssignFormView:
    """What the `/assign` form offers; what was typed stands where an earlier try was refused."""

    officers: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    """Orders in force and subjects of the district, without restricted ones the asker may not see."""
    default_date: str
    """YYYY-MM-DD, Europe/London."""
    default_time: str
    """HH:MM, Europe/London."""
    in_channel: bool
    form_id: str = ""
    """Marks this form, which makes one task at most."""
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class SupervisorFormView:
    """The form behind a button of a supervisor: reassign, extend or cancel."""

    view: TaskView
    officers: tuple[Choice, ...] = ()
    default_date: str = ""
    default_time: str = ""
    problem: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    message_waits: bool = False
    """Whether a message with words of danger about it is not recorded and waits for an answer."""


@dataclass(frozen=True)
class HelpLine:
    """One thing that the asker may do, with an example to copy."""

    what: str
    example: str


class Often(Enum):
    """Who does something so often that the help begins with it."""

    OFFICERS = "officers"
    SUPERVISORS = "supervisors"


@dataclass(frozen=True)
class HelpEntry(HelpLine):
    """Such a line where it is declared: under its topic, for whoever may do this."""

    topic: str
    often: Often | None = None
    act: str | None = None
    """Left out: that of its command."""


@dataclass(frozen=True)
class HelpView:
    """An answer to `/help`: only what the asker may do."""

    lines: tuple[HelpLine, ...]
    """What they do most, or what belongs to the topic."""
    in_channel: bool
    topic: str = ""
    topics: tuple[str, ...] = ()
    """The rest, behind a button each."""


@dataclass(frozen=True)
class HeldNoticeView:
    """What a supervisor is told of the messages about a task that were not recorded."""

    view: TaskView
    messages: tuple[HeldMessage, ...]
    """Newest first."""
    writers: Mapping[str, Person]
    """Entra id -> who typed them."""


@dataclass(frozen=True)
class DueTask:
    """A task and when it is due (aware)."""

    ref: str
    due_at: datetime


@dataclass(frozen=True)
class BrakeView:
    """A district of whose people too many are missing from the directory; counts and references alone."""

    district_id: str
    district: str
    now: datetime
    since: datetime | None = None
    """None where it waits no longer."""
    missing: int = 0
    accepted: int = 0
    due: tuple[DueTask, ...] = ()
    """Work due within a day whose officer sees nothing, as far as the reader may know of it."""
    due_count: int = 0
    may_confirm: bool = False
    state: str = ""
    """Which roles are missing, as a code: a confirmation of another state confirms nothing."""
    confirmed_by: str = ""


@dataclass(frozen=True)
class CallView:
    """What a supervisor is told of a call for help; never its words."""

    call: CallForHelp
    writer: Person | None
    now: datetime
    ref: str | None = None
    """The task that was named, where the reader may know of it."""

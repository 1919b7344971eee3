"""What a typed command asks for: one frozen dataclass each. What was not typed is None: the service asks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.reading.mentions import Mention
from storage.enums import DisruptionType, OutcomeCode, VisitKind


@dataclass(frozen=True)
class Assignee:
    """Who should do a task: a mention, the asker (`me`), nobody yet (`unallocated`), or only a typed name.

    A typed name never stands for a person: it is there to say "please @mention". `several` is True where a
    second person was mentioned right beside the first: one officer leads a task.
    """

    mention: Mention | None = None
    typed_name: str | None = None
    unallocated: bool = False
    me: bool = False
    several: bool = False


@dataclass(frozen=True)
class VisitWork:
    """A compliance visit."""

    kind: VisitKind


@dataclass(frozen=True)
class DisruptionWork:
    """A disruption; `kind` is None where the words after "disrupt" name no known type."""

    kind: DisruptionType | None


@dataclass(frozen=True)
class ActionWork:
    """A general action with its title as typed."""

    title: str | None


Work = VisitWork | DisruptionWork | ActionWork


@dataclass(frozen=True)
class AssignForm:
    """`assign` alone: show the form."""


@dataclass(frozen=True)
class Assign:
    """`assign @x visit DVPO-3 by tomorrow 18:00 note: …`; `reference` is an order or a subject."""

    assignee: Assignee | None = None
    work: Work | None = None
    reference: str | None = None
    due_text: str | None = None
    note: str | None = None
    question: str | None = None
    """What to ask where the words may send somebody to a protected person."""
    choices: tuple[str, ...] = ()


class TaskScope(StrEnum):
    """Which tasks `tasks` lists."""

    MINE = "MINE"
    OVERDUE = "OVERDUE"


@dataclass(frozen=True)
class Tasks:
    """`tasks`, narrowed by scope, person or subject; `typed_name` is what was typed and is none of these.

    `subject` is the reference of a subject, or of an order that somebody is under.
    """

    scope: TaskScope | None = None
    person: Mention | None = None
    subject: str | None = None
    typed_name: str | None = None


@dataclass(frozen=True)
class ShowTask:
    """`task T-1042`, or the reference alone."""

    task: str | None = None


@dataclass(frozen=True)
class Reassign:
    """`reassign T-1042 to @x because …`"""

    task: str | None = None
    assignee: Assignee | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Extend:
    """`extend T-1042 to fri 9am because …`"""

    task: str | None = None
    due_text: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Cancel:
    """`cancel T-1042 because …`"""

    task: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Help:
    """`help`"""


@dataclass(frozen=True)
class Board:
    """`board`"""


@dataclass(frozen=True)
class Outcome:
    """`1042 no answer 2115 …`; `happened_text` None means now.

    `confirmed` is True where a breach was typed with "yes" or "confirmed": it needs no check-your-answers.
    """

    task: str | None
    code: OutcomeCode
    happened_text: str | None = None
    note: str | None = None
    confirmed: bool = False
    beside: str = field(default="", compare=False)
    """Everything that stands beside the result, as it was typed."""
    happened_at: datetime | None = field(default=None, compare=False)
    """Aware; known once the message is settled at a time."""
    timed: bool = field(default=False, compare=False)
    """Whether its time was typed; known once it is settled."""


@dataclass(frozen=True)
class Undo:
    """`1042 undo`"""

    task: str | None = None


@dataclass(frozen=True)
class Correct:
    """`1042 correct`"""

    task: str | None = None


@dataclass(frozen=True)
class Accept:
    """`1042 accept`"""

    task: str | None = None


@dataclass(frozen=True)
class Brief:
    """`1042 brief`"""

    task: str | None = None


@dataclass(frozen=True)
class CopyOfOrder:
    """`1042 copy`"""

    task: str | None = None


@dataclass(frozen=True)
class AddNote:
    """`1042 note …`"""

    task: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class CannotDo:
    """`1042 can't do …`"""

    task: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class MoreTime:
    """`1042 more time fri 9am …`"""

    task: str | None = None
    due_text: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class AthenaReference:
    """`1042 ref 36/21858/19`: keyed by hand; the reference is opaque text."""

    task: str | None = None
    athena_ref: str | None = None


@dataclass(frozen=True)
class Unknown:
    """Not understood; `text_guess` is the command most like what was typed, `task` the task it began with.

    `alarm` is True where the words sound like somebody who needs the radio, not RedLine.
    """

    text_guess: str | None = None
    task: str | None = None
    alarm: bool = False
    typed: str = field(default="", compare=False)
    """What was typed, without the task it began with."""


@dataclass(frozen=True)
class ConfirmDirectory:
    """`directory accept`: who is missing from the directory has left."""


@dataclass(frozen=True)
class Doubted:
    """A result that is asked about, since its words deny it or its time stands apart from it.

    `instead` is the result that may have been meant, as it is typed.
    """

    task: str | None
    question: str
    instead: str = ""
    code: OutcomeCode | None = field(default=None, compare=False)
    beside: str = field(default="", compare=False)
    """The result as typed, and everything that stands beside it."""


@dataclass(frozen=True)
class Endangered:
    """A harmless result with words of danger beside it: it is held, not recorded, until its officer says.

    `code` is the result as typed, or None where there was none ("1042 he hit her"). `happened_at` is aware.
    `groups` are the groups of danger words that were found.
    """

    task: str | None
    code: OutcomeCode | None
    happened_at: datetime | None
    note: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class CryForHelp:
    """A plain call for help, with or without a task; `maybe_menu` where "help" may have meant the menu."""

    task: str | None = None
    maybe_menu: bool = False


@dataclass(frozen=True)
class Several:
    """More than one command; `parts` are their beginnings as they would be typed one by one."""

    parts: tuple[str, ...]
    alarm: bool = False


@dataclass(frozen=True)
class TooLong:
    """More than anybody types about a task: not read any further. `alarm` as in `Unknown`."""

    alarm: bool = False


Command = (
    AssignForm
    | Assign
    | Tasks
    | ShowTask
    | Reassign
    | Extend
    | Cancel
    | ConfirmDirectory
    | Help
    | Board
    | Outcome
    | Undo
    | Correct
    | Accept
    | Brief
    | CopyOfOrder
    | AddNote
    | CannotDo
    | MoreTime
    | AthenaReference
    | Unknown
    | Doubted
    | Endangered
    | CryForHelp
    | Several
    | TooLong
)

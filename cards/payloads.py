"""What every button carries: one typed class both builds the payload and parses it back.

Who acts is never read from here, and whatever no button or input of ours is called is passed over. Input
values of a card come merged into the same data, so a payload class also names the inputs of the form that its
button submits.
Phones refuse a card that uses an input id twice, so the ids of a form carry a suffix (`when__seen`) that
`parse_payload` takes off again.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from tasking.policy import Code
from tasking.work.outcome_table import known_breach

BreachCode = Annotated[str, AfterValidator(known_breach)]
WhenChoice = Literal["", "now", "before", "30", "60", "other"]
"""When it happened. Nothing chosen is now, or in a correction the time of the result that is corrected."""
LONGEST = 4000
"""Characters that any text in a payload may have."""
_READ_BACK = frozenset({"note", "is_she_safe", "where_is_he"})
"""What was typed, and is the button's once it was read back."""
_BESIDE_A_CHOICE = 3900
FORM_MARK = "__"
"""Between the name of an input and the form that it stands in."""


class BadPayload(Exception):
    """Card data that no button of ours would send; `code` is short and free of personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooLong(Exception):
    """More was typed than a field takes; `tap` is the same tap with what was typed cut to what it takes."""

    def __init__(self, tap: "Payload") -> None:
        super().__init__("too-long")
        self.tap = tap


class NotRead(Exception):
    """Something that was chosen or typed cannot be taken; `tap` is the same tap without it."""

    def __init__(self, tap: "Payload") -> None:
        super().__init__("not-read")
        self.tap = tap


class Payload(BaseModel):
    """A button's payload. `verb` names the class; fields are button data and form inputs."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=LONGEST)
    verb: ClassVar[str]
    inputs: ClassVar[frozenset[str]] = frozenset()
    """Names of the fields that are filled in on the card rather than set by the button."""
    beside: ClassVar[frozenset[str]] = frozenset()
    """Names of inputs that are joined to one of those."""

    @classmethod
    def gathered(cls, fields: dict[str, object]) -> dict[str, object]:
        """The fields as they were sent, with what stands in the box of another button of the same form."""
        return fields

    def data(self) -> dict[str, Any]:
        """What the button carries: the fields without the inputs."""
        return self.model_dump(mode="json", exclude_none=True, exclude=set(self.inputs))


class OfTask(Payload):
    """A button about one task; `v` is the version its card was drawn from."""

    task: str = Field(max_length=20)
    v: int = Field(ge=1)


class RecordOutcome(OfTask):
    """Record what came of a task: one tap, or a short form."""

    verb = "record_outcome"
    inputs = frozenset({"when", "when_other", "note", "answer_1", "answer_2"})
    code: Code
    corrects: str | None = Field(default=None, max_length=40)
    """The id of the outcome that this one corrects."""
    when: WhenChoice = ""
    when_other: str = Field(default="", max_length=60)
    note: str = ""
    answer_1: str = ""
    answer_2: str = ""
    as_typed: bool | None = None
    """Asked once whether its words tell of danger, and answered."""


class MoreForm(OfTask):
    """The inputs behind More. They stand in one folded form, so every button there sends them all."""

    inputs = frozenset(
        {
            "other_code",
            "other_when",
            "other_when_text",
            "other_note",
            "note_text",
            "cant_reason",
            "cant_text",
            "more_until",
            "more_reason",
        }
    )
    own_box: ClassVar[str]
    """The box that belongs to its button."""
    other_code: Code | Literal[""] = ""
    other_when: WhenChoice = ""
    other_when_text: str = Field(default="", max_length=60)
    other_note: str = ""
    note_text: str = ""
    cant_reason: str = Field(default="", max_length=60)
    cant_text: str = ""
    more_until: str = Field(default="", max_length=60)
    more_reason: str = ""

    @classmethod
    def gathered(cls, fields: dict[str, object]) -> dict[str, object]:
        """Words in the box of another button, perhaps folded away by now, go along with what was tapped."""
        boxes = (cls.own_box, *sorted(_BOXES - {cls.own_box}))
        words = [text for box in boxes if isinstance(text := fields.get(box), str) and text.strip()]
        emptied = {box: "" for box in _BOXES & fields.keys() if isinstance(fields[box], str)}
        return fields | emptied | ({cls.own_box: "\n".join(words)} if words else {})


_BOXES = frozenset({"other_note", "note_text", "cant_text", "more_reason"})


class RecordOther(MoreForm):
    """Record one of the less usual outcomes, chosen from a list."""

    verb = "record_other"
    own_box = "other_note"
    corrects: str | None = Field(default=None, max_length=40)
    """The id of the outcome that this one corrects."""
    as_typed: bool | None = None


class CheckBreach(OfTask):
    """Ask for the check-your-answers step of a breach."""

    verb = "check_breach"
    inputs = frozenset(
        {
            "breach_code",
            "breach_when",
            "breach_when_text",
            "breach_arrest",
            "is_she_safe",
            "where_is_he",
            "conditions",
            "children",
            "video",
            "breach_note",
        }
    )
    corrects: str | None = Field(default=None, max_length=40)
    breach_code: BreachCode = "BREACH_SUSPECTED"
    breach_when: WhenChoice = ""
    breach_when_text: str = Field(default="", max_length=60)
    breach_arrest: str = Field(default="", max_length=60)
    """When the arrest was, as typed."""
    is_she_safe: str = ""
    where_is_he: str = ""
    conditions: str = Field(default="", max_length=1000)
    """The ids of the conditions chosen, with commas between."""
    children: str = Field(default="", max_length=20)
    video: str = Field(default="", max_length=20)
    breach_note: str = ""


class ConfirmBreach(OfTask):
    """Record the breach as it was read back."""

    verb = "confirm_breach"
    corrects: str | None = Field(default=None, max_length=40)
    code: BreachCode
    happened_at: str = Field(max_length=40)
    """ISO 8601 with offset, as read back to the officer."""
    arrest_at: str = Field(default="", max_length=40)
    """ISO 8601 with offset; empty where nobody was arrested."""
    is_she_safe: str = ""
    where_is_he: str = ""
    conditions: str = Field(default="", max_length=1000)
    children: str = Field(default="", max_length=20)
    video: str = Field(default="", max_length=20)
    note: str = ""


class AsReadBack(OfTask):
    """Carries a result as it was shown, to be recorded exactly so."""

    code: Code
    happened_at: str = Field(max_length=40)
    """ISO 8601 with offset, as read back."""
    note: str = ""
    answer_1: str = ""
    answer_2: str = ""


class SayWhoItWas(AsReadBack):
    """Whether the person whom the subject was seen with could be the protected person."""

    verb = "say_who_it_was"
    could_be: Literal["No", "Yes", "Not sure"]
    corrects: str | None = Field(default=None, max_length=40)


class ConfirmPutDown(AsReadBack):
    """Record the correction that puts an alarm down, as it was read back, with a reason."""

    verb = "confirm_put_down"
    inputs = frozenset({"why", "why_text"})
    corrects: str = Field(max_length=40)
    could_be: Literal["", "No", "Yes", "Not sure"] = ""
    """Whether who was there could be the protected person, where that was asked."""
    why: str = Field(default="", max_length=60)
    why_text: str = ""


class OpenCorrection(OfTask):
    """Open the buttons that correct a result."""

    verb = "open_correction"


class UndoOutcome(OfTask):
    """Take back the outcome that stands, within the undo window."""

    verb = "undo_outcome"
    outcome: str = Field(max_length=40)


class AddNote(MoreForm):
    """Add a note to the task."""

    verb = "add_note"
    own_box = "note_text"


class CantDo(MoreForm):
    """Give the task back to the sergeant, with a reason."""

    verb = "cant_do"
    own_box = "cant_text"


class MoreTime(MoreForm):
    """Ask the sergeant for more time."""

    verb = "more_time"
    own_box = "more_reason"


class KeyReference(OfTask):
    """Give the Athena reference of an outcome that was keyed by hand."""

    verb = "key_reference"
    inputs = frozenset({"athena_ref"})
    outcome: str = Field(max_length=40)
    athena_ref: str = Field(default="", max_length=60)


class AnswerHeld(Payload):
    """Say what a message was that was not recorded; works from a card of any version."""

    verb = "answer_held"
    task: str = Field(max_length=20)
    held: str = Field(max_length=40)
    choice: Literal["BREACH", "CONCERN", "AS_TYPED", "NOTE"]


class MoreThanThat(OfTask):
    """Open what a typed result may really have been."""

    verb = "more_than_that"
    outcome: str = Field(max_length=40)


class ItWasMore(OfTask):
    """The typed result was this; its words and time are kept."""

    verb = "it_was_more"
    outcome: str = Field(max_length=40)
    code: Literal["BREACH_SUSPECTED", "SEEN_OTHER_CONCERN", "CONCERNS"]


class HowItWorks(Payload):
    """A call for help was none: show the help. Within a minute nobody is told."""

    verb = "how_it_works"
    call: str = Field(max_length=40)


class BriefMe(OfTask):
    """Show the briefing to the tapper alone; counts as accepting."""

    verb = "brief_me"


class CopyOfOrder(OfTask):
    """Show a link to the copy of the order to the tapper alone."""

    verb = "copy_of_order"


class ShowTask(Payload):
    """Show the current card of a task."""

    verb = "show_task"
    task: str = Field(max_length=20)


class TypedAgain(Payload):
    """A typed message with the number that was meant; it is read again, as whoever taps."""

    verb = "typed_again"
    text: str = ""
    at: str = Field(max_length=40)
    """When it was typed, ISO 8601 with offset."""


class ShowHelp(Payload):
    """Show the help about a topic."""

    verb = "show_help"
    topic: str = Field(max_length=40)


class OpenAssign(Payload):
    """Open the `/assign` form."""

    verb = "open_assign"


class Assign(Payload):
    """The `/assign` form, filled in."""

    verb = "assign"
    inputs = frozenset({"officer", "kind", "target", "due_date", "due_time", "title", "note"})
    form: str = Field(default="", max_length=40)
    """Marks the form, which makes one task at most."""
    officer: str = Field(default="", max_length=60)
    """Entra id of the officer chosen, or `nobody`."""
    kind: str = Field(default="", max_length=60)
    """`visit`, `address_check`, `contact_visit`, `action`, or a DisruptionType."""
    target: str = Field(default="", max_length=60)
    due_date: str = Field(default="", max_length=60)
    due_time: str = Field(default="", max_length=60)
    title: str = Field(default="", max_length=200)
    note: str = ""


class OpenSupervisorForm(OfTask):
    """Open a supervisor's form about a task."""

    verb = "open_supervisor_form"
    form: Literal["reassign", "extend", "cancel"]


class WithReason(OfTask):
    """A supervisor's form with a reason from a list; words typed beside it are added to `reason`."""

    beside = frozenset({"reason_text"})
    reason: str = ""

    @model_validator(mode="before")
    @classmethod
    def _join_reason(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "reason_text" not in data:
            return data
        parts = (data.get("reason", ""), data["reason_text"])
        joined = ": ".join(str(part).strip() for part in parts if str(part).strip())
        return {key: value for key, value in data.items() if key != "reason_text"} | {"reason": joined}


class Reassign(WithReason):
    """Give the task to somebody else, with a reason."""

    verb = "reassign"
    inputs = frozenset({"officer", "reason"})
    officer: str = Field(default="", max_length=60)


class Extend(WithReason):
    """Give the task more time, with a reason."""

    verb = "extend"
    inputs = frozenset({"until_date", "until_time", "reason"})
    until_date: str = Field(default="", max_length=60)
    until_time: str = Field(default="", max_length=60)


class GiveMoreTime(OfTask):
    """Say yes or no to the time that the officer asked for."""

    verb = "give_more_time"
    give: bool


class Cancel(WithReason):
    """Cancel the task, with a reason."""

    verb = "cancel"
    inputs = frozenset({"reason"})
    although: bool | None = None
    """Its form said that a message with words of danger waits for an answer."""


class ShowList(Payload):
    """A list behind a button of the board."""

    verb = "show_list"
    district: str = Field(max_length=40)
    list: Literal["unallocated", "to_do", "orders"]


class ConfirmDirectory(Payload):
    """The directory is right: who is missing there has left."""

    verb = "confirm_directory"
    district: str = Field(max_length=40)
    state: str = Field(default="", max_length=40)
    """What was shown beside the button."""


class ShowBoard(Payload):
    """Back to the board."""

    verb = "show_board"
    district: str = Field(max_length=40)


PAYLOADS: dict[str, type[Payload]] = {
    cls.verb: cls
    for cls in (
        RecordOutcome,
        RecordOther,
        CheckBreach,
        ConfirmBreach,
        SayWhoItWas,
        ConfirmPutDown,
        UndoOutcome,
        OpenCorrection,
        AddNote,
        CantDo,
        MoreTime,
        KeyReference,
        BriefMe,
        CopyOfOrder,
        ShowTask,
        TypedAgain,
        ShowHelp,
        OpenAssign,
        Assign,
        OpenSupervisorForm,
        Reassign,
        Extend,
        GiveMoreTime,
        Cancel,
        ShowList,
        ShowBoard,
        ConfirmDirectory,
        AnswerHeld,
        MoreThanThat,
        ItWasMore,
        HowItWorks,
    )
}


def _without_controls(value: object) -> object:
    """What people typed, without control characters (records systems refuse them); line breaks stay."""
    if not isinstance(value, str):
        return value
    return "".join(letter for letter in value if letter >= " " or letter == "\n")


def parse_payload(verb: object, data: object) -> Payload:
    """The typed payload of a tap; raises `BadPayload` for anything that no button of ours sends.

    What stands in an input costs only itself: an empty one counts as not filled in, one of another form is
    passed over. Raises `TooLong` where only something that was typed is longer than its input takes, and
    `NotRead` where an input holds what it cannot.
    """
    cls = PAYLOADS.get(verb) if isinstance(verb, str) else None
    if cls is None:
        raise BadPayload("unknown-verb")
    if data is None and not any(field.is_required() for field in cls.model_fields.values()):
        data = {}
    if not isinstance(data, dict):
        raise BadPayload("no-data")
    read = _inputs_read(cls, data)
    fields = cls.gathered({name: value for name, value in read.items() if value is not _UNREAD})
    fitting = {name: _fitting(cls, name, value) for name, value in fields.items()}
    try:
        tap = cls.model_validate(fitting)
    except ValidationError as problem:
        raise NotRead(_without_inputs(cls, fitting, problem)) from problem
    if _UNREAD in read.values():
        raise NotRead(tap)
    if fitting != fields:
        raise TooLong(tap)
    return tap


def passed_over(tap: Payload, data: Any) -> list[object]:
    """What stood under names that are none of this button's, and was not read."""
    known = {*type(tap).model_fields, *type(tap).beside}
    given = data if isinstance(data, dict) else {}
    return [value for key, value in given.items() if str(key).partition(FORM_MARK)[0] not in known]


_UNREAD = object()
"""In place of what an input holds and no input of ours can."""


def _inputs_read(cls: type[Payload], data: dict[Any, Any]) -> dict[str, object]:
    """The fields of the button as they came, and what its inputs hold as text."""
    read: dict[str, object] = {}
    typed: dict[str, dict[str, object]] = {}
    for key, value in data.items():
        name, is_marked, form = str(key).partition(FORM_MARK)
        if name in cls.inputs | cls.beside:
            typed.setdefault(name, {})[form] = _without_controls(_as_text(value))
        elif name in cls.model_fields and not is_marked and not _is_left_out(cls, name, value):
            read[name] = _without_controls(value)
    own = str(data.get("code", "")).lower()
    return read | {name: _of_the_form(name, values, own) for name, values in typed.items()}


def _is_left_out(cls: type[Payload], name: str, value: object) -> bool:
    return value is None and not cls.model_fields[name].is_required()


def _of_the_form(name: str, values: dict[str, object], own: str) -> object:
    """What stands in an input; where other forms of the card have one for the same field, in its own.

    Words in the other forms' go along: they may be what matters most.
    """
    if len(values) == 1:
        return next(iter(values.values()))
    first = values.get(own, "")
    if name not in _WORDS:
        return first
    filled = [first, *values.values()]
    words = list(dict.fromkeys(text for text in filled if isinstance(text, str) and text.strip()))
    return "\n".join(words) if words else first


_WORDS = frozenset({"note", "answer_1", "answer_2", "breach_note"})


def _as_text(value: object) -> object:
    """What an input holds, as the text that most clients send; `_UNREAD` where it can be no text."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else _UNREAD


def _without_inputs(cls: type[Payload], fields: dict[str, object], problem: ValidationError) -> Payload:
    """The tap without the inputs that cannot be taken; raises `BadPayload` where it is not only they."""
    wrong = {str(error["loc"][0]) for error in problem.errors() if error["loc"]}
    if not wrong or not wrong <= cls.inputs:
        raise BadPayload("wrong-fields") from problem
    try:
        return cls.model_validate({name: value for name, value in fields.items() if name not in wrong})
    except ValidationError as still:
        raise BadPayload("wrong-fields") from still


def _fitting(cls: type[Payload], name: str, value: object) -> object:
    """What was typed into an input, cut to what its field takes: a long note must not cost the whole tap."""
    if name not in cls.inputs | cls.beside | _READ_BACK:
        return value
    field = cls.model_fields.get(name)
    limits = (
        [getattr(each, "max_length", LONGEST) for each in field.metadata] if field else [_BESIDE_A_CHOICE]
    )
    return value[: min(limits, default=LONGEST)] if isinstance(value, str) else value

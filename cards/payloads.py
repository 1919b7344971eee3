"""What every button carries: one typed class both builds the payload and parses it back.

Who acts is never read from here, and whatever no button or input of ours is called is passed over. Input
values of a card come merged into the same data, so a payload class also names the inputs of the form that its
button submits.
Phones refuse a card that uses an input id twice, so the ids of a form carry a suffix (`when__seen`) that
`parse_payload` takes off again.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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


class NamesTask(Payload):
    """A button that names the task to go back to."""

    task: str = Field(max_length=20)


class OfTask(NamesTask):
    """A button about one task; `v` is the version its card was drawn from."""

    v: int = Field(ge=1)


def _without_controls(value: object) -> object:
    """What people typed, without control characters (records systems refuse them); line breaks stay."""
    if not isinstance(value, str):
        return value
    return "".join(letter for letter in value if letter >= " " or letter == "\n")


def parse_payload(payloads: Mapping[str, type[Payload]], verb: object, data: object) -> Payload:
    """The tap, read by the class of its verb; raises `BadPayload` for what no button of ours sends.

    What stands in an input costs only itself: an empty one counts as not filled in, one of another form is
    passed over. Raises `TooLong` where only something that was typed is longer than its input takes, and
    `NotRead` where an input holds what it cannot.
    """
    cls = payloads.get(verb) if isinstance(verb, str) else None
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

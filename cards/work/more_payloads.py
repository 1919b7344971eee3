"""The buttons behind More."""

from typing import ClassVar, Literal

from pydantic import Field

from cards.payloads import OfTask, WhenChoice
from tasking.policy import Code


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

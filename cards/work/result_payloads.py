"""The buttons that say what came of a task, put it right, or answer a message that was not recorded."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from cards.payloads import OfTask, Payload, WhenChoice
from tasking.policy import Code
from tasking.work.outcome_table import known_breach

BreachCode = Annotated[str, AfterValidator(known_breach)]


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

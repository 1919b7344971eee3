"""The buttons that look at a task, give it out or change it, and those of the lists."""

from typing import Any, Literal

from pydantic import Field, model_validator

from cards.payloads import OfTask, Payload


class BriefMe(OfTask):
    """Show the briefing to the tapper alone; counts as accepting."""

    verb = "brief_me"


class CopyOfOrder(OfTask):
    """Show a link to the copy of the order to the tapper alone."""

    verb = "copy_of_order"


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


class ShowBoard(Payload):
    """Back to the board."""

    verb = "show_board"
    district: str = Field(max_length=40)

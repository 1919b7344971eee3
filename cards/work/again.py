"""A form that could not be taken, once more: what was wrong with it, and everything that was typed."""

from collections.abc import Sequence
from typing import Any

from cards.answers import ShowTask
from cards.base import Action, CardElement, banner, button, card, marking
from cards.escaping import escape, kept
from cards.inputs import NOTE_LENGTH, input_id
from cards.payloads import Payload
from cards.words import kind_words
from cards.work.breach import breach_form, check_button
from cards.work.more import more_form
from cards.work.more_payloads import MoreForm
from cards.work.outcome_buttons import corrected, outcome_form, record_button
from cards.work.result_payloads import CheckBreach, RecordOutcome
from tasking.ports import Card
from tasking.views import TaskView

OfficersForm = RecordOutcome | MoreForm | CheckBreach


def form_again(
    view: TaskView,
    tap: OfficersForm,
    problem: str,
    *,
    as_typed: bool = False,
) -> Card:
    """The form alone, with the problem above it; nothing that was filled in is lost.

    `as_typed` where its words tell of danger: it can be recorded so all the same.
    """
    elements, submit = _form(view, tap, as_typed=as_typed)
    ref = view.task.ref
    body = [
        marking(escape(ref, 20), kind_words(view.task)),
        banner(escape(problem, 500), "warning"),
        *filled_in(elements, tap),
    ]
    back = button(ShowTask(task=ref), f"Back to {ref}", inputs="none")
    return card(body, [*submit, back], about=ref)


def filled_in(elements: Sequence[CardElement], tap: OfficersForm) -> list[CardElement]:
    """The elements of a form with what the tap sent in its inputs."""
    typed = _typed(tap)
    return [_filled(element, typed) for element in elements]


def _form(view: TaskView, tap: OfficersForm, *, as_typed: bool) -> tuple[Sequence[CardElement], list[Action]]:
    if isinstance(tap, RecordOutcome):
        return outcome_form(view, tap.code), [record_button(view, tap.code, as_typed=as_typed)]
    if isinstance(tap, CheckBreach):
        before = corrected(view)
        return breach_form(view, before), [check_button(view, before)]
    return [more_form(view, type(tap), as_typed=as_typed)], []


def _typed(tap: Payload) -> dict[str, str]:
    """What stood in each input, by its id."""
    form = tap.code.lower() if isinstance(tap, RecordOutcome) else ""
    values = {input_id(name, form): str(getattr(tap, name)) for name in tap.inputs}
    return {id_: value for id_, value in values.items() if value}


def _can_hold(element: Any, value: str) -> bool:
    """A list holds only what it offers: an older card may have sent something else."""
    if "choices" not in element:
        return True
    chosen = value.split(",") if element.get("isMultiSelect") else [value]
    return set(chosen) <= {choice["value"] for choice in element["choices"]}


def _filled(element: Any, typed: dict[str, str]) -> Any:
    if isinstance(element, list):
        return [_filled(part, typed) for part in element]
    if not isinstance(element, dict):
        return element
    if element.get("id") in typed and _can_hold(element, typed[element["id"]]):
        return {**element, "value": kept(typed[element["id"]], int(element.get("maxLength", NOTE_LENGTH)))}
    return {name: _filled(part, typed) for name, part in element.items()}

"""Forms that were refused, once more with the problem and everything that was typed."""

from bot.asking import Asking
from cards.payloads import Payload
from cards.work.again import OfficersForm, form_again
from cards.work.forms import assign_form, cancel_form, extend_form, reassign_form
from cards.work.task_payloads import Assign, Cancel, Extend, Reassign
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.find import find_task
from tasking.work.forms import assign_form_view, supervisor_form_view
from tasking.work.showing import officer_view

FORMS = {"reassign": reassign_form, "extend": extend_form, "cancel": cancel_form}


def officers_form_again(uow: UnitOfWork, asking: Asking, tap: OfficersForm, refusal: Refusal) -> Card | None:
    """A form of the officer's own card; not in a channel."""
    if asking.turn.is_in_channel:
        return None
    own = officer_view(uow, find_task(uow, asking.reader, tap.task), asking.reader)
    return form_again(own, tap, _problem(refusal), as_typed=refusal.code == "sounds-dangerous")


def assign_form_again(uow: UnitOfWork, asking: Asking, tap: Assign, refusal: Refusal) -> Card:
    """The form that makes a task."""
    return assign_form(assign_form_view(uow, asking.reader, asking.turn.room, _typed(tap), _problem(refusal)))


def supervisors_form_again(
    uow: UnitOfWork, asking: Asking, tap: Reassign | Extend | Cancel, refusal: Refusal
) -> Card:
    """A supervisor's form about a task."""
    problem, typed = _problem(refusal), _typed(tap)
    form = supervisor_form_view(uow, asking.reader, tap.task, tap.verb, typed=typed, problem=problem)
    return FORMS[tap.verb](form)


def _problem(refusal: Refusal) -> str:
    return f"{refusal.words} {refusal.hint}".strip()


def _typed(tap: Payload) -> dict[str, str]:
    return {name: value for name, value in tap.model_dump().items() if isinstance(value, str)}

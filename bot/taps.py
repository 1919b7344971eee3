"""The taps: which handler each typed payload has, and what a refused tap is answered."""

from collections.abc import Callable
from typing import Any

from bot import understood, watch
from bot.asking import Asking
from bot.work import (
    danger,
    officer_taps,
    outcome_taps,
    supervisor_taps,
)
from bot.work.cards_for import own_or_confirmation
from cards.answers import message_card, not_set_up_card, typed_again_card
from cards.payloads import (
    AddNote,
    AnswerHeld,
    Assign,
    BriefMe,
    Cancel,
    CantDo,
    CheckBreach,
    ConfirmBreach,
    ConfirmDirectory,
    ConfirmPutDown,
    Extend,
    GiveMoreTime,
    HowItWorks,
    ItWasMore,
    KeyReference,
    MoreThanThat,
    MoreTime,
    OfTask,
    OpenAssign,
    OpenCorrection,
    OpenSupervisorForm,
    Payload,
    Reassign,
    RecordOther,
    RecordOutcome,
    SayWhoItWas,
    ShowBoard,
    ShowHelp,
    ShowList,
    ShowTask,
    TypedAgain,
    UndoOutcome,
)
from cards.words import NOT_RECORDED
from cards.work.again import OfficersForm, form_again
from cards.work.forms import assign_form
from tasking.ports import Card
from tasking.refusals import NotSetUp, Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.find import find_task
from tasking.work.forms import assign_form_view, supervisor_form_view
from tasking.work.showing import officer_view

Handler = Callable[[UnitOfWork, Asking, Any], Card]

HANDLERS: dict[type[Payload], Handler] = {
    RecordOutcome: outcome_taps.record,
    RecordOther: outcome_taps.record_other,
    CheckBreach: outcome_taps.check_breach,
    ConfirmBreach: outcome_taps.confirm_breach,
    SayWhoItWas: outcome_taps.say_who_it_was,
    ConfirmPutDown: outcome_taps.confirm_put_down,
    UndoOutcome: outcome_taps.undo,
    OpenCorrection: outcome_taps.open_correction,
    KeyReference: outcome_taps.key_athena_reference,
    AddNote: officer_taps.add_note,
    CantDo: officer_taps.cant_do,
    MoreTime: officer_taps.more_time,
    BriefMe: officer_taps.brief_me,
    ShowTask: officer_taps.show_task,
    TypedAgain: understood.typed_again,
    ShowHelp: officer_taps.show_help,
    OpenAssign: supervisor_taps.open_assign,
    Assign: supervisor_taps.assign_from_form,
    OpenSupervisorForm: supervisor_taps.open_form,
    Reassign: supervisor_taps.reassign,
    Extend: supervisor_taps.extend,
    Cancel: supervisor_taps.cancel,
    GiveMoreTime: supervisor_taps.give_more_time,
    ShowList: supervisor_taps.show_list,
    ShowBoard: supervisor_taps.show_board,
    ConfirmDirectory: watch.confirm_tapped,
    AnswerHeld: danger.answer_held,
    MoreThanThat: danger.more_than_that,
    ItWasMore: danger.it_was,
    HowItWorks: danger.how_it_works,
}
"""`CopyOfOrder` is answered by `bot.order_copies`: its link has to be fetched first."""

_NO_USE_AGAIN = frozenset(
    {
        "breach-needs-check",
        "needs-reason",
        "no-longer-yours",
        "not-allowed",
        "not-correctable",
        "not-found",
        "not-in-channel",
        "not-set-up",
        "somebody-elses",
        "other-district",
        "stale",
        "wrong-outcome",
    }
)
"""Refusals after which showing the same form again would not help."""


def breach_not_recorded_card(uow: UnitOfWork, asking: Asking, refusal: Refusal, tap: Payload | None) -> Card:
    """A breach that could not be recorded: the radio comes first, and nobody may think that it was told."""
    words = f"{NOT_RECORDED} {refusal.words}"
    if refusal.again:
        return typed_again_card(words, refusal.hint, refusal.again, uow.now)
    again = _form_again(uow, asking, Refusal(refusal.code, words, refusal.hint), tap)
    return again or message_card(words, refusal.hint or _way_on(refusal))


def _way_on(refusal: Refusal) -> str:
    """What can be typed about a task that has a result already."""
    view = refusal.view
    if view is None or not (view.can_correct or view.can_undo):
        return ""
    what, word = ("correct it", "correct") if view.can_correct else ("take it back", "undo")
    return f"To {what}, type {view.task.number} {word}."


def refused_card(
    uow: UnitOfWork, asking: Asking | None, refusal: Refusal, tap: Payload | None, contact: str
) -> Card:
    """What a refused request is answered: the fresh card, the form with what was typed, or plain words."""
    if isinstance(refusal, NotSetUp) or asking is None:
        return not_set_up_card(contact)
    if refusal.view is not None and tap is None:
        # Nobody tapped a card that grew old: a whole one in the chat would only be one more to grow old.
        return message_card(refusal.words, refusal.hint or _way_on(refusal), refusal.view.task.ref)
    if refusal.view is not None:
        return own_or_confirmation(refusal.view, asking, refusal.words)
    if refusal.again:
        return typed_again_card(refusal.words, refusal.hint, refusal.again, uow.now)
    again = _form_again(uow, asking, refusal, tap)
    if again is not None:
        return again
    back_to = tap.task if isinstance(tap, OfTask | ShowTask) and refusal.code != "not-found" else None
    return message_card(refusal.words, refusal.hint, back_to)


def _form_again(uow: UnitOfWork, asking: Asking, refusal: Refusal, tap: Payload | None) -> Card | None:
    problem = f"{refusal.words} {refusal.hint}".strip()
    if refusal.code in _NO_USE_AGAIN or asking.reader.actor.only_records:
        return None
    if isinstance(tap, OfficersForm) and not asking.turn.is_in_channel:
        own = officer_view(uow, find_task(uow, asking.reader, tap.task), asking.reader)
        return form_again(own, tap, problem, as_typed=refusal.code == "sounds-dangerous")
    if isinstance(tap, Assign):
        view = assign_form_view(uow, asking.reader, asking.turn.room, _typed(tap), problem)
        return assign_form(view)
    if isinstance(tap, Reassign | Extend | Cancel):
        form = supervisor_form_view(
            uow, asking.reader, tap.task, tap.verb, typed=_typed(tap), problem=problem
        )
        return supervisor_taps.FORMS[tap.verb](form)
    return None


def _typed(tap: Payload) -> dict[str, str]:
    return {name: value for name, value in tap.model_dump().items() if isinstance(value, str)}

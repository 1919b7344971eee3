"""The buttons of the work: what came of a task, what its officer asks, and what a supervisor changes."""

from collections.abc import Mapping
from typing import Any

from bot.declared import Button, always
from bot.reading.danger import sounds_dangerous
from bot.work import danger, officer_taps, order_copies, outcome_taps, supervisor_taps
from bot.work.again import assign_form_again, officers_form_again, supervisors_form_again
from bot.work.typed_again import typed_again
from cards.answers import ShowHelp, ShowTask, TypedAgain
from cards.work import more_payloads as more
from cards.work import result_payloads as result
from cards.work import task_payloads as task
from tasking.work.company import NOT_THEM

_TYPED = ("answer_1", "answer_2", "note", "other_note", "note_text", "cant_text", "more_reason")
"""The inputs of an officer's forms that hold words of their own."""


def _words_alarm(tap: result.RecordOutcome | more.MoreForm) -> bool:
    return any(sounds_dangerous(getattr(tap, name)) for name in _TYPED if getattr(tap, name, ""))


def _may_be_them(tap: result.SayWhoItWas) -> bool:
    return tap.could_be != NOT_THEM or sounds_dangerous(tap.note)


def _may_be_them_unread(data: Mapping[Any, Any]) -> bool:
    """Somebody has just said that the protected person may have been there."""
    return data.get("could_be") != NOT_THEM


BUTTONS: tuple[Button[Any], ...] = (
    Button(
        result.RecordOutcome,
        do=outcome_taps.record,
        again=officers_form_again,
        reports=True,
        alarms=_words_alarm,
    ),
    Button(
        more.RecordOther,
        do=outcome_taps.record_other,
        again=officers_form_again,
        reports=True,
        alarms=_words_alarm,
    ),
    Button(
        result.CheckBreach,
        do=outcome_taps.check_breach,
        again=officers_form_again,
        reports=True,
        alarms=always,
        alarms_unread=always,
    ),
    Button(
        result.ConfirmBreach,
        do=outcome_taps.confirm_breach,
        reports=True,
        alarms=always,
        alarms_unread=always,
    ),
    Button(
        result.SayWhoItWas,
        do=outcome_taps.say_who_it_was,
        reports=True,
        alarms=_may_be_them,
        alarms_unread=_may_be_them_unread,
    ),
    Button(result.ConfirmPutDown, do=outcome_taps.confirm_put_down),
    Button(result.UndoOutcome, do=outcome_taps.undo),
    Button(result.OpenCorrection, do=outcome_taps.open_correction),
    Button(result.KeyReference, do=outcome_taps.key_athena_reference),
    Button(result.AnswerHeld, do=danger.answer_held, reports=True, alarms=always),
    Button(result.MoreThanThat, do=danger.more_than_that),
    Button(result.ItWasMore, do=danger.it_was, alarms=always),
    Button(result.HowItWorks, do=danger.how_it_works, reports=True),
    Button(more.AddNote, do=officer_taps.add_note, again=officers_form_again, alarms=_words_alarm),
    Button(more.CantDo, do=officer_taps.cant_do, again=officers_form_again, alarms=_words_alarm),
    Button(more.MoreTime, do=officer_taps.more_time, again=officers_form_again, alarms=_words_alarm),
    Button(task.BriefMe, do=officer_taps.brief_me, folds=True),
    Button(task.CopyOfOrder, do=order_copies.give_copy, fetch=order_copies.link_of_copy, folds=True),
    Button(ShowTask, do=officer_taps.show_task),
    Button(ShowHelp, do=officer_taps.show_help),
    Button(
        TypedAgain, do=typed_again, alarms=lambda tap: sounds_dangerous(tap.text), typed=lambda tap: tap.text
    ),
    Button(task.OpenAssign, do=supervisor_taps.open_assign),
    Button(task.Assign, do=supervisor_taps.assign_from_form, again=assign_form_again),
    Button(task.OpenSupervisorForm, do=supervisor_taps.open_form),
    Button(task.Reassign, do=supervisor_taps.reassign, again=supervisors_form_again),
    Button(task.Extend, do=supervisor_taps.extend, again=supervisors_form_again),
    Button(task.Cancel, do=supervisor_taps.cancel, again=supervisors_form_again),
    Button(task.GiveMoreTime, do=supervisor_taps.give_more_time),
    Button(task.ShowList, do=supervisor_taps.show_list),
    Button(task.ShowBoard, do=supervisor_taps.show_board),
)

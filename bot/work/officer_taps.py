"""Taps of an officer besides outcomes: note, give back, more time, briefing, looking."""

from bot.asking import Asking, due_time
from bot.work.cards_for import given_back_card, own_or_confirmation, task_card
from bot.work.filled_in import note_or_held, with_radio
from cards.answers import ShowHelp, ShowTask, help_card
from cards.work.briefing import briefing_card
from cards.work.more_payloads import AddNote, CantDo, MoreTime
from cards.work.task_payloads import BriefMe
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work import briefing, lists, officer_requests


def add_note(uow: UnitOfWork, asking: Asking, tap: AddNote) -> Card:
    """Add a note, or ask what it was where it tells of danger."""
    return note_or_held(uow, asking, tap.task, tap.note_text)


def cant_do(uow: UnitOfWork, asking: Asking, tap: CantDo) -> Card:
    """Give the task back, with the reason chosen and the words typed."""
    reason = ": ".join(part for part in (tap.cant_reason.strip(), tap.cant_text.strip()) if part)
    bundle = officer_requests.give_back(uow, asking.reader, tap.task, reason, tap.v)
    return with_radio(uow, bundle, tap.cant_text, given_back_card(uow, bundle))


def more_time(uow: UnitOfWork, asking: Asking, tap: MoreTime) -> Card:
    """Ask for more time."""
    until = due_time(tap.more_until, uow)
    bundle = officer_requests.ask_more_time(uow, asking.reader, tap.task, until, tap.more_reason, tap.v)
    card = task_card(uow, asking, bundle, "Asked. The due time stands until your sergeant says yes.")
    return with_radio(uow, bundle, tap.more_reason, card)


def brief_me(uow: UnitOfWork, asking: Asking, tap: BriefMe) -> Card:
    """The briefing, to the tapper alone."""
    refuse_in_channel(asking)
    return briefing_card(briefing.brief(uow, asking.reader, tap.task))


def show_task(uow: UnitOfWork, asking: Asking, tap: ShowTask) -> Card:
    """The current card."""
    return own_or_confirmation(lists.show_task(uow, asking.reader, tap.task), asking)


def show_help(_uow: UnitOfWork, asking: Asking, tap: ShowHelp) -> Card:
    """The help about a topic, where it was asked for."""
    return help_card(lists.help_for(asking.reader, asking.doors.help, tap.topic))


def refuse_in_channel(asking: Asking) -> None:
    """What only one person may read is not answered where everybody reads along."""
    if asking.turn.is_in_channel:
        raise Refusal(
            "not-in-channel", "A channel is read by everyone in it.", "Ask in your own chat with RedLine."
        )

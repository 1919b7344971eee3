"""Words of danger in what is filled in on a card, or typed as a note: the same rule as for a typed result."""

from datetime import datetime

from bot.asking import Asking
from bot.reading.force_words import force_words
from bot.reading.settling import alarming_beside
from bot.work.cards_for import task_card
from cards.answers import radio_first
from cards.work.held import held_card
from storage.tables import TaskBundle
from tasking.lifecycle import OPEN
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work import officer_requests
from tasking.work.company import own_words
from tasking.work.find import find_task
from tasking.work.held import Alarming, hold
from tasking.work.outcome_table import concerns, kind_of_task
from tasking.work.outcomes import Report, check_report
from tasking.work.questions import with_questions
from tasking.work.showing import channel_view, officer_view


def sounds_alarming(uow: UnitOfWork, bundle: TaskBundle, code: str | None, words: str) -> bool:
    """Whether words beside this result (None: beside no result) tell of danger at this kind of task."""
    danger = force_words(uow.policy)
    kind = kind_of_task(bundle.task.kind, bundle.task.visit_kind)
    return bool(alarming_beside(code, words, kind, danger) if code else danger.found(words, kind))


def held_instead(uow: UnitOfWork, asking: Asking, ref: str, report: Report) -> Card | None:
    """The question what it was, where a form records a harmless result with words of danger in it.

    A correction has its old result to stand on: its form comes again and can be recorded as typed. Raises
    `Refusal` for that, and for somebody who could not record a result of this task.
    """
    bundle = find_task(uow, asking.reader, ref)
    typed = " | ".join((*own_words(report.code, report.answers), report.note))
    if not sounds_alarming(uow, bundle, report.code, typed):
        return None
    check_report(uow, asking.reader, bundle, report)
    if report.corrects is not None:
        raise Refusal(
            "sounds-dangerous",
            "These words sound like danger.",
            "If it was a breach or another concern, correct it to that.",
        )
    return held_of(uow, asking, ref, in_words(report), report.code, report.happened_at)


def in_words(report: Report) -> str:
    """The answers with their questions, and the note, in one line."""
    return "; ".join(part for part in (*with_questions(report.code, report.answers), report.note) if part)


def held_of(
    uow: UnitOfWork,
    asking: Asking,
    ref: str,
    words: str,
    code: str | None,
    happened_at: datetime | None,
) -> Card:
    """Hold a message, and ask what it was; in a channel nothing of it is repeated."""
    turn = asking.turn
    message = Alarming(turn.key, turn.place.conversation_id, words, code, happened_at)
    bundle, held = hold(uow, asking.reader, ref, message)
    if turn.is_in_channel:
        return held_card(channel_view(uow, bundle), held, in_channel=True)
    return held_card(officer_view(uow, bundle, asking.reader), held)


def note_or_held(uow: UnitOfWork, asking: Asking, ref: str, words: str) -> Card:
    """A note filled in on a card: added, or held where it tells of danger while the task is open."""
    bundle = find_task(uow, asking.reader, ref)
    if not sounds_alarming(uow, bundle, None, words):
        return _added(uow, asking, ref, words)
    if bundle.task.state in OPEN:
        return held_of(uow, asking, ref, words, None, None)
    return noted(uow, asking, ref, words)


def noted(uow: UnitOfWork, asking: Asking, ref: str, words: str) -> Card:
    """A note with words of danger to a task that has its result: added, and the radio comes first."""
    return radio_first(_added(uow, asking, ref, words))


def _added(uow: UnitOfWork, asking: Asking, ref: str, words: str) -> Card:
    bundle = officer_requests.add_note(uow, asking.reader, ref, words)
    return task_card(uow, asking, bundle, f"Note added. {officer_requests.where_a_note_goes(uow, bundle)}")


def concern_with_radio(uow: UnitOfWork, bundle: TaskBundle, code: str, words: str, card: Card) -> Card:
    """The answer to a recorded concern: the radio first where its words tell of danger, it may be now."""
    return with_radio(uow, bundle, words, card) if code in concerns() else card


def with_radio(uow: UnitOfWork, bundle: TaskBundle, words: str, card: Card) -> Card:
    """The card, with the radio first where these words tell of danger."""
    return radio_first(card) if sounds_alarming(uow, bundle, None, words) else card

"""Messages with words of danger, calls for help, and typed results that were more than that."""

from uuid import UUID

from bot.asking import Asking
from bot.reading.model import CryForHelp, Endangered
from bot.work.cards_for import task_card
from bot.work.filled_in import held_of, noted
from bot.work.task_commands import task_named
from cards.answers import help_card
from cards.work.held import cry_card, more_card
from cards.work.result_payloads import AnswerHeld, HowItWorks, ItWasMore, MoreThanThat
from storage.enums import HeldAnswer
from tasking.lifecycle import OPEN
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.calls import call_for_help, put_down
from tasking.work.find import find_task
from tasking.work.held import answer
from tasking.work.lists import help_for
from tasking.work.more import it_was_more
from tasking.work.showing import officer_view


def endangered(uow: UnitOfWork, asking: Asking, command: Endangered) -> Card:
    """A harmless result, or none, with words of danger beside it: held until its officer answers."""
    bundle = find_task(uow, asking.reader, task_named(command.task))
    if command.code is None and bundle.task.state not in OPEN:
        return noted(uow, asking, bundle.task.ref, command.note)
    return held_of(uow, asking, bundle.task.ref, command.note, command.code, command.happened_at)


def answer_held(uow: UnitOfWork, asking: Asking, tap: AnswerHeld) -> Card:
    """One tap on a likely reading records it."""
    bundle = answer(uow, asking.reader, tap.task, _id(tap.held), HeldAnswer(tap.choice))
    line = "Note added. The task is still to do." if tap.choice == HeldAnswer.NOTE else "Recorded."
    return task_card(uow, asking, bundle, line)


def cry_for_help(uow: UnitOfWork, asking: Asking, command: CryForHelp) -> Card:
    """A plain call for help: the radio first; supervisors are told unless it was none."""
    turn = asking.turn
    call = call_for_help(uow, asking.reader, turn.key, turn.place.conversation_id, command.task)
    return cry_card(call)


def how_it_works(uow: UnitOfWork, asking: Asking, tap: HowItWorks) -> Card:
    """It was no call for help: the help."""
    put_down(uow, asking.reader, _id(tap.call))
    return help_card(help_for(asking.reader, asking.doors.help))


def more_than_that(uow: UnitOfWork, asking: Asking, tap: MoreThanThat) -> Card:
    """What a typed result may really have been; nothing is changed yet."""
    bundle = find_task(uow, asking.reader, tap.task)
    if bundle.outcome is None or str(bundle.outcome.id) != tap.outcome:
        raise Refusal("stale", f"{bundle.task.ref} has changed since.", "Open its card.")
    return more_card(officer_view(uow, bundle, asking.reader))


def it_was(uow: UnitOfWork, asking: Asking, tap: ItWasMore) -> Card:
    """The typed result was a breach or another concern."""
    bundle = it_was_more(uow, asking.reader, tap.task, _id(tap.outcome), tap.code)
    return task_card(uow, asking, bundle, "Recorded.")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as problem:
        raise Refusal("not-found", "RedLine has nothing under that reference.") from problem

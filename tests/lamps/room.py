"""A room that no file of the product knows: a notice, buttons, a command, an act, a result, a job."""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import Field
from sqlalchemy import select

from app import House, all_rooms
from bot.asking import Asking
from bot.declared import Button, Command
from bot.reading.added import Typed
from bot.reading.words import Words, reason
from cards.answers import message_card
from cards.base import banner, button, card, marking, small
from cards.drawn import Drawn, task_due
from cards.inputs import line_input
from cards.payloads import OfTask as OfTaskPayload
from scheduler.job import Job, Reach
from storage.rows import many, table_of
from storage.tables import Outbox, Outcome, Task
from tasking.effects import Row
from tasking.notice_rooms import TOLD
from tasking.notices import Notice, about_its_matter
from tasking.people.actors import require
from tasking.permissions import SUPERVISING, Allowed
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.rooms import HOUSE
from tasking.unit_of_work import UnitOfWork
from tasking.views import HelpEntry
from tasking.work import outcome_table
from tasking.work.find import find_task
from tasking.work.noticing import LEFT, WHO_ANSWERS, OfTask, left_of_task, shown_task
from tasking.work.officer_requests import add_note
from tasking.work.outcome_table import Declared, Fits, Nature
from tasking.work.showing import channel_view, reload

LIGHT = "LIGHT_LAMPS"
DARK = Declared(
    "LAMP_DARK",
    "Lamp dark",
    Nature.CHANGE,
    frozenset({Fits.ORDER_CHECK}),
    typed=(outcome_table.Typed(r"lamp\s+dark"),),
)

# --- the rules ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class LampView(OfTask):
    """A task with a lamp, its colour, and what was said of it last."""

    colour: str
    said: str


def _view(uow: UnitOfWork, row: Outbox) -> LampView | None:
    bundle = shown_task(uow, row)
    if bundle is None:
        return None
    facts = row.facts or {}
    return LampView(channel_view(uow, bundle), facts["colour"], facts.get("said", ""))


LAMP = Notice(
    name="LAMP",
    view=_view,
    shows=(LampView, *LEFT),
    lost=WHO_ANSWERS,
    left=left_of_task,
    standing=about_its_matter,
    is_urgent=True,
)


def post_lamp(task: Task, colour: str, at: datetime, cause: str, **where: str) -> Row:
    """A new post: to a person, or in a channel."""
    reader = next(iter(where.values()))
    key = f"lamp:{cause}:{reader}"
    return LAMP.post_of(task, key, key, at, facts={"colour": colour}, about_id=task.id, **where)


def update_lamp(task: Task, colour: str, said: str, at: datetime) -> Row:
    """What was told of the lamp, as it is now; silent."""
    key = f"lamp-update:{task.id.hex}:{at.isoformat()}"
    return LAMP.update_of(
        task, key, f"lamp:{task.id.hex}", at, facts={"colour": colour, "said": said}, about_id=task.id
    )


def light(uow: UnitOfWork, asking: Asking, ref: str, colour: str) -> Task:
    """Somebody wants a lamp lit: the supervisor and the channel are told."""
    task = find_task(uow, asking.reader, ref).task
    require(asking.reader.actor, LIGHT, task.district_id, task.owner_id, "Only a supervisor lights lamps.")
    if colour not in ("red", "green"):
        raise Refusal("no-colour", "Red or green?", "Type one of the two.")
    channel = uow.policy.district(task.district_id).board_channel_id
    cause = f"asked:{uow.now.isoformat()}"
    uow.effects(
        post_lamp(task, colour, uow.now, cause, person_id=task.supervisor_id),
        post_lamp(task, colour, uow.now, cause, conversation_id=channel),
    )
    return task


async def check_lamps(at: Reach) -> None:
    """Whoever found a lamp dark: the supervisor is told, once."""
    await at.units.write(_tell_of_dark)


def _tell_of_dark(uow: UnitOfWork) -> None:
    outcome = table_of(Outcome)
    for dark in many(uow.connection, Outcome, select(outcome).where(outcome.c.code == DARK.code)):
        task = reload(uow, dark.task_id).task
        cause = f"dark:{dark.id.hex}"
        uow.effects(post_lamp(task, "none", uow.now, cause, person_id=task.supervisor_id))


# --- the card, its buttons, the command ----------------------------------------------------------


class Lit(OfTaskPayload):
    """It is lit."""

    verb = "lamp_lit"
    colour: str = Field(max_length=10)


class Out(OfTaskPayload):
    """It is out."""

    verb = "lamp_out"
    colour: str = Field(max_length=10)


class Ask(OfTaskPayload):
    """The form that asks for the colour, filled in."""

    verb = "lamp_ask"
    inputs = frozenset({"colour"})
    colour: str = Field(default="", max_length=10)


def _lamp_card(shown: LampView) -> Card:
    task = shown.view.task
    of = {"task": task.ref, "v": task.version, "colour": shown.colour}
    body = [
        marking(task.ref),
        banner(f"Lamp {shown.colour}: {task.ref}"),
        small(shown.said or "nobody looked"),
    ]
    return card(body, [button(Lit(**of), "Lit"), button(Out(**of), "Out")])


def _form(ref: str, version: int, problem: str = "") -> Card:
    body = [marking(), *([banner(problem)] if problem else []), line_input("colour", "Which colour?")]
    return card(body, [button(Ask(task=ref, v=version), "Light it")])


@dataclass(frozen=True)
class LampTyped:
    """`1042 lamp because red`"""

    task: str | None = None
    colour: str | None = None


def _read(task: str | None, words: Words) -> LampTyped:
    return LampTyped(task, reason(words))


def _typed(uow: UnitOfWork, asking: Asking, command: LampTyped) -> Card:
    task = find_task(uow, asking.reader, command.task or "").task
    if command.colour is None:
        return _form(task.ref, task.version)
    return message_card(f"{light(uow, asking, task.ref, command.colour).ref}: asked for.")


def _asked(uow: UnitOfWork, asking: Asking, tap: Ask) -> Card:
    return message_card(f"{light(uow, asking, tap.task, tap.colour).ref}: asked for.")


def _asked_again(_uow: UnitOfWork, _asking: Asking, tap: Ask, refusal: Refusal) -> Card:
    return _form(tap.task, tap.v, refusal.words)


def _said(words: str, uow: UnitOfWork, asking: Asking, tap: Lit | Out) -> Card:
    add_note(uow, asking.reader, tap.task, words)
    task = find_task(uow, asking.reader, tap.task).task
    uow.effects(update_lamp(task, tap.colour, words, uow.now))
    return message_card(words)


# --- what it brings ------------------------------------------------------------------------------

RULES = replace(
    HOUSE, outcomes=(*HOUSE.outcomes, DARK), acts=(*HOUSE.acts, Allowed(LIGHT, district=SUPERVISING))
)
NOTICES = replace(TOLD, notices=(*TOLD.notices, LAMP))


def with_lamps() -> House:
    """The house of the product with this room."""
    house = all_rooms()
    command = Command(
        LampTyped,
        do=_typed,
        words=Typed("1042 lamp", r"lamp", _read),
        act=LIGHT,
        help=(HelpEntry("Light a lamp", "1042 lamp because red", "Lamps"),),
    )
    buttons = (
        Button(Ask, do=_asked, again=_asked_again),
        Button(Lit, do=lambda uow, asking, tap: _said("It is lit", uow, asking, tap)),
        Button(Out, do=lambda uow, asking, tap: _said("It is out", uow, asking, tap)),
    )
    return House(
        drawn=(*house.drawn, Drawn(LampView, _lamp_card, lambda shown: task_due(shown.view))),
        buttons=(*house.buttons, *buttons),
        commands=(*house.commands, command),
        jobs=(*house.jobs, Job("check-lamps", 0.2, check_lamps)),
    )

"""A room that no file of the product knows: two typed commands, one with a form, and two buttons."""

from dataclasses import dataclass

from pydantic import Field

from bot.asking import Asking
from bot.declared import Button, Command, Doors, Sources
from bot.reading.added import Typed
from bot.reading.model import Assignee
from bot.reading.words import Words, reason, take_people, take_reference
from bot.rooms import BUTTONS, COMMANDS
from bot.turns import Turn
from cards.answers import message_card
from cards.base import banner, button, card, marking
from cards.inputs import line_input
from cards.payloads import OfTask, Payload
from storage.tables import TaskBundle
from tasking.permissions import Act
from tasking.ports import Card, DocumentLink
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.views import HelpEntry
from tasking.work import officer_requests
from tasking.work.find import find_task

TOPIC = "Kennels"


class Muzzle(OfTask):
    """The form that says why a dog is to be muzzled, filled in."""

    verb = "muzzle"
    inputs = frozenset({"why"})
    why: str = Field(default="", max_length=60)


class OpenKennel(Payload):
    """Fetch the kennel's leaflet."""

    verb = "open_kennel"
    name: str = Field(max_length=40)


@dataclass(frozen=True)
class MuzzleTyped:
    """`1042 muzzle because …`"""

    task: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class KennelTyped:
    """`kennel S-01 @handler`"""

    subject: str | None = None
    handler: Assignee | None = None


def read_muzzle(task: str | None, words: Words) -> MuzzleTyped:
    return MuzzleTyped(task, reason(words))


def read_kennel(_task: str | None, words: Words) -> KennelTyped:
    handler, rest = take_people(words)
    return KennelTyped(take_reference(rest, "S-")[0], handler)


def muzzle_form(bundle: TaskBundle, problem: str = "", why: str = "") -> Card:
    body = [
        marking(),
        *([banner(problem)] if problem else []),
        line_input("why", "Why a muzzle?", value=why or None),
    ]
    return card(body, [button(Muzzle(task=bundle.task.ref, v=bundle.task.version), "Muzzle it")])


def muzzle_typed(uow: UnitOfWork, asking: Asking, command: MuzzleTyped) -> Card:
    """Without a reason the form."""
    bundle = find_task(uow, asking.reader, command.task or "")
    return _muzzled(uow, asking, bundle, command.why) if command.why else muzzle_form(bundle)


def muzzle_tapped(uow: UnitOfWork, asking: Asking, tap: Muzzle) -> Card:
    return _muzzled(uow, asking, find_task(uow, asking.reader, tap.task), tap.why)


def _muzzled(uow: UnitOfWork, asking: Asking, bundle: TaskBundle, why: str) -> Card:
    if len(why) < 3:
        raise Refusal("no-why", "Why a muzzle?", "Say it in a few words.")
    officer_requests.add_note(uow, asking.reader, bundle.task.ref, f"Muzzled: {why}")
    return message_card(f"{bundle.task.ref}: muzzled.")


def muzzle_again(uow: UnitOfWork, asking: Asking, tap: Muzzle, refusal: Refusal) -> Card:
    return muzzle_form(find_task(uow, asking.reader, tap.task), f"{refusal.words} {refusal.hint}", tap.why)


def kennel_typed(_uow: UnitOfWork, asking: Asking, command: KennelTyped) -> Card:
    handler = command.handler.mention if command.handler else None
    who = asking.entra_id_of(handler) if handler else "nobody"
    return card(
        [marking(), banner(f"{command.subject}: {who}")], [button(OpenKennel(name="North"), "Leaflet")]
    )


async def leaflet(sources: Sources, _turn: Turn, tap: OpenKennel) -> DocumentLink:
    return await sources.documents.link(f"leaflets/{tap.name}")


def open_kennel(_uow: UnitOfWork, asking: Asking, _tap: OpenKennel) -> Card:
    link: DocumentLink = asking.fetched
    return message_card(link.name, link.url)


MUZZLE = Command(
    MuzzleTyped,
    do=muzzle_typed,
    words=Typed("1042 muzzle", r"muzzle(?:\s+it)?", read_muzzle),
    says=lambda command: command.why,
    act=Act.SEE_TASK,
    help=(HelpEntry("Muzzle a dog", "1042 muzzle because it bites", TOPIC),),
)
KENNEL = Command(
    KennelTyped,
    do=kennel_typed,
    words=Typed("kennel", r"kennels?", read_kennel, is_alone=True),
    act=Act.SEE_TASK,
    help=(HelpEntry("See a kennel", "/kennel S-01", TOPIC),),
)
OF_THE_ROOM = (
    Button(Muzzle, do=muzzle_tapped, again=muzzle_again),
    Button(OpenKennel, do=open_kennel, fetch=leaflet),
)
WITH_THE_ROOM = Doors((*COMMANDS, MUZZLE, KENNEL), (*BUTTONS, *OF_THE_ROOM))

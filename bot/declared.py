"""What a room brings to the Teams door: its buttons and its typed commands, each declared once."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

from bot.reading import parse_command
from bot.reading.added import Added, Typed
from bot.reading.danger import DangerWords
from bot.reading.mentions import Mention
from bot.reading.model import Command as Understood
from cards.payloads import Payload, parse_payload
from tasking.ports import Card, Documents
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork, Units
from tasking.views import HelpEntry

if TYPE_CHECKING:  # every handler is given both, and what is asked holds the doors
    from bot.asking import Asking
    from bot.turns import Turn

P = TypeVar("P", bound=Payload)
C = TypeVar("C")


class WronglyDeclared(ValueError):
    """Two declarations cannot stand together; the message says which."""


@dataclass(frozen=True)
class Sources:
    """What may be read before a request is carried out."""

    units: Units
    documents: Documents


def never(_: object) -> bool:
    """Of nothing."""
    return False


def always(_: object) -> bool:
    """Of everything."""
    return True


def _nothing(_: object) -> None:
    return None


@dataclass(frozen=True)
class Button(Generic[P]):
    """A button: the class that builds its payload and reads it back, and what a tap on it does."""

    payload: type[P]
    do: "Callable[[UnitOfWork, Asking, P], Card]"
    again: "Callable[[UnitOfWork, Asking, P, Refusal], Card | None] | None" = None
    """Its form once more after a refusal, with the problem and everything that was typed."""
    fetch: "Callable[[Sources, Turn, P], Awaitable[Any]] | None" = None
    """What has to be fetched first; the handler finds it in `asking.fetched`."""
    folds: bool = False
    """Whether its answer, where it was posted, does not stay there."""
    reports: bool = False
    """Whether it only says what came of a task: it may be tapped by somebody whose access is in doubt."""
    alarms: Callable[[P], bool] = never
    """Whether somebody may think that this tap told of danger: if it fails, they must know."""
    alarms_unread: Callable[[Mapping[Any, Any]], bool] = never
    """The same of a tap that could not be read, besides what its words say."""
    typed: Callable[[P], str] | None = None
    """The typed message that it stands for."""


@dataclass(frozen=True)
class Command(Generic[C]):
    """A typed command: the class of what was understood, how it is typed, and what carries it out."""

    understood: type[C]
    do: "Callable[[UnitOfWork, Asking, C], Card | None]"
    act: str | None = None
    """The permission that it needs: who has it somewhere reads its lines in the help."""
    help: tuple[HelpEntry, ...] = ()
    words: Typed | None = None
    """How it is typed, where `bot.reading` does not know it by itself."""
    fetch: "Callable[[Sources, Turn, C], Awaitable[Any]] | None" = None
    """As of a button, like the next two."""
    folds: bool = False
    reports: bool = False
    by_kind: bool = False
    """Whether the kind of its task decides what it means."""
    says: Callable[[C], str | None] = _nothing
    """The words of somebody's own in it: danger may stand there."""
    is_breach: Callable[[C], bool] = never
    is_alarm: Callable[[C], bool] = never
    """Whether it tells of danger whatever its words say."""

    def tells_of_danger(self, understood: C, danger: DangerWords) -> bool:
        """Whether somebody may think that a breach or danger was told: if it fails, they must know."""
        if self.is_breach(understood) or self.is_alarm(understood):
            return True
        return bool(danger.found(self.says(understood) or ""))


class Doors:
    """All buttons and commands that there are, checked once."""

    def __init__(self, commands: Sequence[Command[Any]], buttons: Sequence[Button[Any]]) -> None:
        """Raises `WronglyDeclared` for two of the same, and for what is read and nobody would do."""
        _check_once("verb", [button.payload.verb for button in buttons])
        _check_once("command", [command.understood.__name__ for command in commands])
        self.help = tuple(
            replace(line, act=line.act or command.act) for command in commands for line in command.help
        )
        typed = [command.words for command in commands if command.words]
        _check_once("words", [words.pattern for words in typed])
        self._added = Added(typed)
        self._commands = {command.understood: command for command in commands}
        self._buttons = {button.payload.verb: button for button in buttons}
        self._payloads = {button.payload.verb: button.payload for button in buttons}
        if undone := {each.__name__ for each in get_args(Understood)} - {
            each.__name__ for each in self._commands
        }:
            raise WronglyDeclared(f"read, and done by nobody: {', '.join(sorted(undone))}")
        for command in commands:
            self._check_words(command)

    def _check_words(self, command: Command[Any]) -> None:
        """What is read as something else before, or as danger, would never be done."""
        if command.words and not isinstance(self.read(command.words.example), command.understood):
            raise WronglyDeclared(f"not read as {command.understood.__name__}: {command.words.example}")

    def parse(self, verb: object, data: object) -> Payload:
        """The tap on one of the buttons; raises as `parse_payload` does."""
        return parse_payload(self._payloads, verb, data)

    def button(self, tap: Payload) -> Button[Any]:
        """The button that was tapped."""
        return self._buttons[tap.verb]

    def alarms_unread(self, verb: object, data: object) -> bool:
        """Whether a tap that could not be read tells of danger, whatever its words say."""
        button = self._buttons.get(verb) if isinstance(verb, str) else None
        return button is not None and button.alarms_unread(data if isinstance(data, dict) else {})

    def read(self, text: str, mentions: Sequence[Mention] = ()) -> object:
        """What a typed message is read as; never raises."""
        return parse_command(text, mentions, self._added)

    def command(self, understood: object) -> Command[Any]:
        """The command that this was understood as."""
        return self._commands[type(understood)]


def _check_once(what: str, names: Sequence[str]) -> None:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise WronglyDeclared(f"declared twice, {what}: {', '.join(twice)}")

"""Typed commands that a room adds: read after those of `bot.reading`, and by the same rules."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bot.reading.danger import sounds_dangerous
from bot.reading.model import Unknown
from bot.reading.task_verbs import TaskVerb, added_verb
from bot.reading.words import Words


@dataclass(frozen=True)
class Typed:
    """How a command of a room is typed: beside the number of a task, or alone.

    `read` is given the task (None: there is none) and the words after the verb. It looks nothing up.
    """

    example: str
    """The plainest way to type it: `1042 withhold`, or `cohort`."""
    pattern: str
    read: Callable[[str | None, Words], Any]
    is_alone: bool = False


class Added:
    """All that the rooms add, in their order."""

    def __init__(self, typed: Iterable[Typed] = ()) -> None:
        listed = tuple(typed)
        self.examples = tuple(re.sub(r"^[0-9]+ ", "", each.example) for each in listed)
        self.verbs: tuple[TaskVerb, ...] = tuple(
            added_verb(each.pattern, each.read) for each in listed if not each.is_alone
        )
        self._alone = tuple(added_verb(each.pattern, each.read) for each in listed if each.is_alone)

    def alone_at_start(self, text: str) -> re.Match[str] | None:
        """How a command that is about no task is typed, where a text begins with one."""
        return next((found for verb in self._alone if (found := verb.pattern.match(text))), None)

    def read_alone(self, words: Words) -> Any:
        """Such a command, or None. Beside it words of danger are what the message is about."""
        for verb in self._alone:
            if found := verb.pattern.match(words.text):
                rest = words.of(words.text[found.end() :].strip())
                if sounds_dangerous(rest.text):
                    return Unknown(alarm=True, typed=words.free_text() or "")
                return verb.read(None, rest)
        return None


NOTHING = Added()

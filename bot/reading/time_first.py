"""A result whose time stands before it: `1042 21:25 no answer`, `1042 yesterday 2130 seen`."""

import re
from dataclasses import replace

from bot.reading.model import Command, Doubted, Outcome
from bot.reading.task_verbs import task_at_start, verb_at
from bot.reading.words import Words, happened_at_start

_LOOSE = " \t\r\xa0,;:–—-"
_FOUR_DIGITS = re.compile(r"[0-9]{3,4}")


def read_time_first(words: Words) -> Command | None:
    """The result with the time before it; four bare digits may be another task, and are asked about."""
    task, after = task_at_start(words.text)
    happened_text, rest = happened_at_start(after) if task else (None, "")
    rest = rest.lstrip(_LOOSE)
    verb = verb_at(rest, 0) if happened_text else None
    if verb is None or happened_text is None:
        return None
    found = verb[0].read(task, words.of(rest[verb[1].end() :]))
    if not isinstance(found, Outcome) or found.happened_text:
        return None
    if _FOUR_DIGITS.fullmatch(happened_text):
        question = f"Was it at {happened_text}? Put the time after the result."
        return Doubted(task, question, "", found.code, found.beside)
    return replace(found, happened_text=happened_text)

"""What an officer types from the doorstep: `no answer 2115`, `seen 30 min ago, alone`, `breach yes …`."""

import re
from dataclasses import dataclass
from typing import cast

from bot.reading.model import Command, Doubted, Outcome
from bot.reading.words import Words, happened_at_start
from storage.enums import OutcomeCode
from tasking.house import Brought
from tasking.when.time_phrases import read_phrase
from tasking.work.outcome_doubts import ANY_RESULT, Doubt
from tasking.work.outcome_table import Declared, breaches, declared

_APOSTROPHE = r"['’‘‛ʼ`´′＇]?"
_CONFIRMED = re.compile(r"[\s,;:–—-]*(?:yes|confirmed(?!\s+by\b))(?![\w’'])[ ,;:–—-]*", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"[\s,;:.–—-]*(?:\?|/\s*no\b|or\s+not?\b|maybe|perhaps|possibly|unsure"
    r"|(?:no|not|nope)\b(?=\W*$|\s+(?:a\s+)?breach|\s+(?:sure|certain|confirmed|really|yet)\b))",
    re.IGNORECASE,
)
_LAST_CLAUSE = re.compile(r"[,;](?P<clause>[^,;\n]+)$")
_LOOSE = " ,;:.–—-"


@dataclass(frozen=True)
class TypedOutcome:
    """The words for an outcome; `words_matter` where they belong in the note too ("in hospital")."""

    pattern: str
    code: OutcomeCode
    words_matter: str | None = None


def _typed_outcomes(listed: tuple[Declared, ...]) -> tuple[TypedOutcome, ...]:
    """The longer patterns first: they stand before the shorter ones that they begin with."""
    typed = [
        TypedOutcome(way.pattern, cast(OutcomeCode, each.code), way.in_note)
        for each in listed
        for way in each.typed
    ]
    return tuple(sorted(typed, key=lambda outcome: len(outcome.pattern), reverse=True))


typed_outcomes = Brought("outcomes", _typed_outcomes)
"""Every way to type a result."""


def read_outcome(typed: TypedOutcome, task: str | None, words: Words) -> Command:
    """The outcome with its time and note. Words that say otherwise, or deny it, are asked about."""
    confirmed, text = _take_confirmation(typed.code, words.text)
    happened_text, text = _take_happened(text)
    confirmed_later, text = _take_confirmation(typed.code, text)
    note = words.of(text).free_text()
    if typed.words_matter:
        note = f"{typed.words_matter} {note}" if note else typed.words_matter
    sure = (confirmed or confirmed_later) and not _TAKEN_BACK.match(text)
    found = Outcome(
        task, typed.code, happened_text, note, sure, beside=words.of(words.text).free_text() or ""
    )
    return found if typed.code in breaches() else _doubted(found, words.text, text) or found


def _doubted(found: Outcome, after_verb: str, beside: str) -> Doubted | None:
    if doubt := doubt_about(found.code, after_verb, beside):
        return Doubted(found.task, doubt.question, doubt.instead, found.code, found.beside)
    apart = _time_on_another_line(beside) if found.happened_text is None else None
    if apart is None:
        return None
    question = f"Was it at {apart}? Put the time in the same line."
    return Doubted(found.task, question, "", found.code, found.beside)


def doubt_about(code: str, after_verb: str, after_time: str) -> Doubt | None:
    """What to ask where the words beside a result deny it; `after_time` are those without its time."""
    for denial in (*declared(code).doubts, *ANY_RESULT):
        if denial.pattern.match(after_verb if denial.is_right_after else after_time):
            return denial.doubt
    return None


def _time_on_another_line(text: str) -> str | None:
    """A time right below the result, or alone in a line: it may be the number of another task."""
    result_line, *later = text.split("\n")
    if not result_line.strip(_LOOSE) and later and (below := happened_at_start(later[0])[0]):
        return below
    lines = (line.lstrip(_LOOSE) for line in later)
    alone = ((line, read_phrase(line)) for line in lines)
    return next((line[time.start : time.end] for line, time in alone if time and time.is_complete), None)


def _take_confirmation(code: str, text: str) -> tuple[bool, str]:
    """Only a clear yes: "yes?" and "confirmed no" leave a breach to be checked first."""
    found = _CONFIRMED.match(text) if code in breaches() else None
    if found is None or _TAKEN_BACK.match(text, found.end()):
        return False, text
    return True, text[found.end() :]


def _take_happened(text: str) -> tuple[str | None, str]:
    """The time right after the outcome, or alone in the last clause: elsewhere it may be anyone's time."""
    happened_text, rest = happened_at_start(text.lstrip(_LOOSE))
    if happened_text:
        return happened_text, rest
    found = _LAST_CLAUSE.search(text)
    phrase = read_phrase(found["clause"]) if found else None
    if found and phrase and (phrase.is_complete or phrase.is_now):
        return found["clause"].strip(" .!"), text[: found.start()]
    return None, text

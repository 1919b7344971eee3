"""What an officer types from the doorstep: `no answer 2115`, `seen 30 min ago, alone`, `breach yes …`."""

import re
from dataclasses import dataclass

from bot.commands.alarms import contradicts_harmless
from bot.commands.doubts import doubt_about
from bot.commands.model import Command, Doubted, Endangered, Outcome
from bot.commands.words import Words, happened_at_start
from storage.enums import BREACHES, OutcomeCode
from tasking.time_phrases import read_phrase

_APOSTROPHE = r"['’‘‛ʼ`´′＇]?"
_CONFIRMED = re.compile(r"[\s,;:–—-]*(?:yes|confirmed(?!\s+by\b))(?![\w’'])[ ,;:–—-]*", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"[\s,;:.–—-]*(?:\?|/\s*no\b|or\s+not?\b|maybe|perhaps|possibly|unsure"
    r"|(?:no|not|nope)\b(?=\W*$|\s+(?:a\s+)?breach|\s+(?:sure|certain|confirmed|really|yet)\b))",
    re.IGNORECASE,
)
_LAST_CLAUSE = re.compile(r"[,;](?P<clause>[^,;\n]+)$")
_LOOSE = " ,;:.–—-"
_HARMLESS = frozenset(
    {
        *(OutcomeCode.SEEN_NO_CONCERN, OutcomeCode.NO_ANSWER, OutcomeCode.NO_REPLY),
        *(OutcomeCode.WOULD_NOT_ENGAGE, OutcomeCode.NOT_LIVING_HERE, OutcomeCode.NOT_ATTEMPTED),
        *(OutcomeCode.SPOKE_ALONE_NO_CONCERNS, OutcomeCode.SPOKE_NOT_ALONE),
    }
)
"""Results that must not be filed over words which say otherwise."""


@dataclass(frozen=True)
class TypedOutcome:
    """The words for an outcome; `words_matter` where they belong in the note too ("in hospital")."""

    pattern: str
    code: OutcomeCode
    words_matter: str | None = None


# The longer words stand before the shorter ones that they begin with.
OUTCOMES: tuple[TypedOutcome, ...] = (
    TypedOutcome(r"no[\s-]+(?:answer|ans)|n/?a|(?:nobody|no[\s-]?one)\s+(?:in|home)", OutcomeCode.NO_ANSWER),
    TypedOutcome(r"no\s+reply", OutcomeCode.NO_REPLY),
    TypedOutcome(r"no\s+effect", OutcomeCode.NO_EFFECT),
    TypedOutcome(r"seen(?:,?\s+no\s+concerns?)?", OutcomeCode.SEEN_NO_CONCERN),
    TypedOutcome(
        rf"(?:would\s+not|wouldn{_APOSTROPHE}t|refused\s+to|won{_APOSTROPHE}t)\s+engage",
        OutcomeCode.WOULD_NOT_ENGAGE,
    ),
    TypedOutcome(
        rf"(?:not|no\s+longer|doesn{_APOSTROPHE}t)\s+(?:living|lives?)\s+(?:t?here)|moved\s+out",
        OutcomeCode.NOT_LIVING_HERE,
    ),
    TypedOutcome(r"in\s+custody", OutcomeCode.IN_CUSTODY_PRISON_HOSPITAL, "in custody"),
    TypedOutcome(r"in\s+prison", OutcomeCode.IN_CUSTODY_PRISON_HOSPITAL, "in prison"),
    TypedOutcome(r"in\s+hospital", OutcomeCode.IN_CUSTODY_PRISON_HOSPITAL, "in hospital"),
    TypedOutcome(r"arrested", OutcomeCode.ARRESTED),
    TypedOutcome(rf"not\s+attempted|did(?:\s+not|n{_APOSTROPHE}t)\s+attempt", OutcomeCode.NOT_ATTEMPTED),
    TypedOutcome(r"breach(?:ed)?(?:\s+suspected)?", OutcomeCode.BREACH_SUSPECTED),
    TypedOutcome(r"spoke\s+not\s+alone", OutcomeCode.SPOKE_NOT_ALONE),
    TypedOutcome(r"spoke\s+alone(?:,?\s+no\s+concerns?)?", OutcomeCode.SPOKE_ALONE_NO_CONCERNS),
    TypedOutcome(r"concerns", OutcomeCode.CONCERNS),
    TypedOutcome(r"asked\s+us\s+not\s+to\s+come", OutcomeCode.ASKED_US_NOT_TO_COME),
    TypedOutcome(r"part(?:ly|ially)?\s+done", OutcomeCode.PARTLY_DONE),
    TypedOutcome(r"not\s+possible", OutcomeCode.NOT_POSSIBLE),
    TypedOutcome(r"done|completed?", OutcomeCode.DONE),
    TypedOutcome(r"achieved", OutcomeCode.ACHIEVED),
    TypedOutcome(r"partial(?:ly\s+achieved)?", OutcomeCode.PARTIAL),
)


def read_outcome(typed: TypedOutcome, task: str | None, words: Words) -> Command:
    """The outcome with its time and note. Words that say otherwise, or deny it, are asked about."""
    if typed.code in _HARMLESS and contradicts_harmless(words.text):
        return _endangered(typed.code, task, words)
    confirmed, text = _take_confirmation(typed.code, words.text)
    happened_text, text = _take_happened(text)
    confirmed_later, text = _take_confirmation(typed.code, text)
    note = words.of(text).free_text()
    if typed.words_matter:
        note = f"{typed.words_matter} {note}" if note else typed.words_matter
    sure = (confirmed or confirmed_later) and not _TAKEN_BACK.match(text)
    found = Outcome(task, typed.code, happened_text, note, sure)
    return found if typed.code in BREACHES else _doubted(found, text) or found


def _endangered(code: OutcomeCode, task: str | None, words: Words) -> Endangered:
    note = words.of(words.text.lstrip(_LOOSE)).free_text()
    return Endangered(task, code, None, note or "")


def _doubted(found: Outcome, beside: str) -> Doubted | None:
    if doubt := doubt_about(found.code, beside):
        return Doubted(found.task, doubt.question, doubt.instead)
    apart = _time_on_another_line(beside) if found.happened_text is None else None
    return Doubted(found.task, f"Was it at {apart}? Put the time in the same line.") if apart else None


def _time_on_another_line(text: str) -> str | None:
    """A time right below the result, or alone in a line: it may be the number of another task."""
    result_line, *later = text.split("\n")
    if not result_line.strip(_LOOSE) and later and (below := happened_at_start(later[0])[0]):
        return below
    lines = (line.lstrip(_LOOSE) for line in later)
    alone = ((line, read_phrase(line)) for line in lines)
    return next((line[time.start : time.end] for line, time in alone if time and time.is_complete), None)


def _take_confirmation(code: OutcomeCode, text: str) -> tuple[bool, str]:
    """Only a clear yes: "yes?" and "confirmed no" leave a breach to be checked first."""
    found = _CONFIRMED.match(text) if code in BREACHES else None
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

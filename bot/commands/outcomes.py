"""What an officer types from the doorstep: `no answer 2115`, `seen 30 min ago, alone`, `breach yes …`."""

import re
from dataclasses import dataclass

from bot.commands.model import Command, Outcome, Unknown
from bot.commands.words import Words, happened_at_start
from storage.enums import BREACHES, OutcomeCode
from tasking.time_phrases import read_phrase

_APOSTROPHE = r"['’‘‛ʼ`´′＇]?"
_CONFIRMED = re.compile(r"[\s,;:–—-]*(?:yes|confirmed(?!\s+by\b))(?![\w’'])[\s,;:–—-]*", re.IGNORECASE)
_LAST_CLAUSE = re.compile(r"[,;\n](?P<clause>[^,;\n]+)$")
_ALARM = re.compile(
    r"\b(?:in\s+breach|breach(?:ed|ing)|arrested|assault(?:ed|ing)?|screaming|stabbed)\b", re.IGNORECASE
)
_HARMLESS = frozenset(
    {
        *(OutcomeCode.SEEN_NO_CONCERN, OutcomeCode.NO_ANSWER, OutcomeCode.NO_REPLY),
        *(OutcomeCode.WOULD_NOT_ENGAGE, OutcomeCode.NOT_LIVING_HERE, OutcomeCode.NOT_ATTEMPTED),
        *(OutcomeCode.SPOKE_ALONE_NO_CONCERNS, OutcomeCode.SPOKE_NOT_ALONE),
    }
)
"""Results that must not be filed over words which say otherwise."""
_DENIED = re.compile(r"\b(?:no|not|nothing|never|without|n[o'’]t)\b(?:\W+\w+){0,3}\W*$", re.IGNORECASE)


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
    """The outcome with its time and note. "No answer" beside "breached" or "screaming" is asked about."""
    if typed.code in _HARMLESS and _sounds_alarm(words.text):
        return Unknown("breach", task, alarm=True)
    confirmed, text = _take_confirmation(typed.code, words.text)
    happened_text, text = _take_happened(text)
    confirmed_later, text = _take_confirmation(typed.code, text)
    note = words.of(text).free_text()
    if typed.words_matter:
        note = f"{typed.words_matter} {note}" if note else typed.words_matter
    return Outcome(task, typed.code, happened_text, note, confirmed or confirmed_later)


def _sounds_alarm(text: str) -> bool:
    """Looks back a few words only: a denial further off is about something else."""
    return any(
        not _DENIED.search(text[max(0, found.start() - 60) : found.start()])
        for found in _ALARM.finditer(text)
    )


def _take_confirmation(code: OutcomeCode, text: str) -> tuple[bool, str]:
    found = _CONFIRMED.match(text) if code in BREACHES else None
    return (True, text[found.end() :]) if found else (False, text)


def _take_happened(text: str) -> tuple[str | None, str]:
    """The time right after the outcome, or alone in the last clause: elsewhere it may be anyone's time."""
    happened_text, rest = happened_at_start(text.lstrip(" ,;:.–—-"))
    if happened_text:
        return happened_text, rest
    found = _LAST_CLAUSE.search(text)
    phrase = read_phrase(found["clause"]) if found else None
    if found and phrase and (phrase.is_complete or phrase.is_now):
        return found["clause"].strip(" .!"), text[: found.start()]
    return None, text

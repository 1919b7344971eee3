"""The grammar of times that people type: where they stand in a text; `uk_dates` decides what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasking.when.time_parts import (
    DAY_WORDS,
    Clock,
    Day,
    Span,
    minutes_in,
    part_of_day,
    read_clock,
    read_day,
)

# Letters that match "i", "s" and "k" when case is ignored, and are none.
_LOOKALIKES = str.maketrans("İıſ\u212a", "iisk")


@dataclass(frozen=True)
class TimePhrase:
    """One time expression and where it stands in its text (`start`:`end` leaves the prefix out)."""

    start: int
    end: int
    prefix: str = ""
    prefix_start: int = 0
    day: Day | None = None
    clock: Clock | None = None
    span: Span | None = None
    is_now: bool = False

    @property
    def is_deadline(self) -> bool:
        """Introduced by a word that only a due time follows."""
        return self.prefix in ("by", "before", "due", "until", "till", "til")

    @property
    def is_complete(self) -> bool:
        """Says a time of day or a span, so that it hardly can be an ordinary word of a sentence."""
        return self.span is not None or (self.clock is not None and self.clock_is_plain)

    @property
    def clock_is_plain(self) -> bool:
        """False for a bare hour ("6") without a day, which might as well be a house number."""
        return self.clock is not None and (
            self.day is not None or not self.clock.vague or self.end - self.start > 2
        )


# --- pieces ---------------------------------------------------------------------------------------

_WEEKDAY = r"(?:mon|tues?|wed(?:nes|s)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_NUMBER_DAY = r"[0-9]{1,2}(?:\s?(?:st|nd|rd|th))?"
# Possessive: "24 dec 2026" is a year without a time, never 20:26.
_YEAR = r"(?:,?\s*20[0-9]{2}\b(?!\s*h))?+"
_DATE = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,2}[-.][0-9]{1,2}[-.](?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}/[0-9]{1,2}(?:/(?:[0-9]{4}|[0-9]{2}))?"
    rf"|(?:the\s+)?{_NUMBER_DAY}(?:\s+of)?\s*{_MONTH}\.?{_YEAR}"
    rf"|{_MONTH}\.?\s*{_NUMBER_DAY}{_YEAR}"
    r"|(?:the\s+)?[0-9]{1,2}\s?(?:st|nd|rd|th)"
)
_DAY_WORD = rf"{DAY_WORDS}|last\s+night"
_IN_DAYS = r"in\s+(?:[0-9]{1,6}|an?|one|two|three|four)\s*(?:days?|d|weeks?|wks?|w)"
_DAY = (
    rf"(?:{_DAY_WORD}|{_IN_DAYS}|(?:(?:this|next|last)\s+)?{_WEEKDAY}\.?(?:[\s,]+(?:{_DATE}))?|{_DATE})"
    r"(?:\s+(?:morning|afternoon|evening|night))?"
)
_ZONE = r"(?:\s*(?:gmt|bst))?"
_HOURS = r"\s*(?:hrs?|hours)"
_AM_PM = r"\s*[ap]\.?m\b\.?"
_PLAIN_CLOCK = (
    rf"[0-9]{{1,2}}(?:[:.]?[0-9]{{2}})?{_AM_PM}"
    rf"|[0-9]{{1,2}}[:.][0-9]{{2}}(?:{_HOURS})?{_ZONE}"
    rf"|[0-9]{{4}}(?:{_HOURS}|h)?{_ZONE}"
    r"|(?:12\s*)?(?:noon|midday|midnight)"
)
_BARE_HOUR = r"[0-9]{1,2}(?:\s*o['’]?\s?clock)?"
_CLOCK = rf"(?:{_PLAIN_CLOCK}|{_BARE_HOUR})"
_UNIT = r"(?:minutes?|mins?|m|hours?|hrs?|h)"
_AMOUNT = rf"(?:[0-9]{{1,6}}(?=\s*m)|[0-9]{{1,3}}(?:\.[0-9])?|half\s+an|an?|one|two|three|four)\s*{_UNIT}"
_SPAN = rf"{_AMOUNT}(?:\s*(?:and\s+)?{_AMOUNT})?"

_PREFIX = r"by|before|due|until|till|til|at|on|for|from|@"
_TO_CLOCK = r"(?:[\s,.]+(?:(?:at|by|before|from)\s+)?|\s*@\s*)"
_TO_DAY = r"\s*[\s,]\s*(?:on\s+)?"
_EDGE = r"(?![\w/'’]|[.:\-][0-9])"

_PHRASE = re.compile(
    rf"(?<![\w:/'’\-])(?<![0-9][.,])(?:(?P<prefix>{_PREFIX})\s+|(?P<at>@)\s*)?"
    rf"(?P<body>(?P<day>{_DAY}){_TO_CLOCK}(?P<clock>{_CLOCK}){_EDGE}"
    rf"|(?P<first_clock>{_CLOCK}){_TO_DAY}(?P<then_day>{_DAY}){_EDGE}"
    rf"|in\s+(?P<ahead>{_SPAN}){_EDGE}|(?P<ago>{_SPAN})\s+ago{_EDGE}|(?![0-9]{{4}})(?P<span>{_SPAN}){_EDGE}"
    rf"|(?P<only_clock>{_CLOCK}){_EDGE}|(?P<only_day>{_DAY}){_EDGE}|(?P<now>(?:(?:just|right)\s+)?now){_EDGE})",
    re.IGNORECASE,
)


# --- finding --------------------------------------------------------------------------------------


def read_phrase(text: str) -> TimePhrase | None:
    """The whole text as one time expression, with or without "by" or "at" before it, or None."""
    found = _PHRASE.fullmatch(text.translate(_LOOKALIKES).strip(" \t\r\n\xa0\u202f.,;!"))
    return _phrase(found) if found else None


def phrase_at_start(text: str) -> TimePhrase | None:
    """The longest time expression that the text begins with, after any white space."""
    found = _PHRASE.match(text.translate(_LOOKALIKES), len(text) - len(text.lstrip()))
    return _phrase(found) if found else None


def find_phrases(text: str) -> Iterator[TimePhrase]:
    """Every time expression in a text, the longest at each place; a "4h" without "in" or "ago" is none."""
    for found in _PHRASE.finditer(text.translate(_LOOKALIKES)):
        if not found["span"]:
            yield _phrase(found)


def _phrase(found: re.Match[str]) -> TimePhrase:
    day = found["day"] or found["then_day"] or found["only_day"]
    clock = found["clock"] or found["first_clock"] or found["only_clock"]
    return TimePhrase(
        start=found.start("body"),
        end=found.end("body"),
        prefix=(found["prefix"] or found["at"] or "").casefold(),
        prefix_start=found.start(),
        day=read_day(day) if day else None,
        clock=read_clock(clock, part_of_day(day or "")) if clock else None,
        span=_read_any_span(found),
        is_now=found["now"] is not None,
    )


def _read_any_span(found: re.Match[str]) -> Span | None:
    directions = (("ahead", "in"), ("ago", "ago"), ("span", ""))
    return next((Span(minutes_in(found[group]), way) for group, way in directions if found[group]), None)

"""The day and the time of a form's inputs, in whatever spelling a phone sends them or people type them."""

import re
import unicodedata
from datetime import date, datetime, time

from tasking.when.time_parts import CalendarDay
from tasking.when.time_phrases import TimePhrase, read_phrase
from tasking.when.typed_times import checked_date, typed_time_of_day
from tasking.when.uk_dates import read_due

_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})[-/.](?P<month>[0-9]{1,2})[-/.](?P<year>[0-9]{4})(?:[T ].*)?")
_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2012\u2013\u2014\u2212", "-")
    | {"\u2044": "/"}
    | dict.fromkeys("\u2236\ua789", ":")
)
_SPACED = re.compile(r"(?<=[0-9])\s*([-/.:])\s*(?=[0-9])")
_MONTH_BETWEEN = re.compile(r"(?<=[0-9])[-/.](?P<month>[A-Za-z]{3,9})[-/.](?=[0-9])")
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h]?(?P<minute>[0-9]{2}))?(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?"
    r"\s*(?:(?P<half>[ap])\.?\s?m\.?|h(?:ou)?rs?)?",
    re.IGNORECASE,
)


def form_day(text: str) -> date | None:
    """The day of a date input: year first, or day first as in the UK; None where it is none.

    Without the day it is today no others can be read: "tomorrow", "27 Nov".
    """
    plain = _plain(text)
    found = _YEAR_FIRST.fullmatch(plain) or _DAY_FIRST.fullmatch(plain)
    try:
        if found:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
        return _typed_day(read_phrase(plain))
    except ValueError:
        return None


def form_clock(text: str) -> time | None:
    """The time of day of a time input: "18:30", "6:30 PM", "9:05", "noon"; None where it is none."""
    plain = _plain(text)
    found = _CLOCK.fullmatch(plain)
    try:
        if found is None or (found["minute"] is None and found["half"] is None):
            return _typed_clock(read_phrase(plain))
        return _clock(found)
    except ValueError:
        return None


def form_due(day_text: str, clock_text: str, now: datetime) -> datetime | None:
    """What both say together as typed words would: "tomorrow" and "18:00"; None where they say no time.

    Raises UnclearTime with the question to ask, as for typed words.
    """
    day, clock = form_day(day_text), form_clock(clock_text)
    said = (
        f"{day:%d/%m/%Y}" if day else _plain(day_text),
        f"{clock:%H:%M}" if clock else _plain(clock_text),
    )
    text = " ".join(part for part in said if part)
    return read_due(text, now) if said[0] and read_phrase(text) else None


def _clock(found: re.Match[str]) -> time | None:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].casefold() == "p" else 0)
    return time(hour, minute)


def _typed_day(phrase: TimePhrase | None) -> date | None:
    """A whole date and nothing else."""
    day = phrase.day if phrase and not phrase.clock else None
    return checked_date(day, day.year) if isinstance(day, CalendarDay) and day.year else None


def _typed_clock(phrase: TimePhrase | None) -> time | None:
    """A time of day and nothing else; one with its zone is read with its day."""
    clock = phrase.clock if phrase and not phrase.day else None
    return typed_time_of_day(clock) if clock and not clock.zone else None


def _plain(text: str) -> str:
    """Plain figures and spaces: phones send narrow, hard and full-width ones, and marks of direction.

    A phone that is set to another language sends the figures of its script, and other signs between them.
    """
    shown = "".join(
        _figure(each) for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf"
    )
    plain = _SPACED.sub(r"\1", " ".join(shown.translate(_SIGNS).split()))
    return _MONTH_BETWEEN.sub(r" \g<month> ", plain)


def _figure(each: str) -> str:
    value = unicodedata.decimal(each, None)
    return each if value is None else str(value)

"""The day and the time of a form's inputs, in whatever spelling a phone sends them."""

import re
import unicodedata
from datetime import date, time

_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})[-/.](?P<month>[0-9]{1,2})[-/.](?P<year>[0-9]{4})(?:[T ].*)?")
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h]?(?P<minute>[0-9]{2}))?(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?"
    r"\s*(?:(?P<half>[ap])\.?\s?m\.?|h(?:ou)?rs?)?",
    re.IGNORECASE,
)


def form_day(text: str) -> date | None:
    """The day of a date input: year first, or day first as in the UK; None where it is none."""
    plain = _plain(text)
    found = _YEAR_FIRST.fullmatch(plain) or _DAY_FIRST.fullmatch(plain)
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None


def form_clock(text: str) -> time | None:
    """The time of day of a time input: "18:30", "6:30 PM", "9:05", "18:30:00"; None where it is none."""
    found = _CLOCK.fullmatch(_plain(text))
    if found is None or (found["minute"] is None and found["half"] is None):
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].casefold() == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Plain figures and spaces: phones send narrow, hard and full-width ones, and marks of direction.

    A phone that is set to another language sends the figures of its script.
    """
    shown = "".join(
        _figure(each) for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf"
    )
    return " ".join(shown.split())


def _figure(each: str) -> str:
    value = unicodedata.decimal(each, None)
    return each if value is None else str(value)

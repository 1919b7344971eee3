"""The parts of a typed time, days and clocks and spans, read from text that the grammar has found."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_COUNTS = {"a": 1.0, "an": 1.0, "half an": 0.5, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0}
# The words by name: a shorter match would read the "th" of "three hours" as an amount.
_AMOUNT = re.compile(rf"([0-9.]+|{'|'.join(_COUNTS)}) ?(h|m)[a-z]*")


class DayWord(Enum):
    """Days named from the reader's own day."""

    TODAY = "today"
    TONIGHT = "tonight"
    TOMORROW = "tomorrow"
    YESTERDAY = "yesterday"
    LAST_NIGHT = "last night"


@dataclass(frozen=True)
class Weekday:
    """A weekday, 0 = Monday; `which` is "", "this", "next" or "last"."""

    number: int
    which: str = ""


@dataclass(frozen=True)
class CalendarDay:
    """A typed date, not yet checked; what was not typed is None."""

    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None


@dataclass(frozen=True)
class InDays:
    """A number of calendar days from today."""

    days: int


Day = DayWord | Weekday | CalendarDay | InDays


@dataclass(frozen=True)
class Clock:
    """A time of day as typed, not yet checked.

    `vague` means that morning or evening was not said; `part` is a word such as "evening" beside the day.
    """

    hour: int
    minute: int = 0
    vague: bool = False
    midnight: bool = False
    zone: str | None = None
    part: str | None = None


@dataclass(frozen=True)
class Span:
    """A number of minutes: `direction` is "in", "ago", or "" where neither was said."""

    minutes: int
    direction: str


# --- reading days ---------------------------------------------------------------------------------


def part_of_day(day: str) -> str | None:
    """The "evening" of "tomorrow evening"."""
    found = re.search(r"(?<!last)\s(morning|afternoon|evening|night)$", day, re.IGNORECASE)
    return found[1].casefold() if found else None


def read_day(text: str) -> Day:
    """A day that the grammar has found."""
    tidy = " ".join(text.casefold().replace(",", " ").split())
    tidy = re.sub(r"(?<!last) (?:morning|afternoon|evening|night)$", "", tidy)
    return next(build(found) for pattern, build in _DAY_FORMS if (found := pattern.fullmatch(tidy)))


def _day_word(found: re.Match[str]) -> Day:
    if found[0].startswith(("tom", "tm", "2m")):
        return DayWord.TOMORROW
    return DayWord.YESTERDAY if found[0].startswith("y") else DayWord(found[0])


def _in_days(found: re.Match[str]) -> Day:
    count = int(_COUNTS.get(found["count"]) or found["count"])
    return InDays(count * (7 if found["unit"].startswith("w") else 1))


def _weekday(found: re.Match[str]) -> Day:
    return Weekday(_WEEKDAYS.index(found["weekday"][:3]), found["which"] or "")


def _dated_weekday(found: re.Match[str]) -> Day:
    date = read_day(found["date"])
    assert isinstance(date, CalendarDay)
    return CalendarDay(date.day, date.month, date.year, _WEEKDAYS.index(found["weekday"][:3]))


def _date(found: re.Match[str]) -> Day:
    parts = found.groupdict()
    month, year = parts.get("month"), parts.get("year")
    return CalendarDay(int(found["day"]), _month(month) if month else None, _year(year) if year else None)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text) + 1


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


DAY_WORDS = (
    r"today|tonight|tom+or+ow|tom+or+o|tomoz|tmoz|2moz|2mor+ow|2mor+o|tmrw|tmr"
    r"|yesterday|yesterdy|yestday|yest|yesty|ystdy|ystrdy|ysday|yday"
)
"""As people type them on a phone."""
_WEEKDAY_NAME = r"(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?"
_ORDINAL = r"(?P<day>[0-9]{1,2}) ?(?:st|nd|rd|th)?"
_MONTH_NAME = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_OPTIONAL_YEAR = r"(?: ?(?P<year>20[0-9]{2}))?"
_DAY_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Day]], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (rf"{DAY_WORDS}|last night", _day_word),
        (r"in (?P<count>[0-9]+|[a-z]+?) ?(?P<unit>d(?:ays?)?|w(?:ee)?ks?|w)", _in_days),
        (rf"(?:(?P<which>this|next|last) )?{_WEEKDAY_NAME}", _weekday),
        (rf"(?:(?:this|next|last) )?{_WEEKDAY_NAME} (?P<date>.+)", _dated_weekday),
        (r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})", _date),
        (r"(?P<day>[0-9]{1,2})[-./](?P<month>[0-9]{1,2})(?:[-./](?P<year>[0-9]{2,4}))?", _date),
        (rf"(?:the )?{_ORDINAL}(?: of)? ?{_MONTH_NAME}{_OPTIONAL_YEAR}", _date),
        (rf"{_MONTH_NAME} ?{_ORDINAL}{_OPTIONAL_YEAR}", _date),
        (rf"(?:the )?{_ORDINAL}", _date),
    )
)


# --- reading clocks and spans ---------------------------------------------------------------------


def read_clock(text: str, part: str | None) -> Clock:
    """A time of day that the grammar has found, beside a day with this part ("evening") or none."""
    tidy = " ".join(text.casefold().split())
    if "midnight" in tidy:
        return Clock(0, midnight=True)
    if "noon" in tidy or "midday" in tidy:
        return Clock(12, part=part)
    digits = re.findall(r"[0-9]+", tidy)
    return (
        _half_day_clock(digits, tidy, part)
        if re.search(r"[ap]\.?m", tidy)
        else _day_clock(digits, tidy, part)
    )


def _half_day_clock(digits: list[str], tidy: str, part: str | None) -> Clock:
    hour, minute = _hour_and_minute(digits)
    if not 1 <= hour <= 12:
        return Clock(99, minute)
    after_noon = re.search(r"p\.?m", tidy) is not None
    return Clock(
        hour % 12 + 12 * after_noon, minute, midnight=(hour, minute, after_noon) == (12, 0, False), part=part
    )


def _day_clock(digits: list[str], tidy: str, part: str | None) -> Clock:
    hour, minute = _hour_and_minute(digits)
    said = len(digits[0]) >= 4 or (len(digits) == 2 and len(digits[0]) == 2)
    zone = next((name for name in ("GMT", "BST") if tidy.endswith(name.casefold())), None)
    return Clock(hour, minute, vague=not said, midnight=(hour, minute) == (24, 0), zone=zone, part=part)


def _hour_and_minute(digits: list[str]) -> tuple[int, int]:
    if len(digits) == 2:
        return int(digits[0]), int(digits[1])
    return (int(digits[0][:-2]), int(digits[0][-2:])) if len(digits[0]) > 2 else (int(digits[0]), 0)


def minutes_in(text: str) -> int:
    """The whole minutes of "1h 30 min"."""
    amounts = _AMOUNT.findall(" ".join(text.casefold().split()))
    return round(sum(_count(count) * (60 if unit == "h" else 1) for count, unit in amounts))


def _count(text: str) -> float:
    return _COUNTS[text] if text in _COUNTS else float(text)

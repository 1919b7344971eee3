"""Typed dates and times checked against the calendar and London's clocks; doubts become questions."""

from datetime import UTC, date, datetime, time

from tasking.when.local_time import AmbiguousLocalTime, NoSuchLocalTime, short_date, to_utc
from tasking.when.time_parts import CalendarDay, Clock

_PARTS_OF_DAY = {"morning": (0, 12), "afternoon": (12, 18), "evening": (17, 24), "night": (18, 24)}


class UnclearTime(ValueError):
    """A typed time that cannot be read in one way only; `question` asks for it in plain English."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class PastTime(UnclearTime):
    """A typed due time that has passed; `question` says so and how to give another."""


def date_or_none(day: CalendarDay, year: int) -> date | None:
    """The typed date in that year, or None if it does not exist there."""
    try:
        return date(year, day.month or 0, day.day)
    except ValueError:
        return None


def checked_date(day: CalendarDay, year: int) -> date:
    """The date, if it exists and falls on the weekday that was typed with it."""
    if day.month is None:
        raise UnclearTime("Which month? Please type the date as day and month, for example ‘24/12 14:00’.")
    if day.month > 12 >= day.day:
        raise UnclearTime(
            f"Please write the day first, then the month: ‘{day.month:02d}/{day.day:02d} 14:00’."
        )
    found = date_or_none(day, year)
    if found is None:
        raise UnclearTime("That date does not exist: please type day and month, for example ‘24/12 14:00’.")
    if day.weekday not in (None, found.weekday()):
        raise UnclearTime(f"That date is {short_date(found)} {found.year}: please check the day or the date.")
    return found


def typed_time_of_day(clock: Clock) -> time:
    """The typed time of day; raises UnclearTime."""
    if clock.midnight:
        raise UnclearTime(
            "Which midnight? Please type ‘today 23:59’, or ‘00:00’ after the day that it begins."
        )
    if clock.hour > 23 or clock.minute > 59:
        raise UnclearTime("That is not a time of day: please type it like ‘18:00’, ‘1800’ or ‘6pm’.")
    if clock.vague:
        raise _morning_or_evening(clock)
    first, last = _PARTS_OF_DAY.get(clock.part or "", (0, 24))
    if not first <= clock.hour < last:
        raise UnclearTime(
            f"{clock.hour:02d}:{clock.minute:02d} is not in the {clock.part}: please check the time."
        )
    return time(clock.hour, clock.minute)


def _morning_or_evening(clock: Clock) -> UnclearTime:
    if not 1 <= clock.hour <= 12:
        return UnclearTime(
            f"Please type the time in full, for example ‘{clock.hour:02d}:{clock.minute:02d}’."
        )
    early, late = clock.hour % 12, clock.hour % 12 + 12
    return UnclearTime(
        f"Morning or evening? Please type ‘{early:02d}:{clock.minute:02d}’ or ‘{late}:{clock.minute:02d}’."
    )


def instant_of(day: date, at: time, zone: str | None = None) -> datetime:
    """The UTC instant of a London day and time; raises UnclearTime where the clocks change."""
    try:
        return to_utc(datetime.combine(day, at), zone)
    except NoSuchLocalTime:
        raise UnclearTime(_no_such_time(day, at, zone)) from None
    except AmbiguousLocalTime:
        typed = date_and_time(day, at)
        raise UnclearTime(
            f"The clocks show that time twice: please type ‘{typed} BST’ (first) or ‘{typed} GMT’."
        ) from None


def _no_such_time(day: date, at: time, zone: str | None) -> str:
    if zone:
        return f"London's clocks are not on {zone} then: please leave {zone} out."
    later = time(at.hour + 1, at.minute)
    return f"The clocks go forward and skip that time: please type ‘{date_and_time(day, later)}’ or another."


def date_and_time(day: date, at: time) -> str:
    """ "24/12/2026 14:00", as it can be typed."""
    return f"{day:%d/%m/%Y} {at:%H:%M}"


def whole_minute(moment: datetime) -> datetime:
    """The UTC minute that an instant falls in."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)

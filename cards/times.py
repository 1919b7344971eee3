"""London times as cards say them. A card that stands for days names the day: "today" would grow stale."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from tasking.when.local_time import london, short_date, time_of_day


def day_words(day: date, now: datetime) -> str:
    """ "Mon 6 Apr", with the year where it is not this one."""
    return _day_words(day, london(now).year)


def time_words(moment: datetime, now: datetime) -> str:
    """ "Fri 13 Mar 18:00", with the year where it is not this one."""
    return _time_words(moment, london(now).year)


# The same times are drawn again and again: a due time on every card of its task.
@lru_cache(maxsize=4096)
def _time_words(moment: datetime, year: int) -> str:
    return f"{_day_words(moment, year)} {time_of_day(moment)}"


@lru_cache(maxsize=4096)
def _day_words(day: date, year: int) -> str:
    local = london(day).date() if isinstance(day, datetime) else day
    words = short_date(local)
    return words if local.year == year else f"{words} {local.year}"


def date_words(day: date, now: datetime) -> str:
    """ "10 Mar", without its weekday."""
    return day_words(day, now).split(" ", 1)[1]


def recent_words(moment: datetime, now: datetime) -> str:
    """ "Wed 15:10" within the last six days, else "Wed 11 Mar 15:10"."""
    words = time_words(moment, now)
    if not timedelta(0) <= now - moment < timedelta(days=6):
        return words
    return f"{words[:3]} {time_of_day(moment)}"


def due_words(due: datetime, now: datetime, is_overdue: bool) -> str:
    """ "by Fri 13 Mar 18:00", or "OVERDUE since …"."""
    return f"{'OVERDUE since' if is_overdue else 'by'} {time_words(due, now)}"

"""UTC in rows, Europe/London for people: the only place that crosses between the two."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class NaiveDatetime(ValueError):
    """A datetime without a time zone was given where an instant is needed."""


class NoSuchLocalTime(ValueError):
    """The clocks skip this local time when they go forward."""


class AmbiguousLocalTime(ValueError):
    """The clocks show this local time twice when they go back."""


def require_aware(moment: datetime) -> datetime:
    """Return the instant unchanged; raise NaiveDatetime if it has no time zone."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveDatetime("an instant needs a time zone")
    return moment


def london(moment: datetime) -> datetime:
    """The same instant on London's clocks. Raises NaiveDatetime."""
    return require_aware(moment).astimezone(LONDON)


def to_utc(wall: datetime, zone: str | None = None) -> datetime:
    """The UTC instant at which London's clocks show the naive time `wall`.

    `zone` ("GMT" or "BST") picks one of two where the clocks go back, and must be London's own at that time.
    Raises ValueError for an aware `wall`, NoSuchLocalTime, AmbiguousLocalTime.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no time zone")
    instants = [moment for moment in _instants_showing(wall) if zone in (None, _zone_name(moment))]
    if not instants:
        raise NoSuchLocalTime("London's clocks never show this time")
    if len(instants) > 1:
        raise AmbiguousLocalTime("London's clocks show this time twice")
    return instants[0]


def _instants_showing(wall: datetime) -> list[datetime]:
    readings = (wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    return sorted({moment for moment in readings if london(moment).replace(tzinfo=None) == wall})


def _zone_name(moment: datetime) -> str:
    return "BST" if london(moment).utcoffset() else "GMT"


def time_of_day(moment: datetime) -> str:
    """ "22:00"; with " BST" or " GMT" only in the hour that the clocks show twice."""
    local = london(moment)
    twice = local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()
    words = f"{local.hour:02}:{local.minute:02}"  # a third of what strftime takes
    return f"{words} {_zone_name(moment)}" if twice else words


def short_date(day: date) -> str:
    """ "Mon 6 Apr". An instant is taken on its London day; a plain date as it is."""
    local = london(day) if isinstance(day, datetime) else day
    return f"{DAY_NAMES[local.weekday()]} {local.day} {MONTH_NAMES[local.month - 1]}"


def short_day(moment: datetime, now: datetime) -> str:
    """ "today", "tomorrow", "yesterday", "Fri 13 Mar", or "Fri 1 Jan 2027" in another year than now's."""
    day, today = london(moment).date(), london(now).date()
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today) // timedelta(days=1))
    if near:
        return near
    return short_date(day) if day.year == today.year else f"{short_date(day)} {day.year}"


def short_day_time(moment: datetime, now: datetime) -> str:
    """ "today 22:00", "tomorrow 09:00", "Fri 13 Mar 18:00": what `uk_dates` reads back as the same minute."""
    return f"{short_day(moment, now)} {time_of_day(moment)}"

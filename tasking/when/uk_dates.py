"""What typed times mean, given the time now: `tomorrow 18:00`, `fri 9am`, `24/12 14:00`, `2115`, `1h ago`.

A time that is past, missing or unclear is never guessed: the exception carries the question to ask.
"""

from datetime import date, datetime, time, timedelta

from tasking.when.local_time import london, require_aware, short_date, short_day_time
from tasking.when.time_parts import CalendarDay, Day, DayWord, InDays, Span, Weekday
from tasking.when.time_phrases import TimePhrase, read_phrase
from tasking.when.typed_times import (
    PastTime,
    UnclearTime,
    checked_date,
    date_and_time,
    date_or_none,
    instant_of,
    typed_time_of_day,
    whole_minute,
)

# A passed date without a year means next year only if that is the nearer one: "2 jan" at the end of December.
_HALF_A_YEAR = timedelta(days=183)
_LONGEST_AHEAD = timedelta(days=2 * 366)
_LONGEST_AGO = timedelta(days=366)
_BARE_TIME_REACH = timedelta(hours=12)
_CLOCK_DIFFERENCE = timedelta(minutes=5)  # a phone's clock may run ahead of the server's

_HOW_DUE = "type for example ‘tomorrow 18:00’, ‘fri 9am’ or ‘24/12 14:00’."
_HOW_HAPPENED = "type for example ‘2115’, ‘yesterday 2130’, ‘30 min ago’ or ‘now’."


def read_due(text: str, now: datetime) -> datetime:
    """The aware UTC minute that a typed due time means, always after `now`.

    Raises PastTime, UnclearTime, and NaiveDatetime for a naive `now`.
    """
    require_aware(now)
    phrase = read_phrase(text)
    if phrase is None:
        raise UnclearTime(f"When is it due? Please {_HOW_DUE}")
    moment = _due_moment(phrase, now)
    if moment <= now:
        raise PastTime(f"{_capital(short_day_time(moment, now))} has passed: please {_HOW_DUE}")
    if moment - now > _LONGEST_AHEAD:
        raise UnclearTime(
            "That is more than two years ahead: please check the year, for example ‘24/12 14:00’."
        )
    return moment


def read_happened(text: str, now: datetime) -> datetime:
    """The aware UTC minute at which something is said to have happened, never after `now`.

    Raises UnclearTime, and NaiveDatetime for a naive `now`.
    """
    require_aware(now)
    phrase = read_phrase(text)
    if phrase is None or phrase.is_deadline:
        raise UnclearTime(f"When did it happen? Please {_HOW_HAPPENED}")
    moment = _happened_moment(phrase, now)
    if now < moment <= now + _CLOCK_DIFFERENCE:
        return whole_minute(now)
    if moment > now:
        raise UnclearTime(f"{_capital(short_day_time(moment, now))} is still to come: please {_HOW_HAPPENED}")
    if now - moment > _LONGEST_AGO:
        raise UnclearTime(f"That is more than a year ago: please {_HOW_HAPPENED}")
    return moment


# --- due times --------------------------------------------------------------------------------------


def _due_moment(phrase: TimePhrase, now: datetime) -> datetime:
    if phrase.span:
        return _span_ahead(phrase.span, now)
    if phrase.is_now:
        raise UnclearTime(f"A due time lies ahead: please {_HOW_DUE}")
    today = london(now).date()
    if isinstance(phrase.day, InDays) and phrase.clock is None:
        return instant_of(_in_days(phrase.day, today), london(now).time().replace(second=0, microsecond=0))
    if phrase.clock is None:
        raise _no_time_of_day(phrase.day, today)
    at = typed_time_of_day(phrase.clock)
    return instant_of(_due_date(phrase.day, at, now), at, phrase.clock.zone)


def _span_ahead(span: Span, now: datetime) -> datetime:
    if span.direction == "ago":
        raise PastTime(f"A due time lies ahead: please {_HOW_DUE}")
    if not span.direction:
        raise UnclearTime("Do you mean from now? Then type ‘in 4h’ or ‘in 90 min’.")
    if span.minutes < 1:
        raise UnclearTime(f"A due time lies ahead: please {_HOW_DUE}")
    return whole_minute(now) + min(timedelta(minutes=span.minutes), 2 * _LONGEST_AHEAD)


def _no_time_of_day(day: Day | None, today: date) -> UnclearTime:
    if isinstance(day, CalendarDay) and day.month is not None:
        checked_date(day, day.year or today.year)
    return UnclearTime("What time that day? Please type the day and the time, for example ‘fri 18:00’.")


def _due_date(day: Day | None, at: time, now: datetime) -> date:
    today = london(now).date()
    match day:
        case None | DayWord.TODAY:
            return today
        case DayWord.TONIGHT:
            return _tonight(today, at)
        case DayWord.TOMORROW:
            return today + timedelta(days=1)
        case InDays():
            return _in_days(day, today)
        case Weekday():
            return _coming_weekday(day, at, now)
        case CalendarDay():
            return _coming_date(day, today)
    raise PastTime(f"A due time lies ahead: please {_HOW_DUE}")


def _tonight(today: date, at: time) -> date:
    if at.hour < 17:
        raise UnclearTime("Tonight or after midnight? Please type ‘today 22:00’ or ‘tomorrow 01:00’.")
    return today


def _in_days(day: InDays, today: date) -> date:
    return today + min(timedelta(days=day.days), 2 * _LONGEST_AHEAD)


def _coming_weekday(day: Weekday, at: time, now: datetime) -> date:
    local = london(now)
    ahead = (day.number - local.weekday()) % 7
    coming = local.date() + timedelta(days=ahead)
    if day.which == "last":
        raise PastTime(f"A due time lies ahead: please {_HOW_DUE}")
    if day.which == "next":
        return _next_weekday(coming, local.date())
    if ahead == 0 and at <= local.time():
        next_week = coming + timedelta(days=7)
        raise PastTime(f"That time today has passed: for next week type ‘{date_and_time(next_week, at)}’.")
    return coming


def _next_weekday(coming: date, today: date) -> date:
    """ "Next Friday" is clear only where the first one to come is also the one in next week."""
    if coming == today:
        return coming + timedelta(days=7)
    if coming.isocalendar().week == today.isocalendar().week:
        week_after = coming + timedelta(days=7)
        raise UnclearTime(
            f"{short_date(coming)} or {short_date(week_after)}? "
            f"Please type the date, for example ‘{coming:%d/%m} 09:00’ or ‘{week_after:%d/%m} 09:00’."
        )
    return coming


def _coming_date(day: CalendarDay, today: date) -> date:
    if day.year is not None:
        return checked_date(day, day.year)
    this_year = date_or_none(day, today.year)
    next_year = date_or_none(day, today.year + 1)
    has_passed = this_year is None or this_year < today
    if has_passed and next_year is not None and next_year - today < _HALF_A_YEAR:
        return checked_date(day, today.year + 1)
    return checked_date(day, today.year)


# --- times that have been ---------------------------------------------------------------------------


def _happened_moment(phrase: TimePhrase, now: datetime) -> datetime:
    if phrase.is_now:
        return whole_minute(now)
    if phrase.span:
        return _span_ago(phrase.span, now)
    if phrase.clock is None:
        raise UnclearTime("What time was it? Please type the day and the time, for example ‘yesterday 2130’.")
    at = typed_time_of_day(phrase.clock)
    if phrase.day is None:
        return _latest(at, phrase.clock.zone, now)
    return instant_of(_past_date(phrase.day, at, now), at, phrase.clock.zone)


def _span_ago(span: Span, now: datetime) -> datetime:
    if span.direction != "ago":
        raise UnclearTime("Do you mean that long ago? Then type ‘30 min ago’ or ‘1h ago’.")
    return whole_minute(now) - min(timedelta(minutes=span.minutes), 2 * _LONGEST_AGO)


def _latest(at: time, zone: str | None, now: datetime) -> datetime:
    """A bare time: today's, or yesterday's where that is at most twelve hours ago."""
    today = london(now).date()
    moment = instant_of(today, at, zone)
    if moment <= now + _CLOCK_DIFFERENCE:
        return moment
    yesterday = instant_of(today - timedelta(days=1), at, zone)
    if now - yesterday > _BARE_TIME_REACH:
        raise UnclearTime(f"{at:%H:%M} today is still to come: for yesterday type ‘yesterday {at:%H%M}’.")
    return yesterday


def _past_date(day: Day, at: time, now: datetime) -> date:
    today = london(now).date()
    match day:
        case DayWord.TODAY | DayWord.TONIGHT:
            return today
        case DayWord.YESTERDAY:
            return today - timedelta(days=1)
        case DayWord.LAST_NIGHT:
            return _last_night(today, at)
        case Weekday():
            return _past_weekday(day, today)
        case CalendarDay():
            return _recent_date(day, today)
    raise UnclearTime(f"That is still to come: please {_HOW_HAPPENED}")


def _last_night(today: date, at: time) -> date:
    if at.hour < 17:
        raise UnclearTime("Before or after midnight? Please type ‘yesterday 2330’ or ‘today 0130’.")
    return today - timedelta(days=1)


def _past_weekday(day: Weekday, today: date) -> date:
    ago = (today.weekday() - day.number) % 7
    if day.which or ago == 0:
        raise UnclearTime(
            "Which day was it? Please type the date, for example ‘10/03 21:15’, or ‘today 2115’."
        )
    return today - timedelta(days=ago)


def _recent_date(day: CalendarDay, today: date) -> date:
    if day.year is not None:
        return checked_date(day, day.year)
    this_year = date_or_none(day, today.year)
    if this_year is not None and this_year > today and this_year - today > _HALF_A_YEAR:
        return checked_date(day, today.year - 1)
    return checked_date(day, today.year)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""UTC and London's clocks."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tasking.when.local_time import (
    AmbiguousLocalTime,
    NaiveDatetime,
    NoSuchLocalTime,
    london,
    require_aware,
    short_date,
    short_day_time,
    time_of_day,
    to_utc,
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a wall time is naive on purpose


def test_london_is_an_hour_ahead_in_summer_only() -> None:
    assert london(utc(2026, 7, 1, 12, 0)).hour == 13
    assert london(utc(2026, 1, 1, 12, 0)).hour == 12


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    abroad = datetime(2026, 1, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert time_of_day(abroad) == "10:00"


@pytest.mark.parametrize("convert", [london, require_aware, time_of_day])
def test_a_naive_datetime_is_refused(convert: object) -> None:
    with pytest.raises(NaiveDatetime, match=r"^an instant needs a time zone$"):
        convert(wall(2026, 3, 12, 14, 5))  # type: ignore[operator]


def test_an_aware_wall_time_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a wall time has no time zone$"):
        to_utc(utc(2026, 3, 12, 14, 5))


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        (wall(2026, 3, 12, 14, 5), utc(2026, 3, 12, 14, 5)),
        (wall(2026, 7, 1, 0, 30), utc(2026, 6, 30, 23, 30)),
        (wall(2026, 3, 29, 0, 59), utc(2026, 3, 29, 0, 59)),
        (wall(2026, 3, 29, 2, 0), utc(2026, 3, 29, 1, 0)),
        (wall(2026, 10, 25, 0, 59), utc(2026, 10, 24, 23, 59)),
        (wall(2026, 10, 25, 2, 0), utc(2026, 10, 25, 2, 0)),
    ],
)
def test_a_local_time_is_one_instant(local: datetime, instant: datetime) -> None:
    assert to_utc(local) == instant


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_the_hour_that_the_clocks_skip_does_not_exist(minute: int) -> None:
    with pytest.raises(NoSuchLocalTime, match=r"^London's clocks never show this time$"):
        to_utc(wall(2026, 3, 29, 1, minute))


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_the_hour_that_the_clocks_show_twice_is_ambiguous(minute: int) -> None:
    with pytest.raises(AmbiguousLocalTime, match=r"^London's clocks show this time twice$"):
        to_utc(wall(2026, 10, 25, 1, minute))


def test_a_zone_tells_the_two_apart() -> None:
    assert to_utc(wall(2026, 10, 25, 1, 30), "BST") == utc(2026, 10, 25, 0, 30)
    assert to_utc(wall(2026, 10, 25, 1, 30), "GMT") == utc(2026, 10, 25, 1, 30)


def test_a_zone_that_london_is_not_in_then_is_refused() -> None:
    with pytest.raises(NoSuchLocalTime, match=r"^London's clocks never show this time$"):
        to_utc(wall(2026, 1, 1, 12, 0), "BST")


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (utc(2026, 3, 12, 22, 0), "today 22:00"),
        (utc(2026, 3, 12, 0, 5), "today 00:05"),
        (utc(2026, 3, 13, 9, 0), "tomorrow 09:00"),
        (utc(2026, 3, 11, 21, 15), "yesterday 21:15"),
        (utc(2026, 3, 14, 18, 0), "Sat 14 Mar 18:00"),
        (utc(2026, 4, 6, 17, 0), "Mon 6 Apr 18:00"),
        (utc(2027, 1, 1, 9, 0), "Fri 1 Jan 2027 09:00"),
        (utc(2026, 10, 25, 0, 30), "Sun 25 Oct 01:30 BST"),
        (utc(2026, 10, 25, 1, 30), "Sun 25 Oct 01:30 GMT"),
    ],
)
def test_times_are_short_on_cards(moment: datetime, shown: str) -> None:
    assert short_day_time(moment, utc(2026, 3, 12, 14, 5)) == shown


def test_today_is_londons_day() -> None:
    assert short_day_time(utc(2026, 6, 30, 23, 30), utc(2026, 7, 1, 8, 0)) == "today 00:30"


def test_a_date_is_short_with_the_day_of_the_week() -> None:
    assert short_date(date(2026, 4, 6)) == "Mon 6 Apr"
    assert short_date(utc(2026, 6, 30, 23, 30)) == "Wed 1 Jul"

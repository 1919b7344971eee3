from datetime import UTC, date, datetime, timedelta

from cards.times import date_words, day_words, due_words, recent_words, time_words

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)


def test_a_standing_card_names_the_day_because_today_grows_stale() -> None:
    assert time_words(NOW + timedelta(hours=8), NOW) == "Thu 12 Mar 22:05"


def test_summer_time_is_londons() -> None:
    assert time_words(datetime(2026, 7, 1, 21, 0, tzinfo=UTC), NOW) == "Wed 1 Jul 22:00"


def test_another_year_is_named() -> None:
    assert time_words(datetime(2027, 1, 1, 9, 0, tzinfo=UTC), NOW) == "Fri 1 Jan 2027 09:00"
    assert day_words(date(2027, 1, 1), NOW) == "Fri 1 Jan 2027"


def test_a_plain_date_is_taken_as_it_is() -> None:
    assert day_words(date(2026, 4, 6), NOW) == "Mon 6 Apr"
    assert date_words(date(2026, 3, 10), NOW) == "10 Mar"


def test_an_instant_falls_on_its_london_day() -> None:
    assert day_words(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), NOW) == "Wed 1 Jul"


def test_a_recent_time_needs_only_its_weekday() -> None:
    assert recent_words(NOW - timedelta(days=1), NOW) == "Wed 14:05"
    assert recent_words(NOW - timedelta(days=6), NOW) == "Fri 6 Mar 14:05"
    assert recent_words(NOW + timedelta(hours=1), NOW) == "Thu 12 Mar 15:05"


def test_a_due_time_that_is_past_says_so() -> None:
    assert due_words(NOW, NOW, is_overdue=False) == "by Thu 12 Mar 14:05"
    assert due_words(NOW, NOW, is_overdue=True) == "OVERDUE since Thu 12 Mar 14:05"

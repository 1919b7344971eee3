"""When another service says that it may be asked again."""

from datetime import UTC, datetime, timedelta

import pytest

from tasking.retry_after import LONGEST_WAIT, retry_after_seconds

NOW = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        (" 0 ", 0.0),
        ("Thu, 12 Mar 2026 14:00:45 GMT", 45.0),
        ("Thu, 12 Mar 2026 13:00:00 GMT", 0.0),
        ("Thu, 12 Mar 2026 14:00:45", 45.0),
        ("Thu, 12 Mar 2026 15:00:45 +0100", 45.0),
        ("99999999999", LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        *((nonsense, None) for nonsense in ("", "soon", "-5", "nan", "inf", "1e9", "٣", "9" * 400)),
        ("Thu, 99 Mar 2026 25:61:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        *(
            (nonsense, None)
            for nonsense in ("1e308", "5, 10", "\u0663\u0660", "1_0", "+5", "0x10", "9" * 5000)
        ),
        *((f"Thu, 12 Mar {year} 14:00:45 GMT", None) for year in ("9" * 25, "9" * 5000, "\u00b2")),
        ("Thu, 12 Mar 2026 14:00:45 +" + "9" * 30, None),
    ],
)
def test_it_is_a_number_or_a_date_and_else_nothing(header: str, seconds: float | None) -> None:
    assert retry_after_seconds({"Retry-After": header}, NOW) == seconds


def test_without_the_header_it_is_nothing() -> None:
    assert retry_after_seconds({}, NOW) is None


@pytest.mark.parametrize("ours_is_ahead", [timedelta(minutes=20), timedelta(), timedelta(minutes=-20)])
def test_a_date_is_read_by_the_clock_of_who_sent_it(ours_is_ahead: timedelta) -> None:
    headers = {"Retry-After": "Thu, 12 Mar 2026 14:00:45 GMT", "Date": "Thu, 12 Mar 2026 14:00:00 GMT"}
    assert retry_after_seconds(headers, NOW + ours_is_ahead) == 45.0


def test_a_date_of_theirs_that_is_none_leaves_ours() -> None:
    headers = {"Retry-After": "Thu, 12 Mar 2026 14:00:45 GMT", "Date": "yesterday"}
    assert retry_after_seconds(headers, NOW) == 45.0


@pytest.mark.parametrize(
    "theirs", ["", "9" * 400, "12 Mar " + "9" * 25 + " 1:2:3", "Mon, 01 Jan 0001 00:00:00 +2300"]
)
@pytest.mark.parametrize("until", ["Fri, 31 Dec 9999 23:59:59 -2300", "Mon, 01 Jan 0001 00:00:00 +2300"])
def test_dates_at_the_ends_of_the_calendar_are_bounded(until: str, theirs: str) -> None:
    found = retry_after_seconds({"Retry-After": until, "Date": theirs}, NOW)
    assert found is not None and 0 <= found <= LONGEST_WAIT

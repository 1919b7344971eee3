"""The day and the time of a form, as phones send them."""

from datetime import UTC, date, datetime, time

import pytest

from tasking.when.form_times import form_clock, form_day, form_due
from tasking.when.typed_times import UnclearTime

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-07", "2026/11/07", "2026/11/7", "07/11/2026", "7/11/2026", "07-11-2026", "07.11.2026"),
        *(
            "2026-11-07T00:00:00Z",
            "2026-11-07 00:00",
            " 2026-11-07 ",
            "\u200e07/11/2026",
            "２０２６-１１-０７",
        ),
        *(
            "07 / 11 / 2026",
            "7. 11. 2026",
            "07\u201111\u20112026",
            "2026\u201311\u201307",
            "07\u204411\u20442026",
        ),
        *("07-Nov-2026", "7-November-2026", "7/Nov/2026"),
        *("07/11/26", "7.11.26", "7 Nov 2026", "7th of November 2026", "Sat 7 Nov 2026", "Nov 7, 2026"),
    ],
)
def test_every_spelling_of_a_day_is_read(text: str) -> None:
    assert form_day(text) == date(2026, 11, 7)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "11/27/2026",
        "11/27/26",
        "2026-02-30",
        "07/11",
        "2026-11",
        "Mon 7 Nov 2026",
        "7 Nov 2026 9am",
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert form_day(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (each, time(18, 30))
            for each in ("18:30", "6:30 PM", "6:30\u202fPM", "6:30\xa0pm", "6.30pm", "6:30 p.m.")
        ),
        *(
            (each, time(18, 30))
            for each in ("18:30:00", "18:30:00.000", "1830", "１８:３０", "06:30 PM", "6:30:15 PM")
        ),
        *((each, time(9, 5)) for each in ("9:05", "09:05", "9:05 AM", "9.05", "9:05 a. m.")),
        *(
            (each, time(18, 30))
            for each in ("1830hrs", "18:30 hrs", "1830 hours", "\u0661\u0668:\u0663\u0660")
        ),
        *((each, time(18, 30)) for each in ("6\u223630 PM", "18\ua78930", "6 : 30 PM", "18 : 30")),
        ("\u06f6:\u06f3\u06f0 PM", time(18, 30)),
        ("12:00 AM", time(0, 0)),
        ("12:15 pm", time(12, 15)),
        ("6 pm", time(18, 0)),
        ("0:00", time(0, 0)),
        *((each, time(12, 0)) for each in ("noon", "12 noon", "Midday", "at noon")),
    ],
)
def test_every_spelling_of_a_time_is_read(text: str, expected: time) -> None:
    assert form_clock(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "25:00",
        "9",
        "13:00 PM",
        "0:30 am",
        "9:5",
        "9:60",
        "midnight",
        "24:00",
        "18:00 BST",
        "fri 9am",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert form_clock(text) is None


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        *(("27/11/26", "noon"), ("27 Nov", "12:00"), ("27/11", "12:00 PM"), ("tomorrow", "noon")),
        *(("fri", "12 noon"), ("2026-11-27", "12:00 GMT"), ("in 1 day", "1200"), ("tomorrow 12:00", "")),
    ],
)
def test_a_day_and_a_time_are_read_as_typed_words_would_be(day: str, clock: str) -> None:
    assert form_due(day, clock, NOW) == datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "question"),
    [
        ("2026-11-27", "midnight", "Which midnight"),
        ("11/27/2026", "18:00", "day first"),
        ("tomorrow", "6", "Morning or evening"),
        ("Mon 27 Nov 2026", "18:00", "Fri 27 Nov 2026"),
        ("tomorrow", "", "What time"),
    ],
)
def test_what_typed_words_would_be_asked_about_is_asked_about(day: str, clock: str, question: str) -> None:
    with pytest.raises(UnclearTime) as asked:
        form_due(day, clock, NOW)
    assert question in asked.value.question


@pytest.mark.parametrize(
    ("day", "clock"), [("", ""), ("", "18:00"), ("soon", "18:00"), ("2026-11-27", "later")]
)
def test_no_time_is_none(day: str, clock: str) -> None:
    assert form_due(day, clock, NOW) is None

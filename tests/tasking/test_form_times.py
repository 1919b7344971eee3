"""The day and the time of a form, as phones send them."""

from datetime import date, time

import pytest

from tasking.form_times import form_clock, form_day


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
    ],
)
def test_every_spelling_of_a_day_is_read(text: str) -> None:
    assert form_day(text) == date(2026, 11, 7)


@pytest.mark.parametrize("text", ["", "tomorrow", "11/27/2026", "2026-02-30", "07/11", "07/11/26", "2026-11"])
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
        ("\u06f6:\u06f3\u06f0 PM", time(18, 30)),
        ("12:00 AM", time(0, 0)),
        ("12:15 pm", time(12, 15)),
        ("6 pm", time(18, 0)),
        ("0:00", time(0, 0)),
    ],
)
def test_every_spelling_of_a_time_is_read(text: str, expected: time) -> None:
    assert form_clock(text) == expected


@pytest.mark.parametrize("text", ["", "now", "25:00", "9", "13:00 PM", "0:30 am", "9:5", "9:60", "noon"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert form_clock(text) is None

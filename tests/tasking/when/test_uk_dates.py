"""What typed times mean. Now is Thursday 12 March 2026, 14:05, unless a test says otherwise."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tasking.when.local_time import NaiveDatetime, short_day_time
from tasking.when.time_parts import Span
from tasking.when.time_phrases import find_phrases, phrase_at_start, read_phrase
from tasking.when.typed_times import PastTime, UnclearTime
from tasking.when.uk_dates import read_due, read_happened

NOW = datetime(2026, 3, 12, 14, 5, 40, tzinfo=UTC)
CHRISTMAS = "Thu 24 Dec 14:00"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tomorrow 18:00", "tomorrow 18:00"),
        ("Tomorrow, 18:00", "tomorrow 18:00"),
        ("tomorrow at 18.00", "tomorrow 18:00"),
        ("TOMORROW 6PM", "tomorrow 18:00"),
        ("tomorow 6 pm", "tomorrow 18:00"),
        ("tmrw 6pm", "tomorrow 18:00"),
        ("1800 tomoz", "tomorrow 18:00"),
        ("2moro 6pm", "tomorrow 18:00"),
        ("18:00, tomorro", "tomorrow 18:00"),
        ("tomorrow\u00a018:00", "tomorrow 18:00"),
        ("tomorrow\n18:00.", "tomorrow 18:00"),
        ("by tomorrow 18:00", "tomorrow 18:00"),
        ("before tomorrow 6.30 p.m.", "tomorrow 18:30"),
        ("6pm tomorrow", "tomorrow 18:00"),
        ("18:00 tomorrow", "tomorrow 18:00"),
        ("tomorrow noon", "tomorrow 12:00"),
        ("tomorrow midday", "tomorrow 12:00"),
        ("tomorrow 12pm", "tomorrow 12:00"),
        ("tomorrow 0000", "tomorrow 00:00"),
        ("tomorrow morning 9am", "tomorrow 09:00"),
        ("tomorrow evening 18:30", "tomorrow 18:30"),
        ("today 2200", "today 22:00"),
        ("today 22:00", "today 22:00"),
        ("tonight 22:00", "today 22:00"),
        ("tonight 10pm", "today 22:00"),
        ("tonight 17:00", "today 17:00"),
        ("22:00", "today 22:00"),
        ("by 22:00", "today 22:00"),
        ("at 22.00", "today 22:00"),
        ("@ 2200", "today 22:00"),
        ("1800", "today 18:00"),
        ("1800hrs", "today 18:00"),
        ("1800 hrs", "today 18:00"),
        ("18:00 hours", "today 18:00"),
        ("630pm", "today 18:30"),
        ("6.30pm", "today 18:30"),
        ("18:00 GMT", "today 18:00"),
        ("fri 9am", "tomorrow 09:00"),
        ("Friday 09:00", "tomorrow 09:00"),
        ("Fri. 9 a.m.", "tomorrow 09:00"),
        ("on friday, 0900", "tomorrow 09:00"),
        ("9am on friday", "tomorrow 09:00"),
        ("fri@9am", "tomorrow 09:00"),
        ("this sat 9am", "Sat 14 Mar 09:00"),
        ("weds 1000", "Wed 18 Mar 10:00"),
        ("thurs 15:00", "today 15:00"),
        ("next mon 9am", "Mon 16 Mar 09:00"),
        ("next thu 9am", "Thu 19 Mar 09:00"),
        ("24/12 14:00", CHRISTMAS),
        ("24/12/2026 14:00", CHRISTMAS),
        ("24/12/26 2pm", CHRISTMAS),
        ("24-12-2026 14:00", CHRISTMAS),
        ("24.12.2026 14:00", CHRISTMAS),
        ("2026-12-24 14:00", CHRISTMAS),
        ("24 dec 2pm", CHRISTMAS),
        ("24dec 1400", CHRISTMAS),
        ("24th December 14:00", CHRISTMAS),
        ("the 24th of December at 14:00", CHRISTMAS),
        ("24 Dec 2026 14:00", CHRISTMAS),
        ("dec 24 14:00", CHRISTMAS),
        ("Thu 24 Dec 14:00", CHRISTMAS),
        ("Thu, 24 December 14:00", CHRISTMAS),
        ("24 Dec, 2026 14:00", CHRISTMAS),
        ("14:00 on 24/12", CHRISTMAS),
        ("1/7 10:00", "Wed 1 Jul 10:00"),
        ("29/03 02:00", "Sun 29 Mar 02:00"),
        ("25/10 01:30 BST", "Sun 25 Oct 01:30 BST"),
        ("25/10 01:30 gmt", "Sun 25 Oct 01:30 GMT"),
        ("1 jan 2027 9am", "Fri 1 Jan 2027 09:00"),
        ("29/02/2028 9am", "Tue 29 Feb 2028 09:00"),
        ("in 4h", "today 18:05"),
        ("in 4 hours", "today 18:05"),
        ("in 90 min", "today 15:35"),
        ("in 1 min", "today 14:06"),
        ("in 90mins", "today 15:35"),
        ("in 1h 30m", "today 15:35"),
        ("in 1.5h", "today 15:35"),
        ("in an hour", "today 15:05"),
        ("in half an hour", "today 14:35"),
        ("in two hours", "today 16:05"),
        ("in 1440 min", "tomorrow 14:05"),
        ("in 2 days", "Sat 14 Mar 14:05"),
        ("in 2 days at 9am", "Sat 14 Mar 09:00"),
        ("in a week", "Thu 19 Mar 14:05"),
        ("in 2 weeks 9am", "Thu 26 Mar 09:00"),
    ],
)
def test_a_due_time_is_read(typed: str, meant: str) -> None:
    assert short_day_time(read_due(typed, NOW), NOW) == meant


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("noon", "has passed"),
        ("0900", "Today 09:00 has passed"),
        ("today 14:05", "has passed"),
        ("thu 9am", "19/03/2026 09:00"),
        ("10/03 9am", "has passed"),
        ("24/12/2025 14:00", "has passed"),
        ("yesterday 9am", "lies ahead"),
        ("last fri 9am", "lies ahead"),
        ("2h ago", "lies ahead"),
    ],
)
def test_a_due_time_that_has_passed_is_asked_about(typed: str, question: str) -> None:
    with pytest.raises(PastTime) as asked:
        read_due(typed, NOW)
    assert question in asked.value.question


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("", "When is it due?"),
        ("asap", "tomorrow 18:00"),
        ("teatime", "tomorrow 18:00"),
        ("next week", "tomorrow 18:00"),
        ("9am or fri 10am", "tomorrow 18:00"),
        ("9am X", "When is it due?"),
        ("now", "lies ahead"),
        ("in 0 min", "lies ahead"),
        ("tomorrow", "What time"),
        ("fri", "What time"),
        ("24/12", "What time"),
        ("24 dec 2026", "What time"),
        ("24 dec 2030", "What time"),
        ("the 24th", "What time"),
        ("tomorrow 6", "‘06:00’ or ‘18:00’"),
        ("by 6", "‘06:00’ or ‘18:00’"),
        ("tomorrow 6:30", "‘06:30’ or ‘18:30’"),
        ("tomorrow 12", "‘00:00’ or ‘12:00’"),
        ("tomorrow 1", "‘01:00’ or ‘13:00’"),
        ("tomorrow 13", "in full, for example ‘13:00’."),
        ("tomorrow 18", "‘18:00’"),
        ("midnight", "Which midnight"),
        ("fri 12am", "Which midnight"),
        ("fri 2400", "Which midnight"),
        ("tonight 1am", "‘tomorrow 01:00’"),
        ("tonight 16:59", "‘tomorrow 01:00’"),
        ("tomorrow evening 9am", "not in the evening"),
        ("tomorrow evening 0900", "not in the evening"),
        ("tomorrow evening noon", "not in the evening"),
        ("Tomorrow EVENING 9am", "not in the evening"),
        ("4h", "‘in 4h’"),
        ("12/24 14:00", "‘24/12 14:00’"),
        ("12/24", "‘24/12 14:00’"),
        ("5/13 14:00", "day first, then the month: ‘13/05 14:00’"),
        ("2026-24-12 14:00", "day first"),
        ("1/1/0001 00:00", "passed"),
        ("01/01/0000 9am", "does not exist"),
        ("31/12/9999 23:59", "two years"),
        ("31/02 09:00", "does not exist"),
        ("29/02/2027 9am", "does not exist"),
        ("00/12 9am", "does not exist"),
        ("32/13 9am", "does not exist"),
        ("the 24th 2pm", "Which month"),
        ("Sat 13 mar 18:00", "Fri 13 Mar 2026"),
        ("25:00", "not a time of day"),
        ("12:75", "not a time of day"),
        ("12:60", "not a time of day"),
        ("24:30", "not a time of day"),
        ("13pm", "not a time of day"),
        ("tomorrow 2575", "not a time of day"),
        ("next fri 9am", "Fri 13 Mar or Fri 20 Mar"),
        ("29/03 01:30", "skip that time"),
        ("25/10 01:30", "01:30 BST"),
        ("18:00 BST", "leave BST out"),
        ("in 999999 days", "two years"),
        ("in 9999999 min", "When is it due?"),
        ("in 999 hours 999999 min", "two years"),
        ("1/1/2029 9am", "two years"),
        ("24/12/9999 9am", "two years"),
    ],
)
def test_an_unclear_due_time_is_asked_about(typed: str, question: str) -> None:
    with pytest.raises(UnclearTime) as asked:
        read_due(typed, NOW)
    assert question in asked.value.question


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("now", "today 14:05"),
        ("just now", "today 14:05"),
        ("1315", "today 13:15"),
        ("13:15", "today 13:15"),
        ("at 1315hrs", "today 13:15"),
        ("1.15pm", "today 13:15"),
        ("1:15 PM", "today 13:15"),
        ("0300", "today 03:00"),
        ("today 0900", "today 09:00"),
        ("1405", "today 14:05"),
        ("1408", "today 14:05"),
        ("30 min ago", "today 13:35"),
        ("30mins ago", "today 13:35"),
        ("1h ago", "today 13:05"),
        ("1h 20 min ago", "today 12:45"),
        ("half an hour ago", "today 13:35"),
        ("an hour ago", "today 13:05"),
        ("yesterday 2130", "yesterday 21:30"),
        ("2130 yesterday", "yesterday 21:30"),
        ("yesterday at 9.30pm", "yesterday 21:30"),
        ("yest 2130", "yesterday 21:30"),
        ("2130 yday", "yesterday 21:30"),
        ("last night 1700", "yesterday 17:00"),
        ("last night 2230", "yesterday 22:30"),
        ("mon 2130", "Mon 9 Mar 21:30"),
        ("fri 2130", "Fri 6 Mar 21:30"),
        ("sun 2130", "Sun 8 Mar 21:30"),
        ("10/3 21:15", "Tue 10 Mar 21:15"),
        ("10 mar 2115", "Tue 10 Mar 21:15"),
        ("24/12 14:00", "Wed 24 Dec 2025 14:00"),
        ("24/12/2025 14:00", "Wed 24 Dec 2025 14:00"),
    ],
)
def test_the_time_of_an_event_is_read(typed: str, meant: str) -> None:
    assert short_day_time(read_happened(typed, NOW), NOW) == meant


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("2115", "‘yesterday 2115’"),
        ("1500", "‘yesterday 1500’"),
        ("today 1500", "still to come"),
        ("tomorrow 0900", "still to come"),
        ("in 2 days 0900", "still to come"),
        ("20/3 0900", "still to come"),
        ("in 2h", "‘1h ago’"),
        ("30 min", "‘30 min ago’"),
        ("yesterday", "What time was it"),
        ("9.15", "‘09:15’ or ‘21:15’"),
        ("by 1315", "When did it happen"),
        ("earlier", "When did it happen"),
        ("thu 0900", "Which day"),
        ("last mon 0900", "Which day"),
        ("last night 0100", "‘today 0130’"),
        ("last night 1659", "‘today 0130’"),
        ("midnight", "Which midnight"),
        ("12/24 14:00", "‘24/12 14:00’"),
        ("24/12/2020 14:00", "more than a year ago"),
        ("999999 min ago", "more than a year ago"),
    ],
)
def test_an_unclear_time_of_an_event_is_asked_about(typed: str, question: str) -> None:
    with pytest.raises(UnclearTime) as asked:
        read_happened(typed, NOW)
    assert question in asked.value.question


def test_after_midnight_a_late_bare_time_is_last_evening() -> None:
    half_past_midnight = datetime(2026, 3, 13, 0, 30, tzinfo=UTC)
    assert read_happened("2330", half_past_midnight) == datetime(2026, 3, 12, 23, 30, tzinfo=UTC)


def test_a_bare_time_more_than_twelve_hours_ago_is_asked_about() -> None:
    half_past_midnight = datetime(2026, 3, 13, 0, 30, tzinfo=UTC)
    with pytest.raises(UnclearTime):
        read_happened("1215", half_past_midnight)


def test_on_the_night_that_the_clocks_go_back_a_visit_time_is_asked_about() -> None:
    second_half_past_one = datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    with pytest.raises(UnclearTime, match="BST"):
        read_happened("0130", second_half_past_one)
    assert read_happened("01:30 BST", second_half_past_one) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_date_without_a_year_means_next_year_at_the_end_of_december() -> None:
    new_years_eve = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
    assert read_due("2 jan 9am", new_years_eve) == datetime(2027, 1, 2, 9, 0, tzinfo=UTC)


def test_a_date_without_a_year_that_has_just_passed_is_not_moved_to_next_year() -> None:
    boxing_day = datetime(2026, 12, 26, 12, 0, tzinfo=UTC)
    with pytest.raises(PastTime):
        read_due("24/12 14:00", boxing_day)


def test_in_two_days_keeps_the_local_time_when_the_clocks_change() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert read_due("in 2 days", before) == datetime(2026, 3, 30, 11, 0, tzinfo=UTC)


def test_in_hours_counts_elapsed_hours_when_the_clocks_change() -> None:
    before = datetime(2026, 10, 24, 14, 0, tzinfo=UTC)
    assert read_due("in 24h", before) == before + timedelta(hours=24)


def test_a_day_is_londons_day_in_summer() -> None:
    half_past_midnight = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert read_due("today 10:00", half_past_midnight) == datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


# --- where each rule begins and ends ------------------------------------------------------------------

ON_THE_MINUTE = NOW.replace(second=0)


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        # a due time lies after now, and at most two years ahead
        (ON_THE_MINUTE, "14:06", datetime(2026, 3, 12, 14, 6, tzinfo=UTC)),
        (ON_THE_MINUTE, "13/03/2028 14:05", datetime(2028, 3, 13, 14, 5, tzinfo=UTC)),
        (ON_THE_MINUTE, "in 732 days", datetime(2028, 3, 13, 14, 5, tzinfo=UTC)),
        # a weekday is today's until its time has come
        (ON_THE_MINUTE, "thu 14:06", datetime(2026, 3, 12, 14, 6, tzinfo=UTC)),
        # a date that has passed is next year's where that is less than half a year away
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), "1/7 0900", datetime(2027, 7, 1, 8, 0, tzinfo=UTC)),
        # a day's time of day is a whole minute
        (NOW.replace(microsecond=7), "in 2 days", datetime(2026, 3, 14, 14, 5, tzinfo=UTC)),
    ],
)
def test_a_due_time_is_still_read_at_the_edge(now: datetime, typed: str, meant: datetime) -> None:
    assert read_due(typed, now) == meant


@pytest.mark.parametrize(
    ("now", "typed", "question"),
    [
        (ON_THE_MINUTE, "14:05", "Today 14:05 has passed"),
        (ON_THE_MINUTE, "13/03/2028 14:06", "two years"),
        (ON_THE_MINUTE, "in 733 days", "two years"),
        (ON_THE_MINUTE, "thu 14:05", "‘19/03/2026 14:05’"),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), "2/7 0900", "Thu 2 Jul 09:00 has passed"),
    ],
)
def test_a_due_time_is_asked_about_beyond_the_edge(now: datetime, typed: str, question: str) -> None:
    with pytest.raises(UnclearTime) as asked:
        read_due(typed, now)
    assert question in asked.value.question


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        # a phone's clock may be five minutes ahead
        (ON_THE_MINUTE, "1410", ON_THE_MINUTE),
        (NOW.replace(microsecond=7), "now", ON_THE_MINUTE),
        (ON_THE_MINUTE, "today 1410", ON_THE_MINUTE),
        # a bare time is yesterday's for twelve hours
        (datetime(2026, 3, 13, 0, 30, tzinfo=UTC), "1230", datetime(2026, 3, 12, 12, 30, tzinfo=UTC)),
        # an event is at most 366 days ago
        (ON_THE_MINUTE, "11/03/2025 14:05", datetime(2025, 3, 11, 14, 5, tzinfo=UTC)),
        # a date to come is last year's where it is more than half a year away
        (datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "4/7 1000", datetime(2025, 7, 4, 9, 0, tzinfo=UTC)),
        # a time that the clocks show twice
        (
            datetime(2026, 10, 25, 12, 0, tzinfo=UTC),
            "25/10 01:30 BST",
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        (
            datetime(2026, 10, 25, 12, 0, tzinfo=UTC),
            "25/10 01:30 GMT",
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        ),
    ],
)
def test_the_time_of_an_event_is_still_read_at_the_edge(now: datetime, typed: str, meant: datetime) -> None:
    assert read_happened(typed, now) == meant


@pytest.mark.parametrize(
    ("now", "typed", "question"),
    [
        (ON_THE_MINUTE, "1411", "‘yesterday 1411’"),
        (ON_THE_MINUTE, "today 1411", "Today 14:11 is still to come"),
        (datetime(2026, 3, 13, 0, 30, tzinfo=UTC), "1229", "‘yesterday 1229’"),
        (ON_THE_MINUTE, "11/03/2025 14:04", "more than a year ago"),
        (datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "3/7 1000", "Fri 3 Jul 10:00 is still to come"),
        # last evening was summer time: a typed zone holds for the day before as well
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "2330 GMT", "leave GMT out"),
    ],
)
def test_the_time_of_an_event_is_asked_about_beyond_the_edge(
    now: datetime, typed: str, question: str
) -> None:
    with pytest.raises(UnclearTime) as asked:
        read_happened(typed, now)
    assert question in asked.value.question


@pytest.mark.parametrize(
    ("part", "inside", "outside"),
    [
        ("morning", ("0000", "1159"), ("1200",)),
        ("afternoon", ("1200", "1759"), ("1159", "1800")),
        ("evening", ("1700", "2359"), ("1659",)),
        ("night", ("1800", "2359"), ("1759",)),
    ],
)
def test_a_part_of_the_day_has_its_hours(
    part: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    for at in inside:
        assert f"{read_due(f'tomorrow {part} {at}', NOW):%H%M}" == at
    for at in outside:
        with pytest.raises(UnclearTime, match=f"is not in the {part}"):
            read_due(f"tomorrow {part} {at}", NOW)


COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "7": 7}


@pytest.mark.parametrize("count", COUNTS)
def test_a_count_is_read_as_a_word_with_every_unit(count: str) -> None:
    for unit in ("minutes", "minute", "mins", "min", "m"):
        assert read_happened(f"{count} {unit} ago", NOW) == ON_THE_MINUTE - timedelta(minutes=COUNTS[count])
    for unit in ("hours", "hour", "hrs", "hr", "h"):
        assert read_due(f"in {count} {unit}", NOW) == ON_THE_MINUTE + timedelta(hours=COUNTS[count])
        both = read_due(f"in {count} {unit} and three minutes", NOW)
        assert both == ON_THE_MINUTE + timedelta(hours=COUNTS[count], minutes=3)
    for unit in ("days", "day", "d"):
        assert read_due(f"in {count} {unit}", NOW) == ON_THE_MINUTE + timedelta(days=COUNTS[count])
    for unit in ("weeks", "wks", "wk", "w"):
        coming = read_due(f"in {count} {unit}", NOW).date()
        assert coming == NOW.date() + timedelta(weeks=COUNTS[count])


@pytest.mark.parametrize(
    "word",
    """tomorrow tomorow tommorrow tommorow tomorro tommoro tomoz tmoz 2moz 2morrow 2morow 2moro 2morro tmrw
    tmr""".split(),  # noqa: SIM905
)
def test_tomorrow_is_known_however_it_is_typed(word: str) -> None:
    assert short_day_time(read_due(f"{word} 18:00", NOW), NOW) == "tomorrow 18:00"


@pytest.mark.parametrize(
    "word",
    "yesterday yesterdy yestday yest yesty ystdy ystrdy ysday yday".split(),  # noqa: SIM905
)
def test_yesterday_is_known_however_it_is_typed(word: str) -> None:
    assert short_day_time(read_happened(f"{word} 2130", NOW), NOW) == "yesterday 21:30"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1st Dec 14:00", "Tue 1 Dec 14:00"),
        ("22nd Dec 14:00", "Tue 22 Dec 14:00"),
        ("23rd of December 14:00", "Wed 23 Dec 14:00"),
        ("dec 24th 14:00", CHRISTMAS),
        ("this Fri 13 Mar 18:00", "tomorrow 18:00"),
        ("next Fri 13 Mar 18:00", "tomorrow 18:00"),
    ],
)
def test_a_date_is_read_with_its_ending_and_its_weekday(typed: str, meant: str) -> None:
    assert short_day_time(read_due(typed, NOW), NOW) == meant


@pytest.mark.parametrize(
    ("read", "typed", "question"),
    [
        (
            read_due,
            "1/1/2029 9am",
            "That is more than two years ahead: please check the year, for example ‘24/12 14:00’.",
        ),
        (read_due, "4h", "Do you mean from now? Then type ‘in 4h’ or ‘in 90 min’."),
        (
            read_due,
            "the 24th 2pm",
            "Which month? Please type the date as day and month, for example ‘24/12 14:00’.",
        ),
        (
            read_due,
            "31/02 9am",
            "That date does not exist: please type day and month, for example ‘24/12 14:00’.",
        ),
        (read_due, "25:00", "That is not a time of day: please type it like ‘18:00’, ‘1800’ or ‘6pm’."),
        (
            read_due,
            "29/03 01:30",
            "The clocks go forward and skip that time: please type ‘29/03/2026 02:30’ or another.",
        ),
        (
            read_due,
            "tonight 1am",
            "Tonight or after midnight? Please type ‘today 22:00’ or ‘tomorrow 01:00’.",
        ),
        (read_happened, "30 min", "Do you mean that long ago? Then type ‘30 min ago’ or ‘1h ago’."),
        (
            read_happened,
            "last night 1am",
            "Before or after midnight? Please type ‘yesterday 2330’ or ‘today 0130’.",
        ),
        (
            read_happened,
            "thu 0900",
            "Which day was it? Please type the date, for example ‘10/03 21:15’, or ‘today 2115’.",
        ),
    ],
)
def test_a_question_is_put_in_these_words(
    read: Callable[[str, datetime], datetime], typed: str, question: str
) -> None:
    with pytest.raises(UnclearTime) as asked:
        read(typed, NOW)
    assert asked.value.question == question


@pytest.mark.parametrize("read", [read_due, read_happened])
def test_a_naive_now_is_refused(read: object) -> None:
    with pytest.raises(NaiveDatetime):
        read("tomorrow 18:00", NOW.replace(tzinfo=None))  # type: ignore[operator]


moments = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001
PIECES = """
    by at in next last this today tomorrow tonight yesterday fri sat 24/12 12/24 31/12/2026 29/03 25/10
    1 2 24 dec mar may 9am 6pm 0130 01:30 2400 noon midnight 4h 90 min days weeks ago now BST evening 24th , .
    a an half one two three four minutes hours h and
""".split()  # noqa: SIM905
typed_pieces = st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join)


@given(st.text() | typed_pieces, moments)
def test_a_due_time_is_never_past_and_never_naive(typed: str, now: datetime) -> None:
    try:
        moment = read_due(typed, now)
    except UnclearTime as asked:
        assert asked.question.endswith((".", "?"))
        return
    assert moment > now
    assert moment.utcoffset() == timedelta(0)


@given(st.text() | typed_pieces, moments)
def test_an_event_is_never_ahead_and_never_naive(typed: str, now: datetime) -> None:
    try:
        moment = read_happened(typed, now)
    except UnclearTime as asked:
        assert asked.question.endswith((".", "?"))
        return
    assert now - timedelta(days=367) < moment <= now
    assert moment.utcoffset() == timedelta(0)


@given(moments, st.integers(1, 60 * 24 * 700))
def test_a_shown_due_time_is_read_back_as_the_same_minute(now: datetime, minutes: int) -> None:
    moment = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    assert read_due(short_day_time(moment, now), now) == moment


@given(moments, st.integers(0, 60 * 24 * 180))
def test_a_shown_time_of_an_event_is_read_back_as_the_same_minute(now: datetime, minutes: int) -> None:
    moment = now.replace(second=0, microsecond=0) - timedelta(minutes=minutes)
    shown = short_day_time(moment, now)
    assume(not shown.startswith("tomorrow"))
    assert read_happened(shown, now) == moment


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("visit DVPO-3 by tomorrow 18:00", ["tomorrow 18:00"]),
        ("ring at 9am on friday, then go", ["9am on friday"]),
        ("be there fri 13 mar 18:00 sharp", ["fri 13 mar 18:00"]),
        ("either 9am or fri 10am", ["9am", "fri 10am"]),
        ("the sunny wedding of a monk", []),
        ("keyed as 36/21858/19", []),
        ("3 days of work, 4h each", ["3"]),
    ],
)
def test_the_longest_time_at_each_place_is_found_inside_a_text(text: str, found: list[str]) -> None:
    assert [text[each.start : each.end] for each in find_phrases(text)] == found


@pytest.mark.parametrize(
    ("text", "prefix", "whole"),
    [
        ("visit By fri 9am", "by", "By fri 9am"),
        ("visit @ 9am", "@", "@ 9am"),
        ("visit fri 9am", "", "fri 9am"),
    ],
)
def test_a_time_knows_the_word_before_it(text: str, prefix: str, whole: str) -> None:
    (phrase,) = find_phrases(text)
    assert (phrase.prefix, text[phrase.prefix_start : phrase.end]) == (prefix, whole)


@pytest.mark.parametrize(("typed", "direction"), [("in 4h", "in"), ("4h ago", "ago"), ("4h", "")])
def test_a_span_knows_its_direction(typed: str, direction: str) -> None:
    phrase = read_phrase(typed)
    assert phrase and phrase.span == Span(240, direction)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("  2115 lights on", "2115"),
        ("2115: lights", "2115"),
        ("at 9.15pm, lights", "9.15pm"),
        ("lights 2115", None),
    ],
)
def test_a_time_at_the_start_of_a_text_is_found(text: str, start: str | None) -> None:
    phrase = phrase_at_start(text)
    assert (text[phrase.start : phrase.end] if phrase else None) == start

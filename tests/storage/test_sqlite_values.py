"""Values are kept in SQLite and read from it exactly as SQLAlchemy's own types do it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Date, Uuid
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.enums import OutcomeCode, TaskState
from storage.sqlite_values import SQLITE, reader_of, writer_of
from storage.tables import word
from tasking.when.local_time import LONDON

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
EARLIEST, LATEST = datetime(1900, 1, 3), datetime(2200, 1, 1)  # noqa: DTZ001
MOMENTS = st.datetimes(EARLIEST, LATEST, timezones=ZONES)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def theirs(kind: TypeEngine[Any], value: Any) -> Any:
    process = kind.dialect_impl(SQLITE).bind_processor(SQLITE)
    return process(value) if process else value


def theirs_back(kind: TypeEngine[Any], kept: Any) -> Any:
    process = kind.dialect_impl(SQLITE).result_processor(SQLITE, None)
    return process(kept) if process else kept


def ours(kind: TypeEngine[Any], value: Any) -> Any:
    write = writer_of(kind)
    return write(value) if write else value


def ours_back(kind: TypeEngine[Any], kept: Any) -> Any:
    read = reader_of(kind)
    return read(kept) if read else kept


@given(MOMENTS)
def test_a_moment_is_kept_and_read_the_same(moment: datetime) -> None:
    kept = ours(UTCDateTime(), moment)
    assert kept == theirs(UTCDateTime(), moment)
    assert ours_back(UTCDateTime(), kept) == theirs_back(UTCDateTime(), kept) == moment
    assert ours_back(UTCDateTime(), kept).tzinfo is UTC


def test_the_moment_written_last_is_not_taken_for_another() -> None:
    first, second = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 13, tzinfo=UTC)
    assert [ours(UTCDateTime(), moment) for moment in (first, second, first)] == [
        "2026-07-01 12:00:00.000000",
        "2026-07-01 13:00:00.000000",
        "2026-07-01 12:00:00.000000",
    ]


def test_an_hour_that_the_clocks_show_twice_is_kept_as_the_two_that_it_is() -> None:
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    second = first.replace(fold=1)
    assert first == second, "Python takes them for the same"
    assert [ours(UTCDateTime(), moment) for moment in (first, second)] == [
        "2026-10-25 00:30:00.000000",
        "2026-10-25 01:30:00.000000",
    ]


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        ours(UTCDateTime(), datetime(2026, 7, 1, 12))  # noqa: DTZ001


@given(st.sampled_from([*TaskState, *OutcomeCode]))
def test_a_word_is_kept_and_read_the_same(given_word: TaskState | OutcomeCode) -> None:
    kind = word(type(given_word))
    kept = ours(kind, given_word)
    assert kept == theirs(kind, given_word)
    assert ours_back(kind, kept) is theirs_back(kind, kept) is given_word


def test_a_word_that_is_none_of_them_is_never_written() -> None:
    with pytest.raises(LookupError):
        ours(word(TaskState), "LOST")
    with pytest.raises(ValueError):
        theirs(word(TaskState), "LOST")


def test_a_word_of_a_later_version_is_read_as_it_stands() -> None:
    assert ours_back(word(TaskState), "PAUSED") == theirs_back(word(TaskState), "PAUSED") == "PAUSED"


@given(st.uuids())
def test_an_id_is_kept_and_read_the_same(given_id: UUID) -> None:
    kept = ours(Uuid(), given_id)
    assert kept == theirs(Uuid(), given_id)
    assert ours_back(Uuid(), kept) == theirs_back(Uuid(), kept) == given_id


@given(DOCUMENTS)
def test_either_side_reads_the_others_documents(document: Any) -> None:
    assert theirs_back(JSON(), ours(JSON(), document)) == document
    assert ours_back(JSON(), theirs(JSON(), document)) == document


@pytest.mark.parametrize("kind", [UTCDateTime(), word(TaskState), Uuid(), Boolean(), Date()], ids=str)
def test_nothing_stays_nothing(kind: TypeEngine[Any]) -> None:
    assert ours(kind, None) is None
    assert ours_back(kind, None) is None


@pytest.mark.parametrize("value", [True, False])
def test_a_yes_or_no_is_read_as_one(value: bool) -> None:
    assert ours_back(Boolean(), ours(Boolean(), value)) is value

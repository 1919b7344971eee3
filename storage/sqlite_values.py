"""Values as SQLite keeps them: what SQLAlchemy's own column types write and read, in fewer steps.

A tap writes and reads some two hundred values, nineteen of them the same moment; and a subject and an order
are read with each of their tasks. So what was made of a value is remembered.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON, Uuid
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.words import Word

Step = Callable[[Any], Any]

SQLITE = pysqlite.dialect(paramstyle="qmark")


def writer_of(kind: TypeEngine[Any]) -> Step | None:
    """How a value of this column type is handed to the driver; None where it goes as it is."""
    own = _own_steps(kind)
    processor: Step | None = own[0] if own else kind.dialect_impl(SQLITE).bind_processor(SQLITE)
    return processor


def reader_of(kind: TypeEngine[Any]) -> Step | None:
    """How a value of this column type is made of what the driver gives; None where it stays as it is."""
    own = _own_steps(kind)
    processor: Step | None = own[1] if own else kind.dialect_impl(SQLITE).result_processor(SQLITE, None)
    return processor


def _own_steps(kind: TypeEngine[Any]) -> tuple[Step, Step] | None:
    """To the driver and back, for the types that are worth it."""
    if isinstance(kind, UTCDateTime):
        return _written_moment, _read_moment
    if isinstance(kind, Word):
        return _written_as(kind), kind.read
    if isinstance(kind, Uuid):
        return _written_id, _read_id
    if isinstance(kind, JSON):
        return _written_json, _read_json
    return None


_last_moment: tuple[datetime | None, str] = (None, "")


def _written_moment(moment: datetime | None) -> str | None:
    global _last_moment
    if moment is None:
        return None
    known, text = _last_moment
    if known is moment:  # equal is not enough: an hour that London's clocks show twice equals itself
        return text
    if moment.utcoffset() is None:
        raise ValueError("a time without a timezone cannot be stored")
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    _last_moment = (moment, text)
    return text


@lru_cache(maxsize=4096)
def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def _written_as(kind: Word) -> Step:
    words: dict[Any, Any] = {word: word.value for word in kind.words}
    return {**words, None: None}.__getitem__


def _written_id(given: UUID | None) -> str | None:
    return None if given is None else given.hex


@lru_cache(maxsize=4096)
def _read_id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _written_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _read_json(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)

"""Reading rows as entities: plain records, built without validation because the database holds valid data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Executable, Row, Table, insert
from sqlmodel import SQLModel

from storage.prepared import Prepared

E = TypeVar("E", bound=SQLModel)
V = TypeVar("V")
_AT_ONCE = 500
"""Values in one question: databases have a limit."""


def table_of(entity: type[SQLModel]) -> Table:
    """The table behind an entity."""
    table: Table = entity.__table__  # type: ignore[attr-defined]
    return table


def columns_of(entity: type[SQLModel]) -> Sequence[Column[Any]]:
    """The columns of an entity, in the order of `entity_from`."""
    return list(table_of(entity).columns)


def entity_from(entity: type[E], values: Iterable[Any]) -> E:
    """An entity from the values of its columns, in order."""
    return _record(entity, dict(zip(_names_of(entity), values, strict=True)))


def _record(entity: type[E], values: Mapping[str, Any]) -> E:
    # `model_construct` looks for a default of every field; a row has them all, and a tap reads several rows.
    row: E = entity.__new__(entity)
    row.__dict__.update(values)
    return row


@cache
def _names_of(entity: type[SQLModel]) -> tuple[str, ...]:
    return tuple(table_of(entity).columns.keys())


@cache
def _insert_into(entity: type[SQLModel]) -> Prepared:
    return Prepared(insert(table_of(entity)))


def one(connection: Connection, entity: type[E], query: Executable, **values: Any) -> E | None:
    """The first row of a query over the entity's columns, or None."""
    row = connection.execute(query, values).first()
    return None if row is None else entity_from(entity, row)


def many(connection: Connection, entity: type[E], query: Executable, **values: Any) -> list[E]:
    """All rows of a query over the entity's columns."""
    rows: Sequence[Row[Any]] = connection.execute(query, values).all()
    return [entity_from(entity, row) for row in rows]


def add(connection: Connection, *rows: SQLModel) -> None:
    """Insert rows of one entity."""
    if rows:
        _insert_into(type(rows[0])).run(connection, *(values_of(row) for row in rows))


def add_values(connection: Connection, entity: type[SQLModel], *rows: Mapping[str, Any]) -> None:
    """Insert rows given as values with the same keys; what is left out gets the column's default."""
    _insert_into(entity).run(connection, *rows)


def add_record(connection: Connection, entity: type[E], values: Mapping[str, Any]) -> E:
    """Insert a row given with a value for every column; returns it as a record."""
    add_values(connection, entity, values)
    return _record(entity, values)


def changed(row: E, values: Mapping[str, Any]) -> E:
    """A copy of a record with some values replaced."""
    return _record(type(row), {**values_of(row), **values})


def in_parts(values: Iterable[V]) -> Iterator[Sequence[V]]:
    """These values, each once, in parts that a question may ask for."""
    each_once = tuple(dict.fromkeys(values))
    yield from (each_once[start : start + _AT_ONCE] for start in range(0, len(each_once), _AT_ONCE))


def values_of(row: SQLModel) -> dict[str, Any]:
    """The values of a row by column, without a number that the database has yet to draw."""
    fields = row.__dict__
    names = _names_of(type(row))
    return {name: fields[name] for name in names if name != "id" or fields.get("id") is not None}

"""Reading rows as entities: plain records, built without validation because the database holds valid data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Column, Connection, Executable, Row, Table, insert
from sqlmodel import SQLModel

E = TypeVar("E", bound=SQLModel)


def table_of(entity: type[SQLModel]) -> Table:
    """The table behind an entity."""
    table: Table = entity.__table__  # type: ignore[attr-defined]
    return table


def columns_of(entity: type[SQLModel]) -> Sequence[Column[Any]]:
    """The columns of an entity, in the order of `entity_from`."""
    return list(table_of(entity).columns)


def entity_from(entity: type[E], values: Iterable[Any]) -> E:
    """An entity from the values of its columns, in order."""
    names = table_of(entity).columns.keys()
    return cast(E, entity.model_construct(**dict(zip(names, values, strict=True))))


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
        connection.execute(insert(table_of(type(rows[0]))), [values_of(row) for row in rows])


def add_values(connection: Connection, entity: type[SQLModel], *rows: Mapping[str, Any]) -> None:
    """Insert rows given as values with the same keys; what is left out gets the column's default."""
    connection.execute(insert(table_of(entity)), list(rows))


def changed(row: E, values: Mapping[str, Any]) -> E:
    """A copy of a record with some values replaced."""
    return cast(E, type(row).model_construct(**{**values_of(row), **values}))


def values_of(row: SQLModel) -> dict[str, Any]:
    """The values of a row by column, without a number that the database has yet to draw."""
    fields = row.__dict__
    names = (column.name for column in table_of(type(row)).columns)
    return {name: fields[name] for name in names if name != "id" or fields.get("id") is not None}

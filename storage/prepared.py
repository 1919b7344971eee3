"""What every tap reads and writes: compiled once for SQLite and handed to its driver.

SQLAlchemy works a statement's parameters and results out anew at each execution, which costs several times
what SQLite needs to run it. Other databases go the usual way: there the round trip is what costs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.types import NullType

from storage.sqlite_values import SQLITE, Step, reader_of, writer_of

Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Compiled:
    sql: str
    fixed: Values
    """The statement's own values, as the driver takes them."""
    in_order: Callable[[Values], Sequence[Any]]
    writers: Sequence[tuple[int, Step]]
    """What has to be made of the values given, by their place in the order."""

    def parameters(self, row: Values) -> list[Any]:
        """The row as the driver takes it."""
        values = list(self.in_order({**self.fixed, **row}))
        for place, write in self.writers:
            values[place] = write(values[place])
        return values


class _Statement:
    """A statement with named parameters, compiled once for each set of them."""

    def __init__(self, statement: Insert | Update | Select[Any]) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled | None] = {}

    def _for_sqlite(self, names: tuple[str, ...]) -> _Compiled | None:
        if names not in self._compiled:
            self._compiled[names] = _compile(self._statement, names)
        return self._compiled[names]


class Prepared(_Statement):
    """An insert or update."""

    def run(self, connection: Connection, *rows: Values) -> int:
        """Run it for each row (all with the same keys); returns how many rows of the table it changed."""
        compiled = self._for_sqlite(tuple(rows[0])) if connection.dialect.name == "sqlite" else None
        if compiled is None:
            given = [dict(row) for row in rows]
            return connection.execute(self._statement, given if len(given) > 1 else given[0]).rowcount
        driver = _driver_of(connection)
        if len(rows) == 1:
            return int(driver.execute(compiled.sql, compiled.parameters(rows[0])).rowcount)
        return int(driver.executemany(compiled.sql, map(compiled.parameters, rows)).rowcount)


class PreparedQuery(_Statement):
    """A select; none of its parameters stands for several values."""

    def __init__(self, statement: Select[Any]) -> None:
        super().__init__(statement)
        self._kinds = [column.type for column in statement.selected_columns]

    def all(self, connection: Connection, **values: Any) -> list[Sequence[Any]]:
        """Every row, as values in the order of the columns."""
        compiled = self._for_sqlite(tuple(values)) if connection.dialect.name == "sqlite" else None
        if compiled is None:
            return list(connection.execute(self._statement, values))
        found = _driver_of(connection).execute(compiled.sql, compiled.parameters(values))
        return [self._read(row) for row in found]

    def first(self, connection: Connection, **values: Any) -> Sequence[Any] | None:
        """The first row, or None."""
        rows = self.all(connection, **values)
        return rows[0] if rows else None

    @cached_property
    def _readers(self) -> list[tuple[int, Step]]:
        return [(place, read) for place, kind in enumerate(self._kinds) if (read := reader_of(kind))]

    def _read(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, read in self._readers:
            values[place] = read(values[place])
        return values


def _compile(statement: Insert | Update | Select[Any], names: tuple[str, ...]) -> _Compiled | None:
    """None where a column has a default that only SQLAlchemy can fill in."""
    compiled: Any = statement.compile(dialect=SQLITE, column_keys=list(names))
    if compiled.insert_prefetch or compiled.update_prefetch:
        return None
    writers = _writers(compiled)
    fixed = {
        name: write(value) if (write := writers[name]) else value
        for name, value in compiled.params.items()
        if name not in names
    }
    order: list[str] = compiled.positiontup
    written = [
        (place, write) for place, name in enumerate(order) if name in names and (write := writers[name])
    ]
    return _Compiled(compiled.string, fixed, _picking(order), written)


def _picking(names: Sequence[str]) -> Callable[[Values], Sequence[Any]]:
    # `itemgetter` gives one value alone as itself.
    return itemgetter(*names) if len(names) > 1 else lambda row: [row[name] for name in names]


def _writers(compiled: Any) -> dict[str, Step | None]:
    untyped = [name for name, bind in compiled.binds.items() if isinstance(bind.type, NullType)]
    if untyped:
        raise TypeError(f"what is handed to the driver needs a type: {', '.join(untyped)}")
    return {name: writer_of(bind.type) for name, bind in compiled.binds.items()}


def run_plain(connection: Connection, sql: str) -> None:
    """Run a command without parameters or result, such as a savepoint."""
    if connection.dialect.name == "sqlite":
        _driver_of(connection).execute(sql)
    else:
        connection.exec_driver_sql(sql)


def _driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection

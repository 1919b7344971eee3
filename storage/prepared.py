"""What every tap reads and writes: compiled once for SQLite and handed to its driver.

SQLAlchemy works a statement's parameters and results out anew at each execution, which costs several times
what SQLite needs to run it. Other databases go the usual way: there the round trip is what costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.types import NullType

from storage.sqlite_values import SQLITE, Step, reader_of, writer_of

Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Compiled:
    sql: str
    fixed: dict[str, Any]
    writers: tuple[tuple[str, Step | None], ...]

    def parameters(self, row: Values) -> dict[str, Any]:
        """The row as the driver takes it."""
        given = {name: write(row[name]) if write else row[name] for name, write in self.writers}
        return {**self.fixed, **given}


class Prepared:
    """An insert or update with named parameters."""

    def __init__(self, statement: Insert | Update) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled | None] = {}

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

    def _for_sqlite(self, names: tuple[str, ...]) -> _Compiled | None:
        if names not in self._compiled:
            self._compiled[names] = _compile(self._statement, names)
        return self._compiled[names]


def _compile(statement: Insert | Update, names: tuple[str, ...]) -> _Compiled | None:
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
    return _Compiled(compiled.string, fixed, tuple((name, writers[name]) for name in names))


def _writers(compiled: Any) -> dict[str, Step | None]:
    untyped = [name for name, bind in compiled.binds.items() if isinstance(bind.type, NullType)]
    if untyped:
        raise TypeError(f"what is handed to the driver needs a type: {', '.join(untyped)}")
    return {name: writer_of(bind.type) for name, bind in compiled.binds.items()}


class PreparedQuery:
    """A select with named parameters, none of which stands for several values."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement

    def all(self, connection: Connection, **values: Any) -> list[Sequence[Any]]:
        """Every row, as values in the order of the columns."""
        if connection.dialect.name != "sqlite":
            return list(connection.execute(self._statement, values))
        given = self._fixed | {name: self._write(name, value) for name, value in values.items()}
        return [self._read(row) for row in _driver_of(connection).execute(self._sql, given)]

    def first(self, connection: Connection, **values: Any) -> Sequence[Any] | None:
        """The first row, or None."""
        rows = self.all(connection, **values)
        return rows[0] if rows else None

    @cached_property
    def _compiled(self) -> Any:
        return self._statement.compile(dialect=SQLITE)

    @cached_property
    def _sql(self) -> str:
        return str(self._compiled)

    @cached_property
    def _writers(self) -> dict[str, Step | None]:
        return _writers(self._compiled)

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        """The values that the statement itself brings."""
        own = self._compiled.params.items()
        return {name: self._write(name, value) for name, value in own if value is not None}

    @cached_property
    def _readers(self) -> list[tuple[int, Step]]:
        kinds = enumerate(column.type for column in self._statement.selected_columns)
        return [(place, read) for place, kind in kinds if (read := reader_of(kind))]

    def _write(self, name: str, value: Any) -> Any:
        write = self._writers[name]
        return write(value) if write else value

    def _read(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, read in self._readers:
            values[place] = read(values[place])
        return values


def run_plain(connection: Connection, sql: str) -> None:
    """Run a command without parameters or result, such as a savepoint."""
    if connection.dialect.name == "sqlite":
        _driver_of(connection).execute(sql)
    else:
        connection.exec_driver_sql(sql)


def _driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection

"""Writes that every tap makes: compiled once for SQLite and handed to its driver.

SQLAlchemy works a statement's parameters out anew at each execution, which costs several times what SQLite
needs to run it. Other databases go the usual way: there the round trip is what costs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Insert, Update
from sqlalchemy.dialects.sqlite import pysqlite

Values = Mapping[str, Any]

_SQLITE = pysqlite.dialect(paramstyle="named")


@dataclass(frozen=True)
class _Compiled:
    sql: str
    fixed: dict[str, Any]
    processors: tuple[tuple[str, Callable[[Any], Any] | None], ...]

    def parameters(self, row: Values) -> dict[str, Any]:
        """The row as the driver takes it."""
        given = {name: process(row[name]) if process else row[name] for name, process in self.processors}
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
    compiled: Any = statement.compile(dialect=_SQLITE, column_keys=list(names))
    if compiled.insert_prefetch or compiled.update_prefetch:
        return None
    processors = {name: _processor(bind) for name, bind in compiled.binds.items()}
    fixed = {
        name: process(value) if (process := processors[name]) else value
        for name, value in compiled.params.items()
        if name not in names
    }
    return _Compiled(compiled.string, fixed, tuple((name, processors[name]) for name in names))


def _processor(bind: Any) -> Callable[[Any], Any] | None:
    process: Callable[[Any], Any] | None = bind.type.dialect_impl(_SQLITE).bind_processor(_SQLITE)
    return process


def run_plain(connection: Connection, sql: str) -> None:
    """Run a command without parameters or result, such as a savepoint."""
    if connection.dialect.name == "sqlite":
        _driver_of(connection).execute(sql)
    else:
        connection.exec_driver_sql(sql)


def _driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection

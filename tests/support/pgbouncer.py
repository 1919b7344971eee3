"""The real pgbouncer in transaction mode, before the run's PostgreSQL."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

_BINARY = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_SETTINGS = """
[databases]
* = host={server} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
{more}
"""


@contextmanager
def pooled(url: str, folder: Path, more: str = "") -> Iterator[str]:
    """The URL of a database through a pooler of its own; `more` are lines of its settings."""
    if _BINARY is None:
        pytest.skip("pgbouncer is not installed (apt-get install pgbouncer): the pooler was not tried")
    there = make_url(url)
    server, port = Path(str(there.query["host"])), _free_port()
    settings = folder / "pgbouncer.ini"
    settings.write_text(_SETTINGS.format(server=server, port=port, more=more))
    for each in (folder, *folder.parents[:3]):
        each.chmod(0o755)
    as_owner = ["-u", server.owner()] if os.geteuid() == 0 else []
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen([_BINARY, *as_owner, str(settings)], stdout=log, stderr=log)
    try:
        _wait_until_it_listens(port)
        yield f"postgresql://{there.username}@127.0.0.1:{port}/{there.database}"
    finally:
        process.kill()
        process.wait()


def _wait_until_it_listens(port: int) -> None:
    give_up = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port

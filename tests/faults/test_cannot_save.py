"""When it cannot be saved: words at once, nothing half done, and everything goes on by itself afterwards.

The full disk is a real small file system, and a quota; PostgreSQL turns read-only as in a failover.
"""

import asyncio
import contextlib
import resource
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from cards.words import BREACH_NOT_SAVED, NOT_SAVED
from infra.local.people import CONSTABLE
from tests.flows.telling import a_visit, only, outcomes
from tests.support.postgres import Postgres
from tests.support.running_service import HANG, Stage, eventually, tap_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

_MEGABYTE = 1 << 20


async def ready(stage: Stage) -> int:
    async with stage.http.get(f"http://127.0.0.1:{stage.service.port}/readyz") as answer:
        return answer.status


@contextlib.asynccontextmanager
async def a_force(database_url: str, folder: Path) -> AsyncIterator[Stage]:
    async with Stage(database_url, folder) as stage:
        await stage.install_everybody()
        await stage.settle()
        yield stage


async def cannot_save_and_then_goes_on(
    stage: Stage, trouble: contextlib.AbstractAsyncContextManager[None]
) -> None:
    """The journey that is the same whatever keeps the database from saving."""
    ref, typed, breach = [await a_visit(stage, CONSTABLE) for _ in range(3)]
    await stage.settle()
    data = {"task": ref, "v": 1, "code": "NO_ANSWER"}
    tap = stage.activity(CONSTABLE, **tap_of("record_outcome", data))
    check = {"task": breach, "v": 1, "is_she_safe": "yes", "where_is_he": "gone"}
    chat = stage.chat_of(CONSTABLE)
    async with trouble:
        await eventually(lambda: _is_refused(stage), HANG)
        status, body = await stage.post(tap)
        assert (status, body["value"]) == (200, NOT_SAVED)
        status, body = await stage.post(stage.activity(CONSTABLE, **tap_of("check_breach", check)))
        assert (status, body["value"]) == (200, BREACH_NOT_SAVED)
        await stage.says(CONSTABLE, f"{typed} no answer")
        await stage.teams.wait_until(
            lambda: any(NOT_SAVED in str(each) for each in stage.teams.in_conversation(chat)), within=HANG
        )
        # What was given up leaves room for a small write or two.
        await eventually(lambda: _is_refused(stage), HANG)
        await eventually(lambda: _is_not_ready(stage), HANG)
    await eventually(lambda: _is_ready(stage), HANG)
    assert await outcomes(stage, ref) == [] and await outcomes(stage, typed) == []
    status, body = await stage.post(tap)
    assert status == 200 and body["type"].endswith("card.adaptive")
    await stage.says(CONSTABLE, f"{typed} no answer")
    await stage.settle()
    only(await outcomes(stage, ref))
    only(await outcomes(stage, typed))
    assert stage.service.is_running


async def _is_refused(stage: Stage) -> bool:
    """Whether a write has failed by now: a little room may have been left, which each tap uses up."""
    _, body = await stage.post(stage.activity(CONSTABLE, **tap_of("show_help", {"topic": ""})))
    return bool(body["value"] == NOT_SAVED)


async def _is_not_ready(stage: Stage) -> bool:
    return await ready(stage) == 503


async def _is_ready(stage: Stage) -> bool:
    return await ready(stage) == 200


# --- a full disk -----------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MB of its own."""
    at = tmp_path / "disk"
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(at)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system: the quota alone is tested")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextlib.asynccontextmanager
async def full(disk: Path) -> AsyncIterator[None]:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (_MEGABYTE, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size):
                    pass
    try:
        yield
    finally:
        filler.unlink()


async def test_a_full_disk_is_said_at_once_and_costs_nothing(small_disk: Path, tmp_path: Path) -> None:
    async with a_force(f"sqlite:///{small_disk / 'redline.db'}", tmp_path) as stage:
        await cannot_save_and_then_goes_on(stage, full(small_disk))


@contextlib.asynccontextmanager
async def quota_used_up(stage: Stage, folder: Path) -> AsyncIterator[None]:
    """No file of the service may grow beyond what its log of changes has now."""
    pid = stage.service.pid
    size = (folder / "redline.db-wal").stat().st_size
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


async def test_a_quota_that_is_used_up_is_said_at_once_and_costs_nothing(tmp_path: Path) -> None:
    async with a_force(f"sqlite:///{tmp_path / 'redline.db'}", tmp_path) as stage:
        await cannot_save_and_then_goes_on(stage, quota_used_up(stage, tmp_path))


# --- PostgreSQL ------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def read_only(server: Postgres, url: str) -> AsyncIterator[None]:
    """As after a failover to a server that takes no writes: old connections are closed."""
    name = url.partition("?")[0].rpartition("/")[2]

    def turn(switch: str) -> None:
        server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = {switch};")
        server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}';")

    await asyncio.to_thread(turn, "on")
    try:
        yield
    finally:
        await asyncio.to_thread(turn, "off")


async def test_a_read_only_postgresql_is_said_at_once_and_costs_nothing(
    postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.fresh_database()
    async with a_force(url, tmp_path) as stage:
        await cannot_save_and_then_goes_on(stage, read_only(postgres, url))


_REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON %I'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION refuse()', t);
  END LOOP; END $$;
"""


@contextlib.asynccontextmanager
async def out_of_disk(url: str) -> AsyncIterator[None]:
    """The server answers every write as one whose disk is full.

    No small disk of its own: once its log of changes does not fit, PostgreSQL stops, and nobody can say when.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_REFUSE)
        yield
        await connection.execute("DROP FUNCTION refuse CASCADE")
    finally:
        await connection.close()


async def test_a_postgresql_without_disk_is_said_at_once_and_costs_nothing(
    postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.fresh_database()
    async with a_force(url, tmp_path) as stage:
        await cannot_save_and_then_goes_on(stage, out_of_disk(url))

"""One turn of a contender: start it, warm it up, load it, weigh it, end it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import psutil

from tests.bench.echoes import ECHO_MARKER, Echo, running
from tests.bench.loads import Order, Report, send
from tests.bench.tapping import TAP_MARKER, check_nothing_lost, open_tasks, write_taps, write_tokens
from tests.support.running_service import Stage

MOST_TAPS_A_SECOND = 3000


@dataclass(frozen=True)
class Turn:
    """How long to load, in seconds, and how fast (arrivals a second; None: as fast as the answers come)."""

    seconds: float
    rate: float | None = None
    warm_up: float = 1.0
    fresh_tokens: bool = False

    @property
    def most_taps(self) -> int:
        """How many taps must be at hand."""
        return int((self.rate * 1.5 if self.rate else MOST_TAPS_A_SECOND) * self.seconds) + 100


@dataclass(frozen=True)
class Score:
    """What a turn showed: the load's report and the resident memory after it, in bytes."""

    report: Report
    memory: int


async def echo_turn(echo: Echo, turn: Turn, taps: Path, folder: Path) -> Score:
    """Load an echo bot with the same activities that the service gets."""
    async with running(echo, folder / "echo.log") as bot:
        order = Order(bot.port, taps, ECHO_MARKER, turn.warm_up)
        await send(order, folder)
        report = await send(Order(bot.port, taps, ECHO_MARKER, turn.seconds, rate=turn.rate), folder)
        return Score(report, _resident(bot.pid))


async def service_turn(turn: Turn, folder: Path) -> Score:
    """Load the real service on a database of its own, then count what it stored against what it said."""
    async with stage_with_tasks(folder, turn) as (stage, taps):
        warm, main = taps
        tokens = write_tokens(stage, folder / "tokens", turn.most_taps if turn.fresh_tokens else 1)
        one_token = write_tokens(stage, folder / "token")
        order = Order(stage.service.port, warm, TAP_MARKER, turn.warm_up, one_token)
        before = await send(order, folder)
        order = Order(stage.service.port, main, TAP_MARKER, turn.seconds, tokens, turn.rate)
        report = await send(order, folder)
        score = Score(report, _resident(service_pid()))
        await check_nothing_lost(stage.database_url, len(before.acknowledged) + len(report.acknowledged))
        if before.failed or report.failed:
            raise RuntimeError(f"{before.failed + report.failed} taps were not completed")
        return score


@asynccontextmanager
async def stage_with_tasks(folder: Path, turn: Turn) -> AsyncIterator[tuple[Stage, tuple[Path, Path]]]:
    """The service on a fresh SQLite file; taps for the warm-up and for the load, each on its own task."""
    here = Path(mkdtemp(dir=folder))
    warm_ups = int(MOST_TAPS_A_SECOND * turn.warm_up)
    # The tests hurry the records job; here it runs as often as it does by default.
    async with Stage(f"sqlite:///{here / 'bench.db'}", here, REDLINE_RECORDS_POLL_SECONDS="30") as stage:
        await stage.install_everybody()
        references = await open_tasks(stage.database_url, warm_ups + turn.most_taps)
        warm = write_taps(stage, references[:warm_ups], here / "warm-up")
        main = write_taps(stage, references[warm_ups:], here / "taps")
        yield stage, (warm, main)


def service_pid() -> int:
    """The one process under us that serves."""
    (pid,) = (
        child.pid for child in psutil.Process().children() if child.cmdline()[-2:] == ["app.py", "serve"]
    )
    return int(pid)


def _resident(pid: int) -> int:
    memory: int = psutil.Process(pid).memory_info().rss
    return memory

"""The main job played through without a screen, step by step: `make demo`."""

import asyncio
import signal
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from infra.local.demo_stage import DemoStage
from infra.local.demo_steps import MainJob, Unexpected
from infra.local.processes import CannotRun
from tasking.when.local_time import LONDON

PATIENCE_SECONDS = 20.0
_PROBLEMS = (Unexpected, CannotRun, OSError)


async def play(stage: DemoStage, at: datetime, patience: float = PATIENCE_SECONDS) -> int:
    """Play every step on a stage, saying each in a line; stops at the first that is not as expected.

    Returns the exit code: 0 where all were as expected, else 1.
    """
    steps = MainJob(stage, at, patience).steps()
    began = time.perf_counter()
    for number, (what, step) in enumerate(steps):
        print(f"{what}: ", end="", flush=True)
        started = time.perf_counter()
        try:
            print(f"{await step()} ({time.perf_counter() - started:.1f} s)", flush=True)
        except _PROBLEMS as problem:
            print(f"NOT AS EXPECTED: {problem}", flush=True)
            print(f"\n{number} of {len(steps)} steps as expected; the rest was not played.")
            return 1
    print(f"\nAll {len(steps)} steps as expected, in {time.perf_counter() - began:.0f} s.")
    return 0


def evening() -> datetime:
    """Today 21:30 in London: the demo has a late shift's clock whenever it is played."""
    return datetime.now(LONDON).replace(hour=21, minute=30, second=0, microsecond=0)


async def demo() -> int:
    """Set the stage in a temporary folder, play, and clear up."""
    at = evening()
    print("The real service, a local Graph, and a scripted Teams. Everybody is invented.\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="redline-demo-") as folder:
        async with DemoStage(Path(folder), at) as stage:
            await stage.install_everybody()
            return await play(stage, at)


def main() -> int:
    """0 where every step was as expected, else 1; 2 where the stage could not be set."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(demo())
    except CannotRun as problem:
        print(f"The demo cannot be played: {problem}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

"""From the command line to ready, and what of that is importing the packages that the service uses."""

import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.support.running_service import ROOT, ColdProcess, Stage

_OURS = frozenset({"bot", "cards", "graph", "infra", "manifest", "scheduler", "storage", "tasking", "app"})
_IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", re.MULTILINE)
_IMPORT_ALL = """
import contextlib, importlib, sys
for name in open(sys.argv[1]).read().split():
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
"""


async def seconds_to_ready(stage: Stage) -> float:
    """How long `serve` takes until it says that it is ready."""
    service = ColdProcess(stage.environment(), stage.folder / "start-up.log")
    began = time.perf_counter()
    await service.start()
    took = time.perf_counter() - began
    await service.kill()
    return took


async def list_imports(stage: Stage, path: Path) -> Path:
    """Write down every module, but our own, that the service has imported by the time it is ready."""
    log = stage.folder / "imports.log"
    service = ColdProcess({**stage.environment(), "PYTHONPROFILEIMPORTTIME": "1"}, log)
    await service.start()
    await service.kill()
    return await asyncio.to_thread(_keep_imports, log, path)


def _keep_imports(log: Path, path: Path) -> Path:
    names = dict.fromkeys(_IMPORTED.findall(log.read_text()))
    path.write_text("\n".join(name for name in names if name.partition(".")[0] not in _OURS))
    return path


async def seconds_to_import(modules: Path) -> float:
    """How long a fresh interpreter takes to import the same modules and end."""
    return await asyncio.to_thread(_import, modules)


def _import(modules: Path) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, str(modules)], cwd=ROOT, check=True, capture_output=True
    )
    return time.perf_counter() - began

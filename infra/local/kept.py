"""What local runs keep between them, all in one folder (`.local/`), and who may use it at a time."""

import fcntl
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
DOWNLOADS = ROOT / ".local"
"""Where it is noted what was downloaded; whichever folder a run keeps its data in."""


class InUse(Exception):
    """Another local run uses the folder now."""


class Kept:
    """The folder of a local run. `lock` it before using it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "redline.sqlite3"
        self.records = folder / "graph.sqlite3"
        self.directory = folder / "directory.json"
        self.logs = folder / "logs"
        self._lock: IO[str] | None = None

    @property
    def database_url(self) -> str:
        """The URL of the service's database."""
        return f"sqlite:///{self.database}"

    def lock(self) -> None:
        """Take the folder for this process until it ends; raises `InUse`."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "run.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise InUse from None

    def unlock(self) -> None:
        """Let others have it."""
        if self._lock is not None:
            self._lock.close()

    def clear(self) -> int:
        """Forget tasks, hand-overs and logs; what was downloaded stays. Returns how many files went."""
        files = [
            *self.folder.glob("redline.sqlite3*"),
            *self.folder.glob("graph.sqlite3*"),
            *self.folder.glob("directory.json"),
            *(file for file in self.logs.glob("*") if file.is_file()),
        ]
        for file in files:
            file.unlink()
        return len(files)

"""The process that has imported all of `app.py`, and forks whenever `warm_start` asks it to.

A request is one packet: the command with its environment, and the open files that become its standard output,
its standard error and the line on which its end is told.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn, TypedDict


class Asked(TypedDict):
    """A command of `app.py` and its whole environment."""

    command: list[str]
    environment: dict[str, str]


_DOORS = ("bot.shell", "bot.reading.force_words", "graph.shell", "scheduler.shell")
"""What a command of `app.py` imports when it is asked for."""
_LATER = ("graph.credentials", "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.dialects.sqlite")
"""What the service imports only once it starts."""
PACKET = 1 << 18

_endings: dict[int, int] = {}
"""Process -> the open file on which its end is told."""


def main(control: socket.socket) -> None:
    """Fork for each request, until who asks has gone."""
    for name in ("app", "uvloop", *_DOORS, *_LATER):
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, _tell_of_ends)
    while True:
        packet, files, _, _ = socket.recv_fds(control, PACKET, 3)
        if not packet:
            return
        _fork(json.loads(packet), files, control)


def _fork(asked: Asked, files: Sequence[int], control: socket.socket) -> None:
    # Held back, so that the end of a process is never told before its beginning.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    stdout, stderr, ending = files
    child = os.fork()
    if not child:
        control.close()
        for each in (ending, *_endings.values()):
            os.close(each)
        _become(asked, stdout, stderr)
    os.close(stdout)
    os.close(stderr)
    _endings[child] = ending
    os.write(ending, f"{child}\n".encode())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _tell_of_ends(_signal: int, _frame: FrameType | None) -> None:
    while _endings:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        ending = _endings.pop(child)
        os.write(ending, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os.close(ending)


def _become(asked: Asked, stdout: int, stderr: int) -> NoReturn:
    """From here on this is the process that was asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.close(stdout)
    os.close(stderr)
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    sys.argv = ["app.py", *asked["command"]]
    os._exit(_run())


def _run() -> int:
    from app import main

    try:
        return main(sys.argv[1:])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))

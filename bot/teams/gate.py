"""Who is connected. A connection costs next to nothing until it has said what it wants, and not for long.

Nobody needs a token to connect, and aiohttp waits for the first word for an hour. Here the headers of every
request must come within seconds, however many letters they come in. Those who have not spoken are counted
apart from those who have, so that no number of them takes the room of a tap; of those who have, the ones
whose token never held are given up first when somebody new speaks.
"""

import asyncio
import resource
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

import structlog
from aiohttp import web

log = structlog.get_logger()

_END_OF_HEADERS = b"\r\n\r\n"
_LONGEST_HEADERS = 32 * 1024
"""More than aiohttp takes: it answers that it is too much."""
_LOGGED_EVERY = 60.0
_FILES_FOR_THE_REST = 256
_MOST_FILES = 16_384
_BACKLOG = 1024
"""Those whom the system has connected and nobody has looked at yet: a burst of them must not make it wait."""


@dataclass(frozen=True, slots=True)
class GateLimits:
    """How many may be connected, and how long (seconds) they may keep silent."""

    silent: int = 8000
    """Who have not sent the headers of a request yet. One more costs the one who came first.

    They are cheap, and there should be room for all: where there is not, whoever is about to speak may be
    shut out with them.
    """
    speaking: int = 2000
    """Who have. One more costs the least useful of those who wait for no answer, or is not served."""
    headers_within: float = 5.0
    """From the first letter to the last, of each request."""
    answered_within: float = 12.0
    """Whoever began so long ago waits for no answer."""


def limits_of_this_process() -> GateLimits:
    """The limits that fit the files this process may open; it takes as many as it is allowed to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    room = max(wanted - _FILES_FOR_THE_REST, 32)
    usual = GateLimits()
    speaking = min(usual.speaking, room // 2)
    return GateLimits(silent=min(usual.silent, room - speaking), speaking=speaking)


class Gate:
    """Makes the protocols of a listening socket; `serve` makes aiohttp's for each that has spoken."""

    def __init__(self, serve: Callable[[], asyncio.Protocol], limits: GateLimits | None = None) -> None:
        self.limits = limits or GateLimits()
        self._serve = serve
        # All in order: who came first, who was answered longest ago, who asked longest ago.
        self._silent: dict[_Connection, None] = {}
        self._unproved: dict[_Connection, None] = {}
        self._proved: dict[_Connection, None] = {}
        self._asking: dict[_Connection, float] = {}
        self._shut = 0
        self._logged_at = -_LOGGED_EVERY

    def __call__(self) -> "_Connection":
        return _Connection(self)

    def close(self) -> None:
        """End those who have not spoken; the others are the server's to end."""
        for connection in [*self._silent]:
            connection.abort()

    def has_come(self, connection: "_Connection") -> None:
        """Somebody is connected."""
        if len(self._silent) >= self.limits.silent:
            self.shut(next(iter(self._silent)))
        self._silent[connection] = None

    def takes(self, connection: "_Connection") -> asyncio.Protocol | None:
        """Somebody has spoken: who serves them, or None where there is no room."""
        self._silent.pop(connection, None)
        if self._spoken >= self.limits.speaking and not self._makes_room():
            return None
        self.asks(connection)
        return self._serve()

    def asks(self, connection: "_Connection") -> None:
        """Somebody has made a request, and waits for the answer."""
        self.has_gone(connection)
        self._asking[connection] = _now()

    def has_answer(self, connection: "_Connection", *, is_proved: bool) -> None:
        """Nothing is to be done for somebody just now; whether a token of theirs ever held."""
        if self._asking.pop(connection, None) is not None:
            (self._proved if is_proved else self._unproved)[connection] = None

    def has_gone(self, connection: "_Connection") -> None:
        """Somebody is not connected any more."""
        for each in (self._silent, self._unproved, self._proved, self._asking):
            each.pop(connection, None)

    def shut(self, connection: "_Connection") -> None:
        """End a connection for want of words or of room; said once a minute, however many they are."""
        self.has_gone(connection)
        connection.abort()
        self._shut += 1
        if _now() - self._logged_at >= _LOGGED_EVERY:
            log.warning("connections.shut", count=self._shut, connected=len(self._silent) + self._spoken)
            self._logged_at, self._shut = _now(), 0

    @property
    def _spoken(self) -> int:
        return len(self._unproved) + len(self._proved) + len(self._asking)

    def _makes_room(self) -> bool:
        least = next(iter(self._unproved or self._proved), None) or self._unanswered()
        if least is not None:
            self.shut(least)
        return least is not None

    def _unanswered(self) -> "_Connection | None":
        """Who asked so long ago that it cannot be under way."""
        asking, since = next(iter(self._asking.items()), (None, 0.0))
        return asking if _now() - since >= self.limits.answered_within else None


@web.middleware
async def watched(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Tell the gate that a request is complete, and when it was answered. The outermost middleware."""
    connection = _connection_of(request)
    if connection is None:
        return await handler(request)
    connection.asks()
    try:
        return await handler(request)
    finally:
        connection.has_answer()


def has_proved(request: web.Request) -> None:
    """This request's token holds: its connection is worth keeping."""
    if (connection := _connection_of(request)) is not None:
        connection.is_proved = True


def _connection_of(request: web.Request) -> "_Connection | None":
    transport = request.transport
    protocol = transport.get_protocol() if transport is not None else None
    return protocol if isinstance(protocol, _Connection) else None


async def listen(gate: Gate, host: str, port: int) -> asyncio.Server:
    """Let people come through the gate; raises OSError where the port is taken or not allowed."""
    return await asyncio.get_running_loop().create_server(gate, host, port, backlog=_BACKLOG)


class _Connection(asyncio.Protocol):
    """One connection: its first headers are collected here, everything after that is aiohttp's.

    One clock runs whenever something was begun that is no request yet.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._transport: asyncio.Transport | None = None
        self._served: asyncio.Protocol | None = None
        self._said = bytearray()
        self._too_late: asyncio.TimerHandle | None = None
        self._is_asking = False
        self.is_proved = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._wait(self._gate.limits.headers_within)
        self._gate.has_come(self)

    def data_received(self, data: bytes) -> None:
        if self._served is not None:
            if not self._is_asking and self._too_late is None:
                self._wait(self._gate.limits.headers_within)
            self._served.data_received(data)
            return
        looked_at = max(len(self._said) - len(_END_OF_HEADERS), 0)
        self._said += data
        if self._said.find(_END_OF_HEADERS, looked_at) >= 0 or len(self._said) > _LONGEST_HEADERS:
            self._begin()

    def _begin(self) -> None:
        self._keep()
        self._wait(self._gate.limits.headers_within)  # until aiohttp has made a request of it
        self._served = self._gate.takes(self)
        if self._served is None:
            self._gate.shut(self)
            return
        assert self._transport is not None
        self._served.connection_made(self._transport)
        self._served.data_received(bytes(self._said))
        self._said.clear()

    def asks(self) -> None:
        """What was said is a request: its answer is what takes time now."""
        self._keep()
        self._is_asking = True
        self._gate.asks(self)

    def has_answer(self) -> None:
        """The request was answered. What is said from now on begins the next."""
        self._is_asking = False
        self._gate.has_answer(self, is_proved=self.is_proved)

    def _wait(self, seconds: float) -> None:
        self._too_late = asyncio.get_running_loop().call_later(seconds, self._gate.shut, self)

    def _keep(self) -> None:
        """It is not to be ended for its silence any more."""
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def eof_received(self) -> bool | None:
        return self._served.eof_received() if self._served else None

    def connection_lost(self, exc: Exception | None) -> None:
        self._keep()
        self._gate.has_gone(self)
        if self._served is not None:
            self._served.connection_lost(exc)
        self._transport = None

    def pause_writing(self) -> None:
        if self._served is not None:
            self._served.pause_writing()

    def resume_writing(self) -> None:
        if self._served is not None:
            self._served.resume_writing()

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()


def _now() -> float:
    return asyncio.get_running_loop().time()

"""Who may be connected, over real sockets: nobody stays without a word, and the silent take nobody's room."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web

from bot.teams.door import RUNNER_LIMITS
from bot.teams.gate import (
    Gate,
    GateLimits,
    has_proved,
    limits_of_this_process,
    listen,
    watched,
)

HANG = 20.0
SOON = 0.3
ASKED = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"

Connected = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Service:
    port: int
    release: asyncio.Event

    async def connect(self, *said: bytes) -> Connected:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for words in said:
            writer.write(words)
            await writer.drain()
        return reader, writer

    async def ask(self) -> str:
        """Ask as somebody new; the answer."""
        url = f"http://127.0.0.1:{self.port}/"
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            return await answer.text()


@asynccontextmanager
async def serving(keepalive: float = SOON, **limits: float) -> AsyncIterator[Service]:
    release = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/slow":
            await release.wait()
        if request.path == "/proved":
            has_proved(request)
        return web.Response(text=f"{request.path} {len(await request.read())}")

    app = web.Application(middlewares=[watched])
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(
        app, shutdown_timeout=0.1, **(dict(RUNNER_LIMITS) | {"keepalive_timeout": keepalive})
    )
    await runner.setup()
    assert runner.server is not None
    gate = Gate(runner.server, GateLimits(**limits))  # type: ignore[arg-type]
    listening = await listen(gate, "127.0.0.1", 0)
    try:
        async with asyncio.timeout(HANG):
            yield Service(listening.sockets[0].getsockname()[1], release)
    finally:
        release.set()
        listening.close()
        gate.close()
        await runner.cleanup()


async def ends(connected: Connected) -> bytes:
    """Wait until the connection is ended from the other side; what was said before."""
    said = b""
    try:
        while more := await connected[0].read(1000):
            said += more
    except ConnectionError:
        pass
    connected[1].close()
    return said


async def drip(writer: asyncio.StreamWriter, pause: float) -> None:
    """A letter now and then, of headers that never end."""
    writer.write(b"GET / HTTP/1.1\r\nX: ")
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(pause)


@pytest.mark.parametrize(
    "said",
    [(), (b"G",), (b"GET / HTTP/1.1\r\nHost: here\r\n",), (b"\x16\x03\x01",), (b"\r\n",)],
    ids=["nothing", "a letter", "half the headers", "another protocol", "a line break"],
)
async def test_whoever_does_not_say_what_they_want_is_shut_out(said: tuple[bytes, ...]) -> None:
    async with serving(headers_within=SOON) as service:
        assert await ends(await service.connect(*said)) == b""


async def test_a_letter_now_and_then_is_not_enough() -> None:
    async with serving(headers_within=SOON) as service:
        reader, writer = await service.connect()
        with pytest.raises(ConnectionError):
            for letter in ASKED * 10:
                writer.write(bytes([letter]))
                await writer.drain()
                await asyncio.sleep(SOON / 10)
        assert reader.at_eof() or reader.exception()
        writer.close()


async def test_nor_is_it_once_a_first_request_was_answered() -> None:
    async with serving(headers_within=SOON, keepalive=HANG) as service:
        reader, writer = await service.connect(ASKED)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        began = asyncio.get_running_loop().time()
        dripping = asyncio.create_task(drip(writer, SOON / 10))
        await ends((reader, writer))
        assert asyncio.get_running_loop().time() - began < 10 * SOON
        dripping.cancel()


async def test_one_who_never_proved_anything_goes_first_though_it_says_a_letter_now_and_then() -> None:
    async with serving(speaking=3, keepalive=HANG) as service:
        proved = await service.connect(ASKED.replace(b"/", b"/proved", 1))
        assert await proved[0].readline() == b"HTTP/1.1 200 OK\r\n"
        drippers = [await service.connect(ASKED) for _ in range(2)]
        for reader, writer in drippers:
            await reader.readuntil(b"/ 0")
            writer.write(b"G")
        for _ in range(8):
            assert await service.ask() == "/ 0"
        for each in drippers:
            assert await ends(each) == b""
        proved[1].write(ASKED)
        assert b"200 OK" in await proved[0].readuntil(b"/ 0")
        proved[1].close()


async def test_a_slow_answer_is_not_taken_for_a_slow_request() -> None:
    async with serving(headers_within=SOON, keepalive=HANG) as service:
        reader, writer = await service.connect(
            b"POST /slow HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n"
        )
        await asyncio.sleep(2 * SOON)
        writer.write(b"1234")
        await asyncio.sleep(2 * SOON)
        writer.write(b"56789")
        service.release.set()
        await reader.readuntil(b"/slow 9")
        await asyncio.sleep(2 * SOON)
        writer.write(ASKED)
        await reader.readuntil(b"/ 0")
        writer.close()


async def test_headers_in_pieces_are_read_as_a_whole() -> None:
    async with serving() as service:
        for split in (1, 17, len(ASKED) - 2, len(ASKED) - 1):
            reader, writer = await service.connect(ASKED[:split])
            await asyncio.sleep(0.05)
            writer.write(ASKED[split:])
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
            writer.close()


async def test_a_body_that_comes_with_its_headers_or_after_them_is_the_servers() -> None:
    async with serving() as service:
        head = b"POST / HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 6\r\n\r\n"
        for parts in ((head + b"123456",), (head, b"123", b"456")):
            assert (await ends(await service.connect(*parts))).endswith(b"/ 6")


@pytest.mark.parametrize(
    "length", ["-1", "nan", "1e3", "9" * 5000, "9" * 30, "5, 6", "0x10", "+6", "\u0663", ""]
)
async def test_a_length_that_is_none_is_refused_and_breaks_nothing(length: str) -> None:
    async with serving() as service:
        head = f"POST / HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        said = await ends(await service.connect(head.encode() + b"123456"))
        assert said.startswith(b"HTTP/1.1 4") or said.startswith(b"HTTP/1.0 4"), said
        assert await service.ask() == "/ 0"


async def test_headers_without_end_are_refused_by_the_server() -> None:
    async with serving() as service:
        assert b" 400 " in await ends(await service.connect(b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000))


async def test_a_connection_that_is_kept_and_not_used_is_ended() -> None:
    async with serving() as service:
        assert b"200 OK" in await ends(await service.connect(ASKED))
        half = await service.connect(ASKED, b"GET / HTT")
        assert (await ends(half)).count(b"200 OK") == 1


async def test_one_silent_too_many_costs_the_first_of_them_and_nobody_who_speaks() -> None:
    async with serving(silent=3) as service:
        waiting = await service.connect(b"GET /slow HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        silent = [await service.connect() for _ in range(8)]
        for first in silent[:5]:
            assert await ends(first) == b""
        for last in silent[5:]:
            last[1].write(ASKED)
            assert await last[0].readline() == b"HTTP/1.1 200 OK\r\n"
            last[1].close()
        service.release.set()
        assert b"/slow 0" in await ends(waiting)


async def test_one_speaker_too_many_costs_the_one_who_was_silent_longest() -> None:
    async with serving(speaking=2, answered_within=0.0) as service:
        first, second = await service.connect(ASKED), await service.connect(ASKED)
        for each in (first, second):
            assert await each[0].readline() == b"HTTP/1.1 200 OK\r\n"
        first[1].write(ASKED)
        await asyncio.sleep(0.05)
        assert await service.ask() == "/ 0"
        assert b"200 OK" not in await ends(second)
        assert b"200 OK" in await ends(first)


async def test_whoever_waits_for_an_answer_is_never_ended_to_make_room() -> None:
    async with serving(speaking=2) as service:
        slow = b"GET /slow HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
        waiting = [await service.connect(slow) for _ in range(2)]
        assert await ends(await service.connect(ASKED)) == b""
        service.release.set()
        for each in waiting:
            assert b"/slow 0" in await ends(each)


def test_the_limits_fit_the_files_that_may_be_open() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
        limits = limits_of_this_process()
        raised = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert raised == min(before[1], 16_384)
        assert limits.silent + limits.speaking < raised
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

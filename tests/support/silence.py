"""Clients that say nothing, or a letter now and then, and come again whenever they are shut out."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Coroutine, Sequence

_ASKED = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"
_BEGUN = b"POST /api/messages HTTP/1.1\r\nX: "


@contextlib.asynccontextmanager
async def silent_crowd(port: int, count: int) -> AsyncIterator[None]:
    """So many of them, all connected; those with an odd number begin a request and never end it."""
    connected = asyncio.Semaphore(0)
    async with _crowd(connected, [_come_again_and_again(port, number, connected) for number in range(count)]):
        yield


@contextlib.asynccontextmanager
async def dripping_crowd(port: int, count: int, first: bytes = _ASKED) -> AsyncIterator[None]:
    """So many who ask without a token, and then say a letter of the next request each second."""
    connected = asyncio.Semaphore(0)
    async with _crowd(connected, [_drip(port, first, connected) for _ in range(count)]):
        yield


@contextlib.asynccontextmanager
async def _crowd(
    connected: asyncio.Semaphore, clients: Sequence[Coroutine[None, None, None]]
) -> AsyncIterator[None]:
    crowd = [asyncio.create_task(client) for client in clients]
    count = len(crowd)
    try:
        for _ in range(count):
            await connected.acquire()
        yield
    finally:
        for one in crowd:
            one.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)


async def _come_again_and_again(port: int, number: int, connected: asyncio.Semaphore) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(OSError), socket.socket() as client:
            client.setblocking(False)
            await loop.sock_connect(client, ("127.0.0.1", port))
            connected.release()
            if number % 2:
                await loop.sock_sendall(client, b"POST /api/messages HTTP/1.1\r\n")
            await loop.sock_recv(client, 1)
        await asyncio.sleep(0)


async def _drip(port: int, first: bytes, connected: asyncio.Semaphore) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(OSError), socket.socket() as client:
            client.setblocking(False)
            await loop.sock_connect(client, ("127.0.0.1", port))
            await loop.sock_sendall(client, first)
            await loop.sock_recv(client, 1000)
            connected.release()
            await loop.sock_sendall(client, _BEGUN)
            while True:
                await asyncio.sleep(1)
                await loop.sock_sendall(client, b"x")
        connected.release()
        await asyncio.sleep(0.05)

"""Clients that connect and say nothing, and come again whenever they are shut out."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def silent_crowd(port: int, count: int) -> AsyncIterator[None]:
    """So many of them, all connected; those with an odd number begin a request and never end it."""
    connected = asyncio.Semaphore(0)
    crowd = [asyncio.create_task(_come_again_and_again(port, number, connected)) for number in range(count)]
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

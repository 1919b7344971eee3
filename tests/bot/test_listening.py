"""Where the service listens: whatever address the settings take, and never without asking for a token."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.shell import _listening
from tasking.opening import CannotStart
from tasking.settings import Mode, Settings


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


def endpoint(status: int) -> Any:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    def application() -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        return app

    return SimpleNamespace(application=application)


def settings(host: str) -> Settings:
    return Settings(_env_file=None, mode=Mode.PRODUCTION, host=host, port=0)


@pytest.mark.parametrize(
    ("host", "reached_at"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("localhost", "localhost"),
        pytest.param("::1", "[::1]", marks=needs_ipv6),
        pytest.param("::", "[::1]", marks=needs_ipv6),
        pytest.param("0:0:0:0:0:0:0:0", "[::1]", marks=needs_ipv6),
    ],
)
async def test_it_listens_at_every_address_that_the_settings_take(host: str, reached_at: str) -> None:
    assert not [line for line in settings(host).problems() if "_HOST:" in line]
    async with _listening(endpoint(401), settings(host)) as port:
        url = f"http://{reached_at}:{port}/"
        async with ClientSession() as client, client.get(url) as answer:
            assert answer.status == 401


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::", marks=needs_ipv6)])
async def test_it_does_not_start_where_it_would_ask_for_no_token(host: str) -> None:
    with pytest.raises(CannotStart, match="unsigned request"):
        async with _listening(endpoint(200), settings(host)):
            pass

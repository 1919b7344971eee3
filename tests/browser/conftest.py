"""One headless Chromium for the browser journeys, and the local Teams' packages; or a plain skip."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, async_playwright

from infra.local.node import LocalTeamsUnavailable, Node, find_node, install_packages
from tests.browser.driver import ARGUMENTS, CHROMIUM

STATE = Path(__file__).parents[2] / ".local"


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed: browser journeys did not run")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(
    chromium_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BrowserContext]:
    """A Chromium of its own with a fresh profile, shared by the session; each test opens its own pages."""
    profile = tmp_path_factory.mktemp("chromium")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(profile), executable_path=str(chromium_path), headless=True, args=list(ARGUMENTS)
        )
        yield context
        await context.close()


@pytest.fixture(scope="session")
def node() -> Node:
    try:
        return find_node()
    except LocalTeamsUnavailable as reason:
        pytest.skip(str(reason))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def node_modules(node: Node) -> Path:
    """The packages that infra/local/teams pins, installed once."""
    try:
        return await install_packages(node, STATE)
    except LocalTeamsUnavailable as reason:
        pytest.skip(str(reason))

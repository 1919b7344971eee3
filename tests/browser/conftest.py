"""One headless Chromium for the browser journeys; or a plain skip."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, async_playwright

from tests.browser.driver import ARGUMENTS, CHROMIUM


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

"""Draws one Adaptive Card alone with Microsoft's renderer and the Teams host config, and measures it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page

PAGE = Path(__file__).with_name("card.html")
PHONE_PX = 360
DESKTOP_PX = 1024
HOST_CONFIG = Path("adaptivecards-designer/lib/hostConfigs/microsoft-teams-light.json")
STYLES = (
    Path("adaptivecards/dist/adaptivecards.css"),
    Path("adaptivecards-designer/dist/containers/teams-container-light.css"),
)
SCRIPTS = (Path("markdown-it/dist/markdown-it.min.js"), Path("adaptivecards/dist/adaptivecards.min.js"))


@dataclass(frozen=True)
class DrawnCard:
    """A card as it was drawn. Lengths are CSS pixels.

    `overflows`: something sticks out sideways or is cut off. `lines_before_actions`: lines of text above the
    first button. `problems`: what the renderer reported when it parsed and validated the card as schema 1.5.
    """

    width: int
    height: float
    overflows: bool
    lines_before_actions: int
    smallest_button_px: float | None
    problems: tuple[str, ...]


class DrawingPage:
    """A page that draws one card after another at one width. Nothing is fetched.

    `modules` is the folder that `infra.local.node.install_packages` returned.
    """

    def __init__(self, page: Page, modules: Path, width: int) -> None:
        self._page = page
        self._host_config = json.loads((modules / HOST_CONFIG).read_text())
        self._width = width

    @classmethod
    async def open(cls, browser: BrowserContext, modules: Path, width: int = PHONE_PX) -> "DrawingPage":
        """A page of this width (CSS pixels) with the renderer loaded."""
        page = await browser.new_page()
        await page.set_viewport_size({"width": width, "height": 800})
        await _load(page, modules)
        return cls(page, modules, width)

    async def draw(self, card: dict[str, Any], picture: Path | None = None) -> DrawnCard:
        """Draw `card`, into the PNG `picture` too where one is given."""
        facts = await self._page.evaluate(
            "([card, config]) => drawCard(card, config)", [card, self._host_config]
        )
        if picture:
            await self._page.locator("#card").screenshot(path=str(picture))
        return DrawnCard(width=self._width, **{**facts, "problems": tuple(facts["problems"])})

    async def close(self) -> None:
        """Close the page."""
        await self._page.close()


async def draw_card(
    browser: BrowserContext, modules: Path, card: dict[str, Any], picture: Path, width: int = PHONE_PX
) -> DrawnCard:
    """Draw one card alone at `width` into the PNG `picture`."""
    page = await DrawingPage.open(browser, modules, width)
    try:
        return await page.draw(card, picture)
    finally:
        await page.close()


async def _load(page: Page, modules: Path) -> None:
    await page.goto(PAGE.as_uri())
    for style in STYLES:
        await page.add_style_tag(path=str(modules / style))
    for script in SCRIPTS:
        await page.add_script_tag(path=str(modules / script))

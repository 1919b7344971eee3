"""One card drawn alone: what is measured tells a good card from a bad one."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext

from tests.browser.draw_card import DESKTOP_PX, DrawnCard, draw_card
from tests.browser.throwaway_bot import card, execute

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TITLES = ("No answer", "Seen", "Breach", "More", "Brief me", "Copy of order")


class Drawer:
    """Draws cards into one folder."""

    def __init__(self, browser: BrowserContext, modules: Path, folder: Path):
        self.browser, self.modules, self.picture = browser, modules, folder / "card.png"

    async def __call__(self, content: dict[str, Any], width: int = 360) -> DrawnCard:
        return await draw_card(self.browser, self.modules, content, self.picture, width)


@pytest.fixture
def draw(chromium: BrowserContext, node_modules: Path, tmp_path: Path) -> Drawer:
    return Drawer(chromium, node_modules, tmp_path)


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": words, "wrap": True, **more}


def with_body(*body: dict[str, Any]) -> dict[str, Any]:
    return {**card("unused", execute("Seen", "seen")), "body": list(body)}


async def test_a_good_card_fits_a_phone_with_every_button_whole(draw: Drawer) -> None:
    drawn = await draw(card("T-1042 · by 22:00", *(execute(title, "tap") for title in TITLES)))

    assert (drawn.width, drawn.overflows, drawn.problems) == (360, False, ())
    assert drawn.smallest_button_px is not None
    assert drawn.smallest_button_px >= 32
    assert draw.picture.read_bytes().startswith(b"\x89PNG")


async def test_lines_are_counted_as_they_wrap(draw: Drawer) -> None:
    long = "a line of text that is far too long for one row of a narrow telephone"
    phone = await draw(with_body(text("one"), text(long)))
    desktop = await draw(with_body(text("one"), text(long)), DESKTOP_PX)

    assert (phone.lines_before_actions, desktop.lines_before_actions) == (3, 2)


async def test_columns_side_by_side_are_one_line(draw: Drawer) -> None:
    columns = [{"type": "Column", "width": "stretch", "items": [text(word)]} for word in ("left", "right")]

    assert (await draw(with_body({"type": "ColumnSet", "columns": columns}))).lines_before_actions == 1


async def test_hidden_and_folded_text_is_not_counted(draw: Drawer) -> None:
    assert (await draw(with_body(text("seen"), text("hidden", isVisible=False)))).lines_before_actions == 1


async def test_text_that_is_cut_off_is_an_overflow(draw: Drawer) -> None:
    assert (await draw(with_body(text("word " * 40, wrap=False)))).overflows
    assert not (await draw(with_body(text("word " * 40)))).overflows


async def test_a_button_title_that_is_cut_off_is_an_overflow(draw: Drawer) -> None:
    assert (await draw(card("A card", execute("A title of many words " * 4, "tap")))).overflows


async def test_something_wider_than_the_phone_is_an_overflow(draw: Drawer) -> None:
    wide = {
        "type": "Container",
        "items": [{"type": "ColumnSet", "columns": [fixed("300px"), fixed("300px")]}],
    }

    assert (await draw(with_body(wide))).overflows
    assert not (await draw(with_body(wide), DESKTOP_PX)).overflows


def fixed(width: str) -> dict[str, Any]:
    return {"type": "Column", "width": width, "items": [text("column")]}


async def test_a_card_without_buttons_has_no_smallest_one(draw: Drawer) -> None:
    drawn = await draw(card("Two\n\nlines"))

    assert drawn.smallest_button_px is None
    assert drawn.lines_before_actions == 2


async def test_what_the_renderer_complains_of_is_reported(draw: Drawer) -> None:
    drawn = await draw(with_body({"type": "Nonsense"}, {"type": "Input.Text", "label": "No id"}))

    assert any("Nonsense" in problem for problem in drawn.problems)
    assert any("unique Id" in problem for problem in drawn.problems)


async def test_markdown_is_drawn_and_not_shown_as_stars(draw: Drawer) -> None:
    plain = await draw(with_body(text("DOUBLE-CREW")))
    bold = await draw(with_body(text("**DOUBLE-CREW**")))

    assert plain.lines_before_actions == bold.lines_before_actions == 1
    assert plain.height == bold.height

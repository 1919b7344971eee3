"""Every card as Microsoft's renderer draws it, and what its buttons send from there."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from tests.browser.draw_card import DESKTOP_PX, PAGE, SCRIPTS, DrawingPage
from tests.support.buttons import PAYLOADS, parse_payload
from tests.support.card_reading import of_type, unfolded
from tests.support.card_samples import all_samples, longest_cards

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SAMPLES = all_samples()
FORMS = {
    f"{name}-{action['title']}": {**unfolded(card, action["title"]), "version": "1.5"}
    for name, card in SAMPLES.items()
    for action in of_type(card, "Action.ShowCard")
    if name in ("officer-visit", "officer-contact_visit", "officer-done-by-hand", "officer-breach-check")
}
TAPS = Path(__file__).with_name("taps.js")
SMALLEST_BUTTON_PX = 32


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def phone(chromium: BrowserContext, node_modules: Path) -> AsyncIterator[DrawingPage]:
    page = await DrawingPage.open(chromium, node_modules)
    yield page
    await page.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(chromium: BrowserContext, node_modules: Path) -> AsyncIterator[DrawingPage]:
    page = await DrawingPage.open(chromium, node_modules, DESKTOP_PX)
    yield page
    await page.close()


@pytest.mark.parametrize("name", SAMPLES | FORMS)
async def test_it_fits_a_phone(name: str, phone: DrawingPage) -> None:
    drawn = await phone.draw((SAMPLES | FORMS)[name])

    assert not drawn.overflows
    assert drawn.problems == ()
    assert (drawn.smallest_button_px or SMALLEST_BUTTON_PX) >= SMALLEST_BUTTON_PX


@pytest.mark.parametrize("name", ["officer-visit", "channel-board", "form-assign"])
async def test_it_fits_a_desk(name: str, desk: DrawingPage) -> None:
    drawn = await desk.draw(SAMPLES[name])

    assert (drawn.overflows, drawn.problems) == (False, ())


@pytest.mark.parametrize("name", ["visit", "contact_visit", "with-note", "stale-tap", "overdue"])
async def test_at_a_desk_the_officers_card_has_at_most_eight_lines_before_its_buttons(
    name: str, desk: DrawingPage
) -> None:
    assert (await desk.draw(SAMPLES[f"officer-{name}"])).lines_before_actions <= 8


async def test_every_tap_sends_what_the_service_takes(chromium: BrowserContext, node_modules: Path) -> None:
    page = await open_page(chromium, node_modules)
    sent = {name: await page.evaluate("card => everyTap(card)", card) for name, card in SAMPLES.items()}
    await page.close()

    for name, taps in sent.items():
        expected = Counter(action["verb"] for action in of_type(SAMPLES[name], "Action.Execute"))
        assert (name, Counter(tap["verb"] for tap in taps)) == (name, expected)
        for tap in taps:
            assert type(parse_payload(tap["verb"], tap["data"])) is PAYLOADS[tap["verb"]]


async def test_hostile_text_is_drawn_as_text_alone(chromium: BrowserContext, node_modules: Path) -> None:
    page = await open_page(chromium, node_modules)
    typed = "**b** _i_ [tap](https://evil.example) https://evil.example <b>x</b>"
    words = f"{typed} {{{{DATE(2026-01-01T00:00:00Z)}}}}"
    drawn = "card => { drawCard(card, {}); return document.getElementById('card').innerHTML }"
    html = [await page.evaluate(drawn, card) for card in longest_cards(words).values()]
    await page.close()

    assert not any(tag in each for each in html for tag in ("<strong>", "<em>", "<a ", "<b>"))
    assert all("{{DATE(2026-01-01T00:00:00Z)}}" in each.replace("\u200b", "") for each in html[:1])


async def open_page(chromium: BrowserContext, node_modules: Path) -> Any:
    page = await chromium.new_page()
    await page.goto(PAGE.as_uri())
    for script in (*(node_modules / script for script in SCRIPTS), TAPS):
        await page.add_script_tag(path=str(script))
    return page

"""Drives a local Teams page as a person would: reads and taps cards, fills forms, posts with mentions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import BrowserContext, Locator, Page, Route, expect

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A hang limit, not a measure of speed.
PATIENCE_MS = 30_000
_UNFOLDINGS, _UNFOLDS_WITHIN_MS = 6, 5_000
Width = Literal["desktop", "phone"]
SIZES: dict[Width, tuple[int, int]] = {"desktop": (1280, 900), "phone": (390, 844)}
# The local Teams is laid out for a desk: without this its toolbar and margins push a card off a phone.
PHONE_STYLE = """
* { transition: none !important; animation: none !important; }
@media (max-width: 480px) {
  [role=toolbar], h1 { display: none !important; }
  div:not(.ac-adaptiveCard *) { min-width: 0 !important; }
  div:has(.ac-preview-panel) { margin-right: 0 !important; }
  div:has(> .ac-preview-panel) { width: 100% !important; }
}
"""
# A card that a ShowCard action unfolds is a card inside a card: only the outer one is a message.
CARD = ".ac-adaptiveCard:not(.ac-adaptiveCard .ac-adaptiveCard)"


@dataclass(frozen=True)
class Mention:
    """A real @mention: `name` as the local Teams shows it."""

    name: str


class TeamsPage:
    """One person's local Teams in the browser."""

    def __init__(self, page: Page):
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    @classmethod
    async def open(cls, browser: BrowserContext, url: str) -> "TeamsPage":
        """Open the page at desktop width with its log panel closed, in the personal chat."""
        page = await browser.new_page()
        await page.route(lambda address: not address.startswith(url.rstrip("/")), _refuse)
        teams = cls(page)
        await teams.resize("desktop")
        # Once the page asks for the install events it hears the bot: anything earlier would be lost.
        async with page.expect_response("**/installation"):
            await page.goto(url)
        await page.get_by_title("Hide log panel").click()
        await page.add_style_tag(content=PHONE_STYLE)
        return teams

    async def close(self) -> None:
        """Close the page; the local Teams keeps running."""
        await self.page.close()

    async def go_to_personal_chat(self) -> None:
        """Switch to the chat between this person and the bot."""
        await self._switch_to("Personal Chat")

    async def go_to_channel(self, team: str, channel: str) -> None:
        """Switch to a channel, both by display name."""
        await self._switch_to(f"{team} - {channel}")

    async def post(self, *parts: str | Mention) -> None:
        """Start a new post in the open channel; text and real mentions in order."""
        await self._compose(self.page.get_by_role("textbox").first, parts)

    async def reply(self, thread: str, *parts: str | Mention) -> None:
        """Reply in the thread that holds the text `thread`."""
        await self._compose(self.thread(thread).get_by_role("textbox").last, parts)

    async def say(self, text: str) -> None:
        """Send a message in the open personal chat."""
        await self._compose(self.page.get_by_role("textbox").last, (text,))

    def thread(self, text: str) -> Locator:
        """The newest thread of the open channel that holds `text`."""
        return (
            self.page.get_by_role("group").filter(has_text=text, has=self.page.get_by_role("textbox")).first
        )

    def card(self, containing: str | None = None) -> Locator:
        """The last card on the page, or the last that holds the given text."""
        cards = self.page.locator(CARD)
        return (cards if containing is None else cards.filter(has_text=containing)).last

    async def wait_for_card(self, containing: str) -> Locator:
        """The card that holds the text, as soon as it is there."""
        card = self.card(containing)
        await expect(card).to_be_visible(timeout=PATIENCE_MS)
        return card

    async def wait_for_text(self, text: str) -> None:
        """Return when the text is anywhere on the page (a bot's plain message, the line under a card)."""
        await expect(self.page.get_by_text(text).last).to_be_visible(timeout=PATIENCE_MS)

    async def card_text(self, containing: str | None = None) -> str:
        """What a card says, a line per block, without empty lines."""
        text = await self.card(containing).inner_text()
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())

    async def buttons(self, containing: str | None = None) -> list[str]:
        """The titles of a card's visible buttons, in order."""
        found = await self.card(containing).get_by_role("button").all()
        titles = [await button.get_attribute("title") for button in found if await button.is_visible()]
        return [title for title in titles if title]

    async def tap(self, title: str, containing: str | None = None) -> None:
        """Tap a card's button, opening its overflow menu first when it is in there."""
        card = self.card(containing)
        await expect(card).to_be_visible(timeout=PATIENCE_MS)
        button = card.get_by_role("button", name=title, exact=True)
        if await button.count():
            await button.last.click()
            return
        await card.get_by_role("button", name="More options").last.click()
        await self.page.get_by_role("menuitem", name=title, exact=True).last.click()

    async def unfold(self, title: str, label: str, containing: str | None = None) -> None:
        """Open a form inside a card; again where the card was just redrawn, which closes what was open."""
        for _ in range(_UNFOLDINGS):
            await self.tap(title, containing)
            try:
                await expect(self._field(label, containing)).to_be_visible(timeout=_UNFOLDS_WITHIN_MS)
                return
            except AssertionError:
                continue
        raise AssertionError(f"{title} opens no form that asks {label}")

    async def fill(self, label: str, value: str, containing: str | None = None) -> None:
        """Fill a text input of a card; a date input takes `April 6, 2026`."""
        await self._field(label, containing).fill(value)
        await self.page.keyboard.press("Tab")

    async def choose(self, label: str, option: str, containing: str | None = None) -> None:
        """Choose from a choice set, unfolded or not; a time input offers half hours (`10:30 PM`)."""
        card = self.card(containing)
        group = card.get_by_role("radiogroup", name=label)
        if await group.count():
            await group.last.get_by_role("radio", name=option, exact=True).check()
            return
        await card.get_by_role("combobox", name=label).last.click()
        await self.page.get_by_role("option", name=option, exact=True).click()

    async def tick(self, title: str, containing: str | None = None) -> None:
        """Tick a toggle of a card."""
        await self.card(containing).get_by_role("checkbox", name=title).last.check()

    async def resize(self, width: Width, height: int | None = None) -> None:
        """Give the page a desktop's or a phone's size, or that width and another height."""
        across, down = SIZES[width]
        await self.page.set_viewport_size({"width": across, "height": height or down})

    async def screenshot(self, path: Path, width: Width = "desktop", height: int | None = None) -> Path:
        """A picture of the page; it is back at desktop width afterwards.

        The local Teams scrolls inside its window, so a long card needs a taller `height` (pixels).
        """
        await self.resize(width, height)
        try:
            await self.page.screenshot(path=str(path), full_page=True)
        finally:
            await self.resize("desktop")
        return path

    async def _switch_to(self, name: str) -> None:
        await self.page.get_by_role("treeitem", name=name, exact=True).click()

    def _field(self, label: str, containing: str | None) -> Locator:
        fields = self.card(containing).locator("input, textarea")
        return fields.and_(self.page.get_by_label(label)).last

    async def _compose(self, box: Locator, parts: tuple[str | Mention, ...]) -> None:
        await box.click()
        for part in parts:
            await self._type(part)
        await self.page.keyboard.press("Enter")

    async def _type(self, part: str | Mention) -> None:
        if isinstance(part, str):
            await self.page.keyboard.type(part)
            return
        # Enter would send the unfinished text, and a space closes the list: a mention is made by choosing.
        await self.page.keyboard.type(f"@{part.name.split()[0]}")
        await self.page.get_by_role("menuitem").filter(has_text=part.name).first.click()


async def _refuse(route: Route) -> None:
    await route.abort()

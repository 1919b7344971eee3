"""The main job as people do it: in the local Teams, in a browser, at a desk's and at a phone's width.

With `REDLINE_PICTURES=docs/images` the journeys leave the README's pictures there.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.driver import PATIENCE_MS, Mention, TeamsPage
from tests.browser.local_run import LocalRun

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

REDLINE, CASEY, ROBIN = Mention("RedLine"), Mention("Casey Constable"), Mention("Robin Rota")
TEAM, CHANNEL = "North team", "RedLine"
TALL = 2400
"""A page high enough for everything to be drawn at once."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def local(
    chromium: BrowserContext, node_modules: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LocalRun]:
    async with LocalRun(tmp_path_factory.mktemp("local")) as run:
        yield run


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sergeant(local: LocalRun, chromium: BrowserContext) -> AsyncIterator[TeamsPage]:
    page = await TeamsPage.open(chromium, local.sergeant)
    await page.go_to_channel(TEAM, CHANNEL)
    yield page
    await page.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def constable(local: LocalRun, chromium: BrowserContext) -> AsyncIterator[TeamsPage]:
    page = await TeamsPage.open(chromium, local.constable)
    yield page
    await page.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: kept only where somebody asks for them."""
    folder = Path(os.environ.get("REDLINE_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def test_a_sergeant_assigns_and_the_constable_closes_it_with_one_tap(
    sergeant: TeamsPage, constable: TeamsPage, pictures: Path
) -> None:
    await sergeant.wait_for_card("REDLINE · North team")
    await sergeant.post(
        REDLINE, " /assign ", CASEY, " visit DVPO-3 by tomorrow 18:00 note: gate code with front desk"
    )
    await constable.wait_for_card("T-1042")
    confirmation = await sergeant.wait_for_card("T-1042 · Order check")
    assert "gate code" not in await confirmation.inner_text()
    assert "gate code" in await constable.card_text("T-1042")
    assert (await constable.buttons("T-1042"))[-7:] == [
        "No answer",
        "Seen",
        "Concern",
        "Breach",
        "More",
        "Brief me",
        "Copy of order",
    ]
    await sergeant.screenshot(pictures / "sergeant.png", height=1120)
    await constable.resize("phone", TALL)
    await constable.card("T-1042").screenshot(path=str(pictures / "officer-card.png"))
    assert await _fits(constable.page)
    await constable.resize("desktop")

    await constable.tap("No answer", "T-1042")
    await constable.wait_for_card("Undo (until")
    await expect(sergeant.card("T-1042 · Order check")).to_contain_text("Done", timeout=PATIENCE_MS)
    await constable.card("T-1042").screenshot(path=str(pictures / "done.png"))


async def test_undo_opens_the_task_again_and_seen_asks_inside_the_card(
    constable: TeamsPage, pictures: Path
) -> None:
    undo = next(title for title in await constable.buttons("T-1042") if title.startswith("Undo"))
    await constable.tap(undo, "T-1042")
    # The answer says so, perhaps for a moment only: the card itself follows, and closes what is open on it.
    await expect(constable.card("T-1042")).not_to_contain_text("Undo", timeout=PATIENCE_MS)
    assert "No answer" in await constable.buttons("T-1042")
    await constable.resize("phone", TALL)
    await constable.unfold("Seen", "Where?", "T-1042")
    await constable.fill("Where?", "At the door", "T-1042")
    await constable.choose("Who with?", "Alone", "T-1042")
    await constable.card("T-1042").screenshot(path=str(pictures / "seen.png"))
    assert await _fits(constable.page)
    await constable.tap("Record", "T-1042")
    seen = "Seen, nothing to suggest a breach"
    await expect(constable.card("T-1042")).to_contain_text(seen, timeout=PATIENCE_MS)
    await expect(constable.card("T-1042")).to_contain_text("Undo", timeout=PATIENCE_MS)
    await constable.resize("desktop")


async def test_a_breach_begins_with_the_radio_and_is_read_back_before_it_counts(
    sergeant: TeamsPage, constable: TeamsPage, local: LocalRun, pictures: Path, chromium: BrowserContext
) -> None:
    await sergeant.post(REDLINE, " /assign ", CASEY, " visit DVPO-3 by in 4h")
    await constable.wait_for_card("T-1043")
    await constable.resize("phone", TALL)
    await constable.unfold("Breach", "Protected person safe?", "T-1043")
    await expect(constable.card("T-1043")).to_contain_text("Radio first. Nobody watches RedLine.")
    await constable.card("T-1043").screenshot(path=str(pictures / "breach.png"))
    assert await _fits(constable.page)
    await constable.fill("Protected person safe?", "Yes, seen by the crew", "T-1043")
    await constable.fill("Where is the subject?", "At the address", "T-1043")
    await constable.tap("Check answers", "T-1043")
    await constable.wait_for_card("Yes, seen by the crew")
    await constable.card("T-1043").screenshot(path=str(pictures / "breach-check.png"))
    await constable.tap("Record and tell the sergeant", "T-1043")
    await expect(constable.card("T-1043")).to_contain_text("Breach suspected", timeout=PATIENCE_MS)
    await constable.resize("desktop")
    await sergeant.wait_for_card("Breach suspected")
    desk = await _desk(chromium, local)
    await expect(desk.get_by_text("T-1043").first).to_be_visible(timeout=PATIENCE_MS)
    await desk.screenshot(path=str(pictures / "desk.png"))
    await desk.close()


async def test_the_desk_rejects_it_and_the_card_comes_back_then_records_the_correction(
    constable: TeamsPage, local: LocalRun, chromium: BrowserContext
) -> None:
    desk = await _desk(chromium, local)
    await desk.get_by_label("Reason").first.fill("Which address?")
    await desk.get_by_role("button", name="Reject").first.click()
    await constable.wait_for_card("Which address?")
    await desk.close()


async def test_assign_alone_is_a_form_that_becomes_the_confirmation(
    sergeant: TeamsPage, pictures: Path
) -> None:
    await sergeant.post(REDLINE, " /assign")
    await sergeant.wait_for_card("Give somebody a task")
    await sergeant.card("Give somebody a task").screenshot(path=str(pictures / "assign-form.png"))
    form = "Give somebody a task"
    await sergeant.choose("Officer", "PC 9188 Robin Rota (fictional)", form)
    await sergeant.choose("Order or subject", "DVPO-3 (S-01)", form)
    await sergeant.tap("Assign", form)
    await sergeant.wait_for_card("T-1044")
    await expect(sergeant.page.get_by_text(form)).to_have_count(0, timeout=PATIENCE_MS)


async def test_a_typed_message_does_the_same_as_a_tap(sergeant: TeamsPage, constable: TeamsPage) -> None:
    await sergeant.post(REDLINE, " /assign ", CASEY, " visit DVPO-3 by in 5h")
    await constable.wait_for_card("T-1045")
    await constable.say("1045 no answer")
    await expect(constable.card("T-1045")).to_contain_text("No answer", timeout=PATIENCE_MS)
    await expect(constable.card("T-1045")).to_contain_text("don't re-key", timeout=PATIENCE_MS)


async def test_the_briefing_is_for_the_tapper_and_leads_back(
    sergeant: TeamsPage, constable: TeamsPage, pictures: Path
) -> None:
    await sergeant.post(REDLINE, " /assign ", CASEY, " visit DVPO-3 by in 6h")
    await constable.wait_for_card("T-1046")
    await constable.tap("Brief me", "T-1046")
    await constable.wait_for_card("must not contact the protected person")
    await constable.resize("phone", TALL)
    await constable.card("T-1046").screenshot(path=str(pictures / "briefing.png"))
    await constable.resize("desktop")
    await expect(sergeant.card("T-1046")).to_contain_text("Accepted", timeout=PATIENCE_MS)
    await constable.tap("Back to the task", "T-1046")
    await expect(constable.card("T-1046")).to_contain_text("J. EXAMPLE", timeout=PATIENCE_MS)


async def test_a_constable_who_assigns_is_told_plainly_that_only_a_supervisor_can(
    constable: TeamsPage,
) -> None:
    await constable.say("/assign")
    await constable.wait_for_card("Only a supervisor of the district can assign work.")


async def test_the_service_logged_nothing_personal_and_no_failure(local: LocalRun) -> None:
    log = local.service_log()
    for word in ("EXAMPLE", "Imaginary", "gate code", "Casey", "front desk", "At the address"):
        assert word not in log
    assert "request.failed" not in log
    assert "Traceback" not in log


async def _desk(chromium: BrowserContext, local: LocalRun) -> Page:
    page = await chromium.new_page()
    await page.set_viewport_size({"width": 1000, "height": 620})
    await page.goto(local.desk)
    return page


async def _fits(page: Page) -> bool:
    """Whether nothing of the last card has to be scrolled to sideways."""
    return bool(
        await page.evaluate(
            "() => [...document.querySelectorAll('.ac-adaptiveCard')]"
            ".every(card => card.scrollWidth <= card.clientWidth + 1)"
        )
    )

"""The records desk in a browser: the list keeps itself fresh and leaves alone what is being typed."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from infra.local.graph import LocalGraph
from tests.graph.test_desk import EVIL, FIELDS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture
async def page(local_graph: LocalGraph) -> AsyncIterator[Page]:
    local_graph.store.add(FIELDS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 360, "height": 740})
        await page.goto(local_graph.desk_url)
        yield page
        await browser.close()


async def test_new_and_changed_rows_appear_without_losing_what_is_typed(
    page: Page, local_graph: LocalGraph
) -> None:
    await page.fill("#reference-1", "36/218")
    local_graph.store.change(1, {"Note": "Changed by somebody else"})
    local_graph.store.add({**FIELDS, "RedLineKey": "k-2", "TaskRef": "T-1043"})
    await page.wait_for_selector("#row-2")
    await page.wait_for_function("document.querySelector('#row-1').innerText.includes('somebody else')")
    assert await page.input_value("#reference-1") == "36/218"
    assert await page.inner_text("#count") == "2 waiting, 2 in all"
    assert await page.eval_on_selector_all("article", "rows => rows.map(row => row.id)") == ["row-2", "row-1"]


async def test_a_row_that_nobody_edits_is_replaced_and_a_deleted_one_goes(
    page: Page, local_graph: LocalGraph
) -> None:
    local_graph.store.change(1, {"State": "Recorded", "AthenaRef": "36/1/26"})
    await page.wait_for_selector("#row-1.recorded")
    local_graph.store.remove(1)
    await page.wait_for_selector("#empty")
    assert await page.query_selector("#row-1") is None


async def test_recording_by_thumb_works_and_nothing_scrolls_sideways(
    page: Page, local_graph: LocalGraph
) -> None:
    await page.click("#row-1 button[value=record]")
    assert await page.inner_text("[role=alert]") == "Enter the Athena reference"
    await page.fill("#reference-1", "36/21858/19")
    await page.click("#row-1 button[value=record]")
    assert await page.inner_text(".done") == "T-1042: Recorded as 36/21858/19"
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    assert await page.eval_on_selector(".done", "done => done.getBoundingClientRect().width") > 0


async def test_nothing_that_was_typed_is_ever_run(page: Page, local_graph: LocalGraph) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    local_graph.store.add({**FIELDS, "RedLineKey": "k-2", "Note": EVIL, "TaskRef": EVIL})
    await page.wait_for_selector("#row-2")
    await page.reload()
    assert EVIL in await page.inner_text("#row-2")
    assert dialogs == []

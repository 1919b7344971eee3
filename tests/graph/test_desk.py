"""The records desk: the page on which one plays the people who put outcomes on Athena."""

import html
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import FormData

from infra.local.graph import LocalGraph
from infra.local.graph.store import Item

FIELDS: dict[str, str | None] = {
    "RedLineKey": "outcome-1",
    "TaskRef": "T-1042",
    "SubjectRef": "S-07",
    "OrderRef": "DVPO-3",
    "Kind": "COMPLIANCE_VISIT",
    "Code": "NO_ANSWER",
    "HappenedAt": "2026-07-01T15:10:00Z",
    "RecordedAt": "2026-07-01T15:12:00Z",
    "OfficerId": "person-a",
    "Note": "No sign of anyone",
    "State": "Waiting",
}
EVIL = '"><script>alert(1)</script>&amp;'


@pytest.fixture
async def http(local_graph: LocalGraph) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(local_graph.url.removesuffix("/v1.0")) as session:
        yield session


@pytest.fixture
def item(local_graph: LocalGraph) -> Item:
    return local_graph.store.add(FIELDS)


async def shown(http: aiohttp.ClientSession) -> str:
    async with http.get("/desk") as response:
        assert response.status == 200
        return await response.text()


async def press(http: aiohttp.ClientSession, item_id: int, **form: str) -> tuple[int, str]:
    async with http.post(f"/desk/{item_id}", data=FormData(form), allow_redirects=True) as response:
        return response.status, await response.text()


async def test_an_empty_desk_says_so_and_that_all_is_fictional(http: aiohttp.ClientSession) -> None:
    page = await shown(http)
    assert "<title>Records desk – fictional training data</title>" in page
    assert "Nothing has been handed over yet." in page
    assert '<html lang="en-GB">' in page


async def test_a_row_shows_what_the_desk_needs(http: aiohttp.ClientSession, item: Item) -> None:
    page = await shown(http)
    for text in (
        "T-1042",
        "Compliance visit",
        "No answer",
        "1187, A. EXAMPLE",
        "No sign of anyone",
        "Waiting",
    ):
        assert text in page
    assert "Wed 01 Jul 2026 16:10" in page  # London summer time
    assert "1 waiting, 1 in all" in page


async def test_rows_come_newest_first(http: aiohttp.ClientSession, local_graph: LocalGraph) -> None:
    for number in range(3):
        local_graph.store.add({**FIELDS, "RedLineKey": f"k-{number}", "TaskRef": f"T-{number}"})
    assert re.findall(r"<h2>(T-\d)", await shown(http)) == ["T-2", "T-1", "T-0"]


async def test_recording_needs_a_reference_and_shows_it(
    http: aiohttp.ClientSession, local_graph: LocalGraph, item: Item
) -> None:
    status, page = await press(http, item.id, action="record", reference=" 36/21858/19 ")
    assert status == 200
    assert "T-1042: Recorded as 36/21858/19" in page
    changed = local_graph.store.all()[0].fields
    assert (changed["State"], changed["AthenaRef"], changed["Reason"]) == ("Recorded", "36/21858/19", None)


@pytest.mark.parametrize(("action", "state"), [("reject", "Rejected"), ("return", "Returned")])
async def test_rejecting_and_returning_need_a_reason_and_show_it(
    http: aiohttp.ClientSession, local_graph: LocalGraph, item: Item, action: str, state: str
) -> None:
    _, page = await press(http, item.id, action=action, reason="Wrong subject")
    assert f"T-1042: {state}: Wrong subject" in page
    changed = local_graph.store.all()[0].fields
    assert (changed["State"], changed["Reason"], changed["AthenaRef"]) == (state, "Wrong subject", None)


async def test_a_decision_redirects_so_that_reloading_repeats_nothing(
    http: aiohttp.ClientSession, item: Item
) -> None:
    form = FormData({"action": "record", "reference": "36/1/26"})
    async with http.post(f"/desk/{item.id}", data=form, allow_redirects=False) as response:
        assert response.status == 303
        assert response.headers["Location"] == f"/desk?done={item.id}#row-{item.id}"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"action": "record", "reference": "  "}, "Enter the Athena reference"),
        ({"action": "record"}, "Enter the Athena reference"),
        ({"action": "reject", "reason": ""}, "Enter the reason for rejecting this"),
        ({"action": "return", "reason": " "}, "Enter the reason for returning this"),
        ({"action": "record", "reference": "3" * 65}, "Enter at most 64 characters"),
        ({"action": "reject", "reason": "x" * 256}, "Enter at most 255 characters"),
    ],
)
async def test_bad_input_says_what_is_missing_and_changes_nothing(
    http: aiohttp.ClientSession, local_graph: LocalGraph, item: Item, form: dict[str, str], message: str
) -> None:
    status, page = await press(http, item.id, **form)
    assert status == 422
    assert page.count(message) == 2  # at the top, and beside the field
    assert 'aria-invalid="true"' in page
    assert local_graph.store.all()[0] == item


async def test_what_was_typed_is_kept_and_escaped(http: aiohttp.ClientSession, item: Item) -> None:
    _, page = await press(http, item.id, action="record", reference="", reason=EVIL)
    assert f'name="reason" value="{html.escape(EVIL)}"' in page
    assert "data-typed" in page


async def test_a_row_that_changed_meanwhile_is_not_decided_by_accident(
    http: aiohttp.ClientSession, local_graph: LocalGraph, item: Item
) -> None:
    local_graph.store.change(item.id, {"State": "Rejected", "Reason": "By a colleague"})
    status, page = await press(http, item.id, action="record", reference="36/1/26", version=item.etag)
    assert status == 422
    assert "This row has changed meanwhile" in page
    assert 'value="36/1/26"' in page
    assert local_graph.store.all()[0].fields["State"] == "Rejected"


async def test_the_form_carries_the_version_it_was_drawn_from(
    http: aiohttp.ClientSession, item: Item
) -> None:
    assert f'name="version" value="{html.escape(item.etag)}"' in await shown(http)
    status, _ = await press(http, item.id, action="record", reference="36/1/26", version=item.etag)
    assert status == 200


async def test_a_decision_can_be_changed_later(http: aiohttp.ClientSession, item: Item) -> None:
    await press(http, item.id, action="record", reference="36/1/26")
    assert "<summary>Change this</summary>" in await shown(http)
    _, page = await press(http, item.id, action="record", reference="36/2/26")
    assert "Recorded as 36/2/26" in page


async def test_a_correction_leads_to_what_it_corrects(
    http: aiohttp.ClientSession, local_graph: LocalGraph, item: Item
) -> None:
    local_graph.store.add({**FIELDS, "RedLineKey": "k-2", "CorrectsKey": "outcome-1"})
    local_graph.store.add({**FIELDS, "RedLineKey": "k-3", "CorrectsKey": "no-longer-here"})
    page = await shown(http)
    assert f'<a href="#row-{item.id}">T-1042, No answer</a>' in page
    assert "no-longer-here" in page


@pytest.mark.parametrize("column", [name for name in FIELDS if name not in ("RedLineKey", "State")])
async def test_everything_that_came_from_somebody_is_escaped(
    http: aiohttp.ClientSession, local_graph: LocalGraph, column: str
) -> None:
    local_graph.store.add({**FIELDS, column: EVIL})
    page = (await shown(http)).lower()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("moment", ["2026-07-01T15:10:00", "yesterday", ""])
async def test_a_time_that_cannot_be_placed_is_shown_as_it_is(
    http: aiohttp.ClientSession, local_graph: LocalGraph, moment: str
) -> None:
    local_graph.store.add({**FIELDS, "HappenedAt": moment})
    assert f"<dd>{moment}</dd>" in await shown(http) or not moment


async def test_a_row_or_a_button_that_is_not_there_is_refused(
    http: aiohttp.ClientSession, item: Item
) -> None:
    assert (await press(http, 99, action="record", reference="x"))[0] == 404
    assert (await press(http, item.id, action="explode"))[0] == 400
    async with http.post("/desk/x", data=FormData({"action": "record"})) as response:
        assert response.status == 404


async def test_a_strange_notice_in_the_address_is_ignored(http: aiohttp.ClientSession) -> None:
    for done in ("99", "x", "<b>"):
        async with http.get("/desk", params={"done": done}) as response:
            assert response.status == 200
            assert "<b>" not in await response.text()


async def test_every_field_has_a_label_of_its_own(
    http: aiohttp.ClientSession, local_graph: LocalGraph, item: Item
) -> None:
    local_graph.store.add({**FIELDS, "RedLineKey": "k-2"})
    page = await shown(http)
    fields = re.findall(r'<input type="text" id="([^"]+)"', page)
    assert len(set(fields)) == len(fields) == 4
    assert set(fields) == set(re.findall(r'<label for="([^"]+)"', page))


async def test_the_page_may_load_nothing_but_its_own_parts(http: aiohttp.ClientSession) -> None:
    async with http.get("/desk") as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for part, kind in (("desk.css", "text/css"), ("desk.js", "javascript")):
        async with http.get(f"/desk/{part}") as response:
            assert response.status == 200
            assert kind in response.content_type

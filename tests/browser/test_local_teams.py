"""Microsoft's local Teams with a throwaway bot: what RedLine's own browser journeys rely on."""

import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import BrowserContext

from infra.local.local_teams import LocalTeamsWindow, TeamsPerson, TeamsTeam
from infra.local.node import Node
from tests.browser.driver import Mention, TeamsPage
from tests.browser.local_people import (
    BOARD,
    CASEY,
    NORTH,
    OTHERS,
    SAM,
    TENANT,
    free_port,
    window_of,
    world_of,
)
from tests.browser.throwaway_bot import ThrowawayBot, card, execute, message_with

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bot() -> AsyncIterator[ThrowawayBot]:
    bot = ThrowawayBot()
    app = web.Application()
    app.router.add_post("/api/messages", bot.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port := free_port())
    await site.start()
    bot.endpoint = f"http://127.0.0.1:{port}/api/messages"
    yield bot
    await runner.cleanup()


class Pair:
    """The sergeant's window with the team, and the constable's without."""

    def __init__(self, sergeant: LocalTeamsWindow, constable: LocalTeamsWindow):
        self.sergeant, self.constable = sergeant, constable


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def windows(
    bot: ThrowawayBot, node: Node, node_modules: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pair]:
    folder = tmp_path_factory.mktemp("teams")
    world = world_of(bot.endpoint)

    def make(who: TeamsPerson, team: TeamsTeam | None = None) -> LocalTeamsWindow:
        seen = window_of(who, free_port(), team)
        return LocalTeamsWindow(world, seen, node=node, modules=node_modules, folder=folder)

    async with make(SAM, NORTH) as sergeant, make(CASEY) as constable:
        yield Pair(sergeant, constable)


@pytest.fixture(autouse=True)
def nothing_heard_yet(bot: ThrowawayBot) -> None:
    bot.forget()


@pytest_asyncio.fixture(loop_scope="session")
async def sergeant(windows: Pair, chromium: BrowserContext) -> AsyncIterator[TeamsPage]:
    page = await TeamsPage.open(chromium, windows.sergeant.url)
    yield page
    await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def constable(windows: Pair, chromium: BrowserContext) -> AsyncIterator[TeamsPage]:
    page = await TeamsPage.open(chromium, windows.constable.url)
    yield page
    await page.close()


async def test_opening_the_page_tells_the_bot_who_is_there_and_where_to_answer(
    sergeant: TeamsPage, bot: ThrowawayBot, windows: Pair
) -> None:
    install = await bot.hears("installationUpdate", sender=SAM.teams_id)

    assert install["from"]["aadObjectId"] == SAM.object_id
    assert install["conversation"]["id"] == "a:personal-sam"
    assert install["channelData"]["tenant"]["id"] == TENANT
    assert install["serviceUrl"] == windows.sergeant.service_url


async def test_install_events_come_without_a_browser_for_the_chat_and_the_channels(
    windows: Pair, bot: ThrowawayBot
) -> None:
    await windows.sergeant.announce_install()

    async with asyncio.timeout(20), bot.arrived:
        await bot.arrived.wait_for(lambda: len(bot.heard) == 6)
    places = {activity["conversation"]["id"] for activity in bot.heard}
    assert places == {"a:personal-sam", NORTH.id, BOARD.id}


async def test_a_channel_post_carries_real_mentions_of_the_bot_and_of_a_person(
    sergeant: TeamsPage, bot: ThrowawayBot
) -> None:
    await sergeant.go_to_channel("North", "RedLine")
    await sergeant.post(Mention("RedLine"), " /assign ", Mention("Casey Constable"), " visit DVPO-3 by 18:00")

    heard = await bot.hears("message")
    mentioned = [entity["mentioned"]["id"] for entity in heard["entities"] if entity["type"] == "mention"]
    assert mentioned == ["28:redline", CASEY.teams_id]
    assert heard["channelData"]["channel"]["id"] == BOARD.id
    assert heard["text"].endswith("visit DVPO-3 by 18:00")


async def test_a_channel_post_without_the_bot_is_not_heard(sergeant: TeamsPage, bot: ThrowawayBot) -> None:
    await sergeant.go_to_channel("North", "RedLine")
    await sergeant.post("just among us")
    await sergeant.wait_for_text("just among us")
    await sergeant.post(Mention("RedLine"), " /tasks")

    assert "/tasks" in (await bot.hears("message"))["text"]
    assert not any("among us" in activity.get("text", "") for activity in bot.heard)


async def test_the_bot_answers_in_the_thread_and_a_reply_stays_in_it(
    sergeant: TeamsPage, bot: ThrowawayBot
) -> None:
    await sergeant.go_to_channel("North", "RedLine")
    await sergeant.post(Mention("RedLine"), " /board please")
    heard = await bot.hears("message")
    thread = heard["conversation"]["id"]
    await bot.send(heard["serviceUrl"], thread, message_with(card("A short confirmation")))
    await sergeant.wait_for_card("A short confirmation")

    bot.forget()
    await sergeant.reply("/board please", Mention("RedLine"), " /help")

    assert (await bot.hears("message"))["conversation"]["id"] == thread


async def test_a_root_post_is_edited_in_place(sergeant: TeamsPage, bot: ThrowawayBot, windows: Pair) -> None:
    await sergeant.go_to_channel("North", "RedLine")
    service = windows.sergeant.service_url
    root = await bot.send(service, BOARD.id, message_with(card("Board: 6 due")))
    await sergeant.wait_for_card("Board: 6 due")

    await bot.update(service, BOARD.id, root, message_with(card("Board: 5 due")))

    await sergeant.wait_for_card("Board: 5 due")
    assert not await sergeant.card("Board: 6 due").count()


async def test_a_post_in_one_window_and_a_card_in_the_others_personal_chat(
    sergeant: TeamsPage, constable: TeamsPage, bot: ThrowawayBot
) -> None:
    await sergeant.go_to_channel("North", "RedLine")
    await sergeant.post(Mention("RedLine"), " /assign ", Mention("Casey Constable"), " visit DVPO-3")
    asked = await bot.hears("message")
    confirmation = await bot.send(
        asked["serviceUrl"], asked["conversation"]["id"], message_with(card("ASSIGNED"))
    )
    installed = await bot.hears("installationUpdate", sender=CASEY.teams_id)
    visit = message_with(card("Order check", execute("No answer", "no_answer")))
    await bot.send(installed["serviceUrl"], installed["conversation"]["id"], visit)

    await constable.wait_for_card("Order check")
    await constable.tap("No answer")
    tapped = await bot.hears("invoke")
    await bot.update(asked["serviceUrl"], BOARD.id, confirmation, message_with(card("DONE")))

    assert tapped["from"]["aadObjectId"] == CASEY.object_id
    await constable.wait_for_card("After no_answer")
    await sergeant.wait_for_card("DONE")


async def test_the_inputs_of_a_card_arrive_with_the_tap(
    constable: TeamsPage, bot: ThrowawayBot, windows: Pair
) -> None:
    inputs = (
        {
            "type": "Input.Text",
            "id": "note",
            "label": "Note",
            "isRequired": True,
            "errorMessage": "Say where",
        },
        {"type": "Input.Date", "id": "day", "label": "Day"},
        {"type": "Input.Time", "id": "time", "label": "Time"},
        {"type": "Input.Toggle", "id": "children", "title": "Children seen"},
        {"type": "Input.ChoiceSet", "id": "kind", "label": "Kind", "choices": choices("Visit", "Referral")},
        {
            "type": "Input.ChoiceSet",
            "id": "when",
            "label": "When",
            "style": "expanded",
            "choices": choices("Now"),
        },
    )
    form = card("Seen: two questions", execute("Send", "seen"), inputs=inputs)
    await bot.send(windows.constable.service_url, "a:personal-casey", message_with(form))
    await constable.wait_for_card("Seen: two questions")

    await constable.tap("Send")
    await constable.wait_for_text("Say where")
    await constable.fill("Note", "front door")
    await constable.fill("Day", "April 6, 2026")
    await constable.choose("Time", "10:30 PM")
    await constable.tick("Children seen")
    await constable.choose("Kind", "Referral")
    await constable.choose("When", "Now")
    await constable.tap("Send")

    data = (await bot.hears("invoke"))["value"]["action"]["data"]
    assert data == {
        "task": "T-1042",
        "note": "front door",
        "day": "2026-04-06",
        "time": "22:30",
        "children": "true",
        "kind": "referral",
        "when": "now",
    }


def choices(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "value": title.lower()} for title in titles]


async def test_an_answer_for_the_tapper_alone_leaves_the_card_as_it_was(
    constable: TeamsPage, bot: ThrowawayBot, windows: Pair
) -> None:
    asked = message_with(card("Brief", execute("Brief me", "whisper")))
    await bot.send(windows.constable.service_url, "a:personal-casey", asked)
    await constable.wait_for_card("Brief")

    await constable.tap("Brief me")

    await constable.wait_for_text("For you alone")
    assert await constable.card_text() == "Brief\nBrief me"


async def test_actions_unfold_and_hide_in_the_overflow_menu(
    constable: TeamsPage, bot: ThrowawayBot, windows: Pair
) -> None:
    note = {"type": "Input.Text", "id": "why", "label": "Why"}
    more = {
        "type": "Action.ShowCard",
        "title": "More",
        "card": card("Reason?", execute("Give back", "cant"), inputs=(note,)),
    }
    late = {**execute("Copy of order", "copy"), "mode": "secondary"}
    await bot.send(
        windows.constable.service_url, "a:personal-casey", message_with(card("Folded", more, late))
    )
    await constable.wait_for_card("Folded")
    assert await constable.buttons() == ["More", "More options"]

    await constable.unfold("More", "Why")
    await constable.fill("Why", "at court")
    await constable.tap("Give back")
    given_back = (await bot.hears("invoke"))["value"]["action"]
    await constable.wait_for_card("After cant")
    assert given_back["data"] == {"task": "T-1042", "why": "at court"}

    await bot.send(windows.constable.service_url, "a:personal-casey", message_with(card("Again", more, late)))
    await constable.wait_for_card("Again")
    await constable.tap("Copy of order")
    await constable.wait_for_card("After copy")


async def test_typed_words_reach_the_bot_in_the_personal_chat(
    constable: TeamsPage, bot: ThrowawayBot
) -> None:
    await constable.say("1042 no answer 2115")

    heard = await bot.hears("message", sender=CASEY.teams_id)
    assert heard["text"] == "1042 no answer 2115"
    assert heard["conversation"]["conversationType"] == "personal"


async def test_the_roster_gives_the_entra_id_behind_every_teams_id(bot: ThrowawayBot, windows: Pair) -> None:
    roster = await bot.roster(windows.sergeant.service_url, BOARD.id)

    assert roster == {who.teams_id: who.object_id for who in (SAM, CASEY, *OTHERS)}


async def test_the_whole_page_fits_a_phone(
    constable: TeamsPage, bot: ThrowawayBot, windows: Pair, tmp_path: Path
) -> None:
    titles = ("No answer", "Seen", "Concern", "Breach", "More", "Brief me", "Copy of order")
    visit = card("OFFICIAL-SENSITIVE · T-1042", *(execute(title, "x") for title in titles))
    await bot.send(windows.constable.service_url, "a:personal-casey", message_with(visit))
    await constable.wait_for_card("T-1042")

    picture = await constable.screenshot(tmp_path / "phone.png", "phone")
    await constable.resize("phone")
    box = await constable.card("T-1042").bounding_box()

    assert png_size(picture) == (390, 844)
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def png_size(picture: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height

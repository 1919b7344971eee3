"""Words of danger, on every way in: the radio first, nothing recorded as harmless, nothing lost."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.reading.danger import sounds_dangerous
from bot.reading.wording import words_of
from infra.local.people import (
    BOT_ID,
    CONSTABLE,
    NORTH_CHANNEL,
    OUTSIDER,
    SERGEANT,
    FictionalPerson,
)
from storage.enums import HeldAnswer, OutcomeCode, OutcomeState
from storage.tables import CallForHelp, HeldMessage, Outcome, TaskNote
from tasking.ports import Card
from tests.support import buttons as b
from tests.support.card_reading import all_words, buttons, inputs
from tests.support.notice_names import CardPurpose
from tests.support.talking import Talking
from tests.support.units import open_force

RADIO = "Radio first. Nobody watches RedLine."
NOT_RECORDED = f"{RADIO} This was NOT recorded."
LONG = "x" * 4100


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        yield Talking(force)


async def said(talk: Talking, text: str, person: FictionalPerson = CONSTABLE, **where: Any) -> Card:
    return await talk.type(person, text, **where) or {}


def pressed(card: Card, title: str) -> b.Payload:
    found = next(each for each in buttons(card) if each["title"] == title)
    return b.parse_payload(found["verb"], found["data"])


async def a_task(talk: Talking) -> str:
    return (await talk.force.task()).task.ref.removeprefix("T-")


# --- held messages ---------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{} no answer, screaming inside", "{} seen, he has a knife"])
async def test_a_harmless_result_beside_words_of_danger_is_held(talk: Talking, typed: str) -> None:
    card = await said(talk, typed.format(await a_task(talk)))
    words = all_words(card)
    assert NOT_RECORDED in words
    assert typed.partition(", ")[2] in words
    assert await talk.force.rows(Outcome) == []
    assert len(await talk.force.rows(HeldMessage)) == 1


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Breach", OutcomeCode.BREACH_SUSPECTED),
        ("Another concern", OutcomeCode.SEEN_OTHER_CONCERN),
        ("As typed: No answer", OutcomeCode.NO_ANSWER),
    ],
)
async def test_one_tap_on_a_reading_records_it(talk: Talking, title: str, code: OutcomeCode) -> None:
    card = await said(talk, f"{await a_task(talk)} no answer, screaming inside")
    answer = await talk.tap(CONSTABLE, pressed(card, title))
    outcome = (await talk.force.rows(Outcome))[0]
    assert (outcome.code, outcome.note) == (code, "screaming inside")
    assert RADIO not in all_words(answer)


async def test_in_a_channel_nothing_is_repeated_and_the_buttons_work(talk: Talking) -> None:
    number = await a_task(talk)
    card = await said(talk, f"{number} no answer, screaming inside", channel=NORTH_CHANNEL)
    assert NOT_RECORDED in all_words(card)
    assert "screaming" not in all_words(card)
    await talk.tap(CONSTABLE, pressed(card, "Record it as typed"), channel=NORTH_CHANNEL)
    assert [outcome.code for outcome in await talk.force.rows(Outcome)] == [OutcomeCode.NO_ANSWER]


async def test_who_may_not_record_gets_the_radio_and_hears_whose_it_is(talk: Talking) -> None:
    card = await said(talk, f"{await a_task(talk)} no answer, screaming inside", SERGEANT)
    assert NOT_RECORDED in all_words(card)
    assert f"is with PC {CONSTABLE.collar_number}." in all_words(card)
    assert await talk.force.rows(HeldMessage) == []


async def test_the_buttons_are_for_its_officer(talk: Talking) -> None:
    card = await said(talk, f"{await a_task(talk)} no answer, screaming inside")
    answer = await talk.tap(SERGEANT, pressed(card, "As typed: No answer"))
    assert NOT_RECORDED in all_words(answer)
    assert await talk.force.rows(Outcome) == []


async def test_a_message_that_names_no_message_of_ours_changes_nothing(talk: Talking) -> None:
    ref = f"T-{await a_task(talk)}"
    answer = await talk.tap(CONSTABLE, b.AnswerHeld(task=ref, held="nonsense", choice="BREACH"))
    assert NOT_RECORDED in all_words(answer)
    assert await talk.force.rows(Outcome) == []


async def test_the_same_message_again_is_held_once(talk: Talking) -> None:
    activity = talk.typing(CONSTABLE, f"{await a_task(talk)} no answer, screaming inside")
    for _ in range(2):
        await talk.receive(activity)
    assert len(await talk.force.rows(HeldMessage)) == 1


# --- calls for help --------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["help me", "999", "URGENT backup"])
async def test_a_call_for_help_gets_the_radio_and_supervisors_hear_of_it(talk: Talking, typed: str) -> None:
    card = await said(talk, typed)
    assert RADIO in all_words(card)
    assert "RedLine does not replace the radio." in all_words(card)
    assert len(await talk.force.rows(CallForHelp)) == 1


async def test_how_redline_works_shows_the_help_and_puts_the_call_down(talk: Talking) -> None:
    card = await said(talk, "help me")
    answer = await talk.tap(CONSTABLE, pressed(card, "How RedLine works"))
    assert "What you do most" in all_words(answer)
    assert (await talk.force.rows(CallForHelp))[0].menu_at is not None


async def test_somebody_in_no_group_gets_the_radio_too(talk: Talking) -> None:
    card = await said(talk, "help me", OUTSIDER)
    assert RADIO in all_words(card)
    assert await talk.force.rows(CallForHelp) == []


# --- it was more than that -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "code"),
    [("Breach", OutcomeCode.BREACH_SUSPECTED), ("Another concern", OutcomeCode.SEEN_OTHER_CONCERN)],
)
async def test_a_typed_result_can_be_said_to_have_been_more(
    talk: Talking, title: str, code: OutcomeCode
) -> None:
    number = await a_task(talk)
    await said(talk, f"{number} no answer, dog barking")
    own = await talk.tap(CONSTABLE, b.ShowTask(task=f"T-{number}"))
    assert "Note: dog barking" in all_words(own)
    opened = await talk.tap(CONSTABLE, pressed(own, "It was more than that"))
    await talk.tap(CONSTABLE, pressed(opened, title))
    standing = [o for o in await talk.force.rows(Outcome) if o.state != OutcomeState.WITHDRAWN]
    assert [(o.code, o.note) for o in standing] == [(code, "dog barking")]


async def test_in_a_channel_the_line_carries_undo_and_more(talk: Talking) -> None:
    number = await a_task(talk)
    card = await said(talk, f"{number} no answer, dog barking", channel=NORTH_CHANNEL)
    assert [each["title"] for each in buttons(card)] == ["Undo", "It was more than that"]
    assert "dog" not in all_words(card)
    plain = await said(talk, f"{await a_task(talk)} no answer", channel=NORTH_CHANNEL)
    assert buttons(plain) == []


async def test_what_has_changed_since_is_not_said_to_have_been_more(talk: Talking) -> None:
    number = await a_task(talk)
    await said(talk, f"{number} no answer, dog barking")
    outcome = str((await talk.force.rows(Outcome))[0].id)
    await said(talk, f"{number} undo")
    card = await talk.tap(CONSTABLE, b.MoreThanThat(task=f"T-{number}", v=1, outcome=outcome))
    assert "has changed since" in all_words(card)
    for wrong in (outcome, "nonsense"):
        tap = b.ItWasMore(task=f"T-{number}", v=1, outcome=wrong, code="BREACH_SUSPECTED")
        assert NOT_RECORDED in all_words(await talk.tap(CONSTABLE, tap))


# --- what cannot be parsed -------------------------------------------------------------------


async def tapped(talk: Talking, verb: str, data: dict[str, Any], person: Any = CONSTABLE) -> Any:
    value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}}
    activity = talk.activity(person, "invoke", name="adaptiveCard/action", value=value)
    return orjson.loads((await talk.receive(activity)).body)


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("check_breach", {"task": "T-1042"}),
        ("confirm_breach", {"task": "T-1042", "v": 1, "code": "NO_ANSWER"}),
        ("record_outcome", {"task": "T-1042", "v": 0, "note": "he has a knife"}),
        ("gone_with_an_update", {"deep": [{"er": "screaming inside"}]}),
    ],
)
@pytest.mark.parametrize("person", [CONSTABLE, OUTSIDER])
async def test_danger_in_a_tap_that_cannot_be_parsed_brings_the_radio(
    talk: Talking, verb: str, data: dict[str, Any], person: FictionalPerson
) -> None:
    body = await tapped(talk, verb, data, person)
    assert body["statusCode"] == 200
    assert NOT_RECORDED in all_words(body["value"])
    assert await talk.force.rows(Outcome) == []


async def test_so_it_does_from_an_older_client(talk: Talking) -> None:
    value = {"verb": "check_breach", "odd": True}
    await talk.receive(talk.activity(CONSTABLE, "message", value=value))
    assert NOT_RECORDED in all_words((await talk.answers())[-1])


async def test_what_lies_too_deep_is_not_looked_for(talk: Talking) -> None:
    deep: Any = "screaming"
    for _ in range(20):
        deep = [deep]
    assert (await tapped(talk, "gone", {"x": deep}))["statusCode"] == 400


# --- notes that are too long -----------------------------------------------------------------


async def test_a_note_that_is_too_long_comes_back_in_its_form(talk: Talking) -> None:
    data = {"task": f"T-{await a_task(talk)}", "v": 1, "code": "SEEN_NO_CONCERN"}
    form = {"answer_1__seen_no_concern": "At the door", "note__seen_no_concern": LONG}
    card = (await tapped(talk, "record_outcome", data | form))["value"]
    assert "That is too long: nothing was recorded." in all_words(card)
    assert RADIO not in all_words(card)
    filled = {each["id"]: each.get("value") for each in inputs(card)}
    assert filled["answer_1__seen_no_concern"] == "At the door"
    assert set(filled["note__seen_no_concern"] or "") == {"x"}
    assert await talk.force.rows(Outcome) == []


async def test_on_a_breach_form_the_radio_comes_first_and_all_else_is_kept(talk: Talking) -> None:
    data = {"task": f"T-{await a_task(talk)}", "v": 1, "is_she_safe": "Not known", "breach_note": LONG}
    card = (await tapped(talk, "check_breach", data))["value"]
    assert all_words(card).count(NOT_RECORDED) == 1
    filled = {each["id"]: each.get("value") for each in inputs(card)}
    assert filled["is_she_safe"] == "Not known"


async def test_danger_behind_what_is_cut_off_is_seen(talk: Talking) -> None:
    data = {"task": f"T-{await a_task(talk)}", "v": 1, "code": "NO_ANSWER", "note": f"{LONG} screaming"}
    assert NOT_RECORDED in all_words((await tapped(talk, "record_outcome", data))["value"])


async def test_an_older_client_is_answered_by_a_post(talk: Talking) -> None:
    ref = f"T-{await a_task(talk)}"
    value = {"verb": "record_outcome", "task": ref, "v": 1, "code": "NO_ANSWER", "note": LONG}
    await talk.receive(talk.activity(CONSTABLE, "message", value=value))
    assert "That is too long: nothing was recorded." in all_words((await talk.answers())[-1])


@pytest.mark.parametrize(
    ("verb", "data", "field", "kept"),
    [
        ("record_outcome", {"task": "T-1", "v": 1, "code": "NO_ANSWER", "note": LONG}, "note", 4000),
        ("more_time", {"task": "T-1", "v": 1, "more_until": "x" * 61}, "more_until", 60),
        ("cancel", {"task": "T-1", "v": 1, "reason": "Other", "reason_text": LONG}, "reason", 3907),
    ],
)
def test_only_what_is_too_long_is_cut(verb: str, data: dict[str, Any], field: str, kept: int) -> None:
    with pytest.raises(b.TooLong) as caught:
        b.parse_payload(verb, data)
    assert len(getattr(caught.value.tap, field)) == kept


# --- edited, quoted, captioned ---------------------------------------------------------------


async def edited(talk: Talking, first: dict[str, Any], text: str) -> str:
    await talk.receive({**first, "type": "messageUpdate", "text": text, "timestamp": "2026-03-12T14:06:00Z"})
    return all_words((await talk.answers())[-1])


async def test_an_edited_message_says_what_its_first_version_led_to(talk: Talking) -> None:
    number = await a_task(talk)
    first = talk.typing(CONSTABLE, f"{number} no answer")
    await talk.receive(first)
    words = await edited(talk, first, f"{number} seen")
    assert f"What it said first stands: T-{number} recorded: No answer." in words
    assert RADIO not in words


async def test_what_an_edited_message_led_to_is_not_guessed(talk: Talking) -> None:
    first = talk.typing(CONSTABLE, "tasks")
    await talk.receive(first)
    words = await edited(talk, first, "tasks please")
    assert "stands" not in words
    assert "recorded" not in words


async def test_danger_in_an_edited_message_brings_the_radio(talk: Talking) -> None:
    number = await a_task(talk)
    first = talk.typing(CONSTABLE, f"{number} no answer")
    await talk.receive(first)
    words = await edited(talk, first, f"{number} no answer, screaming inside")
    assert NOT_RECORDED in words
    assert "What it said first stands" in words


async def test_a_held_message_that_is_edited_still_waits(talk: Talking) -> None:
    number = await a_task(talk)
    first = talk.typing(CONSTABLE, f"{number} no answer, screaming inside")
    await talk.receive(first)
    assert "it waits for your answer" in await edited(talk, first, f"{number} no answer")


def html(content: str) -> dict[str, str]:
    return {"contentType": "text/html", "content": content}


QUOTE = '<blockquote itemscope itemtype="http://schema.skype.com/Reply"><p>he has a knife</p></blockquote>'


@pytest.mark.parametrize(
    ("text", "attachments"),
    [
        ("{} no answer", [html(f"{QUOTE}<p>T-1 no answer</p>")]),
        (
            "{} no answer<br>screaming inside",
            [{"contentType": "image/png", "contentUrl": "https://x.example"}],
        ),
        ("", [{"contentType": "image/*"}, html("<p>{} no answer, screaming inside</p>")]),
    ],
)
async def test_quoted_words_and_captions_are_read_like_any_others(
    talk: Talking, text: str, attachments: list[dict[str, str]]
) -> None:
    number = await a_task(talk)
    given = [
        {**each, "content": each["content"].replace("{}", number)} if "content" in each else each
        for each in attachments
    ]
    activity = talk.typing(CONSTABLE, text.format(number)) | {"attachments": given}
    await talk.receive(activity)
    assert NOT_RECORDED in all_words((await talk.answers())[-1])
    assert await talk.force.rows(Outcome) == []


@pytest.mark.parametrize(
    "text",
    [
        "<blockquote>{} no answer</blockquote>thanks",
        "<blockquote><blockquote>x</blockquote>{} no answer</blockquote><p>ok</p>",
        "> {} no answer\nok",
        "&gt; {} no answer<br>ok",
        "> {} no answer",
    ],
)
async def test_what_is_quoted_is_no_command(talk: Talking, text: str) -> None:
    number = await a_task(talk)
    await talk.type(CONSTABLE, text.format(number))
    assert await talk.force.rows(Outcome) == []


@pytest.mark.parametrize(
    "text", ["<blockquote>he has a knife</blockquote>{} no answer", "> he hit her\n{} no answer"]
)
async def test_danger_that_is_quoted_in_the_text_is_heard(talk: Talking, text: str) -> None:
    number = await a_task(talk)
    await talk.type(CONSTABLE, text.format(number))
    assert NOT_RECORDED in all_words((await talk.answers())[-1])


async def test_beside_a_quotation_the_own_words_are_read(talk: Talking) -> None:
    number = await a_task(talk)
    await talk.type(CONSTABLE, f"<blockquote>T-1 seen 2115</blockquote>{number} no answer")
    assert [(o.code, o.note) for o in await talk.force.rows(Outcome)] == [(OutcomeCode.NO_ANSWER, "")]


async def test_a_quotation_without_danger_changes_nothing(talk: Talking) -> None:
    number = await a_task(talk)
    quoted = html(f"<blockquote>see you later</blockquote><p>{number} no answer</p>")
    await talk.receive(talk.typing(CONSTABLE, f"{number} no answer") | {"attachments": [quoted]})
    assert [(o.code, o.note) for o in await talk.force.rows(Outcome)] == [(OutcomeCode.NO_ANSWER, "")]


@pytest.mark.parametrize("attachments", [None, "x", [None], [{"contentType": "text/html"}], [html("")]])
def test_odd_attachments_hold_no_words(attachments: Any) -> None:
    assert words_of({"text": "1042 seen", "attachments": attachments}, BOT_ID) == "1042 seen"


def test_danger_is_heard_in_any_place() -> None:
    assert sounds_dangerous("999")
    assert sounds_dangerous("saw a knife")
    assert not sounds_dangerous("all quiet")


async def test_the_officers_own_card_asks_until_it_is_answered(talk: Talking) -> None:
    number = await a_task(talk)
    await said(talk, f"{number} no answer, screaming inside")
    own = await talk.tap(CONSTABLE, b.ShowTask(task=f"T-{number}"))
    assert "NOT RECORDED: answer me" in all_words(own)
    await talk.tap(CONSTABLE, pressed(own, "Another concern"))
    assert (await talk.force.rows(HeldMessage))[0].answered_as == HeldAnswer.CONCERN
    assert await talk.force.outbox(purpose=CardPurpose.HELD_NOTICE) == []


# --- forms -----------------------------------------------------------------------------------


def filled(made: Any, **typed: Any) -> b.RecordOutcome:
    return b.RecordOutcome(task=made.task.ref, v=made.task.version, code=OutcomeCode.SEEN_NO_CONCERN, **typed)


@pytest.mark.parametrize(
    "typed",
    [
        {"answer_1": "at the door", "note": "he hit her"},
        {"answer_1": "at her address"},
        {"answer_1": "at the door", "answer_2": "Family", "note": "his ex inside"},
    ],
)
async def test_words_of_danger_on_a_form_are_held_like_typed_ones(
    talk: Talking, typed: dict[str, str]
) -> None:
    made = await talk.force.task()
    card = await talk.tap(CONSTABLE, filled(made, **typed))
    assert NOT_RECORDED in all_words(card)
    assert await talk.force.rows(Outcome) == []
    await talk.tap(CONSTABLE, pressed(card, "As typed: Seen, nothing to suggest a breach"))
    note = (await talk.force.rows(Outcome))[0].note
    assert all(words in note for words in typed.values())


async def test_a_less_usual_result_with_words_of_danger_is_held(talk: Talking) -> None:
    made = await talk.force.task()
    tap = b.RecordOther(
        task=made.task.ref, v=made.task.version, other_code="NO_ACCESS", other_note="screams inside"
    )
    assert NOT_RECORDED in all_words(await talk.tap(CONSTABLE, tap))
    assert await talk.force.rows(Outcome) == []


async def test_an_ordinary_form_is_recorded_at_once(talk: Talking) -> None:
    made = await talk.force.task()
    await talk.tap(CONSTABLE, filled(made, answer_1="at the door", note="all quiet, tv on"))
    assert (await talk.force.rows(Outcome))[0].code == OutcomeCode.SEEN_NO_CONCERN


async def test_a_form_with_a_wrong_time_says_the_radio_first_where_it_tells_of_danger(talk: Talking) -> None:
    made = await talk.force.task()
    tap = filled(made, answer_1="at the door", note="he hit her", when="other", when_other="25:99")
    card = await talk.tap(CONSTABLE, tap)
    assert NOT_RECORDED in all_words(card)
    assert "he hit her" in [each.get("value") for each in inputs(card)]


async def test_a_correction_with_words_of_danger_is_asked_and_can_be_recorded_as_typed(
    talk: Talking,
) -> None:
    made = await talk.force.task()
    await talk.type(CONSTABLE, f"{made.task.ref} no answer")
    talk.force.clock.advance(minutes=30)
    standing = (await talk.force.rows(Outcome))[0]
    tap = filled(made, answer_1="at the door", note="he hit her", corrects=str(standing.id))
    asked = await talk.tap(CONSTABLE, tap)
    assert NOT_RECORDED in all_words(asked)
    assert len(await talk.force.rows(Outcome)) == 1
    again = pressed(asked, "Record it as typed")
    assert isinstance(again, b.RecordOutcome)
    assert again.corrects == str(standing.id)
    await talk.tap(
        CONSTABLE, again.model_copy(update={"answer_1": "at the door", "note": "he hit her", "when": "now"})
    )
    assert len(await talk.force.rows(Outcome)) == 2


async def test_a_note_on_a_form_is_held_while_the_task_is_open(talk: Talking) -> None:
    made = await talk.force.task()
    tap = b.AddNote(task=made.task.ref, v=made.task.version, note_text="neighbour heard her screaming")
    assert NOT_RECORDED in all_words(await talk.tap(CONSTABLE, tap))
    assert len(await talk.force.rows(HeldMessage)) == 1


@pytest.mark.parametrize("way", ["note ", "", "form"])
async def test_a_note_to_what_is_done_is_added_and_the_radio_comes_first(talk: Talking, way: str) -> None:
    made = await talk.force.task()
    await talk.type(CONSTABLE, f"{made.task.ref} no answer")
    if way != "form":
        card = await said(talk, f"{made.task.ref} {way}neighbour heard her screaming")
    else:
        tap = b.AddNote(task=made.task.ref, v=made.task.version, note_text="neighbour heard her screaming")
        card = await talk.tap(CONSTABLE, tap)
    assert RADIO in all_words(card) and "NOT recorded" not in all_words(card)
    assert [note.text for note in await talk.force.rows(TaskNote)] == ["neighbour heard her screaming"]


@pytest.mark.parametrize(
    "typed", ["can't do, he came at me with a knife", "more time 4/12 9am he has a knife"]
)
async def test_giving_back_or_asking_for_time_with_words_of_danger_says_the_radio_first(
    talk: Talking, typed: str
) -> None:
    assert RADIO in all_words(await said(talk, f"{await a_task(talk)} {typed}"))


async def test_unsafe_alone_as_a_choice_is_no_alarm(talk: Talking) -> None:
    made = await talk.force.task()
    tap = b.CantDo(task=made.task.ref, v=made.task.version, cant_reason="Unsafe alone")
    assert RADIO not in all_words(await talk.tap(CONSTABLE, tap))

"""Who a subject was seen with, and what a breach is asked: through the door, as it is tapped and typed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.people import CONSTABLE, SERGEANT
from storage.enums import OutcomeCode
from storage.tables import OrderCondition, Outcome, Task, TaskBundle
from tasking.ports import Card
from tests.support import buttons as b
from tests.support.card_reading import all_words, buttons, inputs
from tests.support.talking import Talking
from tests.support.units import NOW, open_force

NOT_RECORDED = "This was NOT recorded."


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        yield Talking(force)


def of(made: TaskBundle, **more: Any) -> dict[str, Any]:
    return {"task": made.task.ref, "v": made.task.version, **more}


def pressed(card: Card, title: str) -> b.Payload:
    found = next(each for each in buttons(card) if each["title"] == title)
    return b.parse_payload(found["verb"], found["data"])


def seen(made: TaskBundle, who: str, **more: Any) -> b.RecordOutcome:
    return b.RecordOutcome(
        **of(made, code=OutcomeCode.SEEN_NO_CONCERN, answer_1="At the door", answer_2=who, **more)
    )


# --- who with --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["Alone", "Family", "Children"])
async def test_seen_with_nobody_in_doubt_is_recorded_at_once(talk: Talking, who: str) -> None:
    made = await talk.force.task()
    await talk.tap(CONSTABLE, seen(made, who))
    assert (await talk.force.rows(Outcome))[0].answers == {"answer_1": "At the door", "answer_2": who}


@pytest.mark.parametrize("who", ["Partner", "Other adult", "his new girlfriend"])
async def test_somebody_who_could_be_the_protected_person_is_asked_about(talk: Talking, who: str) -> None:
    made = await talk.force.task()
    card = await talk.tap(CONSTABLE, seen(made, who, note="quiet"))
    assert "Could this be the protected person?" in all_words(card)
    assert await talk.force.rows(Outcome) == []
    await talk.tap(CONSTABLE, pressed(card, "No: record it"))
    outcome = (await talk.force.rows(Outcome))[0]
    assert (outcome.code, outcome.note) == (OutcomeCode.SEEN_NO_CONCERN, "quiet")
    assert outcome.answers == {"answer_1": "At the door", "answer_2": who, "could_be": "No"}


@pytest.mark.parametrize("answer", ["Yes", "Not sure"])
async def test_yes_or_not_sure_is_never_nothing_to_suggest_a_breach(talk: Talking, answer: str) -> None:
    made = await talk.force.task()
    asked = await talk.tap(CONSTABLE, seen(made, "Partner", note="quiet", when="30"))
    card = await talk.tap(CONSTABLE, pressed(asked, answer))
    assert NOT_RECORDED in all_words(card)
    assert await talk.force.rows(Outcome) == []
    kept = {each["id"]: each.get("value") for each in inputs(card)}
    assert kept["breach_note"] == (
        f"Where? At the door; Who with? Partner; Could this be the protected person? {answer}; quiet"
    )
    assert kept["breach_when_text"] == "today 13:35"
    assert [each["title"] for each in buttons(card)][:2] == ["Check answers", "Record"]


async def test_no_way_in_records_it_without_the_answer(talk: Talking) -> None:
    made = await talk.force.task()
    tap = b.SayWhoItWas(
        **of(
            made,
            code=OutcomeCode.SEEN_NO_CONCERN,
            could_be="Not sure",
            happened_at=NOW.isoformat(),
            answer_2="Partner",
        )
    )
    await talk.tap(CONSTABLE, tap)
    assert await talk.force.rows(Outcome) == []


async def test_words_of_danger_beside_a_no_are_held_all_the_same(talk: Talking) -> None:
    made = await talk.force.task()
    asked = await talk.tap(CONSTABLE, seen(made, "Other adult", note="he had a knife"))
    card = await talk.tap(CONSTABLE, pressed(asked, "No: record it"))
    assert NOT_RECORDED in all_words(card)
    assert await talk.force.rows(Outcome) == []


# --- breach ----------------------------------------------------------------------------------


def breach(made: TaskBundle, **more: Any) -> b.CheckBreach:
    return b.CheckBreach(**of(made, is_she_safe="Yes", where_is_he="Gone", **more))


async def test_conditions_come_from_the_order_and_never_from_the_card(talk: Talking) -> None:
    made = await talk.force.task()
    assert made.order
    rows = await talk.force.rows(OrderCondition, OrderCondition.order_id == made.order.id)  # type: ignore[arg-type]
    chosen = sorted(rows, key=lambda row: row.position)[:2]
    ids = ",".join([*(row.id.hex for row in chosen), "an invented one"])
    check = await talk.tap(CONSTABLE, breach(made, conditions=ids, children="Yes", video="No"))
    await talk.tap(CONSTABLE, pressed(check, "Record and tell the sergeant"))
    outcome = (await talk.force.rows(Outcome))[0]
    assert outcome.answers["conditions"] == ", ".join(row.short_form for row in chosen)
    assert (outcome.answers["children"], outcome.answers["video"]) == ("Yes", "No")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"breach_code": "ARRESTED"}, "When was the arrest?"),
        ({"breach_arrest": "13:30"}, "not Arrested"),
        (
            {"breach_code": "ARRESTED", "breach_arrest": "13:00", "breach_when_text": "13:30"},
            "before the breach",
        ),
        ({"breach_code": "ARRESTED", "breach_arrest": "teatime"}, ""),
    ],
)
async def test_a_breach_form_that_does_not_fit_comes_again_with_everything(
    talk: Talking, typed: dict[str, str], problem: str
) -> None:
    made = await talk.force.task()
    card = await talk.tap(CONSTABLE, breach(made, breach_note="in the kitchen", children="No", **typed))
    assert NOT_RECORDED in all_words(card) and problem in all_words(card)
    kept = {each["id"]: each.get("value") for each in inputs(card)}
    assert (kept["breach_note"], kept["children"], kept["is_she_safe"]) == ("in the kitchen", "No", "Yes")
    assert kept.get("breach_arrest") == typed.get("breach_arrest")
    assert await talk.force.rows(Outcome) == []


async def test_an_arrest_keeps_its_time(talk: Talking) -> None:
    made = await talk.force.task()
    check = await talk.tap(CONSTABLE, breach(made, breach_code="ARRESTED", breach_arrest="13:30"))
    await talk.tap(CONSTABLE, pressed(check, "Record and tell the sergeant"))
    outcome = (await talk.force.rows(Outcome))[0]
    assert outcome.answers["arrest_at"].startswith("2026-03-12T13:30:00+00:00")
    assert outcome.happened_at < NOW


async def test_a_typed_arrest_keeps_its_time_or_is_asked_for_it(talk: Talking) -> None:
    made = await talk.force.task()
    asked = await talk.type(CONSTABLE, f"{made.task.ref} arrested yes, at the scene")
    assert asked is not None and "When was the arrest?" in all_words(asked)
    assert {each["id"]: each.get("value") for each in inputs(asked)}["breach_code"] == "ARRESTED"
    assert await talk.force.rows(Outcome) == []
    await talk.type(CONSTABLE, f"{made.task.ref} arrested yes 13:30 at the scene")
    outcome = (await talk.force.rows(Outcome))[0]
    assert outcome.answers["arrest_at"].startswith("2026-03-12T13:30:00+00:00")


async def test_the_arrest_is_told_to_the_records_as_people_read_it(talk: Talking) -> None:
    from tasking.work.questions import with_questions

    made = await talk.force.task()
    await talk.type(CONSTABLE, f"{made.task.ref} arrested yes 13:30")
    outcome = (await talk.force.rows(Outcome))[0]
    assert with_questions(outcome.code, outcome.answers) == ["Arrested when? Thu 12 Mar 2026 13:30"]


# --- a day without a time --------------------------------------------------------------------


async def test_a_day_without_a_time_stands_in_the_form_which_asks_for_the_time(talk: Talking) -> None:
    typed = "/assign me visit DVPO-3 by 15/3 note: gate code 12"
    card = await talk.type(SERGEANT, typed)
    assert card is not None
    kept = {each["id"]: each.get("value") for each in inputs(card)}
    assert (kept["due_date"], kept["due_time"]) == ("2026-03-15", None)
    assert (kept["officer"], kept["target"]) == (SERGEANT.entra_id, "DVPO-3")
    assert await talk.force.rows(Task) == []


async def test_a_breach_can_be_corrected_to_seen_with_somebody_else(talk: Talking) -> None:
    made = await talk.force.task()
    check = await talk.tap(CONSTABLE, breach(made))
    await talk.tap(CONSTABLE, pressed(check, "Record and tell the sergeant"))
    standing = (await talk.force.rows(Outcome))[0]
    asked = await talk.tap(CONSTABLE, seen(made, "Partner", corrects=str(standing.id), when="before"))
    read_back = await talk.tap(CONSTABLE, pressed(asked, "No: record it"))
    assert "Check, then correct. Nothing is changed yet" in all_words(read_back)
    confirm = pressed(read_back, "Correct it to: Seen, nothing to suggest a breach")
    assert isinstance(confirm, b.ConfirmPutDown)
    await talk.tap(CONSTABLE, confirm.model_copy(update={"why": "Wrong person"}))
    codes = {row.code: row for row in await talk.force.rows(Outcome)}
    assert codes[OutcomeCode.SEEN_NO_CONCERN].answers["could_be"] == "No"


async def test_seen_elsewhere_from_the_list_asks_who_with_before_it_is_recorded(talk: Talking) -> None:
    made = await talk.force.task()
    tap = b.RecordOther(
        task=made.task.ref,
        v=made.task.version,
        other_code="SEEN_ELSEWHERE",
        other_when="30",
        other_note="by the co-op",
    )
    form = await talk.tap(CONSTABLE, tap)
    assert "Who with?" in [each.get("label") for each in inputs(form)]
    filled = {each["id"].partition("__")[0]: each.get("value") for each in inputs(form)}
    assert (filled["when"], filled["note"]) == ("30", "by the co-op")
    assert await talk.force.rows(Outcome) == []
    partner = pressed(form, "Record").model_copy(
        update={"answer_1": "co-op", "answer_2": "Partner", "note": "by the co-op"}
    )
    asked = await talk.tap(CONSTABLE, partner)
    assert "Could this be the protected person?" in all_words(asked)
    alone = partner.model_copy(update={"answer_2": "Alone"})
    await talk.tap(CONSTABLE, alone)
    (recorded,) = await talk.force.rows(Outcome)
    assert (recorded.code, recorded.answers["answer_2"]) == (OutcomeCode.SEEN_ELSEWHERE, "Alone")

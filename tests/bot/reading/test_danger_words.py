"""Words of danger against messages as officers really type them: no miss, and few false alarms.

`messages/danger.tsv` and `messages/ordinary.tsv` were written by people who had not seen the words.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading import parse_command
from bot.reading.danger import (
    DangerWords,
    UnknownDangerGroup,
    danger_words,
    normalised,
    sounds_dangerous,
)
from bot.reading.mentions import Mention, placeholder
from bot.reading.model import Assign, CryForHelp, Doubted, Endangered, Outcome, Unknown
from bot.reading.settling import settle
from bot.reading.slips import slips_of
from storage.enums import OutcomeCode
from tasking.work.outcome_table import Fits, declared

NOW = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
KINDS = {
    "visit": Fits.ORDER_CHECK,
    "protected-person": Fits.CONTACT,
    "action": Fits.ACTION,
    "disruption": Fits.DISRUPTION,
}
FOLDER = Path(__file__).parent / "messages"


def table(name: str) -> list[tuple[str, str]]:
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [(kind, text) for kind, text in (line.split("\t") for line in lines)]


def read(text: str, kind: Fits = Fits.ORDER_CHECK) -> object:
    return settle(parse_command(text, []), NOW, kind, danger_words())


def is_filed_as_harmless(text: str, kind: Fits) -> bool:
    command = read(text, kind)
    return isinstance(command, Outcome) and declared(command.code).is_harmless


DANGER, ORDINARY = table("danger"), table("ordinary")


def test_the_tables_are_large_enough() -> None:
    assert len(DANGER) >= 250
    assert len(ORDINARY) >= 200


@pytest.mark.parametrize(("kind", "text"), DANGER)
def test_danger_is_never_filed_as_harmless(kind: str, text: str) -> None:
    assert not is_filed_as_harmless(text, KINDS[kind])


def test_at_most_one_ordinary_message_in_twenty_raises_an_alarm() -> None:
    held = [text for kind, text in ORDINARY if isinstance(read(text, KINDS[kind]), Endangered | CryForHelp)]
    assert len(held) * 20 <= len(ORDINARY), held


@pytest.mark.parametrize(
    "text",
    [
        "1042 no answer, screams inside",
        "1042 seen him leaving her address",
        "1042 seen hes hit her",
        "1042 seen, suicidal",
        "1042 seen at hers",
        "1042 seen says this time he means it",
        "1042 seen in breach at the address",
        "1042 no answer 2115 neighbour says he breached",
        "1042 seen 2115 and arrested",
        "1042 seen - breach",
        "1042 seen. breach of condition 2",
        "1042 no answer, no lights but breach",
        "1042 seen, nobody in. Breach",
        "1042 no answer 2115 ArrEstED",
        "1042 seen, nothing there - breach",
        "1042 no ans kinfe on the table",
        "1042 no ans scremaing upstairs",
        "1042 seen 🔪 in his hand",
        "1042 seen nobody, screams inside",
        "1042 he hit her",
        "1042 note he hit her",
    ],
)
def test_a_result_beside_danger_is_held(text: str) -> None:
    assert isinstance(read(text), Endangered)


def test_a_held_result_keeps_its_code_time_and_words() -> None:
    held = read("1042 no answer 2115 screams inside")
    assert isinstance(held, Endangered)
    assert (held.task, held.code, held.note) == ("T-1042", "NO_ANSWER", "screams inside")
    assert held.happened_at == datetime(2026, 11, 26, 21, 15, tzinfo=UTC)
    assert "distress" in held.groups


def test_the_subject_where_she_was_visited_is_danger() -> None:
    assert isinstance(read("1042 spoke alone, he was here last night", Fits.CONTACT), Endangered)
    assert isinstance(read("1042 spoke alone, quiet, hasnt seen him since court", Fits.CONTACT), Outcome)


@pytest.mark.parametrize(
    "text",
    [
        "HELP hes got a knife",
        "need backup",
        "help me",
        "help!! hes got me",
        "10/20 10/20",
        "officer down",
        "999",
    ],
)
def test_a_plain_call_for_help_is_heard_in_any_shape(text: str) -> None:
    assert isinstance(read(text), CryForHelp)


def test_help_me_may_have_meant_the_menu() -> None:
    assert read("help me") == CryForHelp(maybe_menu=True)


@pytest.mark.parametrize("note", ["take backup with you", "officer assaulted there last time", "help"])
def test_an_order_with_such_words_is_for_its_officer(note: str) -> None:
    order = parse_command(
        f"assign {placeholder(0)} visit DVPO-3 by fri 9am note: {note}", [Mention("29:jo", "aad-jo", "Jo")]
    )
    assert isinstance(order, Assign) and order.note == note
    assert isinstance(parse_command(f"assign backup to me now {note}"), CryForHelp)


@pytest.mark.parametrize("text", ["help", "/help", "Help?", "help please", "help with assign"])
def test_the_menu_is_still_a_word_away(text: str) -> None:
    assert not isinstance(read(text), CryForHelp)


@pytest.mark.parametrize(
    "text",
    [
        "1042 no answer, no signs of disturbance",
        "1042 no answer, his brothers car outside",
        "1042 seen, reminded him of the conditions",
        "1042 seen at door, no weapons seen",
        "1042 no answer, dog barking",
        "1042 seen, reminded not to contact her",
        "1042 seen, smoke alarm tested",
    ],
)
def test_what_only_sounds_like_danger_is_recorded(text: str) -> None:
    assert isinstance(read(text), Outcome)


@pytest.mark.parametrize(
    ("denied", "not_denied"),
    [
        ("no injuries", "no injuries apart from a cut lip"),
        ("not injured", "not hit her this time"),
        ("no weapons seen", "no weapons but a knife on the side"),
        ("no sign of any disturbance", "no shouting yet"),
        ("didnt appear distressed", "not sure if she was crying"),
    ],
)
def test_a_denial_counts_only_where_it_is_plain(denied: str, not_denied: str) -> None:
    assert isinstance(read(f"1042 no answer, {denied}"), Outcome)
    assert isinstance(read(f"1042 no answer, {not_denied}"), Endangered)


def test_a_force_adds_words_of_its_own() -> None:
    assert not danger_words().found("he had a frobnicator", Fits.ORDER_CHECK)
    added = DangerWords({"weapons": ["frobnicator*"]})
    assert added.found("he had a frobnicator", Fits.ORDER_CHECK) == ("weapons",)


def test_a_group_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownDangerGroup, match="unknown groups: wepons"):
        DangerWords({"wepons": ["x"]})


def test_words_are_compared_without_apostrophes_accents_and_stops() -> None:
    assert normalised("He’s got a MACHETÉ; run!") == "hes got a machete | run |"


def test_a_slip_is_never_an_ordinary_word() -> None:
    slips = slips_of(["knife", "breach", "screaming"])
    assert slips["kinfe"] == "knife"
    assert slips["scremaing"] == "screaming"
    assert "beach" not in slips


def test_any_text_can_be_judged_without_a_task() -> None:
    assert sounds_dangerous("he has a knife")
    assert not sounds_dangerous("all in order, front door, porch light on")


WORDS = [
    "stabbed",
    "strangled her",
    "suicidal",
    "screaming",
    "on fire",
    "officer down",
    "need backup",
    "knife",
]


@given(
    st.sampled_from(
        ["no answer", "seen", "would not engage", "not living here", "said to be out", "no access"]
    ),
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(["at", "the", "door", "lights", "on", "2115", "upstairs", "car"]), max_size=4),
    st.sampled_from([", ", " ", ". ", " - "]),
)
def test_no_message_with_a_word_of_danger_is_filed_as_harmless(
    result: str, word: str, between: list[str], join: str
) -> None:
    text = f"1042 {result}{join}{' '.join(between)}{' ' if between else ''}{word}"
    assert not is_filed_as_harmless(text, Fits.ORDER_CHECK)


@given(st.text(max_size=80))
def test_reading_never_fails_and_never_invents_a_task(text: str) -> None:
    command = read(text)
    if isinstance(command, Outcome | Doubted | Endangered | Unknown) and command.task:
        assert command.task.removeprefix("T-") in "".join(filter(str.isalnum, text)).upper() or any(
            letter.isdigit() for letter in text
        )


@pytest.mark.parametrize(
    "text",
    [
        "1042 accept shes screaming",
        "1042 undo he hit her",
        "1042 correct he had a knife",
        "1042 ref blood everywhere",
        "1042 brief me hes here with a knife",
    ],
)
def test_words_of_danger_beside_a_verb_that_takes_none_are_held(text: str) -> None:
    assert isinstance(read(text), Endangered)


@pytest.mark.parametrize(
    "text",
    [
        "1042 seen his brother not him",
        "1042 seen but not him",
        "1042 seen mum, he's at work",
        "1042 seen not sure it was him",
        "1042 seen by neighbour yesterday",
        "1042 seen this ta",
        "1042 seen?",
        "1042 dead quiet, no ans",
        "1042 died down so resumed",
        "1042 cant get in touch with him",
        "1042 in custody suite doing handover",
        "1042 in hospital car park, will go next",
        "1042 no ans he opened eventually",
        "1042 no ans ditto 1043",
        "1042 no ans also 1043",
        "1042 no ans before shift",
        "1042 no ans sat nite",
        "1042 seen night before last",
        "1042 no ans tea time",
        "1042 no ans 730",
        "1042 seen bmw 1014 on drive",
        "1042 no ans 1910, again 2040",
        "1042 seen 2115, 2140",
    ],
)
def test_what_may_be_no_result_of_that_kind_person_or_time_is_asked_about(text: str) -> None:
    assert isinstance(read(text), Doubted)


@pytest.mark.parametrize(
    ("text", "happened_at"),
    [
        ("1042 no ans 0915, yest", datetime(2026, 11, 25, 9, 15, tzinfo=UTC)),
        ("1042 no ans tried 2115 nobody about", datetime(2026, 11, 26, 21, 15, tzinfo=UTC)),
        ("1042 seen on doorstep 1840 polite enough", datetime(2026, 11, 26, 18, 40, tzinfo=UTC)),
        ("1042 seen elsewhere, in asda car park 1430 alone", datetime(2026, 11, 26, 14, 30, tzinfo=UTC)),
        ("1042 no ans 2115 will retry 2230", datetime(2026, 11, 26, 21, 15, tzinfo=UTC)),
    ],
)
def test_a_time_that_is_plainly_the_visits_is_read(text: str, happened_at: datetime) -> None:
    found = read(text)
    assert isinstance(found, Outcome) and found.happened_at == happened_at


def test_at_a_contact_no_sign_of_him_is_no_denial() -> None:
    assert isinstance(read("1042 spoke alone, no sign of him since the order", Fits.CONTACT), Outcome)
    assert isinstance(read("1042 spoke alone, no sign of her", Fits.CONTACT), Doubted)


def test_seen_elsewhere_is_a_result_of_its_own() -> None:
    found = read("1042 seen elsewhere, in greggs")
    assert isinstance(found, Outcome) and found.code == OutcomeCode.SEEN_ELSEWHERE


@pytest.mark.parametrize(
    "text", ["1042 in custody, arrested at hers tonight", "1042 in custody arrested, he hit her"]
)
def test_an_arrest_for_this_is_no_harmless_custody(text: str) -> None:
    assert isinstance(read(text), Endangered)
    assert isinstance(read("1042 in custody, arrested for shoplifting"), Outcome)

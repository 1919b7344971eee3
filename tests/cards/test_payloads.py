from typing import Any

import pytest

from storage.enums import OutcomeCode
from tests.support.buttons import (
    PAYLOADS,
    AddNote,
    BadPayload,
    Cancel,
    CantDo,
    CheckBreach,
    Extend,
    MoreTime,
    NotRead,
    Reassign,
    RecordOther,
    RecordOutcome,
    ShowTask,
    TooLong,
    parse_payload,
)

OF_TASK = {"task": "T-1042", "v": 3}


def test_a_button_carries_its_fields_and_never_its_inputs() -> None:
    payload = RecordOutcome(**OF_TASK, code=OutcomeCode.NO_ANSWER, note="not carried")
    assert payload.data() == {"task": "T-1042", "v": 3, "code": "NO_ANSWER"}


def test_what_a_button_carries_is_read_back_as_the_same_payload() -> None:
    payload = CheckBreach(**OF_TASK, corrects="abc")
    assert parse_payload("check_breach", payload.data()) == payload


@pytest.mark.parametrize("verb", ["", "unknown", None, 7, ["record_outcome"]])
def test_an_unknown_verb_is_refused(verb: object) -> None:
    with pytest.raises(BadPayload) as refused:
        parse_payload(verb, OF_TASK)
    assert refused.value.code == "unknown-verb"


@pytest.mark.parametrize("data", [None, "text", [1], 7])
def test_data_that_is_no_object_is_refused(data: object) -> None:
    with pytest.raises(BadPayload) as refused:
        parse_payload("show_task", data)
    assert refused.value.code == "no-data"


@pytest.mark.parametrize(
    "data",
    [
        {"task": "T-1042"},
        {"task": "T-1042", "v": 0},
        {"task": "T" * 21, "v": 1},
        {**OF_TASK, "code": "NOT_A_CODE"},
        {**OF_TASK, "code": None},
    ],
)
def test_fields_that_no_button_of_ours_sends_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(BadPayload) as refused:
        parse_payload("record_outcome", data)
    assert refused.value.code == "wrong-fields"


def test_a_refusal_repeats_nothing_of_what_was_sent() -> None:
    with pytest.raises(BadPayload) as refused:
        parse_payload("show_task", {"task": "J. EXAMPLE " * 10})
    assert "EXAMPLE" not in str(refused.value)


def test_the_inputs_of_a_form_lose_their_suffix() -> None:
    sent = {**OF_TASK, "code": "SEEN_NO_CONCERN", "note__seen": "at the door", "when__seen": "30"}
    payload = parse_payload("record_outcome", sent)
    assert isinstance(payload, RecordOutcome)
    assert (payload.note, payload.when) == ("at the door", "30")


def test_of_one_field_in_two_forms_its_own_counts_and_no_words_are_lost() -> None:
    sent = {**OF_TASK, "code": "SEEN_NO_CONCERN", "note__concerns": "two", "note__seen_no_concern": "one"}
    payload = parse_payload("record_outcome", {**sent, "when__concerns": "60", "when__seen_no_concern": "30"})
    assert isinstance(payload, RecordOutcome)
    assert (payload.note, payload.when) == ("one\ntwo", "30")
    payload = parse_payload(
        "record_outcome", {**sent, "note__seen_no_concern": None, "when__concerns": "60", "when": ""}
    )
    assert isinstance(payload, RecordOutcome)
    assert (payload.note, payload.when) == ("two", "")


@pytest.mark.parametrize("payload", [RecordOther, CantDo, MoreTime, AddNote])
def test_every_button_behind_more_takes_all_the_inputs_there(payload: type[RecordOther]) -> None:
    sent = {
        **OF_TASK,
        "other_code": "",
        "other_when": "now",
        "other_when_text": "",
        "other_note": "a",
        "note_text": "b",
        "cant_reason": "Unsafe alone",
        "cant_text": "c",
        "more_until": "in 4h",
        "more_reason": "d",
    }
    read = parse_payload(payload.verb, sent)
    assert isinstance(read, payload)
    assert read.data() == OF_TASK
    assert sorted(getattr(read, payload.own_box).split("\n")) == ["a", "b", "c", "d"]
    assert {getattr(read, box) for box in _BOXES - {payload.own_box}} == {""}


_BOXES = {"other_note", "note_text", "cant_text", "more_reason"}


def test_what_is_too_long_together_is_cut_and_said_to_be() -> None:
    sent = {**OF_TASK, "note_text": "a" * 3000, "cant_text": "b" * 3000}
    with pytest.raises(TooLong) as refused:
        parse_payload("add_note", sent)
    assert isinstance(refused.value.tap, AddNote)
    assert len(refused.value.tap.note_text) == 4000


def test_a_less_usual_outcome_can_correct_an_earlier_one() -> None:
    assert RecordOther(**OF_TASK, corrects="abc").data() == {**OF_TASK, "corrects": "abc"}


@pytest.mark.parametrize("verb", ["reassign", "extend", "cancel"])
@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"reason": "Sick or leave", "reason_text": " back Monday "}, "Sick or leave: back Monday"),
        ({"reason": "Sick or leave", "reason_text": ""}, "Sick or leave"),
        ({"reason_text": "back Monday"}, "back Monday"),
        ({"reason": "Workload"}, "Workload"),
        ({}, ""),
    ],
)
def test_a_reason_is_the_choice_and_the_words_beside_it(verb: str, sent: dict[str, str], reason: str) -> None:
    read = parse_payload(verb, {**OF_TASK, **sent})
    assert isinstance(read, Reassign | Extend | Cancel)
    assert read.reason == reason


@pytest.mark.parametrize(
    ("verb", "sent", "left"),
    [
        (
            "record_outcome",
            {"code": "NO_ANSWER", "when": "tomorrow", "note": "kept"},
            {"note": "kept", "when": ""},
        ),
        ("record_other", {"other_code": "NO_LONGER_OFFERED", "other_note": "kept"}, {"other_note": "kept"}),
        ("cancel", {"reason": {"a": 1}}, {"reason": ""}),
        ("cancel", {"reason": "Duplicate", "reason_text": {"a": [1]}}, {"reason": "Duplicate"}),
        ("record_outcome", {"code": "NO_ANSWER", "when": {}, "note": "kept"}, {"note": "kept", "when": ""}),
        ("key_reference", {"outcome": "x", "athena_ref": [[]]}, {"athena_ref": ""}),
        (
            "add_note",
            {"note_text": "kept", "cant_reason": {"a": 1}},
            {"note_text": "kept", "cant_reason": ""},
        ),
        ("add_note", {"note_text": "kept", "cant_reason": True}, {"note_text": "kept", "cant_reason": ""}),
        ("add_note", {"note_text": ["a", 7]}, {"note_text": ""}),
    ],
)
def test_an_input_that_cannot_be_taken_costs_only_itself(
    verb: str, sent: dict[str, Any], left: dict[str, str]
) -> None:
    with pytest.raises(NotRead) as found:
        parse_payload(verb, {**OF_TASK, **sent})
    assert {name: getattr(found.value.tap, name) for name in left} == left


@pytest.mark.parametrize("empty", [None, ""])
def test_an_input_that_is_empty_is_not_filled_in(empty: object) -> None:
    sent = {**OF_TASK, "code": "NO_ANSWER", "when__no_answer": empty, "note__no_answer": empty}
    read = parse_payload("record_outcome", sent)
    assert isinstance(read, RecordOutcome) and (read.when, read.note) == ("", "")


def test_a_number_or_several_choices_are_read_as_text() -> None:
    check = parse_payload("check_breach", {**OF_TASK, "conditions": ["a", "b"], "where_is_he": 7})
    assert isinstance(check, CheckBreach) and (check.conditions, check.where_is_he) == ("a,b", "7")


@pytest.mark.parametrize("other", ["until_time", "something__of_an_older_card", "athena_ref"])
def test_an_input_of_another_form_is_passed_over(other: str) -> None:
    read = parse_payload("record_outcome", {**OF_TASK, "code": "NO_ANSWER", other: "x"})
    assert isinstance(read, RecordOutcome) and read.code == OutcomeCode.NO_ANSWER


_SAMPLES: dict[str, dict[str, Any]] = {
    verb: {
        "task": "T-1042",
        "v": 3,
        "code": "BREACH_SUSPECTED",
        "happened_at": "2026-03-12T14:05:00+00:00",
        "at": "2026-03-12T14:05:00+00:00",
        "could_be": "No",
        "form": "cancel",
        "give": True,
        "list": "to_do",
        "choice": "NOTE",
        "district": "north",
        **dict.fromkeys(("outcome", "corrects", "held", "call", "topic"), "x"),
    }
    for verb in PAYLOADS
}
_ODD: list[object] = [None, "", {"a": [1, {}]}, [[], {}], [1], True, 7, 1e300, "x" * 100_000, "\u200b"]


@pytest.mark.parametrize("verb", PAYLOADS)
def test_what_no_button_or_input_of_ours_is_called_costs_no_tap(verb: str) -> None:
    fields = PAYLOADS[verb].model_fields
    good = {name: value for name, value in _SAMPLES[verb].items() if name in fields}
    known = {*fields, *PAYLOADS[verb].beside}
    others = {name for each in PAYLOADS.values() for name in (*each.model_fields, *each.beside)} - known
    expected = parse_payload(verb, good)
    for odd in _ODD:
        names = (*others, "actor", "msteams", "", "__", "__x", "task__x", "v__1", "verb")
        assert parse_payload(verb, {**good, **dict.fromkeys(names, odd)}) == expected


@pytest.mark.parametrize("verb", [verb for verb, cls in PAYLOADS.items() if cls.inputs])
def test_whatever_stands_in_one_input_the_others_are_kept(verb: str) -> None:
    cls = PAYLOADS[verb]
    good = {n: v for n, v in _SAMPLES[verb].items() if n in cls.model_fields and n not in cls.inputs}
    for name in cls.inputs | cls.beside:
        for odd in _ODD:
            try:
                tap = parse_payload(verb, {**good, name: odd})
            except (TooLong, NotRead) as problem:
                tap = problem.tap
            assert {each: getattr(tap, each) for each in good} == {
                each: getattr(parse_payload(verb, good), each) for each in good
            }


def test_nothing_for_a_field_that_may_be_left_out_leaves_it_out() -> None:
    assert parse_payload("assign", {"form": None, "officer": None}) == parse_payload("assign", {})
    assert parse_payload("open_assign", None) == parse_payload("open_assign", {})


def test_every_verb_names_one_class() -> None:
    assert all(PAYLOADS[verb].verb == verb for verb in PAYLOADS)
    assert len(PAYLOADS) == len(set(PAYLOADS.values()))


def test_a_payload_cannot_be_changed() -> None:
    payload = ShowTask(task="T-1042")
    with pytest.raises(ValueError, match="frozen"):
        payload.task = "T-1"  # type: ignore[misc]

"""One spelling for every reference that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.enums import OrderType
from tasking.references import find_references, nearest, normalise_reference


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("T-1042", "T-1042"),
        ("t1042", "T-1042"),
        ("T 1042", "T-1042"),
        (" t - 1042 ", "T-1042"),
        ("1042", "T-1042"),
        ("#1042", "T-1042"),
        ("T–1042", "T-1042"),
        ("T\u20111042", "T-1042"),
        ("T\u00a01042", "T-1042"),
        ("t-0042", "T-42"),
        ("S-07", "S-07"),
        ("S-7", "S-07"),
        ("s07", "S-07"),
        ("s 7", "S-07"),
        ("S-007", "S-07"),
        ("S-123", "S-123"),
        ("DVPO-3", "DVPO-3"),
        ("dvpo 3", "DVPO-3"),
        ("dvpo3", "DVPO-3"),
        ("Dvpn-03", "DVPN-3"),
        ("SPO 2", "SPO-2"),
        ("SHPO2", "SHPO-2"),
        ("occupation order 3", "OCCUPATION_ORDER-3"),
        ("OCCUPATION_ORDER-3", "OCCUPATION_ORDER-3"),
        ("restraining-order-12", "RESTRAINING_ORDER-12"),
        ("pre-charge bail 4", "PRE_CHARGE_BAIL-4"),
        ("M-2026-11", "M-2026-11"),
        ("m 2026 1", "M-2026-01"),
        ("hello", None),
        ("", None),
        ("T-", None),
        ("DVPO", None),
        ("XPO-3", None),
        ("dvpo-3x", None),
        ("T-10 42", None),
        ("12345678", None),
        ("21:15", None),
        ("36/21858/19", None),
        ("M-1999-11", None),
        ("١٠٤٢", None),
    ],
)
def test_a_reference_has_one_spelling(typed: str, reference: str | None) -> None:
    assert normalise_reference(typed) == reference


@pytest.mark.parametrize("order_type", list(OrderType))
def test_every_type_of_order_has_references(order_type: OrderType) -> None:
    assert normalise_reference(f"{order_type.value.lower()}-12") == f"{order_type.value}-12"


@given(st.sampled_from(["T", "S", *(each.name for each in OrderType)]), st.integers(1, 99999))
def test_a_spelling_is_its_own_spelling(kind: str, number: int) -> None:
    once = normalise_reference(f"{kind} {number}")
    assert once is not None
    assert normalise_reference(once) == once
    assert normalise_reference(once.lower().replace("-", "")) == once


@given(st.text())
def test_no_text_makes_the_reading_raise(text: str) -> None:
    normalise_reference(text)
    list(find_references(text))


def test_references_are_found_inside_a_sentence_in_order() -> None:
    found = [each.reference for each in find_references("see S-07's landlord re dvpo 3, then t-1042.")]
    assert found == ["S-07", "DVPO-3", "T-1042"]


def test_a_found_reference_says_where_it_stands() -> None:
    text = "visit dvpo 3 today"
    (found,) = find_references(text)
    assert text[found.start : found.end] == "dvpo 3"


@pytest.mark.parametrize(
    "text", ["it's 7 pm", "it’s 7", "14 Mill Lane", "at 2115", "dvpo3x", "bots7", "PRE-T7 "]
)
def test_ordinary_words_and_numbers_are_no_references(text: str) -> None:
    assert list(find_references(text)) == []


@pytest.mark.parametrize(
    ("typed", "known", "expected"),
    [
        ("T-1024", ["T-1042", "T-9", "S-24"], "T-1042"),
        ("t1024", ["T-1042"], "T-1042"),
        ("S-70", ["S-07", "T-70"], "S-07"),
        ("DVPO-33", ["DVPN-33", "DVPO-3"], "DVPO-3"),
        ("DVPO-33", ["DVPN-33", "T-1"], "DVPN-33"),
        ("DPVO-3", ["DVPO-3", "T-3"], "DVPO-3"),
        ("T-1042", ["T-1042", "T-1043"], "T-1042"),
        ("S-99", ["T-1"], None),
        ("T-1042", [], None),
        ("", ["T-1042"], None),
    ],
)
def test_the_nearest_known_reference_is_offered(typed: str, known: list[str], expected: str | None) -> None:
    assert nearest(typed, known) == expected


def test_the_nearest_does_not_depend_on_the_order_of_what_is_known() -> None:
    known = ["T-1041", "T-1043", "T-1044"]
    assert nearest("T-1042", known) == nearest("T-1042", reversed(known))

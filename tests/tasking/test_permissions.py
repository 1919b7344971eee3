"""Who may do what: the table, compared with an expectation that was written down on its own."""

import pytest

from storage.enums import Rank, Role
from tasking.permissions import ACTS, Act, Actor, allowed, can_be_given_work, may

# One line an act: who may do it to their own task, and who to a task of their district.
# N neighbourhood officer, S supervisor, I lead inspector, C chair, A analyst, G safeguarding,
# D district crime, L legal, P partner, U auditor, M admin
EXPECTED = {
    Act.ASSIGN: ("", "SIC"),
    Act.REASSIGN: ("", "SIC"),
    Act.EXTEND: ("", "SIC"),
    Act.CANCEL: ("", "SIC"),
    Act.ACCEPT: ("NSICGD", ""),
    Act.RECORD_OUTCOME: ("NSICGD", ""),
    Act.UNDO_OUTCOME: ("NSICGD", ""),
    Act.CORRECT_OUTCOME: ("NSICGD", "SIC"),
    Act.KEY_REFERENCE: ("NSICGD", "SIC"),
    Act.ADD_NOTE: ("NSICGD", "SIC"),
    Act.CANT_DO: ("NSICGD", ""),
    Act.ASK_MORE_TIME: ("NSICGD", ""),
    Act.SEE_BRIEFING: ("NSICGD", "SIC"),
    Act.SEE_ORDER_COPY: ("NSICGD", "SIC"),
    Act.SEE_TASK: ("NSICGD", "SICAGDL"),
    Act.SEE_BOARD: ("", "NSICAGDL"),
    Act.CONFIRM_DIRECTORY: ("", "IM"),
}
LETTERS = {
    "N": Role.NEIGHBOURHOOD_OFFICER,
    "S": Role.SUPERVISOR,
    "I": Role.LEAD_INSPECTOR,
    "C": Role.CHAIR,
    "A": Role.ANALYST,
    "G": Role.SAFEGUARDING,
    "D": Role.DISTRICT_CRIME,
    "L": Role.LEGAL,
    "P": Role.PARTNER,
    "U": Role.AUDITOR,
    "M": Role.ADMIN,
}


def actor(*roles: Role, district: str = "north") -> Actor:
    return Actor("me", "1187", Rank.PC, {district: frozenset(roles)})


def test_the_expectation_covers_every_act_and_every_role() -> None:
    assert set(EXPECTED) == set(Act)
    assert set(LETTERS.values()) == set(Role)


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("act", Act)
def test_every_role_may_do_what_was_written_down_and_nothing_else(act: Act, letter: str) -> None:
    own, districts = EXPECTED[act]
    asker = actor(LETTERS[letter])
    assert may(asker, act, "north", "me") is (letter in own + districts)
    assert may(asker, act, "north", "somebody-else") is (letter in districts)
    assert may(asker, act, "north", None) is (letter in districts)
    assert may(asker, act, "south", "me") is False
    assert may(asker, act, "south", None) is False


def test_the_table_holds_no_act_or_role_that_the_expectation_has_not() -> None:
    assert sorted(row.act for row in ACTS) == sorted(EXPECTED)
    for row in ACTS:
        own, districts = EXPECTED[Act(row.act)]
        assert row.own == {LETTERS[letter] for letter in own}
        assert row.district == {LETTERS[letter] for letter in districts}


def test_somebody_without_a_role_may_do_nothing() -> None:
    assert allowed(actor(), "north", "me") == frozenset()
    assert allowed(Actor("me", "1187", Rank.CHSUPT), "north", "me") == frozenset()


def test_rank_alone_allows_nothing() -> None:
    assert not may(Actor("me", "1", Rank.CHSUPT, {}), Act.SEE_BOARD, "north", None)


def test_roles_of_one_district_do_not_count_in_another() -> None:
    both = Actor(
        "me",
        "1",
        Rank.PS,
        {"north": frozenset({Role.SUPERVISOR}), "south": frozenset({Role.NEIGHBOURHOOD_OFFICER})},
    )
    assert both.districts_where(Act.ASSIGN) == ["north"]
    assert both.districts_where(Act.SEE_BOARD) == ["north", "south"]
    assert Act.CANCEL not in allowed(both, "south", "me")
    assert Act.RECORD_OUTCOME in allowed(both, "south", "me")


def test_two_roles_add_up() -> None:
    assert may(actor(Role.ANALYST, Role.SUPERVISOR), Act.ASSIGN, "north", None)


def test_only_who_works_can_be_given_work() -> None:
    takers = {role for role in Role if can_be_given_work(frozenset({role}))}
    assert takers == {LETTERS[letter] for letter in "NSICGD"}
    assert not can_be_given_work(frozenset())


def test_roles_that_nobody_has_confirmed_record_on_their_own_task_and_do_nothing_else() -> None:
    lost = Actor("me", "1187", Rank.PC, unconfirmed={"north": frozenset({Role.NEIGHBOURHOOD_OFFICER})})
    assert lost.only_records
    assert [act for act in Act if may(lost, act, "north", "me")] == [Act.RECORD_OUTCOME]
    assert not any(may(lost, act, "north", owner) for act in Act for owner in ("somebody-else", None))
    assert not any(may(lost, act, "south", "me") for act in Act)
    reader = Actor("me", "1187", Rank.PC, unconfirmed={"north": frozenset({Role.ANALYST})})
    assert not any(may(reader, act, "north", "me") for act in Act)

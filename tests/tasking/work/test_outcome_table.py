"""The table of results: whole, and in step with what storage must know by itself."""

import pytest

from storage.enums import BREACHES, OutcomeCode, TaskKind, VisitKind
from tasking.work.outcome_table import (
    ATTEMPTS,
    CHECKS_DONE,
    CONCERNS,
    OUTCOME_TABLE,
    Fits,
    Nature,
    declared,
    fitting,
    kind_of_task,
)


def test_every_result_is_declared_once() -> None:
    codes = [each.code for each in OUTCOME_TABLE]
    assert sorted(codes) == sorted(OutcomeCode)
    assert len({each.words for each in OUTCOME_TABLE}) == len(codes)


def test_storage_and_the_table_agree_on_what_a_breach_is() -> None:
    assert {each.code for each in OUTCOME_TABLE if each.nature is Nature.BREACH} == BREACHES


@pytest.mark.parametrize("code", OutcomeCode)
def test_a_result_asks_at_most_two_questions_and_fits_something(code: OutcomeCode) -> None:
    assert len(declared(code).questions) <= 2
    assert declared(code).fits


def test_an_attempt_is_no_check_done() -> None:
    assert not ATTEMPTS & CHECKS_DONE
    assert {OutcomeCode.NO_ANSWER, OutcomeCode.SAID_TO_BE_OUT, OutcomeCode.NO_ACCESS} <= ATTEMPTS
    assert OutcomeCode.SEEN_OTHER_CONCERN in CHECKS_DONE


def test_concerns_are_not_harmless() -> None:
    expected = {OutcomeCode.SEEN_OTHER_CONCERN, OutcomeCode.CONCERNS, OutcomeCode.SPOKE_NOT_ALONE}
    assert expected == CONCERNS
    assert not any(declared(code).is_harmless for code in CONCERNS | BREACHES)


@pytest.mark.parametrize(
    ("kind", "visit", "fits", "first", "never"),
    [
        (
            TaskKind.COMPLIANCE_VISIT,
            VisitKind.EXCLUDED_ADDRESS_CHECK,
            Fits.ORDER_CHECK,
            OutcomeCode.SEEN_NO_CONCERN,
            OutcomeCode.NO_REPLY,
        ),
        (
            TaskKind.COMPLIANCE_VISIT,
            VisitKind.PROTECTED_PERSON_CONTACT,
            Fits.CONTACT,
            OutcomeCode.SPOKE_ALONE_NO_CONCERNS,
            OutcomeCode.ARRESTED,
        ),
        (
            TaskKind.DISRUPTION_ACTION,
            None,
            Fits.DISRUPTION,
            OutcomeCode.ACHIEVED,
            OutcomeCode.DONE,
        ),
        (TaskKind.GENERAL_ACTION, None, Fits.ACTION, OutcomeCode.DONE, OutcomeCode.ACHIEVED),
    ],
)
def test_each_kind_of_task_ends_in_its_own_ways(
    kind: TaskKind, visit: VisitKind | None, fits: Fits, first: OutcomeCode, never: OutcomeCode
) -> None:
    assert kind_of_task(kind, visit) is fits
    assert fitting(fits)[0] is first
    assert never not in fitting(fits)

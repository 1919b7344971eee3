"""The table of results: whole, and in step with what storage must know by itself."""

import pytest

from storage.enums import OutcomeCode, TaskKind, VisitKind
from tasking.work.outcome_table import (
    OUTCOMES,
    Fits,
    Nature,
    attempts,
    breaches,
    checks_done,
    concerns,
    declared,
    fitting,
    kind_of_task,
)


def test_every_result_is_declared_once() -> None:
    codes = [each.code for each in OUTCOMES]
    assert len(set(codes)) == len(codes)
    assert set(OutcomeCode) <= set(codes)
    assert len({each.words for each in OUTCOMES}) == len(codes)


def test_a_breach_is_a_breach_suspected_and_an_arrest() -> None:
    assert breaches() == {OutcomeCode.BREACH_SUSPECTED, OutcomeCode.ARRESTED}
    assert {each.code for each in OUTCOMES if each.nature is Nature.BREACH} == breaches()


@pytest.mark.parametrize("code", OutcomeCode)
def test_a_result_asks_at_most_two_questions_and_fits_something(code: OutcomeCode) -> None:
    assert len(declared(code).questions) <= 2
    assert declared(code).fits


def test_an_attempt_is_no_check_done() -> None:
    assert not attempts() & checks_done()
    assert {OutcomeCode.NO_ANSWER, OutcomeCode.SAID_TO_BE_OUT, OutcomeCode.NO_ACCESS} <= attempts()
    assert OutcomeCode.SEEN_OTHER_CONCERN in checks_done()


def test_concerns_are_not_harmless() -> None:
    expected = {OutcomeCode.SEEN_OTHER_CONCERN, OutcomeCode.CONCERNS, OutcomeCode.SPOKE_NOT_ALONE}
    assert expected == concerns()
    assert not any(declared(code).is_harmless for code in concerns() | breaches())


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

"""Alarms that were put down: by whom, and what stays to be seen of them."""

from collections.abc import Sequence

from storage.people import queries as people_queries
from storage.tables import Outcome
from storage.work import queries
from tasking.unit_of_work import UnitOfWork
from tasking.views import CorrectedAlarm
from tasking.work.outcome_table import breaches
from tasking.work.putting_down import puts_down


def corrected_alarm(uow: UnitOfWork, standing: Outcome | None) -> CorrectedAlarm | None:
    """The worst alarm that was put down on the way to the outcome that stands, or None."""
    worst: tuple[Outcome, Outcome] | None = None
    later = standing
    while standing and later and later.corrects_id:
        before = queries.outcome_by_id(uow.connection, later.corrects_id)
        is_down = before and puts_down(before.code, later.code) and puts_down(before.code, standing.code)
        if before and is_down and (worst is None or puts_down(before.code, worst[0].code)):
            worst = (before, later)
        later = before
    if standing is None or worst is None:
        return None
    alarm, correction = worst
    by = people_queries.person_by_id(uow.connection, correction.officer_id)
    return CorrectedAlarm(alarm, by, correction, standing.code)


def corrected_breaches(uow: UnitOfWork, standing: Sequence[Outcome]) -> list[CorrectedAlarm]:
    """The breaches and arrests that were put down on the way to these outcomes."""
    found = (corrected_alarm(uow, outcome) for outcome in standing)
    return [each for each in found if each and each.before.code in breaches()]

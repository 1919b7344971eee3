"""The district's board: what everybody in the channel may know, in counts and references."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement

from storage import outbox, parked
from storage import task_queries as queries
from storage.bundles import TaskBundle
from storage.enums import BREACHES, OutcomeState, RecordsRoute, TaskKind, TaskState
from storage.tables import Outcome, ProtectiveOrder
from tasking.alarms import corrected_breaches
from tasking.find import Reader, check_channel
from tasking.local_time import LONDON, london, short_date, short_day_time
from tasking.naming import called
from tasking.orders import ends_at, is_in_force, is_not_served, needs_no_more_visits
from tasking.outcome_table import ATTEMPTS, CHECKS_DONE
from tasking.people import require
from tasking.permissions import Act
from tasking.unit_of_work import UnitOfWork
from tasking.views import BoardView, CorrectedAlarm, OrderLine, OrderListView

_MOST_READ = 500
"""Tasks whose lines are weighed, the soonest due first; counts are the database's."""
_MOST_LINES = 6
_MOST_REFS = 3
_BREACH_SHOWN_FOR = timedelta(hours=24)
_SENT_BACK = "Sent back by the desk"
_NOT_ON_ATHENA = "NOT on Athena, key by hand"
_ENDS_SOON = timedelta(days=3)


def show_board(uow: UnitOfWork, reader: Reader, district_id: str) -> BoardView:
    """The board for somebody who asks; raises `Refusal` for who may not read it."""
    check_channel(reader, "That board", district_id)
    require(reader.actor, Act.SEE_BOARD, district_id, None, "You cannot see that board.")
    return board_of(uow, district_id)


def board_of(uow: UnitOfWork, district_id: str) -> BoardView:
    """The board as it stands now. Restricted subjects are in no line and no count."""
    tasks = queries.bundles_where(
        uow.connection,
        queries.in_districts([district_id]),
        queries.is_open(),
        queries.visible_to(None),
        limit=_MOST_READ,
    )
    outcomes = _todays_outcomes(uow, district_id)
    to_do = _count_due(uow, district_id, queries.due_sooner_than(_start_of_tomorrow(uow.now)))
    orders = [order for order, _ in queries.orders_of_districts(uow.connection, [district_id], None)]
    return BoardView(
        district_id=district_id,
        district_name=uow.policy.district(district_id).name,
        now=uow.now,
        now_lines=_cut(
            [
                *_breach_lines(uow, district_id),
                *_corrected_lines(uow, district_id),
                *_attention_lines(uow, district_id, tasks),
            ]
        ),
        cover_lines=_cut(_cover_lines(uow, orders, tasks)),
        due_today=to_do + len(outcomes),
        seen_today=sum(o.code in CHECKS_DONE for o in outcomes),
        attempted_today=sum(o.code in ATTEMPTS for o in outcomes),
        other_today=sum(o.code not in CHECKS_DONE | ATTEMPTS for o in outcomes),
        to_do_today=to_do,
        overdue=_count_due(uow, district_id, queries.due_before(uow.now)),
        order_lines=_cut(_order_lines(uow, orders)),
        athena_lines=_cut(_athena_lines(uow, district_id)),
    )


def order_list(uow: UnitOfWork, reader: Reader, district_id: str) -> OrderListView:
    """The orders of a district that count now, by end date; raises `Refusal` for who may not see them."""
    check_channel(reader, "That list", district_id)
    require(reader.actor, Act.SEE_BOARD, district_id, None, "You cannot see those orders.")
    rows = queries.orders_of_districts(uow.connection, [district_id], reader.named_as)
    tasks = queries.bundles_where(
        uow.connection, queries.in_districts([district_id]), queries.is_open(), limit=_MOST_READ
    )
    open_visits = _orders_with_visits(tasks)
    lines = [
        OrderLine(
            ref=order.ref,
            subject_ref=subject.ref,
            status_words=order.status.replace("_", " ").capitalize(),
            last_day_words=short_date(order.last_day) if order.last_day else "no end set",
            is_served=order.served_at is not None,
            is_covered=_is_covered(uow, order, open_visits),
        )
        for order, subject in rows
        if is_in_force(order, uow.now) or is_not_served(order, uow.now)
    ]
    return OrderListView(uow.policy.district(district_id).name, tuple(lines), uow.now)


def _todays_outcomes(uow: UnitOfWork, district_id: str) -> list[Outcome]:
    return queries.outcomes_of_district(
        uow.connection, district_id, queries.outcome_stands_since(_start_of_today(uow.now))
    )


def _start_of_today(now: datetime) -> datetime:
    return datetime.combine(london(now).date(), time(), LONDON).astimezone(UTC)


def _start_of_tomorrow(now: datetime) -> datetime:
    return _start_of_today(_start_of_today(now) + timedelta(hours=26))


def _count_due(uow: UnitOfWork, district_id: str, due: ColumnElement[bool]) -> int:
    """Counted by the database: what a list leaves out counts all the same."""
    of_district = queries.in_districts([district_id])
    return queries.count_where(uow.connection, of_district, queries.is_open(), queries.visible_to(None), due)


def _breach_lines(uow: UnitOfWork, district_id: str) -> list[str]:
    breaches = queries.outcomes_of_district(
        uow.connection,
        district_id,
        queries.outcome_with_code(*BREACHES),
        queries.outcome_stands_since(uow.now - _BREACH_SHOWN_FOR),
    )
    return [_breach_line(uow, breach) for breach in reversed(breaches)]


def _breach_line(uow: UnitOfWork, breach: Outcome) -> str:
    bundle = queries.bundle_by_id(uow.connection, breach.task_id)
    order = bundle.order.ref if bundle and bundle.order else ""
    ref = bundle.task.ref if bundle else ""
    since = min(each.recorded_at for each in queries.breaches_of_task(uow.connection, breach.task_id))
    return f"Breach {order} ({ref}), {_ago(uow.now - since)}".replace("  ", " ")


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"


def _corrected_lines(uow: UnitOfWork, district_id: str) -> list[str]:
    """A breach that was put down stays in sight for a day, with who did it."""
    standing = queries.outcomes_of_district(
        uow.connection,
        district_id,
        queries.outcome_is_correction(),
        queries.outcome_stands_since(uow.now - _BREACH_SHOWN_FOR),
    )
    found = corrected_breaches(uow, list(reversed(standing)))
    recent = [each for each in found if uow.now - each.correction.recorded_at <= _BREACH_SHOWN_FOR]
    return [_corrected_line(uow, each) for each in recent]


def _corrected_line(uow: UnitOfWork, corrected: CorrectedAlarm) -> str:
    bundle = queries.bundle_by_id(uow.connection, corrected.correction.task_id)
    refs = (bundle.order.ref if bundle.order else bundle.task.ref) if bundle else ""
    ago = _ago(uow.now - corrected.correction.recorded_at)
    return f"Breach {refs}: corrected by {called(corrected.by)}, {ago}"


def _attention_lines(uow: UnitOfWork, district_id: str, tasks: list[TaskBundle]) -> list[str]:
    failing = outbox.undelivered(uow.connection, [bundle.task.id for bundle in tasks])
    lines = [line for bundle in tasks if (line := _attention_line(uow, bundle, failing))]
    count = parked.messages_all_may_count(uow.connection, district_id)
    # First, because a long board is cut at its end.
    unsent = f"{count} message{'' if count == 1 else 's'} could not be sent"
    return [unsent, *lines] if count else lines


def _attention_line(uow: UnitOfWork, bundle: TaskBundle, failing: dict[UUID, str]) -> str:
    task = bundle.task
    who = called(bundle.owner)
    due = short_day_time(task.due_at, uow.now)
    if task.state == TaskState.UNALLOCATED:
        return f"{task.ref} unallocated, due {due}"
    if task.id in failing:
        return f"{task.ref} not delivered to {who}"
    if task.asked_until:
        return f"{task.ref}: {who} asks for time to {short_day_time(task.asked_until, uow.now)}"
    if task.due_at <= uow.now:
        return f"{task.ref} overdue since {due}, {who}"
    return ""


def _cover_lines(uow: UnitOfWork, orders: list[ProtectiveOrder], tasks: list[TaskBundle]) -> list[str]:
    open_visits = _orders_with_visits(tasks)
    return [
        f"{order.ref} has no visit to come"
        for order in orders
        if is_in_force(order, uow.now) and not _is_covered(uow, order, open_visits)
    ]


def _orders_with_visits(tasks: list[TaskBundle]) -> set[UUID]:
    return {b.task.order_id for b in tasks if b.task.kind == TaskKind.COMPLIANCE_VISIT and b.task.order_id}


def _is_covered(uow: UnitOfWork, order: ProtectiveOrder, open_visits: set[UUID]) -> bool:
    if order.id in open_visits:
        return True
    seen = [
        visit.happened_at
        for visit in queries.last_visits(uow.connection, order.subject_id)
        if visit.order_id == order.id and visit.code in CHECKS_DONE
    ]
    return needs_no_more_visits(order, uow.policy, seen[0] if seen else None)


def _order_lines(uow: UnitOfWork, orders: list[ProtectiveOrder]) -> list[str]:
    unserved = [f"{order.ref} not served" for order in orders if is_not_served(order, uow.now)]
    ending = [
        f"{order.ref} ends {short_date(order.last_day)}"
        for order in orders
        if order.last_day and is_in_force(order, uow.now) and _ends_soon(order, uow.now)
    ]
    return [*unserved, *ending]


def _ends_soon(order: ProtectiveOrder, now: datetime) -> bool:
    end = ends_at(order)
    return end is not None and end - now <= _ENDS_SOON


def _athena_lines(uow: UnitOfWork, district_id: str) -> list[str]:
    def count(*conditions: ColumnElement[bool]) -> int:
        return queries.count_outcomes(uow.connection, district_id, *conditions)

    def refs(words: str, condition: ColumnElement[bool]) -> list[str]:
        return _refs_line(uow, words, queries.outcomes_of_district(uow.connection, district_id, condition))

    handed = queries.outcome_in_state(OutcomeState.HANDED_OVER, OutcomeState.TO_HAND_OVER)
    late = count(handed, queries.outcome_recorded_before(uow.now - timedelta(hours=24)))
    counts = (
        (late, "over 24 h"),
        (count(handed) - late, "on the way"),
        (count(queries.outcome_waits_to_be_keyed()), "to key by hand"),
    )
    return [
        *refs(_NOT_ON_ATHENA, queries.outcome_waits_to_be_keyed(RecordsRoute.REDLINE_SENDS)),
        *refs(_SENT_BACK, queries.outcome_in_state(OutcomeState.REJECTED, OutcomeState.RETURNED)),
        *(f"{number} {words}" for number, words in counts if number),
    ]


def _refs_line(uow: UnitOfWork, words: str, outcomes: list[Outcome]) -> list[str]:
    """By reference: whoever reads the board can see to it that somebody corrects or keys them."""
    bundles = (queries.bundle_by_id(uow.connection, outcome.task_id) for outcome in outcomes)
    standing = {outcome.id for outcome in outcomes}
    refs = [bundle.task.ref for bundle in bundles if bundle and bundle.task.outcome_id in standing]
    if not refs:
        return []
    more = f" and {len(refs) - _MOST_REFS} more" if len(refs) > _MOST_REFS else ""
    return [f"{words}: {', '.join(refs[:_MOST_REFS])}{more}"]


def _cut(lines: list[str]) -> tuple[str, ...]:
    if len(lines) <= _MOST_LINES:
        return tuple(lines)
    return (*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more")

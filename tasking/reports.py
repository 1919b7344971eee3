"""The district's board: what everybody in the channel may know, in counts and references."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_

from storage import messages, parked
from storage.enums import OutcomeState, RecordsRoute, TaskState
from storage.parked import Matter
from storage.tables import Message, Outbox, Outcome, ProtectiveOrder, TaskBundle
from storage.work import queries
from storage.work.own_cards import undelivered
from tasking.effects import Row
from tasking.naming import called
from tasking.notices import Afresh, Notice, notices
from tasking.orders.register import ends_at, is_in_force, is_not_served, needs_no_more_visits
from tasking.people.actors import require
from tasking.permissions import Act
from tasking.unit_of_work import UnitOfWork
from tasking.views import BoardView, CorrectedAlarm, OrderLine, OrderListView
from tasking.when.local_time import LONDON, london, short_date, short_day_time
from tasking.work.alarms import corrected_breaches
from tasking.work.find import Reader, check_channel
from tasking.work.outcome_table import attempts, breaches, checks_done

_MOST_LINES = 6
_MOST_CORRECTIONS = 500
"""Of a day, looked through for breaches that were put down."""
_MOST_REFS = 3
_BREACH_SHOWN_FOR = timedelta(hours=24)
_SENT_BACK = "Sent back by the desk"
_NOT_ON_ATHENA = "NOT on Athena, key by hand"
_ON_ITS_WAY = (OutcomeState.HANDED_OVER, OutcomeState.TO_HAND_OVER)
_ENDS_SOON = timedelta(days=3)


def show_board(uow: UnitOfWork, reader: Reader, district_id: str) -> BoardView:
    """The board for somebody who asks; raises `Refusal` for who may not read it."""
    check_channel(reader, "That board", district_id)
    require(reader.actor, Act.SEE_BOARD, district_id, None, "You cannot see that board.")
    return board_of(uow, district_id)


def board_of(uow: UnitOfWork, district_id: str) -> BoardView:
    """The board as it stands now. Restricted subjects are in no line and no count."""
    seen, attempted, other = _todays_outcomes(uow, district_id)
    to_do = _count_open(uow, district_id, queries.due_sooner_than(_start_of_tomorrow(uow.now)))
    rows = queries.orders_of_districts(uow.connection, [district_id], None)
    orders = [order for order, _ in rows]
    return BoardView(
        district_id=district_id,
        district_name=uow.policy.district(district_id).name,
        now=uow.now,
        now_lines=_now_lines(uow, district_id),
        cover_lines=_cut(_cover_lines(uow, orders)),
        due_today=to_do + seen + attempted + other,
        seen_today=seen,
        attempted_today=attempted,
        other_today=other,
        to_do_today=to_do,
        overdue=_count_open(uow, district_id, queries.due_before(uow.now)),
        order_lines=_cut(_order_lines(uow, orders)),
        athena_lines=_cut(_athena_lines(uow, district_id)),
    )


def order_list(uow: UnitOfWork, reader: Reader, district_id: str) -> OrderListView:
    """The orders of a district that count now, by end date; raises `Refusal` for who may not see them."""
    check_channel(reader, "That list", district_id)
    require(reader.actor, Act.SEE_BOARD, district_id, None, "You cannot see those orders.")
    rows = [
        (order, subject)
        for order, subject in queries.orders_of_districts(uow.connection, [district_id], reader.named_as)
        if is_in_force(order, uow.now) or is_not_served(order, uow.now)
    ]
    covered = _covered(uow, [order for order, _ in rows])
    lines = [
        OrderLine(
            ref=order.ref,
            subject_ref=subject.ref,
            status_words=order.status.replace("_", " ").capitalize(),
            last_day_words=short_date(order.last_day) if order.last_day else "no end set",
            is_served=order.served_at is not None,
            is_covered=order.id in covered,
        )
        for order, subject in rows
    ]
    return OrderListView(uow.policy.district(district_id).name, tuple(lines), uow.now)


def _todays_outcomes(uow: UnitOfWork, district_id: str) -> tuple[int, int, int]:
    """How many of today's results were checks done, attempts, and all else."""
    since = queries.outcome_stands_since(_start_of_today(uow.now))
    by_code = queries.count_by_code(uow.connection, district_id, since)
    seen = sum(number for code, number in by_code.items() if code in checks_done())
    attempted = sum(number for code, number in by_code.items() if code in attempts())
    return seen, attempted, sum(by_code.values()) - seen - attempted


def _start_of_today(now: datetime) -> datetime:
    return datetime.combine(london(now).date(), time(), LONDON).astimezone(UTC)


def _start_of_tomorrow(now: datetime) -> datetime:
    return _start_of_today(_start_of_today(now) + timedelta(hours=26))


def _open_tasks(district_id: str) -> tuple[ColumnElement[bool], ...]:
    return queries.in_districts([district_id]), queries.is_open(), queries.visible_to(None)


def _count_open(uow: UnitOfWork, district_id: str, which: ColumnElement[bool]) -> int:
    """Counted by the database: what a list leaves out counts all the same."""
    return queries.count_where(uow.connection, *_open_tasks(district_id), which)


def _now_lines(uow: UnitOfWork, district_id: str) -> tuple[str, ...]:
    sections = (
        _breach_lines(uow, district_id),
        _corrected_lines(uow, district_id),
        # Before the tasks, because a long board is cut at its end.
        _unsent_lines(uow, district_id),
        _attention_lines(uow, district_id),
    )
    return _cut([line for lines, _ in sections for line in lines], sum(count for _, count in sections))


_Lines = tuple[list[str], int]
"""As many lines as could be shown, and how many there are."""


def _breach_lines(uow: UnitOfWork, district_id: str) -> _Lines:
    which = (
        queries.outcome_with_code(*breaches()),
        queries.outcome_stands_since(uow.now - _BREACH_SHOWN_FOR),
    )
    latest = queries.latest_outcomes(uow.connection, district_id, *which, limit=_MOST_LINES)
    count = queries.count_outcomes(uow.connection, district_id, *which)
    return [_breach_line(uow, breach) for breach in latest], count


def _breach_line(uow: UnitOfWork, breach: Outcome) -> str:
    bundle = queries.bundle_by_id(uow.connection, breach.task_id)
    order = bundle.order.ref if bundle and bundle.order else ""
    ref = bundle.task.ref if bundle else ""
    told = queries.results_of_task(uow.connection, breach.task_id, breaches())
    since = min(each.recorded_at for each in told)
    return f"Breach {order} ({ref}), {_ago(uow.now - since)}".replace("  ", " ")


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"


def _corrected_lines(uow: UnitOfWork, district_id: str) -> _Lines:
    """A breach that was put down stays in sight for a day, with who did it."""
    standing = queries.latest_outcomes(
        uow.connection,
        district_id,
        queries.outcome_is_correction(),
        queries.outcome_stands_since(uow.now - _BREACH_SHOWN_FOR),
        limit=_MOST_CORRECTIONS,
    )
    found = corrected_breaches(uow, standing)
    recent = [each for each in found if uow.now - each.correction.recorded_at <= _BREACH_SHOWN_FOR]
    return [_corrected_line(uow, each) for each in recent], len(recent)


def _corrected_line(uow: UnitOfWork, corrected: CorrectedAlarm) -> str:
    bundle = queries.bundle_by_id(uow.connection, corrected.correction.task_id)
    refs = (bundle.order.ref if bundle.order else bundle.task.ref) if bundle else ""
    ago = _ago(uow.now - corrected.correction.recorded_at)
    return f"Breach {refs}: corrected by {called(corrected.by)}, {ago}"


def _matter(uow: UnitOfWork, row: Outbox) -> Matter | None:
    notice = notices().by_name.get(row.purpose or "")
    return notice.matter(uow, row) if notice else None


def _unsent_lines(uow: UnitOfWork, district_id: str) -> _Lines:
    rows = parked.messages_of(uow.connection, district_id)
    count = parked.count_for_all(uow.connection, [each for row in rows if (each := _matter(uow, row))])
    unsent = f"{count} message{'' if count == 1 else 's'} could not be sent"
    return ([unsent], 1) if count else ([], 0)


def _attention_lines(uow: UnitOfWork, district_id: str) -> _Lines:
    wanted = or_(
        queries.in_state(TaskState.UNALLOCATED),
        queries.asks_for_time(),
        queries.due_before(uow.now),
        queries.is_undelivered(),
    )
    tasks = queries.bundles_where(uow.connection, *_open_tasks(district_id), wanted, limit=_MOST_LINES)
    failing = undelivered(uow.connection, [bundle.task.id for bundle in tasks])
    lines = [_attention_line(uow, bundle, failing) for bundle in tasks]
    return lines, _count_open(uow, district_id, wanted)


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
    return f"{task.ref} overdue since {due}, {who}"


def _cover_lines(uow: UnitOfWork, orders: list[ProtectiveOrder]) -> list[str]:
    in_force = [order for order in orders if is_in_force(order, uow.now)]
    covered = _covered(uow, in_force)
    return [f"{order.ref} has no visit to come" for order in in_force if order.id not in covered]


def _covered(uow: UnitOfWork, orders: Sequence[ProtectiveOrder]) -> set[UUID]:
    """Those with an open visit, however many tasks are open, and those that end before the next is due."""
    covered = queries.orders_to_visit(uow.connection, [order.id for order in orders])
    left = [
        order
        for order in orders
        if order.id not in covered and needs_no_more_visits(order, uow.policy, uow.now)
    ]
    seen = queries.last_seen_for(uow.connection, [order.id for order in left], checks_done())
    return covered | {o.id for o in left if needs_no_more_visits(o, uow.policy, seen.get(o.id))}


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
        return _refs_line(uow, district_id, words, condition)

    late, on_the_way = queries.count_in_state(
        uow.connection, district_id, _ON_ITS_WAY, uow.now - timedelta(hours=24)
    )
    counts = (
        (late, "over 24 h"),
        (on_the_way, "on the way"),
        (count(queries.outcome_waits_to_be_keyed()), "to key by hand"),
    )
    return [
        *refs(_NOT_ON_ATHENA, queries.outcome_waits_to_be_keyed(RecordsRoute.REDLINE_SENDS)),
        *refs(_SENT_BACK, queries.outcome_is_sent_back()),
        *(f"{number} {words}" for number, words in counts if number),
    ]


def _refs_line(uow: UnitOfWork, district_id: str, words: str, condition: ColumnElement[bool]) -> list[str]:
    """By reference: whoever reads the board can see to it that somebody corrects or keys them."""
    refs = queries.tasks_of_outcomes(uow.connection, district_id, condition, limit=_MOST_REFS)
    if not refs:
        return []
    left = queries.count_outcomes(uow.connection, district_id, condition) - len(refs)
    return [f"{words}: {', '.join(refs)}{f' and {left} more' if left > 0 else ''}"]


def _cut(lines: list[str], count: int | None = None) -> tuple[str, ...]:
    """The first of them, and how many more there are of `count` in all."""
    total = len(lines) if count is None else count
    if total <= _MOST_LINES:
        return tuple(lines)
    return (*lines[: _MOST_LINES - 1], f"and {total - _MOST_LINES + 1} more")


def _view(uow: UnitOfWork, row: Outbox) -> BoardView | None:
    """None for a district that policy no longer lists: it has no channel to show a board in."""
    if uow.policy.board_channel(row.district_id) is None:
        return None
    return board_of(uow, row.district_id)


def _standing(uow: UnitOfWork, row: Outbox) -> list[Message]:
    return messages.standing(uow.connection, BOARD.name, district_id=row.district_id, latest=1)


BOARD = Notice(
    name="BOARD",
    view=_view,
    shows=(BoardView,),
    standing=_standing,
    matter=lambda _uow, _row: Matter(),
    posted_in=lambda uow, row: uow.policy.district(row.district_id).board_channel_id,
    afresh=Afresh.ASKED_FOR,
    joins=True,
    rests=2.0,
)
"""A board changes at every tap, and Teams takes 1,800 requests an hour for one conversation."""


def update_board(district_id: str, at: datetime, cause: str) -> Row:
    """The district's board, edited in place (posted where there is none yet); silent."""
    return BOARD.update(f"board:{district_id}:{cause}", f"board:{district_id}", district_id, at)

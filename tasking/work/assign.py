"""Giving work to somebody, or to nobody yet."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage import messages
from storage.answers import is_taken
from storage.enums import AuditOperation, DisruptionType, TaskKind, TaskState, VisitKind
from storage.rows import add, add_values
from storage.tables import Person, Task, TaskBundle, TaskChange
from storage.work import queries
from storage.work.writes import draw_number
from tasking.effects import Row
from tasking.orders.register import ends_at, is_in_force
from tasking.people.actors import officer_for, require
from tasking.permissions import Act
from tasking.plain_text import meant
from tasking.references import TASKS
from tasking.refusals import Refusal, Stale
from tasking.unit_of_work import UnitOfWork
from tasking.when.local_time import short_date, short_day_time
from tasking.work.changes import history_row
from tasking.work.confirmations import becomes_confirmation, post_confirmation, update_confirmation
from tasking.work.find import Reader, Target, can_see, find_target
from tasking.work.own_card import post_own_card
from tasking.work.showing import officer_view, reload
from tasking.work.unallocated import post_unallocated

LONGEST_AHEAD = timedelta(days=366)
_FIRST_NUMBER = 1041
_NEEDS_PLAN = (VisitKind.EXCLUDED_ADDRESS_CHECK, VisitKind.PROTECTED_PERSON_CONTACT)


@dataclass(frozen=True)
class AssignRequest:
    """What a supervisor asks for. `officer_id` is an Entra id, or None for work that has nobody yet."""

    officer_id: str | None
    kind: TaskKind
    target_ref: str | None
    due_at: datetime
    visit_kind: VisitKind | None = None
    disruption_type: DisruptionType | None = None
    title: str = ""
    note: str = ""
    form_id: str | None = None
    """Which form it was filled in on: a form makes one task, however often it is sent."""


@dataclass(frozen=True)
class Room:
    """Where the request was made: the conversation to confirm in, and the channel's district."""

    conversation_id: str
    channel_district: str | None = None
    form_message_id: str | None = None
    """The message in which the form stands: it becomes the confirmation."""

    @property
    def in_channel(self) -> bool:
        """Whether everybody in a channel reads along."""
        return self.channel_district is not None


@dataclass(frozen=True)
class Assigned:
    """A task that was made, and the hints that go with its confirmation."""

    bundle: TaskBundle
    hints: str


def assign(uow: UnitOfWork, reader: Reader, request: AssignRequest, room: Room, hint: str = "") -> Assigned:
    """Make a task, confirm it in the room, send the officer's card. Raises `Refusal` where it cannot be.

    `hint` goes with the confirmation, beside a warning where the officer has the same work already.
    """
    target = _target(uow, reader, request)
    district_id = _district(uow, reader, target, room)
    require(reader.actor, Act.ASSIGN, district_id, None, "Only a supervisor of the district can assign work.")
    request = replace(request, form_id=_form_of(uow, reader, request))
    check_due(uow, target, request.due_at)
    _check_kind(uow, request, target)
    officer = officer_for(uow, request.officer_id, district_id) if request.officer_id else None
    _check_access(uow, target, officer)
    twins = _twins(uow, request, target)
    task = _add_task(uow, reader, request, target, district_id, officer)
    hints = " ".join(filter(None, (_warning(twins), hint)))
    _announce(uow, task, room, hints, restricted=_is_restricted(target))
    return Assigned(reload(uow, task.id), hints)


def _form_of(uow: UnitOfWork, reader: Reader, request: AssignRequest) -> str | None:
    """The form's id for the task that is to be made; raises `Stale` where the form has made one already.

    A task that the reader may not know of cannot be told by its form either: the form is like any new one,
    and the task made from it has none.
    """
    made = queries.bundle_by_form(uow.connection, request.form_id) if request.form_id else None
    if made is None:
        return request.form_id
    if not can_see(uow, reader, made):
        return None
    words = f"That form has made {made.task.ref} already. Nothing was added."
    raise Stale(words, officer_view(uow, made, reader))


def _target(uow: UnitOfWork, reader: Reader, request: AssignRequest) -> Target | None:
    if not request.target_ref:
        if request.kind != TaskKind.GENERAL_ACTION:
            raise Refusal(
                "no-target", "What is it about?", "Name an order or a subject, for example DVPO-3 or S-07."
            )
        return None
    target = find_target(uow, reader, request.target_ref)
    if request.kind == TaskKind.COMPLIANCE_VISIT and target.order is None:
        return _with_only_order(uow, target)
    return target


def _with_only_order(uow: UnitOfWork, target: Target) -> Target:
    orders = [
        order
        for order in queries.orders_of_subject(uow.connection, target.subject.id)
        if is_in_force(order, uow.now)
    ]
    if len(orders) == 1:
        return Target(orders[0].district_id, target.subject, orders[0])
    if not orders:
        raise Refusal(
            "no-order", f"{target.subject.ref} has no order in force to check.", "Assign an action instead."
        )
    raise Refusal("which-order", "Which order?", " or ".join(order.ref for order in orders))


def _district(uow: UnitOfWork, reader: Reader, target: Target | None, room: Room) -> str:
    """The subject's district; a channel takes only its own. Work about nobody needs one clear district."""
    if target is not None:
        if room.channel_district not in (None, target.district_id):
            ref = target.order.ref if target.order else target.subject.ref
            raise Refusal(
                "other-district",
                f"{ref} belongs to another district than this channel.",
                "Assign it in its own channel, or in your chat with RedLine.",
            )
        return target.district_id
    if room.channel_district:
        return room.channel_district
    mine = reader.actor.districts_where(Act.ASSIGN)
    if len(mine) > 1:
        raise Refusal("which-district", "For which district?", "Assign it in that district’s channel.")
    return mine[0] if mine else next(iter(sorted(reader.actor.roles)))


def check_due(uow: UnitOfWork, target: Target | None, due_at: datetime) -> None:
    """Raise a `Refusal` for a due time that is past, far ahead, or after the end of the order."""
    if due_at <= uow.now:
        raise Refusal("due-past", "That time has passed.", "Give a time to come, for example tomorrow 18:00.")
    if due_at - uow.now > LONGEST_AHEAD:
        raise Refusal(
            "due-too-far", "That is more than a year ahead.", "Check the year, or give an earlier time."
        )
    order = target.order if target else None
    end = ends_at(order) if order else None
    if order and order.last_day and end and due_at > end:
        raise Refusal(
            "due-after-end",
            f"{order.ref} ends on {short_date(order.last_day)}, before {short_day_time(due_at, uow.now)}.",
            f"Choose a time up to the end of {short_date(order.last_day)}.",
        )


def _check_kind(uow: UnitOfWork, request: AssignRequest, target: Target | None) -> None:
    if request.kind == TaskKind.GENERAL_ACTION and not meant(request.title):
        raise Refusal("no-title", "What is to be done?", "Say it in a few words, without names or addresses.")
    if request.kind == TaskKind.DISRUPTION_ACTION and request.disruption_type is None:
        raise Refusal("no-type", "Which kind of action?", "For example: anpr marker, warrant, curfew check.")
    if request.kind != TaskKind.COMPLIANCE_VISIT or target is None or target.order is None:
        return
    if not is_in_force(target.order, uow.now):
        raise Refusal(
            "not-in-force", f"{target.order.ref} is not in force.", "Check its status with your orders desk."
        )
    if request.visit_kind in _NEEDS_PLAN and target.order.safe_contact_plan_at is None:
        raise Refusal(
            "no-safe-contact-plan",
            f"That visit needs a recorded safe-contact plan, and {target.order.ref} has none.",
            "Ask safeguarding to record how, when and what never to say.",
        )


def _check_access(uow: UnitOfWork, target: Target | None, officer: Person | None) -> None:
    if target is None or officer is None or not target.subject.restricted:
        return
    if not queries.has_access(uow.connection, target.subject.id, officer.entra_id):
        raise Refusal(
            "officer-not-named",
            "That officer may not work on this.",
            "Choose one of the people named for it.",
        )


def _twins(uow: UnitOfWork, request: AssignRequest, target: Target | None) -> list[str]:
    if request.officer_id is None or target is None:
        return []
    order_id = target.order.id if target.order else None
    same = queries.same_work(request.officer_id, order_id, target.subject.id, request.kind)
    return [twin.task.ref for twin in queries.bundles_where(uow.connection, same, queries.is_open(), limit=3)]


def _warning(twins: list[str]) -> str:
    return f"This officer already has {', '.join(twins)} for the same." if twins else ""


def _add_task(
    uow: UnitOfWork,
    reader: Reader,
    request: AssignRequest,
    target: Target | None,
    district_id: str,
    officer: Person | None,
) -> Task:
    number = _FIRST_NUMBER + draw_number(uow.connection, TASKS.counter)
    task = Task(
        number=number,
        ref=TASKS.of(number),
        district_id=district_id,
        kind=request.kind,
        visit_kind=_visit_kind(request),
        disruption_type=request.disruption_type,
        title=meant(request.title),
        subject_id=target.subject.id if target else None,
        order_id=target.order.id if target and target.order else None,
        state=TaskState.ASSIGNED if officer else TaskState.UNALLOCATED,
        owner_id=officer.entra_id if officer else None,
        supervisor_id=reader.actor.entra_id,
        due_at=request.due_at,
        note=meant(request.note),
        form_id=request.form_id,
        created_at=uow.now,
        state_changed_at=uow.now,
        next_reminder_at=request.due_at,
    )
    add(uow.connection, task)
    add_values(uow.connection, TaskChange, history_row(uow, reader, None, task, "assign", ""))
    uow.audit(AuditOperation.COLLECTION, "assign", reader.actor.entra_id, task=task)
    return task


def _visit_kind(request: AssignRequest) -> VisitKind | None:
    if request.kind != TaskKind.COMPLIANCE_VISIT:
        return None
    return request.visit_kind or VisitKind.PERPETRATOR_CHECK


def _announce(uow: UnitOfWork, task: Task, room: Room, hint: str, *, restricted: bool) -> None:
    rows = [_confirmation(uow, task, room, hint)]
    if task.owner_id:
        rows.append(post_own_card(task, task.owner_id, uow.now))
    elif not restricted:
        channel = uow.policy.district(task.district_id).board_channel_id
        rows.append(post_unallocated(task, channel, uow.now))
    uow.effects(*rows)
    uow.touched(task.district_id, f"{task.id.hex}:{task.version}")


def _confirmation(uow: UnitOfWork, task: Task, room: Room, hint: str) -> Row:
    """A new post; or, for all to see, the message of the form itself, so that nobody fills it in again."""
    form = room.form_message_id
    if form is None or is_taken(uow.connection, room.conversation_id, form):
        return post_confirmation(task, room.conversation_id, uow.now, hint)
    messages.remember(uow.connection, becomes_confirmation(task, room.conversation_id, form, uow.now))
    return update_confirmation(task, uow.now)


def _is_restricted(target: Target | None) -> bool:
    return target is not None and target.subject.restricted


def target_of(bundle: TaskBundle) -> Target | None:
    """What an existing task is about."""
    if bundle.subject is None:
        return None
    return Target(bundle.task.district_id, bundle.subject, bundle.order)

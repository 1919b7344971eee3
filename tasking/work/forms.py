"""What the forms offer: only what the asker may choose."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from storage.work import queries
from tasking.naming import called
from tasking.orders.register import is_in_force
from tasking.people.actors import officers_of
from tasking.permissions import Act
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.views import AssignFormView, Choice, SupervisorFormView
from tasking.when.local_time import london
from tasking.work.assign import LONGEST_AHEAD, Room
from tasking.work.find import Reader
from tasking.work.showing import officer_view
from tasking.work.supervision import message_waits, open_task_for

NOBODY = "nobody"
FORM_ACTS = {"reassign": Act.REASSIGN, "extend": Act.EXTEND, "cancel": Act.CANCEL}


def assign_form_view(
    uow: UnitOfWork, reader: Reader, room: Room, typed: Mapping[str, str] | None = None, problem: str = ""
) -> AssignFormView:
    """The `/assign` form with officers and targets of the district; a `Refusal` for who may not assign."""
    districts = reader.actor.districts_where(Act.ASSIGN)
    if room.channel_district:
        districts = [d for d in districts if d == room.channel_district]
    if not districts:
        raise Refusal(
            "not-allowed", "Only a supervisor of the district can assign work.", "Ask your sergeant."
        )
    due = london(uow.now + timedelta(hours=uow.policy.default_due_hours))
    return AssignFormView(
        officers=tuple(c for d in districts for c in _officers(uow, d)),
        targets=_targets(uow, reader, districts),
        default_date=f"{due:%Y-%m-%d}",
        default_time="18:00",
        in_channel=room.in_channel,
        form_id=(typed or {}).get("form") or uuid4().hex,
        typed=typed or {},
        problem=problem,
    )


def supervisor_form_view(
    uow: UnitOfWork,
    reader: Reader,
    ref: str,
    form: str,
    version: int | None = None,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
) -> SupervisorFormView:
    """The form behind Reassign, Extend or Cancel; raises `Refusal` or `Stale` as the act itself would."""
    bundle = open_task_for(uow, reader, ref, FORM_ACTS[form], version)
    later = london(_a_day_later(bundle.task.due_at, uow.now))
    return SupervisorFormView(
        view=officer_view(uow, bundle, reader),
        officers=tuple(
            choice
            for choice in _officers(uow, bundle.task.district_id)
            if choice.value != bundle.task.owner_id
        ),
        default_date=f"{later:%Y-%m-%d}",
        default_time=f"{later:%H:%M}",
        typed=typed or {},
        problem=problem,
        message_waits=message_waits(uow, bundle),
    )


def _a_day_later(due_at: datetime, now: datetime) -> datetime:
    """A day after both, and never further ahead than a task may be due."""
    day = timedelta(hours=24)
    return max(min(due_at, now + LONGEST_AHEAD - day), now) + day


def _officers(uow: UnitOfWork, district_id: str) -> list[Choice]:
    return [
        Choice(p.entra_id, f"{called(p)} {p.display_name}" if p.collar_number else called(p))
        for p in officers_of(uow, district_id)
    ]


def _targets(uow: UnitOfWork, reader: Reader, districts: list[str]) -> tuple[Choice, ...]:
    orders = queries.orders_of_districts(uow.connection, districts, reader.named_as)
    subjects = queries.subjects_of_districts(uow.connection, districts, reader.named_as)
    in_force = [
        Choice(order.ref, f"{order.ref} ({subject.ref})")
        for order, subject in orders
        if is_in_force(order, uow.now)
    ]
    return (*in_force, *(Choice(subject.ref, subject.ref) for subject in subjects))

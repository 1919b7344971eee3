"""What is told of a district that waits: too many of its people are missing from the directory."""

from datetime import datetime

from storage import messages
from storage.tables import Message, Outbox
from tasking.effects import Row
from tasking.notices import MOST_STANDING, Notice
from tasking.unit_of_work import UnitOfWork
from tasking.views import BrakeView
from tasking.watch.brake_view import brake_view
from tasking.work.noticing import is_post

_MOST_TOLD = 200
"""Everybody's last one is among these: people are told again every hour."""


def _view(uow: UnitOfWork, row: Outbox) -> BrakeView | None:
    """Not posted once it is over; what stands says how it ended, and is left alone while it is not."""
    view = brake_view(uow, row.district_id, row.person_id, row.hint)
    is_over = view.since is None
    return view if is_over != is_post(row) else None


def _standing(uow: UnitOfWork, row: Outbox) -> list[Message]:
    """Everybody's last one, and the latest whosever they are."""
    told = messages.standing(uow.connection, BRAKE.name, district_id=row.district_id, latest=_MOST_TOLD)
    last_of_each = {message.person_id: message.id for message in told}.values()
    older = [each for each in told[:-MOST_STANDING] if each.id in last_of_each]
    return older + told[-MOST_STANDING:]


BRAKE = Notice(name="BRAKE_NOTICE", view=_view, shows=(BrakeView,), standing=_standing)


def post_brake_notice(district_id: str, person_id: str, at: datetime) -> Row:
    """Urgent, to one person: too many people of a district are missing from the directory."""
    key, lane = f"brake:{district_id}:{person_id}:{at.isoformat()}", f"brake:{district_id}:{person_id}"
    return BRAKE.post(key, lane, district_id, at, person_id=person_id)


def update_brake_notice(district_id: str, at: datetime, confirmed_by: str = "") -> Row:
    """What was told of it, now that the district waits no longer; silent."""
    key, lane = f"brake-update:{district_id}:{at.isoformat()}", f"brake-update:{district_id}"
    return BRAKE.update(key, lane, district_id, at, hint=confirmed_by)

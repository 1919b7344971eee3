"""The officer's own card: as the task stands, and one line once it is not theirs."""

from datetime import datetime

from storage.tables import Outbox, Task, TaskBundle
from storage.work.own_cards import OFFICERS_CARD
from tasking.effects import Row
from tasking.lifecycle import OPEN
from tasking.notices import Lost, Notice, View
from tasking.people.actors import known_actor, lost_sight, records_unconfirmed
from tasking.permissions import Act, may
from tasking.unit_of_work import UnitOfWork
from tasking.work.find import Reader, can_see
from tasking.work.noticing import OfTask, is_post, task_of
from tasking.work.showing import channel_view, officer_view


class OwnCardView(OfTask):
    """The card of who has the task."""


class TakenBackView(OfTask):
    """What is left of it for who has the task no more."""


def _view(uow: UnitOfWork, row: Outbox) -> View | None:
    """Never posted to who lost it."""
    assert row.person_id is not None
    bundle, actor = task_of(uow, row), known_actor(uow, row.person_id)
    is_theirs = bundle.task.owner_id == row.person_id
    if actor is None or not is_theirs or not can_see(uow, Reader(actor), bundle):
        if is_post(row) or _is_unconfirmed(uow, row.person_id, bundle):
            return None
        return TakenBackView(channel_view(uow, bundle))
    can_record = may(actor, Act.RECORD_OUTCOME, bundle.task.district_id, actor.entra_id)
    if not can_record and _is_unconfirmed(uow, row.person_id, bundle):
        return None  # what they keep would draw it without its buttons
    return OwnCardView(officer_view(uow, bundle, Reader(actor), second_copy=row.unclear > 0))


def _is_unconfirmed(uow: UnitOfWork, person_id: str, bundle: TaskBundle) -> bool:
    """Whether the task is still theirs while nobody has confirmed that they are gone: their card waits."""
    if bundle.task.owner_id != person_id:
        return False
    if lost_sight(uow, person_id, bundle.task.district_id):
        return True
    return records_unconfirmed(uow, person_id, bundle)


def _waits(uow: UnitOfWork, row: Outbox) -> bool:
    """The task is taken from an officer only after two readings of the directory have missed them."""
    bundle = task_of(uow, row)
    if not is_post(row):
        return _is_unconfirmed(uow, row.person_id or "", bundle)
    return bundle.task.owner_id == row.person_id and bundle.task.state in OPEN


def _delivered(uow: UnitOfWork, row: Outbox) -> None:
    """The board may say that it was not."""
    if row.last_error:
        uow.touched(row.district_id, f"delivered:{row.id}:{row.attempts}")


OWN_CARD = Notice(
    name=OFFICERS_CARD,
    view=_view,
    shows=(
        OwnCardView,
        TakenBackView,
    ),
    lost=Lost(_waits),
    marks_itself=True,
    delivered=_delivered,
)


def _lane(task: Task, person_id: str) -> str:
    return f"officer:{task.id.hex}:{person_id}"


def post_own_card(task: Task, person_id: str, at: datetime, occasion: str = "") -> Row:
    """The officer's card, in their own chat; `occasion` tells a further post of the same version apart."""
    key = f"officer-card:{task.id.hex}:{task.version}:{person_id}:{occasion}"
    return OWN_CARD.post_of(task, key, _lane(task, person_id), at, person_id=person_id)


def update_own_card(task: Task, person_id: str, at: datetime, occasion: str = "") -> Row:
    """The officer's card as the task stands now; silent."""
    key = f"officer-update:{task.id.hex}:{task.version}:{person_id}:{occasion}"
    return OWN_CARD.update_of(task, key, _lane(task, person_id), at, person_id=person_id)

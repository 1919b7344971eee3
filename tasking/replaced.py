"""A card that was posted afresh because its place did not answer is not live should that place answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage import messages
from storage.tables import Message, Outbox
from tasking.effects import Row
from tasking.notices import Afresh, Notice
from tasking.unit_of_work import UnitOfWork

_HIDDEN_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class ReplacedView:
    """Nothing of the card is left but that there is a newer one."""


def _standing(uow: UnitOfWork, row: Outbox) -> list[Message]:
    is_wanted = uow.now - row.created_at < _HIDDEN_WITHIN
    return messages.by_id(uow.connection, UUID(row.hint)) if is_wanted else []


REPLACED = Notice(
    name="REPLACED",
    view=lambda _uow, _row: ReplacedView(),
    shows=(ReplacedView,),
    standing=_standing,
    afresh=Afresh.NEVER,
    stays_in_its_place=True,
)


def hide_replaced(message: Message, at: datetime) -> Row:
    """Hide the card that was left behind; silent."""
    name = f"replaced:{message.id.hex}"
    return REPLACED.update(name, name, message.district_id, at, hint=message.id.hex)

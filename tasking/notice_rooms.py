"""The notices of every room. Beside `tasking.rooms`, since whoever only reads words needs no tables."""

from dataclasses import dataclass

from tasking import reports
from tasking.answers import ANSWER
from tasking.notices import Notice, Redraw
from tasking.replaced import REPLACED
from tasking.rooms import HouseFault, twice
from tasking.watch.brake_notice import BRAKE
from tasking.watch.not_served import NOT_SERVED
from tasking.work.alarm_changes import ALARM_CHANGED
from tasking.work.breaches import BREACH
from tasking.work.calls import CALL
from tasking.work.confirmations import CONFIRMATION
from tasking.work.decisions import DECISION
from tasking.work.due import REMINDER, SUPERVISION
from tasking.work.given_back import GIVEN_BACK
from tasking.work.held_notice import HELD
from tasking.work.more_time import MORE_TIME
from tasking.work.own_card import OWN_CARD
from tasking.work.results import RESULT, SAFEGUARDING
from tasking.work.sent_back import SENT_BACK
from tasking.work.unallocated import UNALLOCATED


@dataclass(frozen=True)
class Told:
    """What all rooms post and edit, joined. Two notices of one name: `HouseFault`."""

    notices: tuple[Notice, ...]
    redrawn: tuple[Redraw, ...] = ()
    """What is drawn again when something of a district has changed."""

    def __post_init__(self) -> None:
        if faults := twice("notice", (each.name for each in self.notices)):
            raise HouseFault("; ".join(faults))


_SHARED = (ANSWER, REPLACED)
_WORK = (
    OWN_CARD,
    CONFIRMATION,
    UNALLOCATED,
    BREACH,
    REMINDER,
    SUPERVISION,
    MORE_TIME,
    GIVEN_BACK,
    DECISION,
    SENT_BACK,
    HELD,
    RESULT,
    SAFEGUARDING,
    CALL,
    ALARM_CHANGED,
)
_WATCH = (BRAKE, NOT_SERVED)
_REPORTS = (reports.BOARD,)

TOLD = Told(notices=(*_SHARED, *_WORK, *_WATCH, *_REPORTS), redrawn=(reports.update_board,))

"""What each room brings to the rules, and what all share: the floor's part of the house."""

from tasking import reports
from tasking.answers import ANSWER
from tasking.house import House
from tasking.notices import named
from tasking.replaced import REPLACED
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

NOTICES = (*_SHARED, *_WORK, *_WATCH, *_REPORTS)


def house() -> House:
    """The house with every room."""
    return House(notices=named(NOTICES), redrawn=(reports.update_board,))

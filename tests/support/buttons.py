"""Every button that the rooms bring: their payload classes, and reading a tap on one of them."""

from bot.declared import Doors
from bot.rooms import BUTTONS, COMMANDS
from cards.answers import ShowHelp, ShowTask, TypedAgain
from cards.payloads import FORM_MARK, BadPayload, NotRead, OfTask, Payload, TooLong
from cards.watch import ConfirmDirectory
from cards.work.more_payloads import AddNote, CantDo, MoreForm, MoreTime, RecordOther
from cards.work.result_payloads import (
    AnswerHeld,
    CheckBreach,
    ConfirmBreach,
    ConfirmPutDown,
    HowItWorks,
    ItWasMore,
    KeyReference,
    MoreThanThat,
    OpenCorrection,
    RecordOutcome,
    SayWhoItWas,
    UndoOutcome,
)
from cards.work.task_payloads import (
    Assign,
    BriefMe,
    Cancel,
    CopyOfOrder,
    Extend,
    GiveMoreTime,
    OpenAssign,
    OpenSupervisorForm,
    Reassign,
    ShowBoard,
    ShowList,
)

__all__ = [
    "BUTTONS", "COMMANDS", "DOORS", "FORM_MARK", "PAYLOADS", "AddNote", "AnswerHeld", "Assign", "BadPayload",
    "BriefMe", "Cancel", "CantDo", "CheckBreach", "ConfirmBreach", "ConfirmDirectory", "ConfirmPutDown",
    "CopyOfOrder", "Extend", "GiveMoreTime", "HowItWorks", "ItWasMore", "KeyReference", "MoreForm",
    "MoreThanThat", "MoreTime", "NotRead", "OfTask", "OpenAssign", "OpenCorrection", "OpenSupervisorForm",
    "Payload", "Reassign", "RecordOther", "RecordOutcome", "SayWhoItWas", "ShowBoard", "ShowHelp", "ShowList",
    "ShowTask", "TooLong", "TypedAgain", "UndoOutcome", "parse_payload",
]  # fmt: skip

DOORS = Doors(COMMANDS, BUTTONS)
PAYLOADS: dict[str, type[Payload]] = {button.payload.verb: button.payload for button in BUTTONS}
parse_payload = DOORS.parse

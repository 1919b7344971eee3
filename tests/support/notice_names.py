"""The names under which notices are stored: a later version must know them too."""

from enum import StrEnum


class CardPurpose(StrEnum):
    """As the first versions wrote them."""

    OFFICER_TASK = "OFFICER_TASK"
    CONFIRMATION = "CONFIRMATION"
    BOARD = "BOARD"
    UNALLOCATED_NOTICE = "UNALLOCATED_NOTICE"
    BREACH_NOTICE = "BREACH_NOTICE"
    ORDER_NOT_SERVED_NOTICE = "ORDER_NOT_SERVED_NOTICE"
    REMINDER = "REMINDER"
    SUPERVISION_NOTICE = "SUPERVISION_NOTICE"
    MORE_TIME_REQUEST = "MORE_TIME_REQUEST"
    GIVEN_BACK = "GIVEN_BACK"
    DECISION = "DECISION"
    SENT_BACK_NOTICE = "SENT_BACK_NOTICE"
    HELD_NOTICE = "HELD_NOTICE"
    RESULT_NOTICE = "RESULT_NOTICE"
    SAFEGUARDING_NOTICE = "SAFEGUARDING_NOTICE"
    CALL_NOTICE = "CALL_NOTICE"
    ALARM_CHANGED = "ALARM_CHANGED"
    BRAKE_NOTICE = "BRAKE_NOTICE"
    ANSWER = "ANSWER"
    REPLACED = "REPLACED"
    """What became of a card whose place did not answer and that was posted afresh elsewhere."""

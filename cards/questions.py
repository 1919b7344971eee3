"""The follow-up questions of each outcome: at most two, asked in the form and read back afterwards."""

from collections.abc import Mapping

from cards.escaping import escape
from storage.enums import OutcomeCode

_QUESTIONS: dict[OutcomeCode, tuple[str, ...]] = {
    OutcomeCode.SEEN_NO_CONCERN: ("Where?", "Who with?"),
    OutcomeCode.NO_ANSWER: ("Sign of anyone?",),
    OutcomeCode.BREACH_SUSPECTED: ("Is she safe?", "Where is he?"),
    OutcomeCode.ARRESTED: ("Is she safe?", "Where is he?"),
    OutcomeCode.NOT_LIVING_HERE: ("Who says?", "Where now?"),
    OutcomeCode.IN_CUSTODY_PRISON_HOSPITAL: ("Where?", "Until?"),
    OutcomeCode.NOT_ATTEMPTED: ("Sent elsewhere, unsafe alone, or no time?",),
    OutcomeCode.SPOKE_ALONE_NO_CONCERNS: ("Children seen?",),
    OutcomeCode.SPOKE_NOT_ALONE: ("Who was there?",),
    OutcomeCode.CONCERNS: ("What?", "Referred to?"),
    OutcomeCode.ASKED_US_NOT_TO_COME: ("Until?",),
    OutcomeCode.ACHIEVED: ("Power or lawful basis used?",),
    OutcomeCode.PARTIAL: ("Power or lawful basis used?",),
    OutcomeCode.NO_EFFECT: ("Power or lawful basis used?",),
    OutcomeCode.NOT_POSSIBLE: ("Why not?",),
    OutcomeCode.PARTLY_DONE: ("What is left?",),
}
_KEYS = {"answer_1": 0, "answer_2": 1, "is_she_safe": 0, "where_is_he": 1}


def questions_of(code: OutcomeCode) -> tuple[str, ...]:
    """What is asked after this outcome, in the order of `answer_1` and `answer_2`."""
    return _QUESTIONS.get(code, ())


def answered(code: OutcomeCode, answers: Mapping[str, str], limit: int = 300) -> list[str]:
    """ "Where? At the door": the answers that were given, escaped, with their questions."""
    asked = questions_of(code)
    return [f"{_question(asked, key)} {escape(answer, limit)}" for key, answer in answers.items() if answer]


def _question(asked: tuple[str, ...], key: str) -> str:
    position = _KEYS.get(key, len(asked))
    return asked[position] if position < len(asked) else "Answer:"

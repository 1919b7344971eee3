"""The follow-up questions of each outcome: at most two, asked on the card and answered in the record."""

from collections.abc import Mapping

from storage.enums import OutcomeCode

QUESTIONS: dict[OutcomeCode, tuple[str, ...]] = {
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
_POSITIONS = {"answer_1": 0, "answer_2": 1, "is_she_safe": 0, "where_is_he": 1}


def question_of(code: OutcomeCode, answer_key: str) -> str:
    """The question that an answer is to, as it was asked; "Answer:" where the outcome has none there."""
    asked = QUESTIONS.get(code, ())
    position = _POSITIONS.get(answer_key, len(asked))
    return asked[position] if position < len(asked) else "Answer:"


def with_questions(code: OutcomeCode, answers: Mapping[str, str]) -> list[str]:
    """ "Where? At the door": each answer that was given, after its question."""
    return [f"{question_of(code, key)} {words}" for key, words in answers.items() if words]

"""The follow-up questions of each outcome: at most two, asked on the card and answered in the record."""

from collections.abc import Mapping

from storage.enums import OutcomeCode
from tasking.outcome_table import declared

_POSITIONS = {"answer_1": 0, "answer_2": 1, "is_she_safe": 0, "where_is_he": 1}


def question_of(code: OutcomeCode, answer_key: str) -> str:
    """The question that an answer is to, as it was asked; "Answer:" where the outcome has none there."""
    asked = declared(code).questions
    position = _POSITIONS.get(answer_key, len(asked))
    return asked[position] if position < len(asked) else "Answer:"


def with_questions(code: OutcomeCode, answers: Mapping[str, str]) -> list[str]:
    """ "Where? At the door": each answer that was given, after its question."""
    return [f"{question_of(code, key)} {words}" for key, words in answers.items() if words]

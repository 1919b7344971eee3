"""The follow-up questions of an outcome as cards ask them and read them back."""

from collections.abc import Mapping

from cards.escaping import escape
from tasking.work.outcome_table import Question, declared
from tasking.work.questions import answer_words, question_of


def questions_of(code: str) -> tuple[Question, ...]:
    """What is asked after this outcome, in the order of `answer_1` and `answer_2`."""
    return declared(code).questions


def answered(code: str, answers: Mapping[str, str], limit: int = 300) -> list[str]:
    """ "Where? At the door": the answers that were given, escaped, with their questions."""
    return [
        f"{question_of(code, key)} {escape(answer_words(key, given), limit)}"
        for key, given in answers.items()
        if given
    ]

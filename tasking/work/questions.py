"""The follow-up questions of each outcome, as they are asked on the card and answered in the record."""

from collections.abc import Mapping
from datetime import datetime

from tasking.when.local_time import london, short_date, time_of_day
from tasking.work.company import COULD_BE
from tasking.work.outcome_table import declared

_POSITIONS = {"answer_1": 0, "answer_2": 1, "is_she_safe": 0, "where_is_he": 1}
ARREST_AT = "arrest_at"
"""When the arrest was, ISO 8601 with offset: the court's time runs from it."""
_ASKED = {
    COULD_BE: "Could this be the protected person?",
    "conditions": "Which condition?",
    "children": "Children present?",
    "video": "Body-worn video on?",
    ARREST_AT: "Arrested when?",
}


def question_of(code: str, answer_key: str) -> str:
    """The question that an answer is to, as it was asked; "Answer:" where the outcome has none there."""
    if answer_key in _ASKED:
        return _ASKED[answer_key]
    asked = declared(code).questions
    position = _POSITIONS.get(answer_key, len(asked))
    return asked[position].words if position < len(asked) else "Answer:"


def answer_words(answer_key: str, answer: str) -> str:
    """An answer as people read it: the time of an arrest on London's clocks, everything else as it is."""
    if answer_key != ARREST_AT:
        return answer
    at = arrest_time({ARREST_AT: answer})
    return f"{short_date(at)} {london(at).year} {time_of_day(at)}" if at else answer


def arrest_time(answers: Mapping[str, str]) -> datetime | None:
    """When the arrest was (aware), or None where that is not known."""
    try:
        at = datetime.fromisoformat(answers.get(ARREST_AT, ""))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def with_questions(code: str, answers: Mapping[str, str]) -> list[str]:
    """ "Where? At the door": each answer that was given, after its question."""
    return [f"{question_of(code, key)} {answer_words(key, words)}" for key, words in answers.items() if words]

"""Who a subject was seen with: somebody who could be the protected person must be asked about."""

from collections.abc import Mapping

from storage.enums import OutcomeCode
from tasking.outcome_table import WHO_WITH, declared

COULD_BE = "could_be"
"""The answer to whether they could be the protected person."""
NOT_THEM = "No"
_NOBODY_IN_DOUBT = frozenset({"", "alone", "family", "children"})


def in_company(code: OutcomeCode, answers: Mapping[str, str]) -> bool:
    """Whether somebody was there who could be the protected person: a partner, or another adult."""
    asked = declared(code).questions
    if WHO_WITH not in asked:
        return False
    return answers.get(f"answer_{asked.index(WHO_WITH) + 1}", "").strip().casefold() not in _NOBODY_IN_DOUBT


def own_words(code: OutcomeCode, answers: Mapping[str, str]) -> list[str]:
    """The answers in the officer's own words: without what was chosen, or is settled by an answer of no."""
    questions = declared(code).questions
    of_question = {f"answer_{number}": question for number, question in enumerate(questions, start=1)}
    settled = {COULD_BE} if answers.get(COULD_BE) == NOT_THEM else set()
    if settled and WHO_WITH in questions:
        settled.add(f"answer_{questions.index(WHO_WITH) + 1}")
    return [
        words
        for key, words in answers.items()
        if key not in settled and not (key in of_question and words in of_question[key].choices)
    ]


def may_be_protected(code: OutcomeCode, answers: Mapping[str, str]) -> bool:
    """Whether that was not answered with a plain no: then the result is another one."""
    return in_company(code, answers) and answers.get(COULD_BE) != NOT_THEM

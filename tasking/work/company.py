"""Who a subject was seen with: somebody who could be the protected person must be asked about."""

from collections.abc import Mapping

from tasking.work.outcome_table import WHO_WITH, Question, declared

COULD_BE = "could_be"
"""The answer to whether they could be the protected person."""
NOT_THEM = "No"
_NOBODY_IN_DOUBT = frozenset({"", "alone", "family", "children"})


def _asked(code: str) -> dict[str, Question]:
    """The questions of a result by the keys of their answers."""
    return {f"answer_{number}": each for number, each in enumerate(declared(code).questions, start=1)}


def asks_who_with(code: str) -> bool:
    """Whether this result asks who the subject was with."""
    return WHO_WITH in declared(code).questions


def in_company(code: str, answers: Mapping[str, str]) -> bool:
    """Whether somebody was there who could be the protected person: a partner, or another adult."""
    who = (answers.get(key, "") for key, question in _asked(code).items() if question is WHO_WITH)
    return any(each.strip().casefold() not in _NOBODY_IN_DOUBT for each in who)


def own_words(code: str, answers: Mapping[str, str]) -> list[str]:
    """The answers in the officer's own words: without what was chosen, or is settled by an answer of no."""
    asked, is_settled = _asked(code), answers.get(COULD_BE) == NOT_THEM
    left = dict(answers)
    for key, question in asked.items():
        if left.get(key) in question.choices or (is_settled and question is WHO_WITH):
            left.pop(key, None)
    if is_settled:
        del left[COULD_BE]
    return list(left.values())


def may_be_protected(code: str, answers: Mapping[str, str]) -> bool:
    """Whether that was not answered with a plain no: then the result is another one."""
    return in_company(code, answers) and answers.get(COULD_BE) != NOT_THEM

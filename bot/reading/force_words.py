"""The words of danger of one force: those that are shipped, and what its policy adds."""

from bot.reading.danger import DangerWords, UnknownDangerGroup, words_with
from tasking.policy import Policy, PolicyError


def force_words(policy: Policy) -> DangerWords:
    """The words of danger as shipped, with those that the force adds; raises `PolicyError`."""
    try:
        return words_with(tuple(sorted(policy.danger_words.items())))
    except UnknownDangerGroup as problem:
        raise PolicyError(str(problem)) from problem

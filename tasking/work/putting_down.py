"""Pure rules about results that raise an alarm: which ones do, and what putting one down needs."""

from tasking.work.outcome_table import breaches, concerns, declared

OTHER = "Other, said below"
REASONS = ("Wrong task", "Wrong person", "Officer's mistake, checked with them", OTHER)
REASON_LIMIT = 1000


def puts_down(before: str | None, after: str | None) -> bool:
    """Whether less of an alarm stands after a change of result than before; None is no result."""
    return _weight(after) < _weight(before)


def raises_alarm(code: str) -> bool:
    """Whether somebody has to follow this result up."""
    return not declared(code).is_harmless


def _weight(code: str | None) -> int:
    if code in breaches():
        return 2
    return 1 if code in concerns() else 0


def reason_of(chip: str, words: str) -> str:
    """The reason as it is kept: the one chosen with the words beside it; empty where it is none."""
    said = words.strip()
    if chip not in REASONS:
        return ""
    if chip == OTHER:
        return said
    return f"{chip}: {said}" if said else chip


def reason_problem(chip: str, words: str) -> str:
    """What is wrong with a reason, for who gave it; empty where nothing is."""
    if not reason_of(chip, words):
        return "Say why, in your own words." if chip == OTHER else "Say why: choose a reason."
    return "That reason is too long." if len(words) > REASON_LIMIT else ""

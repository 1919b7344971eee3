"""Words that sound like trouble: they are sent to the radio, and never filed as a harmless result."""

import re

_CRY = re.compile(r"\W*(?:999|112|help\s+me|urgent|emergency)\b", re.IGNORECASE)
_CRIES = re.compile(
    r"\b(?:999|breach\w*|arrest\w*|assault\w*|attack\w*|knife|stabbed|gun|weapon|screaming|urgent|emergency)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.,;:!?/–—\n]|\s-\s|\b(?:and|but|then|yet)\b", re.IGNORECASE)
_DENIED = re.compile(
    r"(?:(?:\b(?:no|not|nothing|never|without)|n['’]?t)\b(?:\W+\w+){0,3}"
    r"|\bnothing\s+to\s+suggest\b(?:\W+\w+){0,6})\W*$",
    re.IGNORECASE,
)


def is_cry(text: str) -> bool:
    """Whether a message begins as a call for help does."""
    return _CRY.match(text) is not None


def mentions_trouble(text: str) -> bool:
    """Whether any word sounds like trouble, denied or not."""
    return _CRIES.search(text) is not None


def reports_trouble(text: str) -> bool:
    """Whether any word sounds like trouble and is not denied."""
    return is_cry(text) or _undenied(_CRIES, text)


def _undenied(trouble: re.Pattern[str], text: str) -> bool:
    return any(
        not _is_denied(text[max(0, found.start() - 60) : found.start()]) for found in trouble.finditer(text)
    )


def _is_denied(before: str) -> bool:
    """Looks back a few words of the same clause only: a denial further off is about something else."""
    return _DENIED.search(_CLAUSE_END.split(before)[-1]) is not None

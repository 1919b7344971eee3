"""What people typed as plain text: nothing invisible, nothing that turns the direction of reading."""

import unicodedata

_NOT_PRINTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SEEN = frozenset("LNPS")
_DRAWN_EMPTY = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and symbols by their category, and nothing to the eye."""


def clean(text: str) -> str:
    """One line without control, bidirectional or other invisible characters."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    printed = "".join(ch for ch in line if unicodedata.category(ch) not in _NOT_PRINTED)
    return " ".join(printed.split())  # what stood alone between two spaces leaves both


def clean_lines(text: str) -> str:
    """The same line by line."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def meant(text: str) -> str:
    """What somebody wrote, without the space around it; empty where nothing of it can be seen."""
    return text.strip() if any(_is_seen(ch) for ch in text) else ""


def seen_from(text: str) -> str:
    """The text from the first character on that the eye can see."""
    return next((text[at:] for at, ch in enumerate(text) if _is_seen(ch)), "")


def counted(text: str) -> int:
    """Its length as the records list counts it: in UTF-16, with two for the end of a line."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + text.count("\n")


def _is_seen(ch: str) -> bool:
    return unicodedata.category(ch)[0] in _SEEN and ch not in _DRAWN_EMPTY

"""Text as it goes into the records list, which people export to spreadsheets and SharePoint limits."""

import unicodedata

from tasking.plain_text import clean, clean_lines, counted, meant, seen_from

ONE_LINE = 255
"""Characters that SharePoint takes in a column of one line, and of several: more is refused for good."""
SEVERAL_LINES = 63_999
_SHORTENED = "\n… (shortened: the rest is in RedLine)"
_ALWAYS = frozenset("=@")
_BEFORE_WORDS = frozenset("+-\u2212")


def note_for_list(text: str) -> str:
    """Several lines without anything invisible or alive; cut, and saying so, where the list takes no more."""
    plain = _disarmed(clean_lines(text))
    if counted(plain) <= SEVERAL_LINES:
        return plain
    return _cut(plain, SEVERAL_LINES - counted(_SHORTENED)) + _SHORTENED


def line_for_list(text: str) -> str:
    """One such line."""
    return _cut(_disarmed(clean(text)), ONE_LINE)


def line_from_list(value: object) -> str:
    """What the desk wrote into a column, as one line; empty where nothing of it can be seen."""
    return clean(meant(_written(value)))


def note_from_list(value: object) -> str:
    """The same of several lines."""
    return clean_lines(meant(_written(value)))


def _written(value: object) -> str:
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if is_plain else ""


def _disarmed(text: str) -> str:
    """A spreadsheet reads what begins like a formula as one, unless an apostrophe stands before it.

    It does so where a cell begins. Other lines are disarmed too: people paste them into cells of their own.
    """
    lines = enumerate(text.split("\n"))
    return "\n".join(f"'{line}" if _begins_formula(line, is_cell=at == 0) else line for at, line in lines)


def _begins_formula(line: str, *, is_cell: bool) -> bool:
    """Whether it may be read as one, by a sign of any width and whatever invisible stands before it."""
    seen = seen_from(line)
    sign = unicodedata.normalize("NFKC", seen[:1])[:1]
    # Further down, a dash before a space only begins an item of a list.
    return sign in _ALWAYS or (sign in _BEFORE_WORDS and (is_cell or bool(seen[1:2].strip())))


def _cut(text: str, most: int) -> str:
    """The longest beginning that the list takes."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if counted(text[:middle]) <= most else (low, middle - 1)
    return text[:low]

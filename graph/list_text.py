"""Text as it goes into the records list, which people export to spreadsheets and SharePoint limits."""

import re

from tasking.plain_text import clean, clean_lines, counted

ONE_LINE = 255
"""Characters that SharePoint takes in a column of one line, and of several: more is refused for good."""
SEVERAL_LINES = 63_999
_SHORTENED = "\n… (shortened: the rest is in RedLine)"
_SIGN = r"[+\-\uff0b\uff0d\ufe62\ufe63\u2212]"
_FORMULA = re.compile(
    # Further down, a dash before a space only begins an item of a list.
    rf"^(?=[=@\uff1d\uff20\ufe66\ufe6b]|{_SIGN}(?=\S))|\A(?={_SIGN})",
    re.MULTILINE,
)


def note_for_list(text: str) -> str:
    """Several lines without anything invisible or alive; cut, and saying so, where the list takes no more."""
    plain = _disarmed(clean_lines(text))
    if counted(plain) <= SEVERAL_LINES:
        return plain
    return _cut(plain, SEVERAL_LINES - counted(_SHORTENED)) + _SHORTENED


def line_for_list(text: str) -> str:
    """One such line."""
    return _cut(_disarmed(clean(text)), ONE_LINE)


def _disarmed(text: str) -> str:
    """A spreadsheet reads what begins like a formula as one, unless an apostrophe stands before it."""
    return _FORMULA.sub("'", text)


def _cut(text: str, most: int) -> str:
    """The longest beginning that the list takes."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if counted(text[:middle]) <= most else (low, middle - 1)
    return text[:low]

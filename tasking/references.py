"""The references people see and type: T-1042 (task), S-07 (subject), DVPO-3 (order), M-2026-11 (meeting)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from storage.enums import OrderType

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212-"  # the plain one last: this goes into character classes
_GAP = rf"[\s{_DASHES}]*"
_JOIN = rf"[{_DASHES}]?"  # inside a sentence "s 7" is more often "it's 7" than a subject


def _order_words() -> str:
    longest_first = sorted((order.name for order in OrderType), key=len, reverse=True)
    return "|".join(name.replace("_", rf"[\s_{_DASHES}]*") for name in longest_first)


_LONGEST = 7
"""Digits of a number."""
_ORDER = rf"(?P<order>{_order_words()}){_GAP}(?P<order_number>[0-9]{{1,6}})"
_MEETING = rf"M{_GAP}(?P<year>20[0-9]{{2}}){_GAP}(?P<month>[0-9]{{1,2}})"
_ALONE = re.compile(
    rf"#?(?:{_ORDER}|{_MEETING}|(?:(?P<letter>[TS]){_GAP})?(?P<number>[0-9]{{1,7}}))", re.IGNORECASE
)
_INSIDE = re.compile(
    rf"(?<![\w'’#{_DASHES}])(?:{_ORDER}|{_MEETING}|(?P<letter>[TS]){_JOIN}(?P<number>[0-9]{{1,7}}))(?!\w|[/{_DASHES}][0-9])",
    re.IGNORECASE,
)
"""Not the beginning of a longer number: a court's own "DVPO-2026-0123" is none of ours."""


@dataclass(frozen=True)
class FoundReference:
    """A reference inside a longer text, normalised, and where it stands."""

    reference: str
    start: int
    end: int


def normalise_reference(text: str) -> str | None:
    """The one spelling of a typed reference, or None: "t 1042" and "1042" are "T-1042", "s7" is "S-07"."""
    found = _ALONE.fullmatch(text.strip())
    return _spelling(found) if found else None


def find_references(text: str) -> Iterator[FoundReference]:
    """Every reference inside a text, in order. Bare numbers do not count: they may be times or addresses."""
    for found in _INSIDE.finditer(text):
        yield FoundReference(_spelling(found), found.start(), found.end())


def _spelling(found: re.Match[str]) -> str:
    if found["order"]:
        return f"{_order_name(found['order'])}-{int(found['order_number'])}"
    if found["year"]:
        return f"M-{found['year']}-{int(found['month']):02d}"
    if (found["letter"] or "T").upper() == "S":
        return f"S-{int(found['number']):02d}"
    return f"T-{int(found['number'])}"


def _order_name(typed: str) -> str:
    letters = _letters(typed)
    return next(order.name for order in OrderType if _letters(order.name) == letters)


def _letters(text: str) -> str:
    return re.sub(r"[^A-Z]", "", text.casefold().upper())


def nearest(reference: str, known: Iterable[str]) -> str | None:
    """The known reference most like a mistyped one, of the same type if any is close, or None."""
    wanted = normalise_reference(reference) or reference.strip().upper()
    everything = sorted(set(known))
    same_type = [each for each in everything if _type_of(each) == _type_of(wanted)]
    return _closest(wanted, same_type, 0.6) or _closest(wanted, everything, 0.7)


def spelled_alike(reference: str) -> list[str]:
    """References of subjects and orders that one slip in the number, or another kind, makes of this one."""
    kind, _, number = reference.rpartition("-")
    if not number.isascii() or not number.isdigit() or len(number) > _LONGEST:
        return []
    others = {f"{order.name}-{int(number)}" for order in OrderType} | {f"S-{int(number):02d}"}
    width = 2 if kind == "S" else 1
    return sorted(others | {f"{kind}-{int(slip):0{width}d}" for slip in _slips(number)})


def _slips(number: str) -> Iterator[str]:
    """One digit more, fewer or other, or two that changed places."""
    for at in range(len(number) + 1):
        before, after = number[:at], number[at:]
        yield from (before + digit + after for digit in "0123456789")
        yield from (before + digit + after[1:] for digit in "0123456789")
        if len(number) > 1 and after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def _type_of(reference: str) -> str:
    return reference.split("-", 1)[0]


def _closest(wanted: str, pool: list[str], likeness: float) -> str | None:
    return next(iter(get_close_matches(wanted, pool, n=1, cutoff=likeness)), None)

"""The references people see and type: T-1042 (task), S-07 (subject), DVPO-3 (order), M-2026-11 (meeting).

Each kind is declared once; what a text holds is read by all kinds that the rooms list.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from storage.enums import OrderType
from tasking.house import Brought

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212-"  # the plain one last: this goes into character classes
_GAP = rf"[\s{_DASHES}]*"
_JOIN = rf"[{_DASHES}]?"  # inside a sentence "s 7" is more often "it's 7" than a subject
_LONGEST = 7
"""Digits of a number."""


@dataclass(frozen=True)
class ReferenceKind:
    """How one kind of thing is called: "S" and a number, or any of several prefixes as a reference has them.

    `number` is the pattern of what is typed after the prefix, `spelled` makes of it what the reference has.
    """

    prefixes: tuple[str, ...]
    number: str = r"[0-9]{1,7}"
    spelled: Callable[[str], str] = lambda typed: str(int(typed))
    is_bare: bool = False
    """Whether a number alone is one of these."""
    is_close: bool = False
    """Whether inside a sentence no space may stand before its number."""
    has_tasks: bool = False
    """Whether a task can be about it: then it is offered where another reference was mistyped."""
    counter: str = ""
    """From where its numbers are drawn; empty where they are given."""

    def of(self, number: int) -> str:
        """The reference with this number."""
        return f"{self.prefixes[0]}-{self.spelled(str(number))}"

    def typed(self, which: int, gap: str) -> str:
        """The pattern of a reference; `which` tells the groups of one kind from another's."""
        longest_first = sorted(self.prefixes, key=len, reverse=True)
        words = "|".join(prefix.replace("_", rf"[\s_{_DASHES}]*") for prefix in longest_first)
        optional = "?" if self.is_bare and gap is _GAP else ""
        return f"(?:(?P<prefix{which}>{words}){gap}){optional}(?P<number{which}>{self.number})"

    def reference(self, prefix: str | None, number: str) -> str:
        """The one spelling of what was typed."""
        letters = _letters(prefix or self.prefixes[0])
        known = next(each for each in self.prefixes if _letters(each) == letters)
        return f"{known}-{self.spelled(number)}"


def _letters(text: str) -> str:
    return re.sub(r"[^A-Z]", "", text.casefold().upper())


def _two_digits(typed: str) -> str:
    return f"{int(typed):02d}"


def _month(typed: str) -> str:
    year, month = typed[:4], re.sub(r"\D", "", typed[4:])
    return f"{year}-{int(month):02d}"


TASKS = ReferenceKind(("T",), is_bare=True, is_close=True, counter="task")
SUBJECTS = ReferenceKind(("S",), spelled=_two_digits, is_close=True, has_tasks=True)
ORDERS = ReferenceKind(tuple(order.name for order in OrderType), r"[0-9]{1,6}", has_tasks=True)
MEETINGS = ReferenceKind(("M",), rf"20[0-9]{{2}}{_GAP}[0-9]{{1,2}}", _month)
KINDS = (ORDERS, MEETINGS, SUBJECTS, TASKS)


class _Kinds:
    """The kinds of a house, and how a reference to any of them is typed."""

    def __init__(self, kinds: tuple[ReferenceKind, ...]) -> None:
        self.kinds = kinds
        self.by_prefix = {prefix: kind for kind in kinds for prefix in kind.prefixes}
        alone = "|".join(kind.typed(which, _GAP) for which, kind in enumerate(kinds))
        self.alone = re.compile(rf"#?(?:{alone})", re.IGNORECASE)
        inside = "|".join(
            kind.typed(which, _JOIN if kind.is_close else _GAP) for which, kind in enumerate(kinds)
        )
        # Not the beginning of a longer number: a court's own "DVPO-2026-0123" is none of ours.
        self.inside = re.compile(rf"(?<![\w'’#{_DASHES}])(?:{inside})(?!\w|[/{_DASHES}][0-9])", re.IGNORECASE)

    def spelling(self, found: re.Match[str]) -> str:
        which, kind = next((n, kind) for n, kind in enumerate(self.kinds) if found[f"number{n}"])
        return kind.reference(found[f"prefix{which}"], found[f"number{which}"])


_KINDS = Brought("references", _Kinds)


@dataclass(frozen=True)
class FoundReference:
    """A reference inside a longer text, normalised, and where it stands."""

    reference: str
    start: int
    end: int


def normalise_reference(text: str) -> str | None:
    """The one spelling of a typed reference, or None: "t 1042" and "1042" are "T-1042", "s7" is "S-07"."""
    found = _KINDS().alone.fullmatch(text.strip())
    return _KINDS().spelling(found) if found else None


def find_references(text: str) -> Iterator[FoundReference]:
    """Every reference inside a text, in order. Bare numbers do not count: they may be times or addresses."""
    kinds = _KINDS()
    for found in kinds.inside.finditer(text):
        yield FoundReference(kinds.spelling(found), found.start(), found.end())


def kinds_with_tasks() -> tuple[str, ...]:
    """How the references begin that a task can be about: "S-", "DVPO-"."""
    return tuple(f"{prefix}-" for prefix, kind in _KINDS().by_prefix.items() if kind.has_tasks)


def nearest(reference: str, known: Iterable[str]) -> str | None:
    """The known reference most like a mistyped one, of the same type if any is close, or None."""
    wanted = normalise_reference(reference) or reference.strip().upper()
    everything = sorted(set(known))
    same_type = [each for each in everything if _type_of(each) == _type_of(wanted)]
    return _closest(wanted, same_type, 0.6) or _closest(wanted, everything, 0.7)


def spelled_alike(reference: str) -> list[str]:
    """References of what tasks are about that one slip in the number, or another kind, makes of this one."""
    prefix, _, number = reference.rpartition("-")
    if not number.isascii() or not number.isdigit() or len(number) > _LONGEST:
        return []
    kinds = _KINDS().by_prefix
    others = {f"{each}-{kind.spelled(number)}" for each, kind in kinds.items() if kind.has_tasks}
    slips = _slips(number) if prefix in kinds else ()
    return sorted(others | {f"{prefix}-{kinds[prefix].spelled(slip)}" for slip in slips})


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

"""What every room brings to the rules. A new room adds its lists here, and no rule knows it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tasking import permissions, references
from tasking.permissions import Act, Allowed
from tasking.references import ReferenceKind
from tasking.work import outcome_table
from tasking.work.outcome_table import OF_A_BREACH, Declared, Nature


class HouseFault(ValueError):
    """What the rooms bring does not fit together; the message says what."""


@dataclass(frozen=True)
class House:
    """The rules of all rooms, joined. One that does not fit together cannot be built: `HouseFault`."""

    outcomes: tuple[Declared, ...]
    acts: tuple[Allowed, ...]
    references: tuple[ReferenceKind, ...]

    def __post_init__(self) -> None:
        if faults := list(self._faults()):
            raise HouseFault("; ".join(faults))

    def _faults(self) -> Iterator[str]:
        codes = {each.code for each in self.outcomes}
        yield from twice("result", (each.code for each in self.outcomes))
        yield from twice("words of a result", (each.words for each in self.outcomes))
        for each in self.outcomes:
            if not each.fits or len(each.questions) > 2 or not {each.elsewhere} <= {*codes, ""}:
                yield f"{each.code} fits no task, asks too much, or has no such code elsewhere"
            if each.nature is Nature.BREACH and each.questions != OF_A_BREACH:
                yield f"{each.code} does not ask what every breach asks"
        yield from twice("act", (row.act for row in self.acts))
        yield from (f"nobody may {act}" for act in Act if act not in {row.act for row in self.acts})
        yield from twice("reference", (prefix for kind in self.references for prefix in kind.prefixes))


def twice(what: str, names: Iterable[str]) -> list[str]:
    """A line about each name that comes twice."""
    return [f"{what} declared twice: {name}" for name, times in Counter(names).items() if times > 1]


HOUSE = House(
    outcomes=(*outcome_table.OUTCOMES,),
    acts=(*permissions.ACTS,),
    references=(*references.KINDS,),
)

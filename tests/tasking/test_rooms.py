"""What the rooms bring fits together, or the service does not start."""

from dataclasses import replace

import pytest

from tasking.house import Brought, another_house
from tasking.permissions import Allowed
from tasking.references import TASKS, ReferenceKind
from tasking.rooms import HOUSE, HouseFault
from tasking.work.outcome_table import OUTCOMES, Nature, Question

FIRST, *OTHERS = OUTCOMES
ASKS_THREE = replace(FIRST, questions=(Question("A?"), Question("B?"), Question("C?")))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outcomes": (*OUTCOMES, FIRST)}, f"result declared twice: {FIRST.code}"),
        ({"outcomes": (*OUTCOMES, replace(FIRST, code="OTHER"))}, "words of a result declared twice"),
        ({"outcomes": (replace(FIRST, fits=frozenset()), *OTHERS)}, f"{FIRST.code} fits no task"),
        ({"outcomes": (ASKS_THREE, *OTHERS)}, f"{FIRST.code} fits no task, asks too much"),
        ({"outcomes": (replace(FIRST, elsewhere="NOWHERE"), *OTHERS)}, f"{FIRST.code} fits no task"),
        ({"outcomes": (replace(FIRST, nature=Nature.BREACH), *OTHERS)}, "what every breach asks"),
        ({"acts": HOUSE.acts[1:]}, f"nobody may {HOUSE.acts[0].act}"),
        ({"acts": (*HOUSE.acts, Allowed("ASSIGN"))}, "act declared twice: ASSIGN"),
        ({"references": (*HOUSE.references, TASKS)}, "reference declared twice: T"),
        ({"references": (*HOUSE.references, ReferenceKind(("S",)))}, "reference declared twice: S"),
    ],
)
def test_what_does_not_fit_together_cannot_be_built(changes: dict[str, object], said: str) -> None:
    with pytest.raises(HouseFault, match=said):
        replace(HOUSE, **changes)  # type: ignore[arg-type]


def test_a_house_is_read_once_and_another_only_while_it_is_open() -> None:
    reads: list[int] = []

    def count(listed: tuple[object, ...]) -> int:
        reads.append(len(listed))
        return len(listed)

    codes = Brought("outcomes", count)
    assert [codes(), codes()] == [len(OUTCOMES)] * 2
    with another_house(replace(HOUSE, outcomes=tuple(OTHERS))):
        with another_house(HOUSE):
            assert codes() == len(OUTCOMES)
        assert codes() == len(OTHERS)
    assert codes() == len(OUTCOMES)
    assert reads == [len(OUTCOMES), len(OTHERS), len(OUTCOMES)]

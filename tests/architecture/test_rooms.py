"""One room for each capability, with the same name on every floor; `.importlinter` holds their order."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("storage", "tasking", "cards", "bot")
ROOMS = ("people", "subjects", "orders", "work", "visits", "records", "meetings", "watch", "reports")
SHARED = {
    "storage": {"migrations"},
    "tasking": {"when"},
    "cards": set[str](),
    "bot": {"teams", "reading"},
}
"""Folders of what every room uses."""
KNOWS_ALL = {
    "tasking/answers.py",
    "cards/rooms.py",
    "tasking/deliveries.py",
    "tasking/notice_rooms.py",
    "tasking/rooms.py",
    "tasking/outbox_steps.py",
    "bot/answering.py",
    "bot/rooms.py",
}
"""Where the rooms are brought together."""


def modules_beside(floor: str) -> list[Path]:
    own = (path for folder in SHARED[floor] for path in (ROOT / floor / folder).rglob("*.py"))
    return sorted([*(ROOT / floor).glob("*.py"), *own])


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def is_room(path: Path) -> bool:
    return path.with_suffix("").name in ROOMS


@pytest.mark.parametrize("floor", FLOORS)
def test_a_folder_of_a_floor_is_a_room_or_shared_by_all(floor: str) -> None:
    folders = {path.parent.name for path in (ROOT / floor).glob("*/*.py")}
    assert folders <= {*ROOMS, *SHARED[floor]}


@pytest.mark.parametrize("floor", FLOORS)
def test_what_stands_beside_the_rooms_knows_none_of_them(floor: str) -> None:
    room = re.compile(rf"{floor}\.(?:{'|'.join(ROOMS)})(?:\.|$)")
    knowing = {
        path.relative_to(ROOT).as_posix()
        for path in modules_beside(floor)
        if not is_room(path) and any(room.match(name) for name in imports_of(path))
    }
    assert knowing <= KNOWS_ALL, "what is shared does not know who shares it"


def test_where_the_rooms_are_brought_together_is_still_there() -> None:
    assert {name for name in KNOWS_ALL if not (ROOT / name).is_file()} == set()


def test_the_order_of_the_rooms_is_the_one_that_the_linter_holds() -> None:
    config = (ROOT / ".importlinter").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^    \((\w+)\)$", config, re.MULTILINE))[::-1] == ROOMS


@pytest.mark.parametrize("floor", FLOORS)
def test_the_tests_of_a_room_stand_in_a_folder_of_its_name(floor: str) -> None:
    folders = {path.parent.name for path in (ROOT / "tests" / floor).glob("*/test_*.py")}
    assert folders <= {*ROOMS, *SHARED[floor]}

"""An act and a kind of reference that no product file knows; and no file of the machinery names a result."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.reading import parse_command
from bot.reading.mentions import Mention, placeholder
from bot.reading.model import Assign, Tasks
from infra.local.people import CONSTABLE, SECOND_CONSTABLE, FictionalPerson
from storage.enums import OutcomeCode, Rank, Role
from storage.work.writes import draw_number
from tasking.house import another_house
from tasking.people.actors import require
from tasking.permissions import WORKING, Actor, Allowed, allowed, every_act, may, may_by_role
from tasking.references import (
    ReferenceKind,
    find_references,
    kinds_with_tasks,
    nearest,
    normalise_reference,
    spelled_alike,
)
from tasking.refusals import Refusal
from tasking.rooms import HOUSE
from tasking.work.showing import officer_view
from tests.support.units import Force, open_force, reader_of

ROOT = Path(__file__).parents[2]
MACHINERY = [
    "bot/activities.py",
    "bot/reading/likeness.py",
    "bot/reading/outcomes.py",
    "bot/reading/settling.py",
    "bot/reading/several.py",
    "bot/reading/task_verbs.py",
    "bot/reading/understand.py",
    "graph/records_columns.py",
    "scheduler/job.py",
    "scheduler/shell.py",
    "scheduler/timetable.py",
    "storage/tables.py",
    "storage/work/queries.py",
    "tasking/house.py",
    "tasking/policy.py",
    "tasking/reports.py",
]
LIGHT = "LIGHT_THE_LAMP"
LAMPS = ReferenceKind(
    ("LAMP", "LANTERN"),
    spelled=lambda typed: f"{int(typed):03d}",
    has_tasks=True,
    counter="lamp",
)
WITH_LAMPS = replace(
    HOUSE,
    acts=(*HOUSE.acts, Allowed(LIGHT, own=WORKING, district=frozenset({Role.SUPERVISOR}))),
    references=(*HOUSE.references, LAMPS),
)
OFFICER = Actor("me", "1187", Rank.PC, {"north": frozenset({Role.NEIGHBOURHOOD_OFFICER})})
LEADER = Actor("her", "9110", Rank.PS, {"north": frozenset({Role.SUPERVISOR})})


@pytest.fixture
def lamps() -> Iterator[None]:
    with another_house(WITH_LAMPS):
        yield


@pytest.mark.parametrize("name", MACHINERY)
def test_no_file_of_the_machinery_names_a_result(name: str) -> None:
    nodes = list(ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))))
    members = {
        each for each in nodes if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "OutcomeCode"
    }
    said = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert members == set()
    assert said & {code for code in OutcomeCode if "_" in code} == set()


# --- an act ----------------------------------------------------------------------------------


def test_an_act_of_a_room_is_allowed_as_its_row_says(lamps: None) -> None:
    assert [may(OFFICER, LIGHT, "north", owner) for owner in ("me", "somebody-else", None)] == [
        True,
        False,
        False,
    ]
    assert may(LEADER, LIGHT, "north", None)
    assert not may(LEADER, LIGHT, "south", None)
    assert LEADER.districts_where(LIGHT) == ["north"]
    assert LIGHT in allowed(OFFICER, "north", "me")
    assert LIGHT not in allowed(OFFICER, "north", None)
    assert [role for role in Role if may_by_role(role, LIGHT)] == [Role.SUPERVISOR]
    with pytest.raises(Refusal, match="not-allowed"):
        require(OFFICER, LIGHT, "north", None, "It is not lit by you.")


def test_without_its_room_nobody_may_do_it() -> None:
    assert LIGHT not in every_act()
    assert not may(LEADER, LIGHT, "north", None)
    assert not may_by_role(Role.SUPERVISOR, LIGHT)


async def test_a_card_knows_whether_its_reader_may_do_it(lamps: None, tmp_path: Path) -> None:
    async with open_force(tmp_path) as force:
        made = await force.task()

        async def acts_of(person: FictionalPerson) -> frozenset[str]:
            view = await force.units.read(lambda uow: officer_view(uow, made, reader_of(uow, person)))
            return view.may

        assert LIGHT in await acts_of(CONSTABLE)
        assert LIGHT not in await acts_of(SECOND_CONSTABLE)


# --- a kind of reference ---------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["LAMP-3", "lamp 3", "Lamp3", "lamp–003", "#lamp-3"])
def test_a_reference_of_a_room_has_one_spelling(lamps: None, typed: str) -> None:
    assert normalise_reference(typed) == "LAMP-003"
    assert normalise_reference("lantern 12") == "LANTERN-012"


def test_it_is_found_beside_the_others(lamps: None) -> None:
    found = [each.reference for each in find_references("see lamp 3 by S-7, not dvpo 3 nor T-1042")]
    assert found == ["LAMP-003", "S-07", "DVPO-3", "T-1042"]
    assert nearest("LAMP-30", ["LAMP-003", "T-30"]) == "LAMP-003"
    assert {"LAMP-003", "LANTERN-003"} <= set(spelled_alike("DVPO-3"))
    assert {"LAMP-", "LANTERN-"} <= set(kinds_with_tasks())


def test_work_and_lists_about_it_are_understood(lamps: None) -> None:
    officer = Mention("29:1", None, "Casey")
    assign = parse_command(f"assign {placeholder(0)} visit lamp 3 by tomorrow 18:00", [officer])
    assert isinstance(assign, Assign)
    assert assign.reference == "LAMP-003"
    listed = parse_command("tasks lamp 3", [])
    assert isinstance(listed, Tasks)
    assert listed.subject == "LAMP-003"


def test_without_its_room_it_is_none() -> None:
    assert normalise_reference("LAMP-3") is None
    assert list(find_references("see lamp 3")) == []
    assert not {"LAMP-", "LANTERN-"} & set(kinds_with_tasks())


async def test_its_numbers_are_drawn_from_its_counter(lamps: None, tmp_path: Path) -> None:
    async with open_force(tmp_path) as force:
        drawn = [await _next(force), await _next(force)]
    assert drawn == ["LAMP-001", "LAMP-002"]


async def _next(force: Force) -> str:
    return await force.units.write(lambda uow: LAMPS.of(draw_number(uow.connection, LAMPS.counter)))

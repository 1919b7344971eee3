"""The machinery of the Teams door knows no button and no command: the rooms pass theirs in."""

import ast
from pathlib import Path

import pytest

from bot.declared import Doors
from bot.reading import understand
from bot.rooms import BUTTONS, COMMANDS
from bot.work.commands import SAID_INSTEAD

ROOT = Path(__file__).parents[2]
MACHINERY = (
    "bot/activities.py",
    "bot/answering.py",
    "bot/asking.py",
    "bot/declared.py",
    "bot/not_taken.py",
    "bot/reading/added.py",
    "bot/shell.py",
    "bot/teams/endpoint.py",
    "bot/turns.py",
    "bot/understood.py",
    "bot/unsaved.py",
    "cards/base.py",
    "cards/payloads.py",
    "tasking/work/lists.py",
)
READINGS = {command.understood for command in SAID_INSTEAD}
"""Doubt, danger, several at once: what reading itself says, whatever commands there are."""
CLASSES = {button.payload.__name__ for button in BUTTONS} | {
    command.understood.__name__ for command in COMMANDS if command.understood not in READINGS
}
VERBS = {button.payload.verb for button in BUTTONS}
EXAMPLES = {line.example for command in COMMANDS for line in command.help}


def known(source: str) -> set[str]:
    """The classes that a source names, and the verbs and examples that it spells out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found |= {name} & CLASSES
            case ast.Constant(value=str(text)):
                found |= {text} & (CLASSES | VERBS | EXAMPLES)
    return found


def test_there_is_something_to_look_for() -> None:
    assert len(CLASSES) > 40 and len(VERBS) == len(BUTTONS)


@pytest.mark.parametrize("name", MACHINERY)
def test_the_machinery_names_no_button_and_no_command(name: str) -> None:
    assert known((ROOT / name).read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "source",
    ["from cards.work.task_payloads import BriefMe", "c.Undo", "if verb == 'brief_me': pass", "x = '/board'"],
)
def test_a_name_would_be_noticed(source: str) -> None:
    assert known(source)


@pytest.mark.parametrize("floor", ["bot", "cards"])
def test_nothing_is_declared_by_being_imported(floor: str) -> None:
    """Tables that grow while modules are imported would depend on who imports what first."""
    grown = [
        (path.name, node.lineno)
        for path in (ROOT / floor).rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Expr | ast.AugAssign)
        and not isinstance(getattr(node, "value", None), ast.Constant)
    ]
    assert grown == []


def test_what_is_explained_without_a_service_needs_the_act_that_its_command_declares() -> None:
    """`app.py understand` imports no rooms: they would take seconds."""
    declared = {command.understood: command.act for command in COMMANDS}
    assert {understood: declared[understood] for understood in understand._ACTS} == understand._ACTS


def test_every_line_of_the_help_is_for_somebody() -> None:
    assert [line.example for line in Doors(COMMANDS, BUTTONS).help if line.act is None] == []

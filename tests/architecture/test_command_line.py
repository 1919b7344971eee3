"""The command line: a table of names, and nothing imported before a command asks for it."""

import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import pytest

from app import COMMANDS

ROOT = Path(__file__).parents[2]
HEAVY = {"aiohttp", "alembic", "apscheduler", "azure", "botbuilder", "microsoft_teams", "msgraph", "pydantic",
         "sqlalchemy", "sqlmodel", "typer", "uvloop"}  # fmt: skip


def run(*words: str, imports: bool = False) -> subprocess.CompletedProcess[str]:
    seen = ("-X", "importtime") if imports else ()
    command = [sys.executable, *seen, "app.py", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def imported(*words: str) -> set[str]:
    """The packages that are imported until this has been answered."""
    done = run(*words, imports=True)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert lines
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize(
    "words",
    [("--help",), *((name, "--help") for name in COMMANDS), ("understand", "1042 no answer 2115")],
    ids=" ".join,
)
def test_what_needs_neither_settings_nor_a_database_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert imported(*words) & HEAVY == set()


def test_help_names_every_command() -> None:
    said = run("--help").stdout
    assert [name for name in COMMANDS if f"    {name}" not in said] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there(name: str) -> None:
    assert callable(resolve_name(COMMANDS[name].does))


@pytest.mark.parametrize(
    "words",
    [(), ("nonsense",), ("remind", "--nonsense"), ("understand",)],
    ids=["none", "name", "option", "left-out"],
)
def test_what_is_typed_wrongly_does_nothing_and_ends_with_code_two(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "usage: app.py" in done.stdout + done.stderr


def test_the_composition_root_fits_on_three_screens() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) <= 150

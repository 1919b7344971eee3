"""The shape of the code: layers, folders, short functions, no prints, documented settings, real tests."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasking.settings import Settings

ROOT = Path(__file__).parents[2]
PRODUCT = ("bot", "cards", "graph", "scheduler", "storage", "tasking")
FOLDERS = {*PRODUCT, "infra", "manifest", "tests"}
LONGEST = 50
ONLY_IN = {
    "botbuilder": "bot",
    "botframework": "bot",
    "msrest": "bot",
    "msgraph": "graph",
    "kiota_abstractions": "graph",
    "kiota_http": "graph",
    "azure": "graph",
    "apscheduler": "scheduler",
    "microsoft_teams": "cards",
}
"""Libraries that one folder alone may know, so that replacing one is one folder's work."""


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert function.end_lineno
    return function.end_lineno - function.lineno + 1


def imported(path: Path) -> set[str]:
    """The top-level modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_the_layers_are_kept() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_top_level_folders_are_those_of_the_design() -> None:
    found = {path.parent.relative_to(ROOT).parts[0] for path in ROOT.glob("*/*.py")}
    assert found - {"build"} == FOLDERS - {"tests"} | ({"tests"} & found)
    assert {path.name for path in ROOT.glob("*.py")} == {"app.py"}


def test_tests_have_no_packages_that_would_shadow_the_product() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_of_the_outside_is_known_to_one_folder_alone(library: str) -> None:
    users = {name_of(path).partition("/")[0] for path in sources(*PRODUCT) if library in imported(path)}
    assert users == {ONLY_IN[library]}


def test_nothing_imports_the_composition_root_or_the_infrastructure() -> None:
    for path in sources(*PRODUCT):
        assert not imported(path) & {"app", "infra", "tests"}, name_of(path)


def test_a_name_is_imported_from_where_it_is_defined() -> None:
    listed = [name_of(path) for path in sources(*PRODUCT) if "\n__all__ =" in path.read_text()]
    assert listed == ["graph/sdk.py"], "only the parts of the SDK are handed on: they load in one place"


def test_no_function_is_longer_than_fifty_lines() -> None:
    migrations = ROOT / "storage/migrations"
    paths = [path for path in [*sources(*PRODUCT), ROOT / "app.py"] if migrations not in path.parents]
    too_long = {
        f"{name_of(path)}:{function.name}": length(function)
        for path in paths
        for function in functions(path)
        if length(function) > LONGEST
    }
    assert too_long == {}


def test_most_functions_are_short() -> None:
    migrations = ROOT / "storage/migrations"
    lengths = sorted(
        length(function)
        for path in sources(*PRODUCT)
        if migrations not in path.parents
        for function in functions(path)
    )
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 25


def test_nothing_prints_but_the_command_line() -> None:
    for path in sources(*PRODUCT):
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        ]
        assert calls == [], name_of(path)


def test_every_public_function_says_what_it_does() -> None:
    silent = [
        f"{name_of(path)}:{function.name}"
        for path in sources(*PRODUCT)
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not function.name.startswith("_")
        and ast.get_docstring(function) is None
    ]
    assert [name for name in silent if "/migrations/" not in name] == []


@pytest.mark.parametrize("document", ["README.md", ".env.example"])
def test_every_setting_is_documented(document: str) -> None:
    text = (ROOT / document).read_text()
    names = [f"REDLINE_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []


def test_the_example_names_no_setting_that_there_is_not() -> None:
    known = {f"REDLINE_{name.upper()}" for name in Settings.model_fields}
    written = set(re.findall(r"\bREDLINE_[A-Z_]+\b", (ROOT / ".env.example").read_text()))
    of_the_local_run = {name for name in written if name.startswith("REDLINE_LOCAL_")}
    assert written - of_the_local_run <= known


def sentences_in(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [function for function in functions(path) if function.name.startswith("test_")]


def checks(path: Path) -> bool:
    text = path.read_text()
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(text))) or "pytest.raises" in text


def test_every_file_of_tests_checks_something() -> None:
    files = [path for path in sources("tests") if path.name.startswith("test_")]
    assert files
    for path in files:
        assert checks(path), name_of(path)
        assert sentences_in(path), name_of(path)


def test_tests_are_sentences() -> None:
    for path in sources("tests"):
        for function in sentences_in(path):
            assert len(function.name.split("_")) >= 3, f"{name_of(path)}:{function.name}"


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    for path in [*sources(*PRODUCT, "infra", "manifest"), ROOT / "app.py"]:
        assert not later.search(path.read_text()), name_of(path)

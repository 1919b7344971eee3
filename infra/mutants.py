"""Which changes to the rules no test would notice: `make mutants FILE=tasking/when/uk_dates.py`, or a room.

mutmut makes one small change after another inside the functions, and runs the fitting tests against each.
It works on a copy under build/, from nothing each time. docs/mutants.md says what was found.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / "build" / "mutants"
LOG = COPY / "mutmut.log"
NEEDED = (
    "app.py",
    "bot",
    "cards",
    "docs",
    "graph",
    "infra",
    "manifest",
    "scheduler",
    "storage",
    "tasking",
    "tests",
)
ALSO = {
    "tasking/work/outcome_rules.py": ("tests/tasking/work/test_outcomes.py",),
    "tasking/work/putting_down.py": ("tests/tasking/work/test_outcomes.py",),
    "tasking/when/typed_times.py": ("tests/tasking/when/test_uk_dates.py",),
}
"""Tests that try a file's rules through another: the rest are those of its room that import it."""
UNNOTICED = ("survived", "no tests", "timeout", "suspicious")
RESULT = re.compile(r"^ +(?P<name>\S+): (?P<status>[a-z ]+)$", re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Print each unnoticed change and the counts: 0 where it ran, whatever survived."""
    if not arguments:
        print("Which file or room? For example: make mutants FILE=tasking/when/uk_dates.py", file=sys.stderr)
        return 2
    target, tests = arguments[0].rstrip("/"), arguments[1:]
    changed = files_of(target)
    if not changed:
        print(f"There is no {target} among the rooms.", file=sys.stderr)
        return 2
    tests = tests or sorted({test for file in changed for test in fitting_tests(file)})
    if not tests:
        print(f"No test of its room imports {target}: name some with TESTS=…", file=sys.stderr)
        return 2
    lay_copy(changed, tests)
    if not changes_were_tried():
        print(f"Not tried: the tests fail without any change (details: {LOG}).", file=sys.stderr)
        return 1
    return report()


def changes_were_tried() -> bool:
    """Run mutmut, which shows at a terminal how far it is, and elsewhere writes that into a file."""
    with LOG.open("w", encoding="utf-8") as log:
        shown = None if sys.stdout.isatty() else log
        run = (*mutmut(), "run", "--max-children", "1")
        return subprocess.run(run, cwd=COPY, stdout=shown, stderr=log, check=False).returncode == 0


def files_of(target: str) -> list[str]:
    """The files that a name means, from the root: the file itself, or every file of a room."""
    path = ROOT / target
    found: Iterable[Path] = path.rglob("*.py") if path.is_dir() else [path] if path.is_file() else []
    return sorted(str(file.relative_to(ROOT)) for file in found)


def fitting_tests(file: str) -> list[str]:
    """The test files of its floor that import this file, and those that are named for it."""
    floor, module = Path(file).parts[0], Path(file).stem
    package, whole = (".".join(each.parts) for each in (Path(file).parent, Path(file).with_suffix("")))
    named = re.compile(rf"^from (?:{whole} import |{package} import .*\b{module}\b)", re.MULTILINE)
    beside = sorted((ROOT / "tests" / floor).rglob("test_*.py"))
    importing = [test for test in beside if named.search(test.read_text(encoding="utf-8"))]
    return [*(str(test.relative_to(ROOT)) for test in importing), *ALSO.get(file, ())]


def lay_copy(changed: list[str], tests: list[str]) -> None:
    """A folder for mutmut with links to what is here and a configuration that says what to change."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in NEEDED:
        (COPY / name).symlink_to(ROOT / name)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (COPY / "pyproject.toml").write_text(project + configuration(changed, tests), encoding="utf-8")


def configuration(changed: list[str], tests: list[str]) -> str:
    """What mutmut is told. The seed makes two runs give the same counts."""
    rooms = sorted({Path(file).parts[0] for file in changed})
    others = [name for name in NEEDED if name not in {*rooms, "tests"}]
    lists = {
        "source_paths": rooms,
        "only_mutate": changed,
        "also_copy": others,
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "--hypothesis-seed=0"],
        "pytest_add_cli_args_test_selection": tests,
    }
    return "\n[tool.mutmut]\n" + "".join(f"{name} = {_array(values)}\n" for name, values in lists.items())


def _array(values: list[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def mutmut() -> tuple[str, ...]:
    """The command, with the Python that runs this."""
    return (sys.executable, "-m", "mutmut")


def report() -> int:
    """The unnoticed changes as diffs, and how many there were of each sort."""
    found = results(_said("results", "--all", "true"))
    for name, status in found.items():
        if status in UNNOTICED:
            print(_said("show", name))
    counts = Counter(found.values())
    print(
        f"{len(found)} changes: " + ", ".join(f"{count} {status}" for status, count in counts.most_common())
    )
    return 0


def results(said: str) -> dict[str, str]:
    """Name and fate of each change, as `mutmut results` lists them."""
    return {each["name"]: each["status"] for each in RESULT.finditer(said)}


def _said(*arguments: str) -> str:
    return subprocess.run(
        [*mutmut(), *arguments], cwd=COPY, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

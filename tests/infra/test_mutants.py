"""What `make mutants` changes and which tests it runs; no change is tried here."""

import tomllib
from pathlib import Path

import pytest

from infra import mutants
from infra.mutants import ALSO, ROOT, configuration, files_of, fitting_tests, lay_copy, main, results

RULES = (
    "tasking/reports.py",
    "tasking/work/outcome_rules.py",
    "tasking/orders/register.py",
    "tasking/work/putting_down.py",
    "tasking/when/time_parts.py",
    "tasking/when/time_phrases.py",
    "tasking/when/typed_times.py",
    "tasking/when/uk_dates.py",
)


def test_a_file_means_itself_and_a_room_all_its_files() -> None:
    assert files_of("tasking/when/uk_dates.py") == ["tasking/when/uk_dates.py"]
    assert set(RULES) < set(files_of("tasking"))
    assert files_of("tasking/no_such_file.py") == []


@pytest.mark.parametrize("file", RULES)
def test_each_file_of_rules_is_tried_by_tests_that_are_there(file: str) -> None:
    found = fitting_tests(file)
    assert found
    assert all((ROOT / test).is_file() for test in found)


def test_the_tests_are_those_of_the_room_that_import_the_file() -> None:
    assert fitting_tests("tasking/when/uk_dates.py") == ["tests/tasking/when/test_uk_dates.py"]
    assert "tests/tasking/test_reports.py" in fitting_tests("tasking/reports.py")
    assert not any(test.startswith("tests/bot/") for test in fitting_tests("tasking/reports.py"))


def test_what_is_tried_through_another_file_is_still_there() -> None:
    for file, tests in ALSO.items():
        assert (ROOT / file).is_file()
        assert all((ROOT / test).is_file() for test in tests)


def test_only_what_was_asked_for_is_changed_and_all_else_is_there() -> None:
    told = tomllib.loads(configuration(["tasking/when/uk_dates.py"], ["tests/tasking/when/test_uk_dates.py"]))
    mutmut = told["tool"]["mutmut"]
    assert mutmut["only_mutate"] == ["tasking/when/uk_dates.py"]
    assert mutmut["source_paths"] == ["tasking"]
    assert mutmut["pytest_add_cli_args_test_selection"] == ["tests/tasking/when/test_uk_dates.py"]
    assert {"bot", "cards", "storage", "infra"} <= set(mutmut["also_copy"])


def test_the_copy_is_laid_anew_beside_the_work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "COPY", tmp_path / "copy")
    for _ in range(2):
        lay_copy(["tasking/when/uk_dates.py"], ["tests/tasking/when/test_uk_dates.py"])
    laid = tomllib.loads((tmp_path / "copy" / "pyproject.toml").read_text(encoding="utf-8"))
    assert {"mutmut", "pytest"} <= laid["tool"].keys()
    assert (tmp_path / "copy" / "tasking").readlink() == ROOT / "tasking"
    assert (ROOT / "tasking" / "when" / "uk_dates.py").is_file()


def test_the_fate_of_each_change_is_read_from_what_mutmut_lists() -> None:
    said = "    tasking.reports.x__cut__mutmut_1: survived\n    tasking.reports.x__cut__mutmut_2: no tests\n"
    assert results(said) == {
        "tasking.reports.x__cut__mutmut_1": "survived",
        "tasking.reports.x__cut__mutmut_2": "no tests",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Which file or room?"),
        (["tasking/nothing.py"], "There is no tasking/nothing.py among the rooms."),
        (["tasking/naming.py"], "No test of its room imports tasking/naming.py"),
    ],
)
def test_what_cannot_be_tried_is_said_in_a_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err

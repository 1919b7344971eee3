"""From a bare clone: the set-up script (with stand-ins for Python and uv), the make targets, the settings."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.audit import pins, problems
from infra.local.run_settings import RunSettings
from tasking.settings import Settings

ROOT = Path(__file__).parents[2]

PYTHON = """#!/bin/sh
echo "python $*" >>calls
case "$*" in
*version_info*) exit {too_old} ;;
*ensurepip*) exit {no_venv} ;;
*"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
*"pip --version"*) exit 0 ;;
*"pip install"*) {pip} ;;
esac
"""
UV = """#!/bin/sh
case "$*" in --version) echo "uv $VERSION"; exit ;; esac
echo "uv $*" >>calls
{sync}
"""
NAMES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")


class Clone:
    """A bare clone as far as the set-up script can see, on a machine whose only Pythons are stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "machine"
        (folder / "infra/local").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("pyproject.toml", "uv.lock", "infra/local/setup.sh"):
            shutil.copy(ROOT / name, folder / name)
        for name in NAMES:
            self.python(name, too_old=1)

    def python(
        self, name: str, too_old: int = 0, no_venv: int = 0, pip: str = "", sync: str = "exit 0"
    ) -> None:
        version = re.search(r"UV_VERSION=(\S+)", (self.folder / "infra/local/setup.sh").read_text())
        assert version
        uv = UV.replace("$VERSION", version[1]).format(sync=sync)
        made = self.folder / "uv-to-install"
        made.write_text(uv)
        made.chmod(0o755)
        script = self.bin / name
        script.write_text(
            PYTHON.format(too_old=too_old, no_venv=no_venv, pip=pip or f"cp -p '{made}' .venv/bin/uv")
        )
        script.chmod(0o755)

    def set_up(self, group: str = "local") -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.bin}:/usr/bin:/bin"}
        command = ("sh", "infra/local/setup.sh", group)
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    @property
    def calls(self) -> str:
        file = self.folder / "calls"
        return file.read_text() if file.exists() else ""


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone")


def the_one_line(answer: subprocess.CompletedProcess[str]) -> str:
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    return line


def test_a_bare_clone_gets_a_venv_with_uv_and_the_locked_packages_as_wheels(clone: Clone) -> None:
    clone.python("python3")

    answer = clone.set_up()

    assert (answer.returncode, answer.stderr) == (0, "")
    assert "python -m venv .venv" in clone.calls
    sync = next(line for line in clone.calls.splitlines() if line.startswith("uv sync"))
    for option in ("--frozen", "--no-build", "--no-default-groups", "--group local"):
        assert option in sync


def test_a_second_time_nothing_is_installed_and_nothing_said(clone: Clone) -> None:
    clone.python("python3")
    clone.set_up()
    (clone.folder / "calls").unlink()

    again = clone.set_up()

    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert clone.calls == ""


def test_a_changed_lock_is_installed(clone: Clone) -> None:
    clone.python("python3")
    clone.set_up()
    (clone.folder / "uv.lock").write_text("version = 2")
    (clone.folder / "calls").unlink()

    clone.set_up()

    assert "uv sync" in clone.calls
    assert "pip install" not in clone.calls


def test_what_the_tests_need_holds_what_a_run_needs_but_not_the_other_way_round(clone: Clone) -> None:
    clone.python("python3")
    clone.set_up("dev")
    assert clone.set_up("local").stdout == ""
    (clone.folder / ".venv/.done-dev").unlink()

    clone.set_up("local")
    clone.set_up("dev")

    assert clone.calls.count("--group dev") == 2


def test_a_newer_python_of_another_name_is_found(clone: Clone) -> None:
    clone.python("python3.12")

    answer = clone.set_up()

    assert answer.returncode == 0
    assert "python3.12" in answer.stdout


def test_a_python_without_venv_is_passed_over_for_one_with_it(clone: Clone) -> None:
    clone.python("python3", no_venv=1)
    clone.python("python3.11")

    assert "python3.11" in clone.set_up().stdout


def test_without_a_python_that_is_new_enough_one_line_says_so(clone: Clone) -> None:
    assert "Python 3.11 or newer" in the_one_line(clone.set_up())


def test_without_venv_one_line_says_what_to_install(clone: Clone) -> None:
    clone.python("python3", no_venv=1)

    assert "python3-venv" in the_one_line(clone.set_up())


def test_half_a_venv_that_an_interrupted_attempt_left_is_made_again(clone: Clone) -> None:
    clone.python("python3")
    (clone.folder / ".venv/bin").mkdir(parents=True)
    broken = clone.folder / ".venv/bin/python"
    broken.write_text('#!/bin/sh\ncase "$*" in *pip*) exit 1 ;; esac\n')
    broken.chmod(0o755)

    assert clone.set_up().returncode == 0
    assert "python -m venv .venv" in clone.calls


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: Could not find a version that satisfies the requirement uv",
        "Max retries exceeded: Temporary failure in name resolution",
    ],
)
def test_a_registry_that_cannot_be_reached_is_one_line(clone: Clone, said: str) -> None:
    clone.python("python3", pip=f"echo '{said}' >&2; exit 1")

    line = the_one_line(clone.set_up())

    assert "registry cannot be reached" in line
    assert said in (clone.folder / ".local/logs/setup.log").read_text()


def test_a_registry_that_goes_away_after_uv_is_one_line_and_tried_again_next_time(clone: Clone) -> None:
    clone.python("python3", sync="echo 'tcp connect error' >&2; exit 2")
    assert "registry cannot be reached" in the_one_line(clone.set_up())

    assert "registry cannot be reached" in the_one_line(clone.set_up())


def test_the_machines_own_packages_are_never_touched(clone: Clone) -> None:
    clone.python("python3")
    clone.set_up()

    installs = [line for line in clone.calls.splitlines() if "pip install" in line]

    assert installs and all("--only-binary :all:" in line for line in installs)
    assert "pip install" not in (ROOT / "Makefile").read_text()


# --- make ---


def make(*arguments: str) -> str:
    answer = subprocess.run(("make", *arguments), cwd=ROOT, capture_output=True, text=True, check=True)
    return answer.stdout


def test_make_alone_lists_every_target() -> None:
    listed = set(re.findall(r"^  make (\w+) ", make(), re.MULTILINE))

    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert listed == set(phony[1].split())


@pytest.mark.parametrize(
    ("target", "group"),
    [
        ("run", "local"),
        ("reset", "local"),
        ("demo", "local"),
        ("test", "dev"),
        ("check", "dev"),
        ("bench", "bench"),
    ],
)
def test_a_target_installs_only_what_it_needs(target: str, group: str) -> None:
    assert f"infra/local/setup.sh {group}" in make("--dry-run", target)


def test_soak_is_the_tests_with_the_counts_as_written() -> None:
    assert "REDLINE_SOAK=1" in make("--dry-run", "soak")
    assert "REDLINE_SOAK" not in make("--dry-run", "test")


def test_the_pipeline_is_check_and_test() -> None:
    script = ROOT / ".ci/run"

    assert os.access(script, os.X_OK)
    assert re.findall(r"^make \w+$", script.read_text(), re.MULTILINE) == ["make check", "make test"]


# --- settings ---


def example() -> Mapping[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value for name, value in pairs}


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    fields = {*Settings.model_fields, *RunSettings.model_fields}

    assert set(example()) == {f"REDLINE_{name.upper()}" for name in fields}


def test_the_example_holds_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("REDLINE_")]:
        monkeypatch.delenv(name)
    nothing = tmp_path / "nothing"

    for settings in (Settings, RunSettings):
        read = settings(_env_file=ROOT / ".env.example")
        assert read == settings(_env_file=nothing)


# --- the audit ---


def test_an_audit_in_which_a_package_was_passed_over_is_a_failure() -> None:
    seen: list[dict[str, Any]] = [
        {"name": "aiohttp", "version": "3", "vulns": []},
        {"name": "orjson", "skip_reason": "not found"},
    ]

    assert problems(seen, expected=2) == ["1 of 2 packages went unaudited."]


def test_an_audit_that_leaves_a_package_out_is_a_failure() -> None:
    assert problems([], expected=1) == ["1 of 1 packages went unaudited."]


def test_an_audit_names_each_vulnerability() -> None:
    seen = [{"name": "aiohttp", "version": "3", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}]

    assert problems(seen, expected=1) == ["aiohttp 3: PYSEC-1", "aiohttp 3: PYSEC-2"]


def test_an_audit_of_everything_without_a_finding_is_in_order() -> None:
    assert problems([{"name": "aiohttp", "version": "3", "vulns": []}], expected=1) == []


def test_packages_for_other_machines_are_audited_too() -> None:
    exported = "aiohttp==3.14\ncolorama==0.4.6 ; sys_platform == 'win32'\n# a remark\n"

    assert pins(exported) == ["aiohttp==3.14", "colorama==0.4.6"]

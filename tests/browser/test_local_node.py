"""Node.js for the local Teams: which one is taken, and when npm is run."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from infra.local import node as finder
from infra.local.node import LocalTeamsUnavailable, Node, find_node, install_packages, system_node, wheel_node


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def path_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_a_new_enough_node_on_the_machine_is_taken(path_folder: Path) -> None:
    executable = script(path_folder / "node", "echo v20.1.0")
    npm = script(path_folder / "npm", "exit 0")

    assert find_node() == Node(executable, (str(npm),))


@pytest.mark.parametrize("says", ["echo v16.20.2", "echo nonsense", "exit 1"])
def test_an_old_or_broken_node_is_passed_over(path_folder: Path, says: str) -> None:
    script(path_folder / "node", says)
    script(path_folder / "npm", "exit 0")

    assert system_node() is None


def test_a_node_without_npm_is_passed_over(path_folder: Path) -> None:
    script(path_folder / "node", "echo v20.1.0")

    assert system_node() is None


def test_without_any_on_the_machine_the_wheels_is_taken(path_folder: Path) -> None:
    found = find_node()

    assert found == wheel_node()
    assert found.executable.exists()
    assert all(Path(part).exists() for part in found.npm)


def test_without_the_wheel_either_one_line_says_what_to_do(
    path_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "wheel_node", lambda: None)

    with pytest.raises(LocalTeamsUnavailable, match="uv sync --group local") as refused:
        find_node()
    assert "\n" not in str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "teams"
    folder.mkdir()
    (folder / "package-lock.json").write_text("{}")
    return folder


def npm_that(tmp_path: Path, body: str) -> Node:
    """A stand-in for npm that counts its calls in `calls`, in the folder it is run in."""
    return Node(Path(sys.executable), (str(script(tmp_path / "npm", f"echo $1 >> calls\n{body}")),))


async def test_packages_are_installed_once_until_the_lock_changes(folder: Path, tmp_path: Path) -> None:
    node = npm_that(tmp_path, "mkdir -p node_modules")
    for _ in range(2):
        assert await install_packages(node, tmp_path / "state", folder) == folder / "node_modules"
    assert (folder / "calls").read_text() == "ci\n"

    (folder / "package-lock.json").write_text('{"changed": true}')
    await install_packages(node, tmp_path / "state", folder)
    assert (folder / "calls").read_text() == "ci\nci\n"


async def test_packages_that_were_deleted_are_installed_again(folder: Path, tmp_path: Path) -> None:
    node = npm_that(tmp_path, "mkdir -p node_modules")
    await install_packages(node, tmp_path / "state", folder)
    shutil.rmtree(folder / "node_modules")

    await install_packages(node, tmp_path / "state", folder)

    assert (folder / "calls").read_text() == "ci\nci\n"


@pytest.mark.parametrize("sign", ["getaddrinfo ENOTFOUND registry", "connect ECONNREFUSED 127.0.0.1:9"])
async def test_an_unreachable_registry_gives_one_clear_line(folder: Path, tmp_path: Path, sign: str) -> None:
    node = npm_that(tmp_path, f"echo '{sign}' >&2; mkdir -p node_modules; exit 1")

    for _ in range(2):
        with pytest.raises(LocalTeamsUnavailable, match="npm registry is unreachable") as refused:
            await install_packages(node, tmp_path / "state", folder)

    assert "\n" not in str(refused.value)
    assert (folder / "calls").read_text() == "ci\nci\n"


async def test_another_failure_of_npm_is_not_blamed_on_the_network(folder: Path, tmp_path: Path) -> None:
    node = npm_that(tmp_path, "echo 'npm error EUSAGE the lock does not fit' >&2; exit 1")

    with pytest.raises(LocalTeamsUnavailable, match="npm could not install") as refused:
        await install_packages(node, tmp_path / "state", folder)

    log = tmp_path / "state" / "local-teams-npm.log"
    assert str(log) in str(refused.value)
    assert "does not fit" in log.read_text()


async def test_an_npm_that_hangs_is_stopped(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "INSTALL_SECONDS", 0.2)

    with pytest.raises(LocalTeamsUnavailable, match="unreachable"):
        await install_packages(npm_that(tmp_path, "exec sleep 600"), tmp_path / "state", folder)


async def test_the_real_npm_reports_a_registry_that_refuses(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    (folder / "package.json").write_text(json.dumps({"name": "x", "dependencies": {"left-pad": "1.3.0"}}))
    pad = {"version": "1.3.0", "resolved": "http://127.0.0.1:9/left-pad/-/left-pad-1.3.0.tgz"}
    packages = {"": {"dependencies": {"left-pad": "1.3.0"}}, "node_modules/left-pad": pad}
    lock = {"name": "x", "lockfileVersion": 3, "requires": True, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock))

    with pytest.raises(LocalTeamsUnavailable, match="npm registry is unreachable"):
        await install_packages(find_node(), tmp_path / "state", folder)


def test_every_pinned_package_is_exact_and_has_its_hash_in_the_lock() -> None:
    package = json.loads((finder.TEAMS_FOLDER / "package.json").read_text())
    lock = json.loads((finder.TEAMS_FOLDER / "package-lock.json").read_text())["packages"]
    pinned = {**package["dependencies"], **package["devDependencies"]}

    assert {name: lock[f"node_modules/{name}"]["version"] for name in pinned} == pinned
    assert all("integrity" in entry for name, entry in lock.items() if name)

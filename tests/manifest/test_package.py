"""The zip that is uploaded to Teams, as `make package` builds it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from manifest.build import (
    FOLDER,
    LOCAL_APP_ID,
    LOCAL_DOMAIN,
    build_package,
    fill,
    main,
    package_files,
    project_version,
)

APP_ID = "11111111-2222-4333-8444-555555555555"
DOMAIN = "redline.example.net"


def build(folder: Path, **changes: str) -> Path:
    values = {"app_id": APP_ID, "valid_domain": DOMAIN, "version": "1.4.0"} | changes
    return build_package(folder / "redline-teams.zip", **values)


def manifest_of(package: Path) -> dict[str, Any]:
    with zipfile.ZipFile(package) as archive:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return manifest


def test_the_package_holds_three_files_at_its_root_and_no_other(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(tmp_path)) as archive:
        assert archive.namelist() == ["color.png", "manifest.json", "outline.png"]
        assert archive.testzip() is None


def test_the_icons_in_the_package_are_the_checked_in_ones(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(tmp_path)) as archive:
        for name in ("color.png", "outline.png"):
            assert archive.read(name) == (FOLDER / name).read_bytes()


def test_the_manifest_names_the_icons_that_are_there(tmp_path: Path) -> None:
    package = build(tmp_path)
    with zipfile.ZipFile(package) as archive:
        assert set(manifest_of(package)["icons"].values()) <= set(archive.namelist())


def test_the_app_and_the_bot_have_the_id_that_was_given(tmp_path: Path) -> None:
    manifest = manifest_of(build(tmp_path))
    assert manifest["id"] == APP_ID
    assert [bot["botId"] for bot in manifest["bots"]] == [APP_ID]


def test_domain_and_version_are_filled_in(tmp_path: Path) -> None:
    manifest = manifest_of(build(tmp_path))
    assert manifest["validDomains"] == [DOMAIN]
    assert manifest["version"] == "1.4.0"


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(tmp_path)) as archive:
        text = archive.read("manifest.json").decode()
    assert "${{" not in text


def test_the_template_itself_names_no_app() -> None:
    template = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert template["id"] == template["bots"][0]["botId"] == "${{APP_ID}}"


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    first = build(tmp_path / "one").read_bytes()
    second = build(tmp_path / "two").read_bytes()
    assert first == second


def test_the_bytes_do_not_depend_on_when_the_icons_were_written(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(tmp_path)) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.create_system for entry in entries} == {3}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}


def test_another_version_gives_another_package(tmp_path: Path) -> None:
    first, second = build(tmp_path / "one"), build(tmp_path / "two", version="1.4.1")
    assert first.read_bytes() != second.read_bytes()


def test_the_folder_is_created_and_the_path_returned(tmp_path: Path) -> None:
    out = tmp_path / "not" / "there" / "app.zip"
    assert build_package(out, APP_ID, DOMAIN, "1.0.0") == out
    assert out.is_file()


def test_an_id_in_capitals_or_braces_is_written_the_way_teams_expects() -> None:
    files = package_files("{" + APP_ID.upper() + "}", DOMAIN.upper(), "1.0.0")
    manifest = json.loads(files["manifest.json"])
    assert manifest["id"] == APP_ID
    assert manifest["validDomains"] == [DOMAIN]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"app_id": "redline"}, "the app id must be a GUID, not 'redline'"),
        ({"app_id": ""}, "the app id must be a GUID"),
        ({"valid_domain": "https://redline.example.net"}, "expected a host name"),
        ({"valid_domain": "redline.example.net/api"}, "expected a host name"),
        ({"valid_domain": "*.example.net"}, "expected a host name"),
        ({"valid_domain": "localhost"}, "expected a host name"),
        ({"valid_domain": "a" * 64 + ".example"}, "expected a host name"),
        ({"version": "1.4"}, "expected a version"),
        ({"version": "v1.4.0"}, "expected a version"),
        ({"version": "1.04.0"}, "expected a version"),
    ],
)
def test_what_teams_would_refuse_is_refused_before_anything_is_written(
    tmp_path: Path, changes: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        build(tmp_path, **changes)
    assert not list(tmp_path.iterdir())


def test_a_placeholder_without_a_value_stops_the_build() -> None:
    with pytest.raises(ValueError, match="nothing fills: OWNER"):
        fill({"developer": ["${{OWNER}}"]}, {"APP_ID": APP_ID})


def test_filling_keeps_what_is_not_text() -> None:
    template: JsonValue = {"a": [True, None, 3, 1.5], "b": "id ${{APP_ID}} of ${{APP_ID}}"}
    assert fill(template, {"APP_ID": "x"}) == {"a": [True, None, 3, 1.5], "b": "id x of x"}


class TestCommandLine:
    def test_without_options_it_builds_a_local_package(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("REDLINE_APP_ID", raising=False)
        monkeypatch.chdir(tmp_path)
        assert main([]) == 0
        manifest = manifest_of(tmp_path / "build" / "redline-teams.zip")
        assert manifest["id"] == LOCAL_APP_ID
        assert manifest["validDomains"] == [LOCAL_DOMAIN]
        assert manifest["version"] == project_version()
        assert "Built build/redline-teams.zip" in capsys.readouterr().out

    def test_the_setting_of_the_service_is_the_default_id(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REDLINE_APP_ID", APP_ID)
        out = tmp_path / "app.zip"
        assert main(["--out", str(out)]) == 0
        assert manifest_of(out)["id"] == APP_ID

    def test_options_win(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REDLINE_APP_ID", LOCAL_APP_ID)
        out = tmp_path / "app.zip"
        assert main(["--out", str(out), "--app-id", APP_ID, "--domain", DOMAIN, "--version", "2.0.0"]) == 0
        manifest = manifest_of(out)
        assert (manifest["id"], manifest["validDomains"], manifest["version"]) == (APP_ID, [DOMAIN], "2.0.0")

    def test_a_mistake_is_one_line_and_an_exit_code(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "app.zip"
        assert main(["--out", str(out), "--app-id", "nobody"]) == 2
        assert capsys.readouterr().err == "Not built: the app id must be a GUID, not 'nobody'\n"
        assert not out.exists()

    def test_it_runs_as_a_module(self, tmp_path: Path) -> None:
        out = tmp_path / "app.zip"
        command = [sys.executable, "-m", "manifest.build", "--out", str(out)]
        done = subprocess.run(
            command, cwd=FOLDER.parent, env=os.environ, capture_output=True, timeout=60, check=True
        )
        assert str(out) in done.stdout.decode()
        assert zipfile.is_zipfile(out)

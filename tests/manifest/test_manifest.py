"""The manifest, against Microsoft's schema and the documented limits.

The schema is the one that Microsoft's npm package app-manifest ships: it is pinned beside the local Teams and
installed with it, so only without the npm registry is it missed. Microsoft's own file is tried too where it
lies beside the project.
"""

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from manifest.build import FOLDER, LOCAL_APP_ID, LOCAL_DOMAIN, package_files
from manifest.icons import NAVY

Manifest = dict[str, Any]
Bot = dict[str, Any]

SHARED_SCHEMA = FOLDER.parent.parent / "shared" / "schemas" / "MicrosoftTeams.schema.json"
SCHEMAS = ["packaged", *(["shared"] if SHARED_SCHEMA.exists() else [])]
KNOWN_COMMANDS = {"assign", "tasks", "task", "reassign", "extend", "cancel", "board", "help"}
NEEDED = {
    "manifestVersion",
    "version",
    "id",
    "developer",
    "name",
    "description",
    "icons",
    "accentColor",
}


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    files = package_files(LOCAL_APP_ID, LOCAL_DOMAIN, "1.0.0")
    filled: Manifest = json.loads(files["manifest.json"])
    return filled


@pytest.fixture(scope="module")
def bot(manifest: Manifest) -> Bot:
    only: Bot
    (only,) = manifest["bots"]
    return only


def menu(bot: Bot, scope: str) -> list[dict[str, str]]:
    commands: list[dict[str, str]]
    (commands,) = [entry["commands"] for entry in bot["commandLists"] if scope in entry["scopes"]]
    return commands


def titles(bot: Bot, scope: str) -> list[str]:
    return [command["title"] for command in menu(bot, scope)]


def texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        return list(chain.from_iterable(texts(child) for child in node.values()))
    if isinstance(node, list):
        return list(chain.from_iterable(texts(child) for child in node))
    return [node] if isinstance(node, str) else []


@pytest.fixture(params=SCHEMAS)
def schema(
    request: pytest.FixtureRequest, manifest: Manifest, node_modules: Path
) -> jsonschema.Draft4Validator:
    stated = f"v{manifest['manifestVersion']}/MicrosoftTeams.schema.json"
    packaged = node_modules / "@microsoft" / "app-manifest" / "build" / "json-schemas" / "teams" / stated
    file = packaged if request.param == "packaged" else SHARED_SCHEMA
    return jsonschema.Draft4Validator(json.loads(file.read_text(encoding="utf-8-sig")))


class TestMicrosoftsSchema:
    def test_the_manifest_is_valid(self, schema: jsonschema.Draft4Validator, manifest: Manifest) -> None:
        assert [error.message for error in schema.iter_errors(manifest)] == []

    def test_the_unfilled_template_is_not(self, schema: jsonschema.Draft4Validator) -> None:
        template = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
        refused = {error.json_path for error in schema.iter_errors(template)}
        assert refused == {"$.id", "$.bots[0].botId"}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": {"short": "R" * 31, "full": "RedLine"}},
            {"accentColor": "navy"},
            {"bots": [{"botId": LOCAL_APP_ID, "scopes": ["everywhere"]}]},
            {"developer": {"name": "RedLine"}},
            {"validDomain": [LOCAL_DOMAIN]},
        ],
    )
    def test_a_wrong_manifest_is_not(
        self, schema: jsonschema.Draft4Validator, manifest: Manifest, wrong: Manifest
    ) -> None:
        assert list(schema.iter_errors(manifest | wrong))

    def test_the_manifest_states_the_schema_s_own_version(
        self, schema: jsonschema.Draft4Validator, manifest: Manifest
    ) -> None:
        assert manifest["manifestVersion"] == schema.schema["properties"]["manifestVersion"]["const"]


class TestDocumentedLimits:
    def test_what_teams_requires_is_there(self, manifest: Manifest) -> None:
        assert manifest.keys() >= NEEDED

    def test_the_schema_address_has_the_version_that_is_stated(self, manifest: Manifest) -> None:
        assert f"/teams/v{manifest['manifestVersion']}/" in manifest["$schema"]

    def test_names_and_descriptions_fit(self, manifest: Manifest) -> None:
        assert len(manifest["name"]["short"]) <= 30
        assert len(manifest["name"]["full"]) <= 100
        assert len(manifest["description"]["short"]) <= 80
        assert len(manifest["description"]["full"]) <= 4000
        assert len(manifest["developer"]["name"]) <= 32

    def test_the_menus_fit(self, bot: Bot) -> None:
        assert len(bot["commandLists"]) <= 3
        for entry in bot["commandLists"]:
            assert 1 <= len(entry["commands"]) <= 10
            for command in entry["commands"]:
                assert command.keys() == {"title", "description"}
                assert 1 <= len(command["title"]) <= 32
                assert 1 <= len(command["description"]) <= 128

    def test_ids_are_guids_and_the_colour_is_a_colour(self, manifest: Manifest, bot: Bot) -> None:
        guid = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
        assert guid.fullmatch(manifest["id"])
        assert guid.fullmatch(bot["botId"])
        assert re.fullmatch(r"#[0-9A-F]{6}", manifest["accentColor"])

    def test_the_language_is_british_english(self, manifest: Manifest) -> None:
        assert manifest["localizationInfo"] == {"defaultLanguageTag": "en-gb"}


class TestWhatTheAppMayDo:
    def test_it_lives_in_the_personal_chat_and_in_channels_only(self, manifest: Manifest, bot: Bot) -> None:
        assert bot["scopes"] == ["personal", "team"]
        assert manifest["defaultInstallScope"] in bot["scopes"]

    def test_it_takes_no_files_and_no_calls(self, bot: Bot) -> None:
        assert not bot["supportsFiles"]
        assert not bot["supportsCalling"]
        assert not bot["supportsVideo"]

    def test_it_answers_and_so_is_not_notification_only(self, bot: Bot) -> None:
        assert not bot["isNotificationOnly"]

    def test_it_asks_for_no_resource_specific_consent_and_no_device(self, manifest: Manifest) -> None:
        assert manifest.keys().isdisjoint({"authorization", "devicePermissions", "webApplicationInfo"})

    def test_it_has_nothing_but_the_bot(self, manifest: Manifest) -> None:
        others = {"staticTabs", "configurableTabs", "composeExtensions", "connectors", "extensions"}
        assert manifest.keys().isdisjoint(others)

    def test_it_trusts_one_domain(self, manifest: Manifest) -> None:
        assert manifest["validDomains"] == [LOCAL_DOMAIN]


class TestMenus:
    def test_each_scope_of_the_bot_has_one_menu(self, bot: Bot) -> None:
        scopes = [scope for entry in bot["commandLists"] for scope in entry["scopes"]]
        assert sorted(scopes) == sorted(bot["scopes"])

    def test_a_channel_offers_every_command(self, bot: Bot) -> None:
        assert {title.split()[0] for title in titles(bot, "team")} == KNOWN_COMMANDS

    def test_the_personal_chat_offers_what_an_officer_uses(self, bot: Bot) -> None:
        words = {title.split()[0] for title in titles(bot, "personal")}
        assert words - {"T-"} <= KNOWN_COMMANDS
        assert {"tasks", "task", "board", "assign", "help"} <= words

    def test_an_outcome_can_be_typed_from_the_personal_menu(self, bot: Bot) -> None:
        (answer,) = [command for command in menu(bot, "personal") if command["title"] == "T-"]
        assert "T-1042 no answer 2115" in answer["description"]

    @pytest.mark.parametrize("scope", ["team", "personal"])
    def test_no_title_stands_twice(self, bot: Bot, scope: str) -> None:
        assert len(set(titles(bot, scope))) == len(titles(bot, scope))

    def test_a_command_that_needs_a_task_leaves_the_cursor_at_its_number(self, bot: Bot) -> None:
        for title in titles(bot, "team"):
            if title.split()[0] in {"task", "reassign", "extend", "cancel"}:
                assert title.endswith(" T-")

    def test_every_change_that_needs_a_reason_shows_one(self, bot: Bot) -> None:
        for command in menu(bot, "team"):
            if command["title"].split()[0] in {"reassign", "extend", "cancel"}:
                assert "reason: " in command["description"]


class TestWords:
    def test_every_address_is_plainly_fictional_and_https(self, manifest: Manifest) -> None:
        addresses = [value for key, value in manifest["developer"].items() if key.endswith("Url")]
        assert len(addresses) == 3
        for address in addresses:
            parts = urlsplit(address)
            assert parts.scheme == "https"
            assert parts.hostname and parts.hostname.endswith(".example.org")

    def test_the_description_says_that_nobody_watches(self, manifest: Manifest) -> None:
        assert "not an emergency line" in manifest["description"]["full"]
        assert "Radio first." in manifest["description"]["full"]

    def test_nobody_is_promised_safety(self, manifest: Manifest) -> None:
        words = " ".join(texts(manifest)).lower()
        assert not re.search(r"\b(safe|safety|compliant)\b", words)

    def test_the_accent_is_the_icon_s_ground(self, manifest: Manifest) -> None:
        assert manifest["accentColor"] == "#{:02X}{:02X}{:02X}".format(*NAVY)

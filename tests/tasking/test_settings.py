"""The settings: each need named in one line, and no secret in any message."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from tasking.settings import AppType, Mode, Settings, SettingsError, read_settings

SECRET = "not-a-real-secret"
GOOD = {
    "APP_ID": "app",
    "APP_PASSWORD": SECRET,
    "TENANT_ID": "tenant",
    "SITE_ID": "site",
    "LIST_ID": "list",
}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without any of our settings, in a folder without a .env file."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"REDLINE_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def read(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"REDLINE_{name}", value)
    return read_settings()


def problems(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(monkeypatch, values)
    assert SECRET not in str(caught.value) + repr(caught.value)
    return caught.value.problems


def test_production_is_the_mode_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, GOOD)
    assert (settings.mode, settings.is_local) == (Mode.PRODUCTION, False)
    assert settings.allowed_hosts == ["smba.trafficmanager.net"]


@pytest.mark.parametrize("name", GOOD)
def test_production_names_each_need_that_is_missing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    found = problems(monkeypatch, {key: value for key, value in GOOD.items() if key != name})
    assert len(found) == 1
    assert found[0].startswith(f"REDLINE_{name}")
    assert "must be set in production mode" in found[0]


@pytest.mark.parametrize("name", ["APP_ID", "TENANT_ID", "SITE_ID", "LIST_ID", "SERVICE_URL_HOSTS"])
def test_blanks_are_no_value(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert [line.split(":")[0] for line in problems(monkeypatch, {**GOOD, name: "  "})] == [f"REDLINE_{name}"]


@pytest.mark.parametrize("name", ["OPENID_URL", "GRAPH_URL"])
def test_an_address_that_was_emptied_is_missed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert problems(monkeypatch, {**GOOD, name: ""}) == [f"REDLINE_{name}: must be set in production mode."]


def test_everything_that_is_missing_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(problems(monkeypatch, {})) == 5


def test_a_managed_identity_needs_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {key: value for key, value in GOOD.items() if key != "APP_PASSWORD"}
    settings = read(monkeypatch, {**values, "APP_TYPE": "UserAssignedMSI"})
    assert settings.app_type == AppType.USER_ASSIGNED_MSI


def test_local_mode_needs_nothing_and_listens_on_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, {"MODE": "local"}).is_local
    found = problems(monkeypatch, {"MODE": "local", "HOST": "0.0.0.0"})
    assert found == ["REDLINE_HOST: local mode listens on loopback only, for example 127.0.0.1."]


def test_the_clock_can_be_moved_in_local_mode_only(monkeypatch: pytest.MonkeyPatch) -> None:
    found = problems(monkeypatch, {**GOOD, "LOCAL_CLOCK": "2026-03-12T14:00:00+00:00"})
    assert found == ["REDLINE_LOCAL_CLOCK: the clock can be moved in local mode only."]
    for name in GOOD:
        monkeypatch.delenv(f"REDLINE_{name}")
    monkeypatch.setenv("REDLINE_MODE", "local")
    assert read_settings().local_clock


@pytest.mark.parametrize("clock", ["tomorrow", "2026-03-12T14:00:00"])
def test_a_clock_is_set_to_a_time_with_its_zone(monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    found = problems(monkeypatch, {"MODE": "local", "LOCAL_CLOCK": clock})
    assert found == ["REDLINE_LOCAL_CLOCK: give a time like 2026-03-12T14:05:00+00:00."]


@pytest.mark.parametrize("name", ["OPENID_URL", "LOGIN_URL", "GRAPH_URL"])
@pytest.mark.parametrize("mode", ["production", "local"])
def test_plain_http_is_for_loopback_alone(monkeypatch: pytest.MonkeyPatch, name: str, mode: str) -> None:
    needed = GOOD if mode == "production" else {}
    for bad in ("http://graph.example/v1.0", "ftp://127.0.0.1/", "127.0.0.1:80"):
        found = problems(monkeypatch, {**needed, "MODE": mode, name: bad})
        assert found == [f"REDLINE_{name}: must be https (plain http is accepted for loopback only)."]
    for good in ("http://127.0.0.1:5000", "http://localhost/x", "http://[::1]:80", "https://graph.example"):
        read(monkeypatch, {**needed, "MODE": mode, name: good})


def test_several_hosts_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, {**GOOD, "SERVICE_URL_HOSTS": " a.example , b.example,, "})
    assert settings.allowed_hosts == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODE", "staging"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("APP_TYPE", "MultiTenant"),
        ("RECORDS_POLL_SECONDS", "0"),
        ("SECOND_COPY_SECONDS", "-3"),
    ],
)
def test_a_value_that_is_not_understood_is_named_without_being_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    found = problems(monkeypatch, {**GOOD, name: value})
    assert len(found) == 1
    assert found[0].startswith(f"REDLINE_{name}: ")


def test_no_secret_shows_in_any_form_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, GOOD)
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert SECRET not in shown
    assert settings.app_password == SecretStr(SECRET)


def test_a_file_of_settings_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("REDLINE_MODE=local\nREDLINE_PORT=4000\nOTHER=ignored\n")
    assert read_settings().port == 4000
    assert read(monkeypatch, {"PORT": "4001"}).port == 4001


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite+aiosqlite:///x",
        "mysql://host/db",
        f"postgresql://me:{SECRET}@h:x/db",
    ],
)
def test_a_database_that_cannot_be_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    (line,) = problems(monkeypatch, {**GOOD, "DATABASE_URL": url})
    assert line.startswith("REDLINE_DATABASE_URL: give sqlite:///file or postgresql://")


@pytest.mark.parametrize(
    "url",
    ["sqlite:///redline.sqlite3", "sqlite:////var/lib/redline/db", "postgresql://me:it@host:5432/redline"],
)
def test_a_file_or_a_server_is_a_database(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert read(monkeypatch, {**GOOD, "DATABASE_URL": url}).database_url == url


def test_a_level_that_nobody_knows_is_named_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = problems(monkeypatch, {**GOOD, "LOG_LEVEL": "LOUD"})
    assert line.startswith("REDLINE_LOG_LEVEL")
    assert "'DEBUG', 'INFO', 'WARNING' or 'ERROR'" in line


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("employeeId", "employeeId"),
        ("extensionAttribute15", "extensionAttribute15"),
        ("onPremisesExtensionAttributes.extensionAttribute7", "extensionAttribute7"),
        ("onPremisesExtensionAttributes/extensionAttribute1", "extensionAttribute1"),
        ("onPremisesSamAccountName", "onPremisesSamAccountName"),
        ("extension_0123456789abcdef_collar", "extension_0123456789abcdef_collar"),
    ],
)
def test_any_property_of_a_user_may_hold_the_collar_number(
    monkeypatch: pytest.MonkeyPatch, given: str, read_as: str
) -> None:
    settings = read(monkeypatch, {**GOOD, "COLLAR_NUMBER_ATTRIBUTE": given})
    assert settings.collar_number_in == read_as


@pytest.mark.parametrize(
    "given",
    [
        "",
        "extensionAttribute16",
        "extensionAttribute",
        "onPremisesExtensionAttributes",
        "a,b",
        "id&$top=1",
        "7",
    ],
)
def test_what_names_no_property_is_refused_at_start(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    found = problems(monkeypatch, {**GOOD, "COLLAR_NUMBER_ATTRIBUTE": given})
    assert found == ["REDLINE_COLLAR_NUMBER_ATTRIBUTE: give employeeId, extensionAttribute7 or the like."]


@pytest.mark.parametrize("name", ["APP_ID", "APP_PASSWORD", "TENANT_ID"])
def test_local_mode_beside_what_is_productions_is_a_contradiction(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (line,) = problems(monkeypatch, {"MODE": "local", name: GOOD[name]})
    assert line.startswith(f"REDLINE_{name}: is production's")


def test_a_file_that_says_local_does_not_open_a_production_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("REDLINE_MODE=local\n")
    assert len(problems(monkeypatch, GOOD)) == 3


@pytest.mark.parametrize("tenant", ["common", "Organizations", " consumers "])
def test_a_tenant_that_means_everybody_is_refused(monkeypatch: pytest.MonkeyPatch, tenant: str) -> None:
    (line,) = problems(monkeypatch, {**GOOD, "TENANT_ID": tenant})
    assert line.startswith("REDLINE_TENANT_ID: give the force's own tenant")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVICE_URL_HOSTS", "https://smba.trafficmanager.net"),
        ("SERVICE_URL_HOSTS", "smba.trafficmanager.net/uk"),
        ("HOST", "http://127.0.0.1"),
    ],
)
def test_an_address_where_a_host_is_asked_for_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    (line,) = problems(monkeypatch, {**GOOD, name: value})
    assert line.startswith(f"REDLINE_{name}: give a host")


@pytest.mark.parametrize("name", ["RECORDS_POLL_SECONDS", "SECOND_COPY_SECONDS"])
@pytest.mark.parametrize("value", ["inf", "nan", "0", "-1", "1e9"])
def test_an_interval_that_never_ends_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    (line,) = problems(monkeypatch, {**GOOD, name: value})
    assert line.startswith(f"REDLINE_{name}")


def test_a_key_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = problems(monkeypatch, {**GOOD, "OPERATOR_KEY": "short"})
    assert line.startswith("REDLINE_OPERATOR_KEY: give at least 16")

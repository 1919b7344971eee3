"""The settings: each need named in one line, and no secret in any message."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from tasking.settings import AppType, Mode, Settings, SettingsError, read_settings

SECRET = "not-a-real-secret"
GOOD = {
    "APP_ID": "0000a991-0000-4000-8000-00000000a991",
    "APP_PASSWORD": SECRET,
    "TENANT_ID": "0000cafe-0000-4000-8000-00000000cafe",
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
    for good in ("http://127.0.0.1:5000", "http://localhost/", "http://[::1]:80", "https://graph.example"):
        read(monkeypatch, {**needed, "MODE": mode, name: good})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("LOGIN_URL", "https://login.microsoftonline.us/"),
        ("OPENID_URL", "https://login.example/v1/openid?appid=x"),
        ("GRAPH_URL", "https://graph.microsoft.us/v1.0/"),
    ],
)
def test_the_addresses_of_another_cloud_are_taken(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    assert getattr(read(monkeypatch, {**GOOD, name: url}), name.lower()) == url


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
    ["postgresql://me:100%@h/db", "postgresql://me:p%zz@h/db", "postgresql://me:%4@h/db", "sqlite:///%"],
)
def test_a_bare_per_cent_sign_is_named_as_what_is_wrong(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert problems(monkeypatch, {**GOOD, "DATABASE_URL": url}) == [
        "REDLINE_DATABASE_URL: write a % in a password or a name as %25."
    ]


def test_a_per_cent_sign_that_is_written_so_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://me:100%25@h/db"
    assert read(monkeypatch, {**GOOD, "DATABASE_URL": url}).database_url == url


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


@pytest.mark.parametrize(
    "url", ["postgresql://me:it@db.example/redline", "postgresql://10.0.0.4/redline?ssl=require"]
)
def test_local_mode_on_a_database_elsewhere_is_a_contradiction(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    assert problems(monkeypatch, {"MODE": "local", "DATABASE_URL": url}) == [
        "REDLINE_DATABASE_URL: local mode asks for no token, and keeps to a database on this machine."
    ]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "sqlite:///redline.sqlite3",
            "postgresql://me:it@localhost/redline",
            "postgresql://[::1]:5433/redline",
        ),
        "postgresql:///redline?host=/var/run/postgresql",
    ],
)
def test_local_mode_takes_any_database_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert read(monkeypatch, {"MODE": "local", "DATABASE_URL": url}).database_url == url


def test_a_managed_identity_beside_a_password_is_a_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(monkeypatch, {**GOOD, "APP_TYPE": "UserAssignedMSI"}) == [
        "REDLINE_APP_PASSWORD: a managed identity has none: leave it out (or set APP_TYPE=SingleTenant)."
    ]


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


# --- what would only fail later, or pass unnoticed -------------------------------------------


def bad(name: str, *values: str) -> list[tuple[str, str]]:
    return [(name, value) for value in values]


_APP = GOOD["APP_ID"]
_WRONG_IDS = ("app", "contoso.onmicrosoft.com", f'"{_APP}"', f"{{{_APP}}}", _APP.replace("-", ""), "0" * 32)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *bad("APP_ID", *_WRONG_IDS, "common", "00000000-0000-0000-0000-000000000000"),
        *bad("TENANT_ID", *_WRONG_IDS, "00000000-0000-0000-0000-000000000000"),
        *bad("HOST", "a b", "*", "127.0.0.1:80", "999.1.1.1", "", "[::1]", "a..b"),
        *bad("SERVICE_URL_HOSTS", "a b", "*", "*.example.org", "a.example:443", "a;b", '"a"', "a..b", ".com"),
        *bad("SERVICE_URL_HOSTS", "münchen.example", '["a.example"]', "a.example,b c"),
        *bad("PORT", "", "8e3", "99999", "1" * 5000, "3978.5", "³"),
        *(
            (name, value)
            for name in ("OPENID_URL", "LOGIN_URL", "GRAPH_URL")
            for value in (
                "https://",
                "https:///x",
                "https://[",
                "https://a b/",
                "https://u:p@h/",
                "https://h:0/",
            )
        ),
        *bad("OPENID_URL", "https://h:99999/", "https://h:x/", "https://h/#f", "https://h\\x", "https://*/"),
        *bad("LOGIN_URL", "https://login.example/common", "https://login.example/?a=b"),
        *bad("GRAPH_URL", "https://graph.example/v1.0?a=b"),
        *bad("DATABASE_URL", "postgresql://h/n?ssl=", "postgresql://h/n?ssl", "postgresql://h/n?ssl=&host=x"),
        *bad(
            "DATABASE_URL",
            "postgresql://h/",
            "postgresql:///name",
            "postgresql://h:99999/n",
            "postgresql://h:0/n",
        ),
        *bad(
            "DATABASE_URL",
            "postgresql://h/n?sslmode=require",
            "postgresql://h/n?ssl=strange",
            "postgres://h/n",
        ),
        *bad("DATABASE_URL", "postgresql://u:p%zz@h/n", "postgresql://h/n%00", "sqlite:///%", "oracle://h/n"),
        *bad("DATABASE_URL", "postgresql://h/n?prepared_statement_cache_size=x", "postgresql://a b/n"),
        *bad("SITE_ID", "https://contoso.example/sites/x", "..", "a?b", "a b", '"a"'),
        *bad("LIST_ID", "a/b", "..", "a?b#c", '"a"'),
        *bad("OPERATOR_KEY", "é" * 20, "x" * 10 + " " + "x" * 10),
        *bad("RECORDS_POLL_SECONDS", "1e-300", "", "30s", "1e309"),
        *bad("SECOND_COPY_SECONDS", "1e-9", "nan"),
        *bad("MODE", "LOCAL", ""),
        *bad("DATABASE_POOLER", "", "pgbouncer"),
    ],
)
def test_a_value_that_cannot_be_right_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    (line,) = problems(monkeypatch, {**GOOD, name: value})
    assert line.startswith(f"REDLINE_{name}: ")
    assert "\n" not in line


@pytest.mark.parametrize("mark", ["\u200b", "\ufeff", "\u202e", "\xa0", "\t", "\n", "\x07", "\u2028"])
@pytest.mark.parametrize("name", sorted({n.upper() for n in Settings.model_fields} - {"PORT"}))
def test_a_character_that_cannot_be_seen_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, mark: str
) -> None:
    usual = {**GOOD, "DATABASE_URL": "postgresql://h/name", "OPERATOR_KEY": "k" * 20, "LOCAL_CLOCK": "2026"}
    value = usual.get(name) or str(getattr(Settings(), name.lower()))
    (line,) = problems(monkeypatch, {**GOOD, name: f"{value[:2]}{mark}{value[2:]}x"})
    assert line.startswith(f"REDLINE_{name}: ")


@pytest.mark.parametrize("around", [" ", "\n", "\r\n", "\t "])
def test_space_around_a_value_is_none_of_it(monkeypatch: pytest.MonkeyPatch, around: str) -> None:
    given = {**GOOD, "PORT": "4000", "MODE": "production", "DATABASE_URL": "postgresql://me:it@h:5432/name"}
    settings = read(monkeypatch, {name: f"{around}{value}{around}" for name, value in given.items()})
    assert (settings.app_id, settings.tenant_id) == (GOOD["APP_ID"], GOOD["TENANT_ID"])
    assert (settings.port, settings.app_password) == (4000, SecretStr(SECRET))
    assert settings.database_url == given["DATABASE_URL"]


@pytest.mark.parametrize(
    "clock", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2426-01-01T00:00Z"]
)
def test_the_clock_is_moved_within_this_century(monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    (line,) = problems(monkeypatch, {"MODE": "local", "LOCAL_CLOCK": clock})
    assert line.startswith("REDLINE_LOCAL_CLOCK: give a time like")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:a%40b@h/n?ssl=require",
        "postgresql://me@/n?host=/run/pg",
        "postgresql://me:it@[::1]:5432/n",
    ],
)
def test_what_a_server_may_need_is_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert read(monkeypatch, {**GOOD, "DATABASE_URL": url}).database_url == url


def test_a_file_of_settings_from_windows_is_read_from_its_first_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("\ufeffREDLINE_MODE=local\r\nREDLINE_PORT=4000\r\n".encode())
    assert (read_settings().mode, read_settings().port) == (Mode.LOCAL, 4000)


def test_a_file_of_settings_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("REDLINE_MODE=local".encode("utf-16"))
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert caught.value.problems == [".env: is not UTF-8 text: save it as that."]

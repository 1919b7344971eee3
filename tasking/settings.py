"""The settings of the service: environment variables with the prefix `REDLINE_`, documented in the README."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.postgresql import Pooler
from tasking import settings_rules as rules

_EXTENSIONS = "onPremisesExtensionAttributes"
_ATTRIBUTE = re.compile(
    rf"(?:{_EXTENSIONS}[./])?extensionAttribute(?:[1-9]|1[0-5])"
    rf"|(?!{_EXTENSIONS}|extensionAttribute)[A-Za-z][A-Za-z0-9_]*"
)
_A_DAY = 24 * 3600.0
_ANY_TENANT = frozenset({"common", "organizations", "consumers"})
"""Names by which Microsoft's login means everybody's tenant."""
_SHORTEST_WAIT = 0.1
_URLS = ("OPENID_URL", "LOGIN_URL", "GRAPH_URL")


class Mode(StrEnum):
    """Production unless local is asked for by name."""

    PRODUCTION = "production"
    LOCAL = "local"


class AppType(StrEnum):
    """How the service proves who it is to Teams and Graph."""

    USER_ASSIGNED_MSI = "UserAssignedMSI"
    SINGLE_TENANT = "SingleTenant"


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class SettingsError(Exception):
    """The service cannot start with these settings; each line says what is wrong and what to set."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Every setting, with the defaults of Microsoft's public cloud."""

    model_config = SettingsConfigDict(
        env_prefix="REDLINE_", env_file=".env", env_file_encoding="utf-8-sig", extra="ignore"
    )

    mode: Mode = Mode.PRODUCTION
    app_id: str = ""
    app_type: AppType = AppType.SINGLE_TENANT
    app_password: SecretStr = SecretStr("")
    tenant_id: str = ""
    database_url: str = "sqlite:///.local/redline.sqlite3"
    database_pooler: Pooler = Pooler.AUTO
    host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)
    policy_file: Path = Path("infra/local/policy.toml")
    openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    login_url: str = "https://login.microsoftonline.com"
    service_url_hosts: str = "smba.trafficmanager.net"
    graph_url: str = "https://graph.microsoft.com/v1.0"
    collar_number_attribute: str = "employeeId"
    site_id: str = ""
    list_id: str = ""
    records_poll_seconds: float = Field(default=30.0, ge=_SHORTEST_WAIT, le=_A_DAY, allow_inf_nan=False)
    second_copy_seconds: float = Field(default=60.0, ge=_SHORTEST_WAIT, le=_A_DAY, allow_inf_nan=False)
    operator_key: SecretStr = SecretStr("")
    local_clock: str = ""
    log_level: LogLevel = LogLevel.INFO

    @model_validator(mode="before")
    @classmethod
    def _without_space_around(cls, values: dict[str, Any]) -> dict[str, Any]:
        """What a copied value or a file of one line brings along."""
        return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}

    @property
    def is_local(self) -> bool:
        """Whether the local mode was asked for by name."""
        return self.mode == Mode.LOCAL

    @property
    def collar_number_in(self) -> str:
        """The property of users in the directory that holds the collar number."""
        return self.collar_number_attribute.removeprefix(_EXTENSIONS).lstrip("./")

    @property
    def allowed_hosts(self) -> list[str]:
        """The hosts that a service URL may have."""
        return [host.strip() for host in self.service_url_hosts.split(",") if host.strip()]

    def problems(self) -> list[str]:
        """What keeps the service from starting, a plain line for each setting; empty where nothing does."""
        found = [*self._not_seen(), *self._odd(), *(self._in_local() if self.is_local else self._in_use())]
        first = {line.partition(":")[0]: line for line in reversed(found)}
        return [line for line in found if first[line.partition(":")[0]] is line]

    def _not_seen(self) -> list[str]:
        values = {name: _text_of(value) for name, value in self}
        return [
            f"REDLINE_{name.upper()}: there is a character in it that cannot be seen: type it by hand."
            for name, value in values.items()
            if not rules.is_visible(value)
        ]

    def _odd(self) -> list[str]:
        """What cannot be, in either mode."""
        key = self.operator_key.get_secret_value()
        return [
            *self._unsafe_urls(),
            *self._not_hosts(),
            *_line(
                rules.is_host_alone(self.login_url),
                "LOGIN_URL: give the host alone, like https://login.microsoftonline.com.",
            ),
            *_line("?" not in self.graph_url, "GRAPH_URL: give the address without a query."),
            *_line(
                not key or rules.is_key(key),
                "OPERATOR_KEY: give at least 16 characters, without blanks and accents, or none.",
            ),
            *_line(
                _ATTRIBUTE.fullmatch(self.collar_number_attribute) is not None,
                "COLLAR_NUMBER_ATTRIBUTE: give employeeId, extensionAttribute7 or the like.",
            ),
            *_line(
                rules.is_escaped(self.database_url),
                "DATABASE_URL: write a % in a password or a name as %25.",
            ),
            *_line(
                rules.is_database(self.database_url),
                "DATABASE_URL: give sqlite:///file or postgresql://user:password@host/name "
                "(?ssl=require for encryption).",
            ),
            *_line(
                not self.site_id or rules.is_site_id(self.site_id),
                "SITE_ID: give the site's id, like contoso.sharepoint.com,id,id, and not its address.",
            ),
            *_line(
                not self.list_id or rules.is_list_id(self.list_id),
                "LIST_ID: give the list's id, and not its address.",
            ),
        ]

    def _in_local(self) -> list[str]:
        return [
            *(
                f"REDLINE_{name}: is production's; local mode asks for no token, and goes without it."
                for name in self._of_production()
            ),
            *_line(
                self.host in rules.LOOPBACK,
                "HOST: local mode listens on loopback only, for example 127.0.0.1.",
            ),
            *_line(
                not rules.is_database(self.database_url) or rules.is_database_here(self.database_url),
                "DATABASE_URL: local mode asks for no token, and keeps to a database on this machine.",
            ),
            *_line(
                not self.local_clock or rules.is_moment(self.local_clock),
                "LOCAL_CLOCK: give a time like 2026-03-12T14:05:00+00:00.",
            ),
        ]

    def _in_use(self) -> list[str]:
        """What production needs, and what it needs to look like."""
        is_anybodys = self.tenant_id.lower() in _ANY_TENANT
        return [
            *(f"REDLINE_{name}: must be set in production mode." for name in self._missing()),
            *_line(
                not is_anybodys,
                "TENANT_ID: give the force's own tenant: any other's people would come in.",
            ),
            *(
                f"REDLINE_{name}: give the id, like 01234567-89ab-cdef-0123-456789abcdef, and no name."
                for name, value in (("APP_ID", self.app_id), ("TENANT_ID", self.tenant_id))
                if value and not rules.is_guid(value)
            ),
            *_line(
                self.app_type == AppType.SINGLE_TENANT or not self.app_password.get_secret_value(),
                "APP_PASSWORD: a managed identity has none: leave it out (or set APP_TYPE=SingleTenant).",
            ),
            *_line(not self.local_clock, "LOCAL_CLOCK: the clock can be moved in local mode only."),
        ]

    def _of_production(self) -> list[str]:
        """What is set although only production needs it: one of the two is a mistake."""
        given = {
            "APP_ID": self.app_id,
            "APP_PASSWORD": self.app_password.get_secret_value(),
            "TENANT_ID": self.tenant_id,
        }
        return [name for name, value in given.items() if value]

    def _not_hosts(self) -> list[str]:
        given = {
            "HOST": rules.is_host(self.host),
            "SERVICE_URL_HOSTS": all(map(rules.is_host_entry, self.allowed_hosts)),
        }
        return [
            f"REDLINE_{name}: give a host such as smba.trafficmanager.net, with no https://, port or path."
            for name, is_one in given.items()
            if not is_one
        ]

    def _missing(self) -> list[str]:
        needed = {
            "APP_ID": self.app_id,
            "TENANT_ID": self.tenant_id,
            "SERVICE_URL_HOSTS": self.allowed_hosts,
            "OPENID_URL": self.openid_url,
            "GRAPH_URL": self.graph_url,
            "SITE_ID": self.site_id,
            "LIST_ID": self.list_id,
        }
        missing = [name for name, value in needed.items() if not value]
        if self.app_type == AppType.SINGLE_TENANT and not self.app_password.get_secret_value():
            missing.append("APP_PASSWORD (or REDLINE_APP_TYPE=UserAssignedMSI)")
        return missing

    def _unsafe_urls(self) -> list[str]:
        urls = {name: url for name in _URLS if (url := getattr(self, name.lower()))}
        unsafe = [
            f"REDLINE_{name}: must be https (plain http is accepted for loopback only)."
            for name, url in urls.items()
            if not rules.is_safe_url(url)
        ]
        return unsafe + [
            f"REDLINE_{name}: give an address like https://host/path, with no user, blank or #."
            for name, url in urls.items()
            if not rules.is_address(url)
        ]


def _line(is_well: bool, words: str) -> list[str]:
    return [] if is_well else [f"REDLINE_{words}"]


def _text_of(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def read_settings() -> Settings:
    """Read the environment; raises `SettingsError` where a value is not understood or something is missing.

    Values are never repeated in the message: one of them is a secret.
    """
    try:
        settings = Settings()
    except ValidationError as problem:
        lines = [f"REDLINE_{str(error['loc'][0]).upper()}: {error['msg']}." for error in problem.errors()]
        raise SettingsError(lines) from None
    except UnicodeDecodeError:
        raise SettingsError([".env: is not UTF-8 text: save it as that."]) from None
    except OSError as problem:
        raise SettingsError([f".env: cannot be read: {problem.strerror}."]) from None
    if problems := settings.problems():
        raise SettingsError(problems)
    return settings

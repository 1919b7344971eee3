"""The settings of the service: environment variables with the prefix `REDLINE_`, documented in the README."""

import re
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.postgresql import Pooler

_EXTENSIONS = "onPremisesExtensionAttributes"
_ATTRIBUTE = re.compile(
    rf"(?:{_EXTENSIONS}[./])?extensionAttribute(?:[1-9]|1[0-5])"
    rf"|(?!{_EXTENSIONS}|extensionAttribute)[A-Za-z][A-Za-z0-9_]*"
)
_A_DAY = 24 * 3600.0
_SHORTEST_KEY = 16
_ANY_TENANT = frozenset({"common", "organizations", "consumers"})
"""Names by which Microsoft's login means everybody's tenant."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


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

    model_config = SettingsConfigDict(env_prefix="REDLINE_", env_file=".env", extra="ignore")

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
    records_poll_seconds: float = Field(default=30.0, gt=0, le=_A_DAY, allow_inf_nan=False)
    second_copy_seconds: float = Field(default=60.0, gt=0, le=_A_DAY, allow_inf_nan=False)
    operator_key: SecretStr = SecretStr("")
    local_clock: str = ""
    log_level: LogLevel = LogLevel.INFO

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
        """What keeps the service from starting, a plain line each; empty where nothing does."""
        found = [*self._unsafe_urls(), *self._not_hosts()]
        if 0 < len(self.operator_key.get_secret_value()) < _SHORTEST_KEY:
            found.append(f"REDLINE_OPERATOR_KEY: give at least {_SHORTEST_KEY} characters, or none.")
        if not _ATTRIBUTE.fullmatch(self.collar_number_attribute):
            found.append("REDLINE_COLLAR_NUMBER_ATTRIBUTE: give employeeId, extensionAttribute7 or the like.")
        if not _is_database(self.database_url):
            found.append("REDLINE_DATABASE_URL: give sqlite:///file or postgresql://user:password@host/name.")
        if self.is_local:
            found += [
                f"REDLINE_{name}: is production's; local mode asks for no token, and goes without it."
                for name in self._of_production()
            ]
            if self.host not in _LOOPBACK:
                found.append("REDLINE_HOST: local mode listens on loopback only, for example 127.0.0.1.")
            if not _is_moment(self.local_clock):
                found.append("REDLINE_LOCAL_CLOCK: give a time like 2026-03-12T14:05:00+00:00.")
            return found
        found += [f"REDLINE_{name}: must be set in production mode." for name in self._missing()]
        if self.tenant_id.strip().lower() in _ANY_TENANT:
            found.append("REDLINE_TENANT_ID: give the force's own tenant: any other's people would come in.")
        if self.local_clock:
            found.append("REDLINE_LOCAL_CLOCK: the clock can be moved in local mode only.")
        return found

    def _of_production(self) -> list[str]:
        """What is set although only production needs it: one of the two is a mistake."""
        given = {
            "APP_ID": self.app_id.strip(),
            "APP_PASSWORD": self.app_password.get_secret_value(),
            "TENANT_ID": self.tenant_id.strip(),
        }
        return [name for name, value in given.items() if value]

    def _not_hosts(self) -> list[str]:
        given = {"HOST": [self.host], "SERVICE_URL_HOSTS": self.allowed_hosts}
        return [
            f"REDLINE_{name}: give a host such as smba.trafficmanager.net, with no https:// and no path."
            for name, hosts in given.items()
            if any("/" in host for host in hosts)
        ]

    def _missing(self) -> list[str]:
        needed = {
            "APP_ID": self.app_id.strip(),
            "TENANT_ID": self.tenant_id.strip(),
            "SERVICE_URL_HOSTS": self.allowed_hosts,
            "OPENID_URL": self.openid_url,
            "GRAPH_URL": self.graph_url,
            "SITE_ID": self.site_id.strip(),
            "LIST_ID": self.list_id.strip(),
        }
        missing = [name for name, value in needed.items() if not value]
        if self.app_type == AppType.SINGLE_TENANT and not self.app_password.get_secret_value():
            missing.append("APP_PASSWORD (or REDLINE_APP_TYPE=UserAssignedMSI)")
        return missing

    def _unsafe_urls(self) -> list[str]:
        urls = {"OPENID_URL": self.openid_url, "LOGIN_URL": self.login_url, "GRAPH_URL": self.graph_url}
        return [
            f"REDLINE_{name}: must be https (plain http is accepted for loopback only)."
            for name, url in urls.items()
            if url and not _is_safe(url)
        ]


def _is_database(url: str) -> bool:
    """Whether it names a file or a server. A SQLite without a file would forget everything."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return False
    if parsed.drivername == "sqlite":
        return bool(parsed.database) and parsed.database != ":memory:" and not parsed.query
    return parsed.drivername in ("postgresql", "postgresql+asyncpg") and bool(parsed.database)


def _is_moment(text: str) -> bool:
    try:
        return not text or datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def read_settings() -> Settings:
    """Read the environment; raises `SettingsError` where a value is not understood or something is missing.

    Values are never repeated in the message: one of them is a secret.
    """
    try:
        settings = Settings()
    except ValidationError as problem:
        lines = [f"REDLINE_{str(error['loc'][0]).upper()}: {error['msg']}." for error in problem.errors()]
        raise SettingsError(lines) from None
    if problems := settings.problems():
        raise SettingsError(problems)
    return settings

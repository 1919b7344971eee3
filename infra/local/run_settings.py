"""The settings of `make run`: its ports and its folder, from the environment or `.env`."""

import socket
from datetime import datetime
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.local.kept import ROOT
from infra.local.processes import CannotRun


class RunSettings(BaseSettings):
    """Where everything of a local run listens (on 127.0.0.1 alone) and what it keeps its data in."""

    model_config = SettingsConfigDict(env_prefix="REDLINE_", env_file=ROOT / ".env", extra="ignore")

    port: int = Field(default=3978, ge=1, le=65535)
    local_graph_port: int = Field(default=56180, ge=1, le=65535)
    local_sergeant_port: int = Field(default=56150, ge=1, le=65535)
    local_constable_port: int = Field(default=56151, ge=1, le=65535)
    local_folder: Path = Path(".local")
    local_clock: str = ""

    @field_validator("local_clock")
    @classmethod
    def _is_a_time(cls, text: str) -> str:
        if text:
            datetime.fromisoformat(text)
        return text

    @property
    def folder(self) -> Path:
        """The folder for data and logs; relative ones are seen from the project's own folder."""
        return ROOT / self.local_folder

    def demand_free_ports(self) -> None:
        """Raise `CannotRun`, naming the setting, where a port is in use or named twice."""
        ports = {
            "REDLINE_PORT": self.port,
            "REDLINE_LOCAL_GRAPH_PORT": self.local_graph_port,
            "REDLINE_LOCAL_SERGEANT_PORT": self.local_sergeant_port,
            "REDLINE_LOCAL_CONSTABLE_PORT": self.local_constable_port,
        }
        for name, port in ports.items():
            if not _is_free(port) or list(ports.values()).count(port) > 1:
                raise CannotRun(f"port {port} is in use: stop what uses it, or set {name} to another")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def read_run_settings() -> RunSettings:
    """Read them; raises `CannotRun` with one line where a value is not understood."""
    try:
        return RunSettings()
    except ValidationError as problem:
        error = problem.errors()[0]
        raise CannotRun(f"REDLINE_{str(error['loc'][0]).upper()}: {error['msg']}") from None

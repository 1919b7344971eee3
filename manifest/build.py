"""Builds the Teams app package: `python -m manifest.build` writes `build/redline-teams.zip`.

The same inputs give the same bytes: names are sorted, times are fixed and nothing is compressed.
"""

import argparse
import json
import os
import re
import sys
import tomllib
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

FOLDER = Path(__file__).parent
DEFAULT_OUT = Path("build/redline-teams.zip")
# A package for a local run: an id and a domain that belong to nobody.
LOCAL_APP_ID = "00000000-0000-4000-8000-000000000000"
LOCAL_DOMAIN = "redline.example.org"

_PLACEHOLDER = re.compile(r"\$\{\{([^}]*)\}\}")
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
# The earliest time that a zip can hold.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


def build_package(out: Path, app_id: str, valid_domain: str, version: str) -> Path:
    """Write the app package to `out` (its folder is created) and return `out`.

    `app_id` is the bot's Entra client id, `valid_domain` the host name of its HTTPS endpoint, `version` three
    numbers with dots. Raises ValueError, and writes nothing, when one of them is not what Teams accepts.
    """
    files = package_files(app_id, valid_domain, version)
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(_entry(name), files[name])
    return out


def package_files(app_id: str, valid_domain: str, version: str) -> dict[str, bytes]:
    """Return the package's files by name. Raises ValueError as `build_package` does."""
    values = {
        "APP_ID": _checked_app_id(app_id),
        "VALID_DOMAIN": _matching(_DOMAIN, valid_domain, "a host name such as redline.example.org").lower(),
        "VERSION": _matching(_VERSION, version, "a version such as 1.4.0"),
    }
    manifest = fill(json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8")), values)
    icons = {name: (FOLDER / name).read_bytes() for name in ("color.png", "outline.png")}
    return {"manifest.json": _as_json(manifest), **icons}


def fill(node: JsonValue, values: Mapping[str, str]) -> JsonValue:
    """Return `node` with each `${{NAME}}` in its strings replaced by its value.

    Raises ValueError for a name that `values` does not hold.
    """
    if isinstance(node, dict):
        return {key: fill(child, values) for key, child in node.items()}
    if isinstance(node, list):
        return [fill(child, values) for child in node]
    return _fill_text(node, values) if isinstance(node, str) else node


def _fill_text(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: _value_of(found[1], values), text)


def _value_of(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise ValueError(f"manifest.json has a placeholder that nothing fills: {name}")
    return values[name]


def _checked_app_id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise ValueError(f"the app id must be a GUID, not {text!r}") from None


def _matching(pattern: re.Pattern[str], text: str, wanted: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"expected {wanted}, not {text!r}")
    return text


def _as_json(manifest: JsonValue) -> bytes:
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIXED_TIME)
    entry.create_system = 3  # Unix on every machine, or the bytes differ on Windows
    entry.external_attr = _PLAIN_FILE
    return entry


def project_version() -> str:
    """Return the version that pyproject.toml states."""
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def main(arguments: list[str] | None = None) -> int:
    """Run the command line on `arguments` (the process's own if None) and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        out = build_package(options.out, options.app_id, options.domain, options.version)
    except ValueError as problem:
        sys.stderr.write(f"Not built: {problem}\n")
        return 2
    sys.stdout.write(f"Built {out} (app {options.app_id}, version {options.version})\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m manifest.build", description="Build the Teams app package."
    )
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="where the zip goes (%(default)s)")
    app_id = os.environ.get("REDLINE_APP_ID") or LOCAL_APP_ID
    parser.add_argument(
        "--app-id", default=app_id, help="the bot's client id (REDLINE_APP_ID, else a local one)"
    )
    parser.add_argument("--domain", default=LOCAL_DOMAIN, help="the service's public host name (%(default)s)")
    parser.add_argument("--version", default=project_version(), help="the app's version (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())

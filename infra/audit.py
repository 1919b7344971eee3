"""Known vulnerabilities of everything the lock names, for the force's pipeline: `make audit`.

pip-audit ends with 0 where it could look nothing up. This fails unless every package was audited.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

UV = str(Path(sys.executable).with_name("uv"))
PIP_AUDIT = "pip-audit==2.10.0"
EXPORT = (UV, "export", "--quiet", "--frozen", "--no-hashes", "--no-header", "--no-annotate", "--all-groups")
AUDIT = (UV, "tool", "run", "--quiet", "--from", PIP_AUDIT, "pip-audit", "--disable-pip", "--no-deps")
OPTIONS = ("--format", "json", "--progress-spinner", "off", "--timeout", "30", "--requirement", "/dev/stdin")


def main() -> int:
    """0 where every package was audited and none has a known vulnerability, else 1 and a line for each."""
    exported = subprocess.run(EXPORT, capture_output=True, text=True, check=True).stdout
    packages = pins(exported)
    audit = subprocess.run(
        (*AUDIT, *OPTIONS), input="\n".join(packages), capture_output=True, text=True, check=False
    )
    try:
        dependencies = json.loads(audit.stdout)["dependencies"]
    except (ValueError, KeyError):
        print("Nothing was audited: pip-audit gave no report.", file=sys.stderr)
        return 1
    found = problems(dependencies, expected=len(packages))
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(f"{len(dependencies)} packages audited: no known vulnerability.")
    return 1 if found else 0


def pins(exported: str) -> list[str]:
    """Every `name==version` of a requirements file, also of those meant for other machines."""
    return [line.partition(";")[0].strip() for line in exported.splitlines() if "==" in line]


def problems(dependencies: list[dict[str, Any]], expected: int) -> list[str]:
    """A line for each vulnerability, and one where anything went unaudited."""
    found = [
        f"{each['name']} {each.get('version')}: {vulnerability['id']}"
        for each in dependencies
        for vulnerability in each.get("vulns", [])
    ]
    audited = sum(1 for each in dependencies if "skip_reason" not in each)
    if audited < expected:
        found.append(f"{expected - audited} of {expected} packages went unaudited.")
    return found


if __name__ == "__main__":
    sys.exit(main())

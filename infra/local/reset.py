"""Forget what local runs have kept: `make reset`."""

import sys

from infra.local.kept import InUse, Kept
from infra.local.processes import CannotRun
from infra.local.run_settings import read_run_settings


def main() -> int:
    """Clear the folder of local runs; 2 and one line while a run uses it."""
    try:
        kept = Kept(read_run_settings().folder)
        kept.lock()
    except InUse:
        print("RedLine is running: stop it first (Ctrl-C), then reset.", file=sys.stderr)
        return 2
    except CannotRun as problem:
        print(f"RedLine cannot be reset: {problem}.", file=sys.stderr)
        return 2
    cleared = kept.clear()
    print("Cleared: the next run starts from new data." if cleared else "There was nothing to clear.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

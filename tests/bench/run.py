"""`make bench`: prints the table and writes build/bench.json; exit code 0 if every aim was met."""

import argparse
import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Run the benchmark and say what came of it."""
    sys.path.insert(0, str(ROOT))
    from tests.bench.benchmark import Benchmark, Plan
    from tests.bench.table import as_text, write_json

    wanted = _arguments()
    plan = Plan(wanted.rounds, wanted.seconds)
    with TemporaryDirectory(prefix="redline-bench-") as folder:
        rows = asyncio.run(Benchmark(plan, Path(folder), _tell).run())
    write_json(rows, ROOT / "build/bench.json")
    print(as_text(rows))
    return 1 if any(row.met is False for row in rows) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender has its turn")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each turn loads")
    return parser.parse_args()


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

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
    from tests.bench.growth import Growth, growth_rows
    from tests.bench.table import as_text, write_json

    wanted = _arguments()
    plan = Plan(wanted.rounds, wanted.seconds)
    with TemporaryDirectory(prefix="redline-bench-") as folder:
        rows = [] if wanted.only_growth else asyncio.run(Benchmark(plan, Path(folder), _tell).run())
        rows += asyncio.run(growth_rows(Path(folder), Growth(finished=wanted.finished), _tell))
    write_json(rows, ROOT / "build/bench.json")
    print(as_text(rows))
    return 1 if any(row.met is False for row in rows) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender has its turn")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each turn loads")
    parser.add_argument("--finished", type=int, default=1_000, help="finished tasks on the small side of (e)")
    parser.add_argument("--only-growth", action="store_true", help="the rows (e) alone")
    return parser.parse_args()


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Run the local Graph: `python -m infra.local.graph --port 56180 --data FILE --seed FILE`."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from infra.local.graph.data import LocalGraphData
from infra.local.graph.server import LocalGraph


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; 0 when stopped, 1 where the port is in use."""
    options = _options(arguments)
    seed = options.seed.read_bytes() if options.seed else b"{}"
    graph = LocalGraph(LocalGraphData.from_json(seed), options.data)
    try:
        asyncio.run(_serve(graph, options.port))
    except OSError:
        print(f"The local Graph cannot listen on port {options.port}: is it in use?", file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local-graph", description="A stand-in for Microsoft Graph.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--data", type=Path, help="SQLite file that keeps the records list (default: memory)")
    parser.add_argument("--seed", type=Path, help="JSON file with people, groups and documents")
    return parser.parse_args(arguments)


async def _serve(graph: LocalGraph, port: int) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await graph.start(port)
        print(f"local Graph: {graph.url}", f"records desk: {graph.desk_url}", sep="\n", flush=True)
        await stopped.wait()
    finally:
        await graph.stop()


if __name__ == "__main__":
    sys.exit(main())

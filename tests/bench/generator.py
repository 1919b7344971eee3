"""The load, as a process of its own: `generator.py ORDER.json RESULT.json`.

On geventhttpclient, the engine of locust's FastHttpUser, without locust's own bookkeeping: that costs three
times as much CPU as the request, and a busy generator would be measured in place of the bot.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import gevent  # type: ignore[import-untyped]
from geventhttpclient import HTTPClient

_SEED = 20261121


class Load:
    """Sends the activities of an order, each once, over its connections, until the time or they run out."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._marker = order["marker"].encode()
        self._bodies = enumerate(Path(order["bodies"]).read_bytes().splitlines())
        self._tokens = _tokens(order["tokens"])
        self._arrivals = _arrivals(order["rate"])
        self.acknowledged: list[int] = []
        self.latencies: list[float] = []
        self.failed = 0

    def run(self) -> dict[str, Any]:
        """Send everything; returns what came back and how long it took, in seconds."""
        self._began = time.perf_counter()
        cpu = time.process_time()
        gevent.joinall(
            [gevent.spawn(self._work) for _ in range(self._order["connections"])], raise_error=True
        )
        return {
            "acknowledged": self.acknowledged,
            "latencies": self.latencies,
            "failed": self.failed,
            "seconds": time.perf_counter() - self._began,
            "cpu_seconds": time.process_time() - cpu,
        }

    def _work(self) -> None:
        client = HTTPClient("127.0.0.1", self._order["port"], concurrency=1, network_timeout=60)
        for (index, body), token, arrival in zip(self._bodies, self._tokens, self._arrivals, strict=False):
            due = self._wait_for(arrival)
            if due - self._began >= self._order["seconds"]:
                break
            self._send(client, index, body, token, due)
        client.close()

    def _wait_for(self, arrival: float | None) -> float:
        """When the request was due: its latency counts from then, even if no connection was free."""
        if arrival is None:
            return time.perf_counter()
        due = self._began + arrival
        gevent.sleep(max(0.0, due - time.perf_counter()))
        return due

    def _send(self, client: HTTPClient, index: int, body: bytes, token: str, due: float) -> None:
        headers = {"Content-Type": "application/json"} | ({"Authorization": token} if token else {})
        response = client.request("POST", "/api/messages", body=body, headers=headers)
        answer = bytes(response.read())
        self.latencies.append(time.perf_counter() - due)
        if response.status_code == 200 and self._marker in answer:
            self.acknowledged.append(index)
        else:
            self.failed += 1


def _tokens(path: str | None) -> Iterator[str]:
    """One for all, or a fresh one for each where the file holds several."""
    lines = Path(path).read_text().splitlines() if path else [""]
    return iter(lines) if len(lines) > 1 else repeat(lines[0])


def _arrivals(rate: float | None) -> Iterator[float | None]:
    """Seconds from the start at which requests arrive by chance, the same for every contender."""
    if rate is None:
        yield from repeat(None)
        return
    chance = random.Random(_SEED)
    at = 0.0
    while True:
        at += chance.expovariate(rate)
        yield at


if __name__ == "__main__":
    result = Load(json.loads(Path(sys.argv[1]).read_text())).run()
    Path(sys.argv[2]).write_text(json.dumps(result))

"""Orders to the load generator, and what it reports."""

import asyncio
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_GENERATOR = Path(__file__).with_name("generator.py")
CONNECTIONS = 32
_PACED_CONNECTIONS = 64


@dataclass(frozen=True)
class Order:
    """What to send where. `rate` (arrivals a second) None sends as fast as the answers come."""

    port: int
    bodies: Path
    marker: str
    """What only the answer to a completed tap contains."""
    seconds: float
    tokens: Path | None = None
    rate: float | None = None

    def document(self) -> str:
        """The order as the generator reads it."""
        tokens = str(self.tokens) if self.tokens else None
        connections = _PACED_CONNECTIONS if self.rate else CONNECTIONS
        whole = {**self.__dict__, "bodies": str(self.bodies), "tokens": tokens, "connections": connections}
        return json.dumps(whole)


@dataclass(frozen=True)
class Report:
    """What came of an order; times in seconds."""

    acknowledged: Sequence[int]
    """Which activities, by their line in the file, were answered with the marker."""
    latencies: Sequence[float]
    failed: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Acknowledged taps a second."""
        return len(self.acknowledged) / self.seconds

    @property
    def p99(self) -> float:
        """The latency that one in a hundred exceeds, in seconds."""
        ranked = sorted(self.latencies)
        return ranked[math.ceil(0.99 * len(ranked)) - 1]


async def send(order: Order, folder: Path) -> Report:
    """Run the generator to its end; raises where it could not."""
    asked, result = folder / "order.json", folder / "result.json"
    asked.write_text(order.document())
    process = await asyncio.create_subprocess_exec(sys.executable, str(_GENERATOR), str(asked), str(result))
    if await process.wait():
        raise RuntimeError("the load generator failed")
    return Report(**json.loads(result.read_text()))

"""The benchmark: contenders by turns in one run, ratios of medians, nothing lost."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.contest import Score, Turn, echo_turn, service_turn, stage_with_tasks
from tests.bench.echoes import BARE, CURED, QUIET_TEAMS_SDK, SHIPPED, TEAMS_SDK, Echo
from tests.bench.start_up import list_imports, seconds_to_import, seconds_to_ready
from tests.bench.table import Row, at_least, at_most

SERVICE = "RedLine"
FRESH = "RedLine, a fresh token for each tap"
_ECHOES = (BARE, SHIPPED, CURED, TEAMS_SDK, QUIET_TEAMS_SDK)
_SHARE_OF_RATE = 0.4
"""Of what the slower of the two bears: the load at which latencies are compared."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How often each contender has its turn, and for how many seconds."""

    rounds: int = 5
    seconds: float = 4.0
    latency_rounds: int = 3
    latency_seconds: float = 8.0


@dataclass
class Benchmark:
    """One run. Scores are kept by the contender's name."""

    plan: Plan
    folder: Path
    tell: Tell
    scores: dict[str, list[Score]] = field(default_factory=dict)
    paced: dict[str, list[Score]] = field(default_factory=dict)
    readies: list[float] = field(default_factory=list)
    imports: list[float] = field(default_factory=list)

    async def run(self) -> list[Row]:
        """Measure everything; raises where a tap was lost or doubled."""
        taps = await self._start_ups()
        await self._rates(taps)
        pace = _SHARE_OF_RATE * min(self._rate(SERVICE), self._rate(CURED.name))
        await self._latencies(taps, pace)
        return [*self._rate_rows(), *self._latency_rows(pace), *self._start_rows(), *self._memory_rows()]

    # --- measuring ---------------------------------------------------------------------------

    async def _start_ups(self) -> Path:
        async with stage_with_tasks(self.folder, Turn(1.0, warm_up=0.0)) as (stage, (_, taps)):
            modules = await list_imports(stage, self.folder / "modules")
            kept = self.folder / "echo-taps"
            kept.write_bytes(taps.read_bytes())
            await stage.service.stop()
            for number in range(self.plan.rounds):
                self.readies.append(await seconds_to_ready(stage))
                self.imports.append(await seconds_to_import(modules))
                self.tell(f"start {number + 1}: {self.readies[-1]:.2f} s, imports {self.imports[-1]:.2f} s")
        return kept

    async def _rates(self, taps: Path) -> None:
        turn = Turn(self.plan.seconds)
        fresh = Turn(self.plan.seconds, fresh_tokens=True)
        turns: list[tuple[str, Callable[[], Awaitable[Score]]]] = [
            *((echo.name, self._echo(echo, turn, taps)) for echo in _ECHOES),
            (SERVICE, lambda: service_turn(turn, self.folder)),
            (FRESH, lambda: service_turn(fresh, self.folder)),
        ]
        for number in range(self.plan.rounds):
            for name, take in turns if number % 2 == 0 else reversed(turns):
                score = await take()
                self.scores.setdefault(name, []).append(score)
                self.tell(f"round {number + 1}: {name}: {score.report.rate:,.0f} taps a second")

    async def _latencies(self, taps: Path, pace: float) -> None:
        turn = Turn(self.plan.latency_seconds, rate=pace)
        turns: list[tuple[str, Callable[[], Awaitable[Score]]]] = [
            (CURED.name, self._echo(CURED, turn, taps)),
            (SERVICE, lambda: service_turn(turn, self.folder)),
        ]
        for number in range(self.plan.latency_rounds):
            for name, take in turns if number % 2 == 0 else reversed(turns):
                score = await take()
                self.paced.setdefault(name, []).append(score)
                self.tell(f"{name} at {pace:,.0f} a second: p99 {score.report.p99 * 1000:.1f} ms")

    def _echo(self, echo: Echo, turn: Turn, taps: Path) -> Callable[[], Awaitable[Score]]:
        return lambda: echo_turn(echo, turn, taps, self.folder)

    # --- results -----------------------------------------------------------------------------

    def _rate(self, name: str) -> float:
        return median(score.report.rate for score in self.scores[name])

    def _p99(self, name: str) -> float:
        return median(score.report.p99 for score in self.paced[name]) * 1000

    def _rate_rows(self) -> list[Row]:
        ours, whole = self._rate(SERVICE), "(a) Rate of taps, whole path"
        sdk, quiet = self._rate(TEAMS_SDK.name), self._rate(QUIET_TEAMS_SDK.name)
        return [
            *(Row(f"Rate: {name}", round(self._rate(name), 1), "taps/s") for name in self.scores),
            at_least(whole, ours / self._rate(SHIPPED.name), 8, SHIPPED.name),
            at_least(whole, ours / sdk, 1, TEAMS_SDK.name),
            Row(whole, round(ours / quiet, 2), "x", compared_with=QUIET_TEAMS_SDK.name),
            Row("Rate, a fresh token each", round(self._rate(FRESH) / sdk, 2), "x", "", TEAMS_SDK.name),
            at_least("Load generator's ceiling", self._rate(BARE.name) / ours, 1.5, SERVICE),
            Row("Taps lost or doubled", 0, f"of {self._completed():,}", "0", "rows in the database", True),
        ]

    def _completed(self) -> int:
        return sum(len(score.report.acknowledged) for name in (SERVICE, FRESH) for score in self.scores[name])

    def _latency_rows(self, pace: float) -> list[Row]:
        at = f"at {pace:,.0f} taps/s"
        return [
            *(Row(f"p99 {at}: {name}", round(self._p99(name), 2), "ms") for name in self.paced),
            at_most(f"(b) p99 of a tap {at}", self._p99(SERVICE) / self._p99(CURED.name), 5, CURED.name),
        ]

    def _start_rows(self) -> list[Row]:
        ready, imports = median(self.readies), median(self.imports)
        return [
            Row("serve to ready", round(ready, 2), "s"),
            Row("importing the same packages", round(imports, 2), "s"),
            at_most("(c) serve to ready", ready / imports, 1.3, "importing the same packages"),
        ]

    def _memory_rows(self) -> list[Row]:
        ours, theirs = self._megabytes(SERVICE), self._megabytes(CURED.name)
        return [
            Row(f"Memory after the load: {SERVICE}", round(ours, 1), "MB"),
            Row(f"Memory after the load: {CURED.name}", round(theirs, 1), "MB"),
            at_most("(d) Memory after the load", ours / theirs, 2.5, CURED.name),
        ]

    def _megabytes(self, name: str) -> float:
        return median(score.memory for score in self.scores[name]) / 1e6

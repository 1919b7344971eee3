"""The result: rows with an aim where there is one, as a table and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measure. `met` is None where there is no aim."""

    name: str
    value: float
    unit: str
    aim: str = ""
    compared_with: str = ""
    met: bool | None = None


def at_least(name: str, value: float, least: float, compared_with: str) -> Row:
    """A ratio that should not be smaller."""
    return Row(name, round(value, 2), "x", f">= {least:g}", compared_with, value >= least)


def at_most(name: str, value: float, most: float, compared_with: str) -> Row:
    """A ratio that should not be larger."""
    return Row(name, round(value, 2), "x", f"<= {most:g}", compared_with, value <= most)


def as_text(rows: Sequence[Row]) -> str:
    """The rows in columns."""
    cells = [("", "value", "unit", "aim", "met", "compared with")]
    cells += [(r.name, f"{r.value:,.2f}", r.unit, r.aim, _MET[r.met], r.compared_with) for r in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join("  ".join(_aligned(row, widths)).rstrip() for row in cells)


_MET = {True: "yes", False: "NO", None: ""}


def _aligned(row: tuple[str, ...], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if column == 1 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def write_json(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as a list of objects."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")

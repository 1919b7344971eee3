"""Draws RedLine's own icons: a tick (the task is done) standing on the red line.

`python -m manifest.icons` writes `color.png` and `outline.png` beside this file; both are checked in, so that
a package built on another machine holds the same bytes whatever its zlib does.
"""

import math
from pathlib import Path
from typing import NamedTuple

from manifest.png import Pixel, encode

NAVY = (20, 33, 61)
RED = (230, 48, 62)
WHITE = (255, 255, 255)

COLOUR_SIZE = 192
OUTLINE_SIZE = 32


class Point(NamedTuple):
    """A place in the unit square: (0, 0) is the top left corner."""

    x: float
    y: float


class Stroke(NamedTuple):
    """A line with round ends; `width` is a fraction of the icon's side."""

    start: Point
    end: Point
    width: float


class Look(NamedTuple):
    """The strokes of one icon: the two arms of its tick, and its line."""

    tick: tuple[Stroke, ...]
    line: Stroke


def _look(tick_width: float, line_width: float, left: float, right: float, base: float) -> Look:
    """Compose the motif between `left` and `right`, its line lying at height `base`."""
    span = right - left
    knee = Point(left + 0.40 * span, base - 0.25 * span)
    toe = Point(left + 0.14 * span, base - 0.51 * span)
    tip = Point(left + 0.88 * span, base - 0.80 * span)
    tick = (Stroke(toe, knee, tick_width), Stroke(knee, tip, tick_width))
    return Look(tick, Stroke(Point(left, base), Point(right, base), line_width))


# Teams may crop the colour icon to a circle: the motif keeps to the middle 120 of its 192 pixels.
COLOUR_LOOK = _look(tick_width=0.092, line_width=0.080, left=0.23, right=0.77, base=0.735)
# At 32 pixels the line is sharp only when its edges fall between rows: three rows, 26 to 28.
OUTLINE_LOOK = _look(tick_width=0.105, line_width=3 / 32, left=0.10, right=0.90, base=27.5 / 32)


def colour_icon() -> bytes:
    """Return the 192 x 192 icon as a PNG file: white tick, red line, navy ground."""
    return encode([[_colour_pixel(x, y) for x in range(COLOUR_SIZE)] for y in range(COLOUR_SIZE)])


def outline_icon() -> bytes:
    """Return the 32 x 32 icon as a PNG file: the same motif, white on transparent."""
    return encode([[_outline_pixel(x, y) for x in range(OUTLINE_SIZE)] for y in range(OUTLINE_SIZE)])


def write_icons(folder: Path) -> None:
    """Write `color.png` and `outline.png` (the names that Teams' own samples use) into `folder`."""
    (folder / "color.png").write_bytes(colour_icon())
    (folder / "outline.png").write_bytes(outline_icon())


def _colour_pixel(x: int, y: int) -> Pixel:
    ticked = _mix(NAVY, WHITE, _tick_cover(COLOUR_LOOK, x, y, COLOUR_SIZE))
    red, green, blue = _mix(ticked, RED, _cover(COLOUR_LOOK.line, x, y, COLOUR_SIZE))
    return red, green, blue, 255


def _outline_pixel(x: int, y: int) -> Pixel:
    tick = _tick_cover(OUTLINE_LOOK, x, y, OUTLINE_SIZE)
    cover = max(tick, _cover(OUTLINE_LOOK.line, x, y, OUTLINE_SIZE))
    return *WHITE, round(255 * cover)


def _tick_cover(look: Look, x: int, y: int, size: int) -> float:
    return max(_cover(stroke, x, y, size) for stroke in look.tick)


def _cover(stroke: Stroke, x: int, y: int, size: int) -> float:
    """Return how much of pixel (x, y) the stroke covers, 0 to 1: its edge is one pixel soft."""
    centre = Point((x + 0.5) / size, (y + 0.5) / size)
    inside = (stroke.width / 2 - _distance(centre, stroke)) * size
    return min(1.0, max(0.0, inside + 0.5))


def _distance(point: Point, stroke: Stroke) -> float:
    """Return the distance from `point` to the stroke's middle line."""
    along = Point(stroke.end.x - stroke.start.x, stroke.end.y - stroke.start.y)
    offset = Point(point.x - stroke.start.x, point.y - stroke.start.y)
    share = (offset.x * along.x + offset.y * along.y) / (along.x**2 + along.y**2)
    share = min(1.0, max(0.0, share))
    return math.hypot(offset.x - share * along.x, offset.y - share * along.y)


def _mix(under: tuple[int, int, int], over: tuple[int, int, int], cover: float) -> tuple[int, int, int]:
    red, green, blue = (round(u + (o - u) * cover) for u, o in zip(under, over, strict=True))
    return red, green, blue


if __name__ == "__main__":
    write_icons(Path(__file__).parent)

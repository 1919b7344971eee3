"""The icons: the checked-in files are what the generator draws, and Teams would take them."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from manifest.build import FOLDER
from manifest.icons import NAVY, RED, WHITE, colour_icon, outline_icon, write_icons
from manifest.png import SIGNATURE, Pixel, encode


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Return kind and data of each chunk, checksums verified."""
    found, at = [], len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, at + 8 + length)
        assert checksum == zlib.crc32(kind + data)
        found.append((kind, data))
        at += length + 12
    return found


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(SIGNATURE)
    width, height = struct.unpack_from(">II", png, 16)
    return width, height


def pixels(png: bytes) -> list[list[Pixel]]:
    width, height = size(png)
    raw = zlib.decompress(b"".join(data for kind, data in chunks(png) if kind == b"IDAT"))
    step = 1 + 4 * width
    assert len(raw) == height * step
    lines = [raw[row * step : (row + 1) * step] for row in range(height)]
    assert all(line[0] == 0 for line in lines)
    return [[(line[x], line[x + 1], line[x + 2], line[x + 3]) for x in range(1, step, 4)] for line in lines]


def colours(png: bytes) -> set[Pixel]:
    return {pixel for row in pixels(png) for pixel in row}


@pytest.mark.parametrize(("name", "draw"), [("color.png", colour_icon), ("outline.png", outline_icon)])
def test_the_checked_in_icon_is_what_the_generator_draws(name: str, draw: Callable[[], bytes]) -> None:
    assert pixels((FOLDER / name).read_bytes()) == pixels(draw())


def test_the_colour_icon_is_192_pixels_square() -> None:
    assert size((FOLDER / "color.png").read_bytes()) == (192, 192)


def test_the_outline_icon_is_32_pixels_square() -> None:
    assert size((FOLDER / "outline.png").read_bytes()) == (32, 32)


def test_the_outline_is_white_or_see_through_and_nothing_else() -> None:
    found = colours(outline_icon())
    assert {pixel[:3] for pixel in found} == {WHITE}
    assert {0, 255} <= {pixel[3] for pixel in found}


def test_the_colour_icon_has_no_see_through_pixel() -> None:
    assert {pixel[3] for pixel in colours(colour_icon())} == {255}


def test_the_colour_icon_shows_a_white_tick_and_a_red_line_on_navy() -> None:
    found = {pixel[:3] for pixel in colours(colour_icon())}
    assert {NAVY, RED, WHITE} <= found


def test_the_red_lies_below_the_tick() -> None:
    rows = pixels(colour_icon())
    red = [y for y, row in enumerate(rows) if (*RED, 255) in row]
    white = [y for y, row in enumerate(rows) if (*WHITE, 255) in row]
    assert max(white) < min(red)


def test_the_motif_survives_being_cropped_to_a_circle() -> None:
    for y, row in enumerate(pixels(colour_icon())):
        for x, pixel in enumerate(row):
            if pixel[:3] != NAVY:
                assert (x - 95.5) ** 2 + (y - 95.5) ** 2 < 80**2


def test_the_line_of_the_outline_is_three_sharp_rows() -> None:
    rows = pixels(outline_icon())
    assert [row[16][3] for row in rows[25:30]] == [0, 255, 255, 255, 0]


def test_drawing_twice_gives_the_same_bytes() -> None:
    assert outline_icon() == outline_icon()


def test_both_icons_are_written_under_the_names_the_manifest_uses(tmp_path: Path) -> None:
    write_icons(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["color.png", "outline.png"]
    assert size((tmp_path / "color.png").read_bytes()) == (192, 192)


def test_an_encoded_picture_reads_back_as_it_was() -> None:
    picture: list[list[Pixel]] = [[(1, 2, 3, 4), (5, 6, 7, 8)], [(9, 10, 11, 12), (255, 254, 253, 0)]]
    assert pixels(encode(picture)) == picture


def test_a_png_has_header_data_and_end_in_that_order() -> None:
    assert [kind for kind, _ in chunks(encode([[(0, 0, 0, 0)]]))] == [b"IHDR", b"IDAT", b"IEND"]

"""The part of the PNG format that the icons need: 8-bit RGBA, no interlacing."""

import struct
import zlib
from collections.abc import Iterable, Sequence

Pixel = tuple[int, int, int, int]
Row = Sequence[Pixel]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGBA_8_BIT = struct.pack(">BBBBB", 8, 6, 0, 0, 0)
_NO_FILTER = b"\x00"


def encode(rows: Sequence[Row]) -> bytes:
    """Return the PNG file of `rows` (top to bottom, all of one length) of red, green, blue, alpha."""
    size = struct.pack(">II", len(rows[0]), len(rows))
    scanlines = b"".join(_NO_FILTER + _flat(row) for row in rows)
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", size + _RGBA_8_BIT),
            _chunk(b"IDAT", zlib.compress(scanlines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _flat(row: Iterable[Pixel]) -> bytes:
    return bytes(channel for pixel in row for channel in pixel)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

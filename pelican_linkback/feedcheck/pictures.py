"""The format and size of the picture in a PNG or JPEG file. Pure."""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

from pelican_linkback.text.regex import regex

__all__ = ["Picture", "picture_in"]

_PNG = regex(rb"\x89PNG\r\n\x1a\n....IHDR(.{4})(.{4}).(.)", re.DOTALL)
# The markers of frames; the three exceptions start tables.
_JPEG_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Picture(NamedTuple):
    """The header of a picture file: ``kind`` is "png" or "jpeg", the sizes are in pixels."""

    kind: str
    width: int
    height: int
    is_rgb: bool


def picture_in(head: bytes) -> Picture | None:
    """Return the picture in a PNG or JPEG file that starts with ``head``, else None."""
    if png := _PNG.match(head):
        width, height = (int.from_bytes(number) for number in png.groups()[:2])
        return Picture("png", width, height, is_rgb=png[3][0] in {2, 3, 6})
    if not head.startswith(b"\xff\xd8\xff"):
        return None
    place = 2
    while place + 10 <= len(head) and head[place] == 0xFF:
        marker, length = head[place + 1], int.from_bytes(head[place + 2 : place + 4])
        if marker in _JPEG_FRAME:
            height, width, components = struct.unpack(">HHB", head[place + 5 : place + 10])
            return Picture("jpeg", width, height, is_rgb=components == 3)
        place += 2 + length
    return None

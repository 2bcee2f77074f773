"""The picture of an article, and what a file says of the picture in it. Pure."""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

from pelican_linkback import markup
from pelican_linkback.urls import can_be_read

__all__ = ["Picture", "first_picture", "picture_in"]

_IMG = re.compile(r"""<img\b(?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
# What needs no parser: each attribute once, in double quotes, and without references.
_PLAIN_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"<>&]*)"')
_PLAIN_IMG = re.compile(r'<img(?: ([a-z-]+)="[^"<>&]*"(?![^>]* \1=))*+ ?/?>')
_NO_PICTURE = re.compile(r"\s*(?:data:|$)", re.IGNORECASE)
_PNG = re.compile(rb"\x89PNG\r\n\x1a\n....IHDR(.{4})(.{4}).(.)", re.DOTALL)
# The markers of frames; the three that are none begin tables.
_JPEG_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Picture(NamedTuple):
    """What a file says of its picture: ``kind`` is "png" or "jpeg", the sizes are in pixels."""

    kind: str
    width: int
    height: int
    is_rgb: bool


def picture_in(head: bytes) -> Picture | None:
    """Return the picture in a PNG or a JPEG file of which ``head`` is the beginning, else None."""
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


def first_picture(html: str) -> str | None:
    """Return the URL of the first picture in an article's HTML, as it stands there.

    What is one pixel high or wide counts readers, and is no picture; nor has a ``data:`` URL an
    address that others could use, nor ``http://[x``, which is none. Without ``src`` the first of
    ``srcset`` counts.
    """
    for found in _IMG.finditer(html):
        attributes = attributes_of(found[0])
        candidates = attributes.get("srcset", "").strip(" ,\t\n\r\f").split(maxsplit=1)
        url = attributes.get("src") or "".join(candidates[:1]).rstrip(",")
        tiny = {attributes.get("width"), attributes.get("height")} & {"0", "1"}
        if not tiny and not _NO_PICTURE.match(url) and can_be_read(url):
            return url.strip()
    return None


def attributes_of(img: str) -> dict[str, str]:
    if _PLAIN_IMG.fullmatch(img):
        return dict(_PLAIN_ATTRIBUTE.findall(img))
    return {k: v for tag in markup.tags(img) for k, v in tag.attributes if tag.name == "img"}

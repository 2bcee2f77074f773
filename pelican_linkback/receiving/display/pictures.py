"""Pictures of authors, encoded again in our own size. Pure."""

from __future__ import annotations

import warnings
from importlib import import_module
from io import BytesIO

from pelican_linkback.exceptions import FAULTS

__all__ = ["SIZE", "make_thumbnail"]

SIZE = 96
"""The height and the width of a copy, in pixels."""

_FORMATS = ("GIF", "JPEG", "PNG", "WEBP")
_MOST_PIXELS = 16_000_000
_QUALITY = 85


def make_thumbnail(picture: bytes) -> bytes | None:
    """Return a picture in our size, encoded again, so that nothing else of the file is left.

    None if it is none, or of a format that browsers do not show. Raises ImportError if Pillow is
    not installed (the extra ``avatars``).
    """
    image_module, operations = import_module("PIL.Image"), import_module("PIL.ImageOps")
    try:
        with warnings.catch_warnings(action="ignore"), BytesIO(picture) as file:
            image = image_module.open(file, formats=_FORMATS)
            if image.width * image.height > _MOST_PIXELS:
                return None
            image.draft("RGB", (2 * SIZE, 2 * SIZE))  # a JPEG is decoded no larger
            upright = operations.exif_transpose(image).convert("RGBA")
            ground = image_module.new("RGBA", upright.size, "white")
            ground.alpha_composite(upright)
            small = operations.fit(ground.convert("RGB"), (SIZE, SIZE))
            made = BytesIO()
            small.save(made, "JPEG", quality=_QUALITY)
            return made.getvalue()
    except FAULTS:  # Pillow raises more than its own errors for files that are broken on purpose
        return None

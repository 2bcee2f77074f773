"""The files of the built site, by their URLs. Does I/O."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from pelican_linkback.feedcheck.podcast import BuiltFile

__all__ = ["built_file"]

_ENOUGH = 1 << 20
"""The number of bytes that are read of a file."""


def built_file(folder: Path, base: str, url: str) -> BuiltFile | None:
    """Return the file for ``url`` in ``folder``, whose public address is ``base``.

    None if the URL is elsewhere.
    """
    home = base.rstrip("/") + "/"
    if not url.startswith(home):
        return None
    place = unquote(re.split("[?#]", url.removeprefix(home), maxsplit=1)[0])
    inside = folder.resolve()
    for name in _names(place):
        try:
            path = (folder / name).resolve()
            if not path.is_relative_to(inside):
                return None
            with path.open("rb") as file:
                return BuiltFile(os.fstat(file.fileno()).st_size, file.read(_ENOUGH))
        except (OSError, ValueError, RuntimeError):  # such as a NUL in the name, a loop of links
            continue
    return BuiltFile(None, b"")


def _names(place: str) -> tuple[str, ...]:
    """Return the possible files: a folder has an index, a page may omit its extension."""
    index = f"{place}/index.html".lstrip("/")
    return (index,) if not place or place.endswith("/") else (place, index, f"{place}.html")

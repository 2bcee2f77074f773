"""I/O: the files of the built site, looked at by their URLs."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from pelican_linkback.feedcheck.podcast import BuiltFile

__all__ = ["built_file"]

_ENOUGH = 1 << 20
"""As much of a file as is looked at, in bytes."""


def built_file(folder: Path, base: str, url: str) -> BuiltFile | None:
    """Return the file in ``folder``, which is at ``base``, that ``url`` names.

    None for what is elsewhere.
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
    """Return the files that may be meant: a folder is its index, a page may lack its ending."""
    index = f"{place}/index.html".lstrip("/")
    return (index,) if not place or place.endswith("/") else (place, index, f"{place}.html")

"""The files of the built site: those that are feeds, and others by their URLs. Does I/O."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feedcheck.podcast import BuiltFile
from pelican_linkback.feedcheck.reading import READERS, Reader, of_name

__all__ = ["built_file", "documents"]

_ENOUGH = 1 << 20
"""The number of bytes that are read of a file."""


def documents(
    folder: Path, readers: Sequence[Reader] = READERS, written: Iterable[str] = ()
) -> dict[str, bytes]:
    """Return the files below ``folder`` that can be feeds: their paths in it, their bytes.

    They are those at the paths that were ``written`` as feeds, and those that one of ``readers``
    may know. Raises UnreadableFeed for a file that the system does not let us read.
    """
    known = {folder / path for path in written}
    named = (path for path in folder.rglob("*") if of_name(path.name, readers))
    try:
        found = {path: path.read_bytes() for path in sorted({*known, *named}) if path.is_file()}
    except OSError as error:
        raise UnreadableFeed("unreadable", f"a feed cannot be read: {error}") from error
    return {
        path.relative_to(folder).as_posix(): data
        for path, data in found.items()
        if path in known or _may_be_a_feed(path.name, data, readers)
    }


def _may_be_a_feed(name: str, data: bytes, readers: Sequence[Reader]) -> bool:
    marks = [each.mark for each in of_name(name, readers)]
    return any(mark is None or mark.search(data) for mark in marks)


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

"""The output folder: a document is written only if its bytes changed, and never half of one."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Container, Iterable
from pathlib import Path

from pelican_linkback.exceptions import UnreadableFeed

__all__ = ["MARK", "Shelf", "documents", "write"]

MARK = "pelican_linkback"
"""What the documents of this plugin name as their generator."""

SUFFIXES = frozenset({".atom", ".json", ".rss", ".xml"})

_MARKS = (f">{MARK}</generator>".encode(), f'"_generator": {{"name": "{MARK}"}}'.encode())
"""The mark in XML, and in JSON."""

_JSON_FEED = re.compile(rb"jsonfeed\.org\\?/version")
"""What a JSON Feed names; other JSON is of another kind, and may be large."""

_FIELD = re.compile(r"\{[^{}]*\}")
_HEAD = 4096
"""Bytes at the beginning of a document in which its generator is named."""


def write(path: Path, data: bytes) -> bool:
    """Make ``path`` hold ``data``; return whether it had to be written.

    A file that holds it already keeps its modification time (P20). The new document takes the
    old one's place in one step, so that an interruption leaves one of the two. Raises OSError.
    """
    if _holds(path, data):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


def documents(folder: Path) -> dict[str, bytes]:
    """Return the files below ``folder`` that can be feeds: their paths in it, their bytes.

    Raises UnreadableFeed for a file that the system does not let us read.
    """
    paths = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    try:
        found = {path: path.read_bytes() for path in sorted(paths) if path.is_file()}
    except OSError as error:
        raise UnreadableFeed("unreadable", f"a feed cannot be read: {error}") from error
    return {
        path.relative_to(folder).as_posix(): data
        for path, data in found.items()
        if path.suffix.lower() != ".json" or _JSON_FEED.search(data)
    }


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


class Shelf:
    """The documents of one output folder, at the places that path ``patterns`` name.

    Made before Pelican empties the folder (DELETE_OUTPUT_DIRECTORY: ``emptied``), it remembers
    what stood there: a document that comes back unchanged gets its modification time back.
    """

    def __init__(self, folder: Path, patterns: Iterable[str], *, emptied: bool = False) -> None:
        self._folder = folder
        self._patterns = tuple(patterns)
        self._before = {path: _stamp(path) for path in self._ours()} if emptied else {}

    def write(self, place: str, data: bytes) -> bool:
        """Make the document at ``place`` hold ``data``; return whether its bytes changed."""
        path = self._folder / place
        changed = write(path, data)
        modified, digest = self._before.get(path, (0, b""))
        if changed and digest == _digest(data):
            os.utime(path, ns=(modified, modified))
            return False
        return changed

    def sweep(self, keep: Container[Path]) -> list[Path]:
        """Remove our documents that are not to ``keep``: their subject is gone (P19)."""
        stale = [path for path in self._ours() if path not in keep]
        for path in stale:
            path.unlink()
        return stale

    def _ours(self) -> list[Path]:
        """Return the documents of this plugin, old ones included."""
        found: set[Path] = set()
        for pattern in self._patterns:
            literals = map(glob.escape, _FIELD.split(pattern))
            found.update(self._folder.glob("*".join(literals)))
        return sorted(path for path in found if path.is_file() and _bears_mark(path))


def _bears_mark(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return any(mark in head for mark in _MARKS)


def _stamp(path: Path) -> tuple[int, bytes]:
    return path.stat().st_mtime_ns, _digest(path.read_bytes())


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()

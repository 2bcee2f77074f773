"""The output folder: a document is written only if its bytes changed, and never half of one."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Callable, Container, Iterable
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feeds.xmlwriter import Sink

__all__ = ["MARK", "Shelf", "documents", "write"]

MARK = "pelican_linkback"
"""What the documents of this plugin name as their generator."""

SUFFIXES = frozenset({".atom", ".json", ".rss", ".xml"})

_MARKS = (f">{MARK}</generator>".encode(), f'"_generator": {{"name": "{MARK}"}}'.encode())
"""The mark in XML, and in JSON."""

_JSON_FEED = re.compile(rb"jsonfeed\.org\\?/version")
"""What a JSON Feed names; other JSON is of another kind, and may be large."""

_FIELD = re.compile(r"\{[^{}]*\}")
_BUFFER = 1 << 16
_HEAD = 4096
"""Bytes at the beginning of a document in which its generator is named."""


def write(path: Path, save: Callable[[Sink], object]) -> bool:
    """Make ``path`` hold what ``save`` writes; return whether it had to be written.

    A file that holds it already keeps its modification time (P20). The new document takes the
    old one's place in one step, so that an interruption leaves one of the two. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(_Draft(path)) as draft:
        save(draft)
        return draft.publish()


class _Draft:
    """A new document: compared with the old one as it comes, and kept only where they differ.

    So neither is ever in memory as a whole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.new")
        self._old = path.open("rb", buffering=0) if path.is_file() else None
        self._new: BinaryIO | None = None
        self._same = 0
        self._waiting: list[bytes] = []
        self._waits = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._waiting.append(data)
        self._waits += len(data)
        if self._waits >= _BUFFER:
            self._flush()

    def _flush(self) -> None:
        data = b"".join(self._waiting)
        self._waiting, self._waits = [], 0
        if self._new is None and self._old and self._old.read(len(data)) == data:
            self._same += len(data)
        else:
            self._differing().write(data)

    def publish(self) -> bool:
        """Put the document into its place if it differs from the old one; return whether."""
        self._flush()
        if self._new is None and self._old and not self._old.read(1):
            return False
        self._differing().close()
        self._temporary.replace(self._path)
        return True

    def _differing(self) -> BinaryIO:
        """Return the new document, begun with what the old one has, too."""
        if self._new is None:
            self._new = self._temporary.open("wb")
            if self._old:
                self._old.seek(0)
                while piece := self._old.read(min(self._same, _BUFFER)):
                    self._new.write(piece)
                    self._same -= len(piece)
        return self._new

    def close(self) -> None:
        """Leave nothing behind."""
        if self._old:
            self._old.close()
        if self._new:
            self._new.close()
            self._temporary.unlink(missing_ok=True)


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


class Shelf:
    """The documents of one output folder, at the places that path ``patterns`` name.

    Made before Pelican empties the folder (DELETE_OUTPUT_DIRECTORY: ``emptied``), it remembers
    what stood there: a document that comes back unchanged gets its modification time back.
    """

    def __init__(self, folder: Path, patterns: Iterable[str], *, emptied: bool = False) -> None:
        self._folder = folder
        self._patterns = tuple(patterns)
        self._before = {path: _stamp(path) for path in self._ours()} if emptied else {}

    def write(self, place: str, save: Callable[[Sink], object]) -> bool:
        """Make the document at ``place`` hold what ``save`` writes; return whether it changed."""
        path = self._folder / place
        changed = write(path, save)
        if changed and path in self._before:
            modified, digest = self._before[path]
            if digest == _digest(path):
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
    return path.stat().st_mtime_ns, _digest(path)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()

"""The output folder: a document is written only if its bytes changed, and never half of one."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Container
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feeds.formats.xml import Sink

__all__ = ["Shelf", "documents", "write"]

MANIFEST = ".linkback-feeds"
"""The list of the documents of a folder, in the folder: their sizes and times, and their places."""

SUFFIXES = frozenset({".atom", ".json", ".rss", ".xml"})

_JSON_FEED = re.compile(rb"jsonfeed\.org\\?/version")
"""What a JSON Feed names; other JSON is of another kind, and may be large."""

_BUFFER = 1 << 16


def write(path: Path, save: Callable[[Sink], object]) -> bool:
    """Make ``path`` hold what ``save`` writes; return whether it had to be written.

    A file that holds it already keeps its modification time (P20). The new document takes the
    old one's place in one step, so that an interruption leaves one of the two. Raises OSError.
    """
    with closing(_Draft(path)) as draft:
        save(draft.begin())
        return draft.publish()


class _Draft:
    """A new document: compared with an old one as it comes, and kept only where they differ.

    So neither is ever in memory as a whole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.new")
        self._old = path.open("rb", _BUFFER) if path.is_file() else None
        self._new: BinaryIO | None = None
        self._same = 0

    def begin(self) -> Sink:
        """Return what takes the document: without an old one to compare it with, its file."""
        return self if self._old else self._differing()

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._new is None and self._old and self._old.read(len(data)) == data:
            self._same += len(data)
        else:
            self._differing().write(data)

    def publish(self) -> bool:
        """Put the document into its place if it differs from the old one; return whether."""
        if self._new is None and self._old and not self._old.read(1):
            return False
        self._differing().close()
        self._temporary.replace(self._path)
        self._new = None
        return True

    def _differing(self) -> BinaryIO:
        """Return the new document, begun with what the old one has, too."""
        if self._new is None:
            self._new = self._opened()
            if self._old:
                self._old.seek(0)
                while piece := self._old.read(min(self._same, _BUFFER)):
                    self._new.write(piece)
                    self._same -= len(piece)
        return self._new

    def _opened(self) -> BinaryIO:
        try:
            return self._temporary.open("wb", _BUFFER)
        except (FileNotFoundError, NotADirectoryError):  # which mkdir knows how to name
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return self._temporary.open("wb", _BUFFER)

    def close(self) -> None:
        """Leave nothing behind."""
        if self._old:
            self._old.close()
        if self._new:
            with suppress(OSError):  # a full disk has been told of, and nobody wants the rest
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
    """The documents that this plugin has written into one output folder, by their places in it.

    What it wrote, and when, stands in the folder itself, in ``MANIFEST``: so it never removes a
    file of somebody else's, nor one of another site below this one. Made before Pelican empties
    the folder (DELETE_OUTPUT_DIRECTORY: ``emptied``), it remembers what stood there: a document
    that comes back unchanged gets its modification time back.
    """

    def __init__(self, folder: Path, *, emptied: bool = False) -> None:
        self._folder = folder
        self._known = _read_manifest(folder / MANIFEST)
        self._written: dict[str, str] = {}
        there = [place for place in self._known if emptied and (folder / place).is_file()]
        self._before = {place: _modified_and_digest(folder / place) for place in there}

    def write(self, place: str, save: Callable[[Sink], object]) -> bool:
        """Make the document at ``place`` hold what ``save`` writes; return whether it changed."""
        path = self._folder / place
        changed = write(path, save)
        if changed and place in self._before:
            modified, digest = self._before[place]
            if digest == _digest(path):
                os.utime(path, ns=(modified, modified))
                changed = False
        self._written[place] = _stamp(path)
        return changed

    def has_written(self, place: str) -> bool:
        """Tell whether the document at ``place`` was written in this build."""
        return place in self._written

    def sweep(self, keep: Container[str]) -> list[str]:
        """Remove what was written once and has no subject any more (P19); return the places.

        The documents at the places to ``keep`` stay, and so does what somebody else wrote over.
        """
        gone = {place for place in self._known if place not in keep and place not in self._written}
        swept = [place for place in sorted(gone) if self._is_as_it_was(place)]
        for place in swept:
            (self._folder / place).unlink()
        kept = {place: stamp for place, stamp in self._known.items() if place not in gone}
        lines = (f"{stamp} {place}\n" for place, stamp in sorted((kept | self._written).items()))
        manifest = "".join(lines).encode("utf-8", "surrogateescape")
        write(self._folder / MANIFEST, lambda file: file.write(manifest))
        return swept

    def _is_as_it_was(self, place: str) -> bool:
        path = self._folder / place
        return path.is_file() and _stamp(path) == self._known[place]


def _read_manifest(path: Path) -> dict[str, str]:
    """Return the stamps by place; lines that are none of ours, or lead elsewhere, are nothing."""
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return {}
    lines = (line.partition(" ") for line in text.splitlines())
    return {place: stamp for stamp, _, place in lines if place and _is_below(place)}


def _is_below(place: str) -> bool:
    return not Path(place).is_absolute() and ".." not in Path(place).parts


def _stamp(path: Path) -> str:
    """Return what changes when somebody else writes the file: its size and its time."""
    stat = path.stat()
    return f"{stat.st_size}/{stat.st_mtime_ns}"


def _modified_and_digest(path: Path) -> tuple[int, bytes]:
    return path.stat().st_mtime_ns, _digest(path)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()

"""Writes feed documents: only if their bytes changed, and in one step."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from pelican_linkback.feeds.formats.xml import Sink
from pelican_linkback.journal.atomic import replacing

__all__ = ["is_file", "write"]

_BUFFER = 1 << 16


def write(
    path: Path | str, save: Callable[[Sink], object], announce: Callable[[], object] = lambda: None
) -> bool:
    """Write ``path`` with ``save`` if its content differs; return whether it was written.

    An unchanged file keeps its modification time (P20). Otherwise ``announce`` is called before
    anything is written, and the new document replaces the old one in one step, so that an
    interruption leaves one of the two. Raises OSError.
    """
    with ExitStack() as files:
        document = _Document(os.fspath(path), announce, files)
        save(document.sink())
        return document.differs()


class _Document:
    """A new document: compared with the old one as it comes, and kept only if they differ.

    So neither is ever in memory as a whole. ``files`` closes them.
    """

    def __init__(self, path: str, announce: Callable[[], object], files: ExitStack) -> None:
        self._path, self._announce, self._files = path, announce, files
        self._old = _opened(path, files)
        self._new: BinaryIO | None = None
        self._same = 0

    def sink(self) -> Sink:
        """Return what takes the document: its file, if there is no old one to compare it with."""
        return self if self._old else self._begin()

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._new is None and self._old and self._old.read(len(data)) == data:
            self._same += len(data)
        else:
            (self._new or self._begin()).write(data)

    def differs(self) -> bool:
        """Return whether the document, which is complete, differs from the old one."""
        if self._new is None and self._old and self._old.read(1):
            self._begin()
        return self._new is not None

    def _begin(self) -> BinaryIO:
        """Open a new file, with the part that equals the old one; return it."""
        self._announce()
        try:
            new = self._files.enter_context(replacing(self._path, buffering=_BUFFER))
        except (FileNotFoundError, NotADirectoryError):  # where mkdir raises an error with a name
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
            new = self._files.enter_context(replacing(self._path, buffering=_BUFFER))
        if self._old:
            self._old.seek(0)
            while piece := self._old.read(min(self._same, _BUFFER)):
                new.write(piece)
                self._same -= len(piece)
            self._old.close()
        self._new = new
        return new


def _opened(path: str, files: ExitStack) -> BinaryIO | None:
    """Return the file, open for reading; None if there is none."""
    return files.enter_context(open(path, "rb", _BUFFER)) if is_file(path) else None


def is_file(path: Path | str) -> bool:
    """Return whether the file exists; Path.is_file raises if the name is too long."""
    return os.path.isfile(path)

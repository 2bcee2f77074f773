"""Appends to a file: what was appended is on disk when the call returns."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["Appender"]


class Appender:
    """Appends lines to the file at ``path``, which stays open until ``close``.

    Its folder has to be there. If another program changed or replaced the file since the last
    ``append``, it is opened again: a line of ours starts where a line ended, in the file that has
    the name now. Not thread-safe.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._left: tuple[int, ...] | None = None
        """How the last ``append`` left the file; None if it failed."""

    def append(self, lines: bytes) -> None:
        """Write ``lines``, and flush them to disk; raise OSError if that fails."""
        file, is_new = self._file, False
        if file is None or self._left is None or self._left != self._now():
            file = self._open()
            is_new = file.seek(0, os.SEEK_END) == 0
            lines = lines if _ends_a_line(file) else b"\n" + lines
        self._left = None
        _write(file, lines)
        if is_new:
            sync_folder(self._path.parent)
        self._left = _state(os.fstat(file.fileno()))

    def close(self) -> None:
        """Close the file."""
        file, self._file, self._left = self._file, None, None
        if file is not None:
            with suppress(OSError):  # all of it is on disk
                file.close()

    def _open(self) -> BinaryIO:
        self.close()
        self._file = file = self._path.open("ab+", 0)
        return file

    def _now(self) -> tuple[int, ...] | None:
        try:
            return _state(self._path.stat())
        except OSError:
            return None


def _state(found: os.stat_result) -> tuple[int, ...]:
    """Return what is different if it is another file, or another program has written to it."""
    return found.st_dev, found.st_ino, found.st_size


def _ends_a_line(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _write(file: BinaryIO, data: bytes) -> None:
    """Write all of ``data``, however little the system takes at a time, and flush it to disk."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the name of a new file to disk, if the system can: not all open or sync folders."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)

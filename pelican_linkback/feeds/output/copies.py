"""The documents of a folder that Pelican is about to empty. Does I/O."""

from __future__ import annotations

import hashlib
import os
import shutil
import weakref
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from io import BufferedReader
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from pelican_linkback.feeds.output.files import write
from pelican_linkback.feeds.output.manifest import Entry

__all__ = ["Copies", "digest_of"]

_IN_MEMORY = 1 << 26
"""Up to this size the documents that Pelican removes are kept in memory, then in a file."""


class Copies:
    """Copies of the documents of a folder that Pelican is about to empty."""

    def __init__(self, folder: Path, known: Mapping[str, Entry]) -> None:
        self._folder = folder
        self._entries: dict[str, Entry] = {}
        self._file: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._pieces: dict[str, tuple[int, int]] = {}
        for path, entry in known.items():
            # A file that cannot be read, or copied, cannot be restored, and mostly need not be.
            with suppress(OSError):
                self._copy(path, entry)

    def _copy(self, path: str, entry: Entry) -> None:
        with (self._folder / path).open("rb") as file:
            stat = os.fstat(file.fileno())
            digest = _digest_of_open(file)
            self._entries[path] = entry._replace(
                digest=digest, size=stat.st_size, modified=stat.st_mtime_ns, under_way=False
            )
            file.seek(0)
            start = self._file.seek(0, os.SEEK_END)
            shutil.copyfileobj(file, self._file)
            self._pieces[path] = start, self._file.tell() - start

    def entry(self, path: str) -> Entry:
        """Return the manifest's entry of a document as it was."""
        return self._entries.get(path, Entry())

    def put_back(self, path: str) -> bool:
        """Restore a document, unless a file is there; return whether it was restored."""
        target = self._folder / path
        if path not in self._pieces or os.path.lexists(target):
            return False
        start, size = self._pieces[path]
        self._file.seek(start)
        data = self._file.read(size)
        write(target, lambda file: file.write(data))
        modified = self._entries[path].modified
        os.utime(target, ns=(modified, modified))
        return True


def digest_of(path: Path | str) -> str:
    """Return what tells the bytes of a file from others."""
    with open(path, "rb") as file:
        return _digest_of_open(file)


def _digest_of_open(file: BufferedReader) -> str:
    return hashlib.file_digest(file, partial(hashlib.blake2b, digest_size=16)).hexdigest()

"""The documents of an output folder: one is removed when its owner is gone, and not before."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pelican_linkback.feeds.formats.xml import Sink
from pelican_linkback.feeds.framework.catalogue import Owner
from pelican_linkback.feeds.output import manifest
from pelican_linkback.feeds.output.copies import Copies, digest_of
from pelican_linkback.feeds.output.files import is_file, write
from pelican_linkback.feeds.output.manifest import MANIFEST, NEW_MANIFEST, Entry
from pelican_linkback.journal.atomic import remove_leftovers, replacing

__all__ = ["Finished", "OutputFolder", "OutputFolders"]


_NOTHING = Entry()


class Finished(NamedTuple):
    """The documents that were not written: their paths, and errors."""

    removed: Sequence[str]
    put_back: Sequence[str]
    errors: Sequence[OSError]


class OutputFolder:
    """The documents that this plugin has written into one output folder, by their paths in it.

    They are listed in the folder itself, in its manifest: so no file of another program is ever
    removed, nor one of another site below this one. Opened before Pelican empties the folder
    (DELETE_OUTPUT_DIRECTORY: ``emptied``), it keeps copies: an unchanged document gets its
    modification time back, and one that fails is restored.
    """

    def __init__(self, folder: Path, *, emptied: bool = False) -> None:
        self.folder = folder
        self._root = os.path.join(folder, "")
        self._manifest = str(folder / MANIFEST)
        self._known = manifest.read(_bytes_of(folder / MANIFEST))
        self._interrupted = [path for path, entry in self._known.items() if entry.under_way]
        self._written: dict[str, Entry] = {}
        self._copies = Copies(folder, self._known) if emptied else None
        if emptied:
            # A file that is later at such a path belongs to another program.
            known = self._known.items()
            self._known = {path: entry._replace(under_way=False) for path, entry in known}

    @property
    def known(self) -> Collection[str]:
        """The paths of the documents that the manifest lists."""
        return self._known

    @property
    def written(self) -> Collection[str]:
        """The paths of the documents that were written since the folder was opened."""
        return self._written

    def path_of(self, path: str) -> str:
        """Return where a document is."""
        return self._root + path.replace("/", os.sep)

    def write(
        self,
        path: str,
        owner: Owner,
        save: Callable[[Sink], object],
        edit: Callable[[str], bool] = lambda _: False,
        kind: str = "",
    ) -> bool:
        """Write the document at ``path`` with ``save`` if it differs; return whether it changed.

        ``kind`` is its media type. ``edit`` may edit the file then, and returns whether it did. Its
        result is the document: if that is unchanged, the file keeps its modification time.
        """
        target = self.path_of(path)
        known = self._known.get(path, _NOTHING)
        before = self._copies.entry(path) if self._copies else _as_it_is(target, known)
        is_new = write(target, save, partial(self._announce, path, owner))
        is_edited = edit(target)
        if not is_new and not is_edited:
            digest = before.digest
        elif is_edited or before.digest:
            digest = digest_of(target)
        else:
            digest = ""  # size and time suffice, and a large site need not be read again
        is_same = digest == before.digest if digest else not is_new
        stat = os.stat(target)
        modified = before.modified if is_same else stat.st_mtime_ns
        if modified != stat.st_mtime_ns:
            os.utime(target, ns=(modified, modified))
        self._written[path] = Entry(owner, digest, stat.st_size, modified, type=kind)
        return not is_same

    def _announce(self, path: str, owner: Owner) -> None:
        """List a document in the manifest before it is written, so that a kill does not lose it."""
        with suppress(OSError):  # an error of the manifest is reported when it is written
            line = manifest.announcement(path, owner)
            try:
                _append(self._manifest, line)
            except FileNotFoundError:
                self.folder.mkdir(parents=True)
                _append(self._manifest, line)

    def release(self, paths: Iterable[str]) -> None:
        """Leave ``paths`` to others, who write files or folders there for the same site.

        A document of ours would be in the way of a folder, or newer than a file that is copied.
        """
        for path in paths:
            entry = self._known.pop(path, None)
            with suppress(OSError):
                if entry and _is_as_it_was(self.folder / path, entry._replace(under_way=False)):
                    (self.folder / path).unlink()

    def finish(self, paths: Collection[str], failed: Collection[Owner]) -> Finished:
        """Remove the documents that are absent, and restore those that could not be written.

        ``paths`` are those of the existing documents, and ``failed`` the owners whose documents are
        unknown: see ``manifest.absent``. Raises OSError if the manifest cannot be written.
        """
        errors: list[OSError] = []
        absent = manifest.absent(self._known, self._written.keys() | set(paths), failed)
        removed = [path for path in absent if self._forget(path, errors)]
        lost = [path for path in self._known if path not in self._written]
        put_back = [path for path in lost if self._put_back(path, errors)]
        for folder in {(self.folder / path).parent for path in self._interrupted}:
            with suppress(OSError):
                remove_leftovers(folder)
        data = manifest.written(self._known | self._written)
        if data != _bytes_of(self.folder / MANIFEST):
            temporary = self.folder / NEW_MANIFEST
            with replacing(self.folder / MANIFEST, temporary=temporary) as file:
                file.write(data)
        return Finished(removed, put_back, errors)

    def _forget(self, path: str, errors: list[OSError]) -> bool:
        """Forget a document, and remove its file if it is unchanged; return whether it was."""
        try:
            is_ours = _is_as_it_was(self.folder / path, self._known[path])
            if is_ours:
                (self.folder / path).unlink()
        except OSError as error:
            errors.append(error)
            return False
        del self._known[path]
        return is_ours

    def _put_back(self, path: str, errors: list[OSError]) -> bool:
        """Restore a document that Pelican removed; return whether there was one."""
        if not self._copies:
            return False
        try:
            return self._copies.put_back(path)
        except OSError as error:
            errors.append(error)
            return False


class OutputFolders:
    """The output folders of one run of Pelican: the site's, and those of its subsites within it.

    i18n_subsites builds the subsites after Pelican has emptied the site's folder. So the folders
    below it are opened with it.
    """

    def __init__(self) -> None:
        self._below: dict[Path, OutputFolder] = {}
        self._opened: dict[Path, OutputFolder] = {}

    def open(self, folder: Path, *, emptied: bool) -> OutputFolder:
        """Return the documents in ``folder``, as they are or were before it was ``emptied``."""
        if folder in self._opened:
            return self._opened[folder]
        if emptied and folder not in self._below:
            for path in folder.rglob(MANIFEST):
                self._below[path.parent] = OutputFolder(path.parent, emptied=True)
        opened = self._below.pop(folder, None) or OutputFolder(folder, emptied=emptied)
        self._opened[folder] = opened
        return opened

    def others(self, folder: Path) -> dict[str, Path]:
        """Return the documents of other folders that were written into ``folder``.

        They are given by their paths in it, with the folder that each belongs to.
        """
        return {
            (other.folder / path).relative_to(folder).as_posix(): other.folder
            for other in self._opened.values()
            if other.folder != folder and other.folder.is_relative_to(folder)
            for path in other.written
        }


def _as_it_is(path: Path | str, entry: Entry) -> Entry:
    """Return the entry of the file as it is now; if there is none, ``entry``.

    The file is read only if its size or time differs from an ``entry`` with a digest.
    """
    try:
        stat = os.stat(path)
        if (stat.st_size, stat.st_mtime_ns) == (entry.size, entry.modified):
            return entry
        digest = digest_of(path) if entry.digest else ""
        return entry._replace(digest=digest, size=stat.st_size, modified=stat.st_mtime_ns)
    except OSError:
        return entry


def _is_as_it_was(path: Path, entry: Entry) -> bool:
    """Return whether the file exists, unchanged since it was left, or was about to be written."""
    if not is_file(path):
        return False
    now = _as_it_is(path, entry)
    return entry.under_way or now == entry or bool(entry.digest and now.digest == entry.digest)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _append(path: str, line: bytes) -> None:
    """Add a line to a file, which exists then, but not through a symbolic link."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags, 0o666)
    try:
        os.write(file, line)
    finally:
        os.close(file)

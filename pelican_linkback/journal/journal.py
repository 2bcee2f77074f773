"""An append-only file of JSON Lines that survives crashes. Contains no business logic.

One event a line: an object with sorted keys, in UTF-8; ``v`` is the version of the format. When
``append`` returns, the events are on disk; otherwise it raises ``JournalError``. Lines that cannot
be read are reported with their numbers and never overwritten; two branches of a journal merge by
union. A file without any line of this format belongs to another program, and a line of a newer
version cannot be understood: such a file is neither read nor written.
"""

from __future__ import annotations

import errno
import io
import os
import threading
import time
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.appending import Appender, sync_folder
from pelican_linkback.journal.atomic import replacing
from pelican_linkback.journal.group_commit import GroupCommit
from pelican_linkback.journal.lines import Damage, Scan, encoded
from pelican_linkback.text.printable import system_reason

if typing.TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["Journal", "Reading"]

LOCK_TIMEOUT = 10.0
"""Seconds that an append waits for another process to release the lock."""


class Reading(NamedTuple):
    """The content of a journal: the events in order, the line of each, and the damage."""

    events: tuple[dict[str, object], ...]
    line_numbers: tuple[int, ...]
    problems: tuple[Damage, ...]


class Journal:
    """The journal at ``path``, which need not exist: reading creates nothing."""

    def __init__(
        self,
        path: Path,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path
        self._thread_lock = threading.Lock()
        self._held = False
        self._appender = Appender(path)
        self._commit = GroupCommit(self._append, monotonic, sleep)

    @cached_property
    def _file_lock(self) -> BaseFileLock:
        """The lock of the process; within it the other lock keeps the order."""
        from filelock import FileLock  # noqa: PLC0415 (most builds only read)

        return FileLock(self.path.with_suffix(".lock"), thread_local=False, fallback_to_soft=False)

    @property
    def is_empty(self) -> bool:
        """Whether there is no line, or no file; one that cannot be looked at may have some."""
        try:
            return self.path.stat().st_size == 0
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False

    def read(self) -> Reading:
        """Return all events and all damage.

        Raises JournalError if the file cannot be read, is of another program, or has a newer
        version.
        """
        events: list[dict[str, object]] = []
        numbers: list[int] = []
        problems: list[Damage] = []
        with self.scan() as scan:
            for number, entry in scan:
                if isinstance(entry, dict):
                    events.append(entry)
                    numbers.append(number)
                else:
                    problems.append(entry)
        return Reading(tuple(events), tuple(numbers), tuple(problems))

    @contextmanager
    def scan(self, content: bytes | None = None) -> Iterator[Scan]:
        """Give the same line by line, for journals that are too long to be held as objects.

        ``content`` is what ``content()`` returned. Raises JournalError as ``read`` does: some
        errors here, some at the end of the lines, so the caller has to read them all before it acts
        on them.
        """
        with self._file() if content is None else io.BytesIO(content) as file:
            yield Scan(self.path, file)

    def content(self) -> bytes:
        """Return the lines as they are now, to be read again and again by ``scan``."""
        with self._file() as file:
            return file.read()

    @contextmanager
    def _file(self) -> Iterator[BinaryIO]:
        try:
            file: BinaryIO = self.path.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            file = io.BytesIO()
        except OSError as error:
            raise self._unreadable(error) from error
        with file:
            try:
                yield file
            except OSError as error:
                raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> JournalError:
        return JournalError(self.path, f"cannot be read: {system_reason(error)}")

    def append(self, *events: Mapping[str, object]) -> None:
        """Write ``events`` to disk; raise JournalError if that fails.

        Threads that call at the same time are written together, with one flush for all. After a
        failure a part of them may be there, or all, and an event may be there twice: readers have
        to count it once.
        """
        self._commit.add(encoded(events))

    def _append(self, lines: Sequence[bytes]) -> None:
        with self._thread_lock, self._errors_wrapped(), self._alone():
            self._appender.append(b"".join(lines))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Exclude other processes from writing to the file, in a folder that is there.

        The file stays open only as long as that.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self._held:
            yield
            return
        with self._file_lock.acquire(timeout=LOCK_TIMEOUT):
            try:
                yield
            finally:
                self._appender.close()

    def keep_but(self, numbers: Collection[int]) -> tuple[int, int]:
        """Remove the lines with these ``numbers``; return the number of lines before and after.

        The file is replaced in one step: after a crash it is the old one or the new one. If
        ``path`` is a symbolic link, it stays one, and the file that it points to is replaced.
        """
        with self._thread_lock, self._errors_wrapped():
            if not self.path.exists():
                return 0, 0
            path = self.path.resolve()
            before = after = 0
            with self._replacing(path) as new, path.open("rb") as old:
                for number, line in enumerate(old, start=1):
                    before += line != b"\n"
                    if number not in numbers:
                        after += line != b"\n"
                        new.write(line)
        return before, after

    def rewrite(self, *events: Mapping[str, object], keeping: Collection[int] = ()) -> None:
        """Replace all lines by ``events``; raise JournalError if that fails.

        The lines with the numbers ``keeping`` stay as they are, behind the others. The file is
        replaced in one step. Not for journals: all other lines are lost.
        """
        with (
            self._thread_lock,
            self._errors_wrapped(),
            self._alone(),
            self._replacing(self.path.resolve()) as new,
        ):
            new.write(encoded(events))
            new.writelines(self._lines(keeping))

    def _lines(self, numbers: Collection[int]) -> Iterator[bytes]:
        if numbers:
            with self.path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    if number in numbers:
                        yield line.removesuffix(b"\n") + b"\n"

    @contextmanager
    def _replacing(self, path: Path) -> Iterator[BinaryIO]:
        """Yield a new file, which replaces the one at ``path`` when it is on disk."""
        self._appender.close()
        # A fixed name: the lock excludes others, and the leftover of a killed process is replaced.
        temporary = path.with_name(f".linkback-{self.path.name}.new")
        with replacing(path, temporary=temporary) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Exclude other processes from appending; yield False at once if another one does so."""
        from filelock import Timeout  # noqa: PLC0415 (most builds only read)

        with self._errors_wrapped():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with self._thread_lock:
                    self._file_lock.acquire(timeout=0)
                    self._held = True
            except Timeout:
                held = False
            else:
                held = True
        try:
            yield held
        finally:
            if held:
                with self._thread_lock:
                    self._held = False
                    self._appender.close()
                    self._file_lock.release()

    @contextmanager
    def hold_or_raise(self) -> Iterator[None]:
        """Exclude other processes from appending; raise JournalError at once if one does so."""
        with self.hold() as held:
            if not held:
                raise JournalError(self.path, _BUSY)
            yield

    @contextmanager
    def _errors_wrapped(self) -> Iterator[None]:
        from filelock import Timeout  # noqa: PLC0415 (most builds only read)

        try:
            yield
        except Timeout as error:
            raise JournalError(self.path, _BUSY) from error
        except (FileExistsError, NotADirectoryError) as error:
            message = f"cannot be written, since a file is where a folder belongs: {error.filename}"
            raise JournalError(self.path, message) from error
        except OSError as error:
            if error.errno in _NO_LOCKS:
                raise self._without_locks(error) from error
            raise JournalError(self.path, f"cannot be written: {system_reason(error)}") from error

    def _without_locks(self, error: OSError) -> JournalError:
        message = (
            f"cannot be locked ({system_reason(error)}), so that two runs might send at once: its "
            "file system, perhaps a network folder's, has no locks; name a folder on a local disk "
            "in LINKBACK_STATE"
        )
        return JournalError(self.path, message)


_BUSY = "another process is writing to it; try again when that has ended"
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}

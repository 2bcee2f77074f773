"""Replaces a file in one step: readers see the old file or the new one, never a part of it."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["remove_leftovers", "replacing", "rewrite"]

PREFIX, SUFFIX = ".linkback-", ".new"

_PROCESS = os.urandom(8).hex()  # a fork of it has another number, and one elsewhere another name
_numbers = itertools.count()


@contextmanager
def replacing(
    path: Path | str, *, temporary: Path | None = None, buffering: int = -1
) -> Iterator[BinaryIO]:
    """Yield a new file, which replaces the one at ``path`` when the block ends without an error.

    If the block raises, the new file is removed and the old one stays. The new file is written at
    ``temporary``; by default, in the same folder with a short unique name. A symbolic link there is
    not followed (CWE-59). A symbolic link at ``path`` is replaced: resolve ``path`` to keep it. The
    permissions of the old file are kept. Raises OSError.
    """
    name = f"{PREFIX}{_PROCESS}-{os.getpid()}-{next(_numbers)}{SUFFIX}"
    new = str(temporary or os.path.join(os.path.dirname(path), name))
    file = _create(new, buffering)
    try:
        if os.path.isfile(path) and not os.path.islink(path):
            _keep_permissions(path, new)
        yield file
        file.close()
        os.replace(new, path)
    except BaseException:
        with suppress(OSError):  # a full disk may also refuse the rest of the buffer
            file.close()
        Path(new).unlink(missing_ok=True)
        raise


def rewrite(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file of somebody's; it is on disk before the old one is gone.

    If ``path`` is a symbolic link, it remains one, and the file behind it is replaced. Raises
    OSError.
    """
    with replacing(Path(os.path.realpath(path)), buffering=0) as file:
        file.write(data)
        os.fsync(file.fileno())


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files that killed processes left in ``folder``."""
    for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
        path.unlink(missing_ok=True)


def _create(path: str, buffering: int) -> BinaryIO:
    try:
        return open(path, "xb", buffering)  # exclusive: it fails if a symbolic link is there
    except FileExistsError:
        os.unlink(path)
        return open(path, "xb", buffering)


def _keep_permissions(old: Path | str, new: str) -> None:
    """Give ``new`` the owner, the mode and the access list of ``old``, as far as allowed."""
    stat = os.stat(old)
    with suppress(AttributeError, OSError):  # there are no owners on Windows
        os.chown(new, stat.st_uid, stat.st_gid)
    with suppress(OSError):
        shutil.copystat(old, new)

"""Replaces a file in one step: readers see the old file or the new one, never a part of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["remove_leftovers", "replacing", "rewrite"]

PREFIX, SUFFIX = ".linkback-", ".new"


@contextmanager
def replacing(
    path: Path, *, temporary: Path | None = None, buffering: int = -1
) -> Iterator[BinaryIO]:
    """Yield a new file, which replaces the one at ``path`` when the block ends without an error.

    If the block raises, the new file is removed and the old one stays. The new file is written at
    ``temporary``; by default, in the same folder with a short unique name. A symbolic link there is
    not followed (CWE-59). A symbolic link at ``path`` is replaced: resolve ``path`` to keep it. The
    permissions of the old file are kept. Raises OSError.
    """
    temporary = temporary or path.with_name(f"{PREFIX}{os.urandom(16).hex()}{SUFFIX}")
    file = _create(temporary, buffering)
    try:
        if path.is_file() and not path.is_symlink():
            _keep_permissions(path, temporary)
        yield file
        file.close()
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):  # a full disk may also refuse the rest of the buffer
            file.close()
        temporary.unlink(missing_ok=True)
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


def _create(path: Path, buffering: int) -> BinaryIO:
    try:
        return path.open("xb", buffering)  # exclusive: it fails if a symbolic link is there
    except FileExistsError:
        path.unlink()
        return path.open("xb", buffering)


def _keep_permissions(old: Path, new: Path) -> None:
    """Give ``new`` the owner, the mode and the access list of ``old``, as far as allowed."""
    stat = old.stat()
    with suppress(AttributeError, OSError):  # there are no owners on Windows
        os.chown(new, stat.st_uid, stat.st_gid)
    with suppress(OSError):
        shutil.copystat(old, new)

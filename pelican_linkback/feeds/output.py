"""Write a document only if its bytes changed, and never half of one; read what was written."""

from __future__ import annotations

from pathlib import Path

from pelican_linkback.exceptions import UnreadableFeed

__all__ = ["documents", "write"]

SUFFIXES = frozenset({".atom", ".rss", ".xml"})


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
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(paths)
            if path.is_file()
        }
    except OSError as error:
        raise UnreadableFeed("unreadable", f"a feed cannot be read: {error}") from error


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False

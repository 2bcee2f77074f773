"""Write a document only if its bytes changed, and never half of one."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write"]


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


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False

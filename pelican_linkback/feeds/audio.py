"""What a file of sound or film says of itself. EDGE: it reads files; no business logic."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["length_of", "seconds_of"]


def length_of(path: Path) -> int | None:
    """Return the size of the file in bytes; None for what is no file."""
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:  # such as a URL that is too long for a name
        return None


def seconds_of(path: Path) -> int | None:
    """Return how long it plays, in whole seconds; None where nobody can tell.

    Telling takes mutagen, which the extra ``podcast`` installs.
    """
    try:
        mutagen: Any = import_module("mutagen")
    except ImportError:
        return None
    try:
        seconds = float(mutagen.File(path).info.length)
    except (mutagen.MutagenError, AttributeError):  # the latter: a kind that it does not know
        return None
    return round(seconds) or None

"""The duration of audio and video files. Does I/O; no business logic."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

__all__ = ["seconds_of"]


def seconds_of(path: Path) -> int | None:
    """Return the duration in whole seconds; None for a broken file or an unknown format.

    Raises ImportError if mutagen is not installed (the extra ``podcast``).
    """
    mutagen = import_module("mutagen")
    try:
        return round(float(mutagen.File(path).info.length)) or None
    except Exception:  # noqa: BLE001 - mutagen raises more than its own errors for broken files
        return None

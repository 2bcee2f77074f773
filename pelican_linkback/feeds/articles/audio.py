"""What a file of sound or film says of itself. EDGE: it reads files; no business logic."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["seconds_of"]


def seconds_of(path: Path) -> int | None:
    """Return how long it plays, in whole seconds; None for what is broken or of an unknown kind.

    Raises ImportError where mutagen is not installed, which the extra ``podcast`` brings.
    """
    mutagen: Any = import_module("mutagen")
    try:
        return round(float(mutagen.File(path).info.length)) or None
    except Exception:  # noqa: BLE001 - mutagen raises more than its own errors for broken files
        return None

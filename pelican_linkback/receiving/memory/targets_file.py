"""``targets.json`` in the state folder: the pages of the last publication."""

from __future__ import annotations

from pathlib import Path

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.atomic import replacing
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.text.printable import printable, system_reason

__all__ = ["path_of", "read_targets", "write_targets"]

NAME = "targets.json"


def path_of(state: Path) -> Path:
    """Return the path of the file in the state folder ``state``."""
    return state / NAME


def read_targets(state: Path) -> Targets | None:
    """Return the pages of the last publication; None if there was none. Raises JournalError."""
    path = path_of(state)
    try:
        return Targets.of_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise JournalError(path, f"cannot be read: {system_reason(error)}") from error
    except ValueError as error:  # also what json and UTF-8 say
        why = printable(error)
        raise JournalError(
            path, f"cannot be used: {why}; the next publication writes it"
        ) from error


def write_targets(state: Path, targets: Targets) -> bool:
    """Write the pages of a publication; return whether the file changed. Raises JournalError."""
    path, document = path_of(state), targets.to_json().encode("utf-8", "backslashreplace")
    try:
        if path.is_file() and path.read_bytes() == document:
            return False
        state.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(document)
    except OSError as error:
        why = system_reason(error)
        raise JournalError(path, f"cannot be written: {why}") from error
    return True

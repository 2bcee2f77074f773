"""The pages that Pelican wrote, by their public URLs. Does I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pelican_linkback.journal.atomic import replacing
from pelican_linkback.protocol.verification import is_tombstone
from pelican_linkback.sending.deciding.readiness import BuiltPage
from pelican_linkback.text.urls import normalise

__all__ = ["TOMBSTONE", "BuiltSite"]

TOMBSTONE = b"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Status" content="410 Gone">
<meta name="robots" content="noindex">
<title>Gone</title>
</head>
<body><p>This page was taken away.</p></body>
</html>
"""
"""The page that replaces one that is gone (Webmention, section 3.2.4)."""


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """The output ``folder`` of the site whose public address is ``url``.

    A URL is looked up as most web servers do: as a file, with ``.html`` added, and as a folder with
    an ``index.html``.
    """

    folder: Path
    url: str

    def page(self, source: str) -> BuiltPage | None:
        """Return the page for the URL ``source``; None if there is none."""
        found = self._file(source)
        if found is None:
            return None
        try:
            at = datetime.fromtimestamp(found.stat().st_mtime, UTC)
            return BuiltPage(found.read_bytes(), at)
        except (OSError, ValueError, OverflowError):
            return None  # unreadable, or with an invalid time

    def write_tombstone(self, source: str) -> Path | None:
        """Write a tombstone for ``source`` and return its path; None if another page exists there.

        Raises OSError if it cannot be written.
        """
        found = self._file(source)
        if found is not None:
            return found if is_tombstone(found.read_bytes()) else None
        places = list(self._places(source))
        if not places:
            return None
        tombstone = places[0] if places[0].suffix in {".html", ".htm"} else places[-1]
        tombstone.parent.mkdir(parents=True, exist_ok=True)
        with replacing(tombstone) as file:
            file.write(TOMBSTONE)
        return tombstone

    def _file(self, source: str) -> Path | None:
        return next(filter(_is_file, self._places(source)), None)

    def _places(self, source: str) -> Iterator[Path]:
        """Yield the paths where the page may be; none for a URL of another site."""
        home = normalise(f"{self.url}/")
        if not source.startswith(home) or "?" in source:
            return
        path = unquote(urlsplit(source).path[len(urlsplit(home).path) :])
        folder = self.folder.resolve()
        if "\0" in path:
            return
        index = [f"{path}index.html"]
        named = [path, f"{path}.html", f"{path}/index.html"]
        for name in index if path.endswith("/") or not path else named:
            # An encoded slash could lead out of the folder.
            place = _resolved(folder / name)
            if place and place.is_relative_to(folder):
                yield place


def _resolved(path: Path) -> Path | None:
    """Return ``path`` resolved; None if the system refuses it (a loop of links)."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False

"""``avatars/``: our own copies of the pictures of authors, in the state folder.

A picture that is gone, or is none, is an empty file: it is not asked for again. One whose host did
not answer has an empty file beside it for a day, so that no publication waits for that host again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pelican_linkback.journal.atomic import replacing

__all__ = ["FOLDER", "PLACE", "Avatars", "file_of"]

PLACE = "avatars"
"""The folder of the copies in the state folder."""

_SILENT = ".silent"
_AGAIN_AFTER = 86_400.0
"""In seconds: then a host that did not answer is asked again."""

FOLDER = "linkback-avatars"
"""The folder of the copies in the output folder."""


def file_of(url: str) -> str:
    """Return the name of the file with our copy of the picture at ``url``."""
    return f"{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}.jpg"


class Avatars:
    """The copies that there are in the state folder ``state``."""

    def __init__(self, state: Path) -> None:
        self._folder = state / PLACE
        files = [*self._folder.iterdir()] if self._folder.is_dir() else []
        self._sizes = {each.name: each.stat().st_size for each in files if each.suffix == ".jpg"}
        self._silent = {each.stem: each.stat().st_mtime for each in files if each.suffix == _SILENT}

    def path_of(self, photo: str) -> str:
        """Return the path of our copy in the output folder; "" if there is none."""
        name = file_of(photo)
        return f"{FOLDER}/{name}" if self._sizes.get(name) else ""

    def files(self, photos: Iterable[str]) -> Mapping[str, Path]:
        """Return the copies of ``photos``, by their paths in the output folder."""
        found = ((self.path_of(photo), self._folder / file_of(photo)) for photo in photos)
        return {path: file for path, file in found if path}

    def keep_only(self, photos: Iterable[str]) -> None:
        """Remove the copies of all others. Raises OSError."""
        wanted = set(map(file_of, photos))
        for name in self._sizes.keys() - wanted:
            (self._folder / name).unlink(missing_ok=True)
        for name in self._silent.keys() - wanted:
            (self._folder / f"{name}{_SILENT}").unlink(missing_ok=True)

    def missing(self, photos: Iterable[str], now: float) -> list[str]:
        """Return those of ``photos`` that were not asked for, or did not come a day ago.

        ``now`` is the time in seconds since 1970.
        """
        waiting = {name for name, at in self._silent.items() if 0 <= now - at < _AGAIN_AFTER}
        known = self._sizes.keys() | waiting
        return [each for each in dict.fromkeys(photos) if file_of(each) not in known]

    def keep_silent(self, photo: str) -> None:
        """Remember that the host of a picture did not answer. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / f"{file_of(photo)}{_SILENT}").write_bytes(b"")

    def keep(self, photo: str, picture: bytes) -> None:
        """Keep a copy; an empty one says that there is no picture. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(self._folder / file_of(photo)) as file:
            file.write(picture)
        (self._folder / f"{file_of(photo)}{_SILENT}").unlink(missing_ok=True)

"""``avatars/``: our own copies of the pictures of authors, in the state folder.

A picture that is gone, or is none, is an empty file: it is not asked for again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pelican_linkback.journal.atomic import replacing

__all__ = ["FOLDER", "PLACE", "Avatars", "file_of"]

PLACE = "avatars"
"""The folder of the copies in the state folder."""

FOLDER = "linkback-avatars"
"""The folder of the copies in the output folder."""


def file_of(url: str) -> str:
    """Return the name of the file with our copy of the picture at ``url``."""
    return f"{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}.jpg"


class Avatars:
    """The copies that there are in the state folder ``state``."""

    def __init__(self, state: Path) -> None:
        self._folder = state / PLACE
        files = self._folder.glob("*.jpg") if self._folder.is_dir() else ()
        self._sizes = {file.name: file.stat().st_size for file in files}

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
        for name in self._sizes.keys() - set(map(file_of, photos)):
            (self._folder / name).unlink(missing_ok=True)

    def missing(self, photos: Iterable[str]) -> list[str]:
        """Return those of ``photos`` that were not asked for, or did not come."""
        return [each for each in dict.fromkeys(photos) if file_of(each) not in self._sizes]

    def keep(self, photo: str, picture: bytes) -> None:
        """Keep a copy; an empty one says that there is no picture. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(self._folder / file_of(photo)) as file:
            file.write(picture)

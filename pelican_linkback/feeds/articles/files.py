"""The files named in an article's metadata, such as ``Enclosure: {static}/audio/one.mp3``.

Pelican decides where a file is published: it knows its static files by their paths in the content
folder, after STATIC_PATHS, EXTRA_PATH_METADATA and ``{attach}``.
"""

from __future__ import annotations

import mimetypes
import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from pelican_linkback.feeds.framework.contents import Content
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import can_be_read, is_script

__all__ = ["File", "field_of", "named", "named_files", "type_of"]

_FIELDS = ("chapters", "enclosure", "image", "transcript")
_MARKED = regex(r"[{|](static|attach|filename)[|}](.*)", re.DOTALL)
_ELSEWHERE = regex(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_KEPT = "/~!$&'()*+,;=:@"
# As in the specifications of Apple and the podcast namespace; the tables of systems differ.
_TYPES = {
    ".json": "application/json",
    ".m4a": "audio/x-m4a",
    ".m4v": "video/x-m4v",
    ".mp3": "audio/mpeg",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
}


class File(NamedTuple):
    """A file: its URL, relative to the site if it is a file of the site, and its path on disk."""

    url: str
    path: Path | None

    @property
    def size(self) -> int | None:
        """Its length in bytes, if it can be read."""
        try:
            return self.path.stat().st_size if self.path else None
        except OSError:  # removed since Pelican read it
            return None


def field_of(article: Content, name: str) -> str:
    """Return the metadata field ``name`` of an article, "" if it is missing."""
    value = getattr(article, "metadata", {}).get(name) or ""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value).strip()


def named(article: Content, field: str, site: Site) -> File | None:
    """Return the file that the metadata of ``article`` name in ``field``, None if there is none.

    An address that is not a file of the site is used as written; a path that leads nowhere gets a
    warning. (A picture may come from elsewhere, such as the theme.) An address that cannot be
    parsed would break every feed that has the article: it gets a warning, and is left out.
    """
    place = field_of(article, field)
    if not place:
        return None
    if not can_be_read(place) or is_script(place):
        site.warn("{} names {} in {}, which is not an address; fix it", *_who(article, field))
        return None
    marked = _MARKED.fullmatch(place)
    home = site.url.rstrip("/") + "/"
    for path in _candidates(article, place.removeprefix(home) if site.url else place):
        if (static := site.static.get(path)) is not None:
            if marked and marked[1] == "attach":
                static.attach_to(article)
            return File(quote(static.url, safe=_KEPT), Path(static.source_path))
    if marked or (field != "image" and not _ELSEWHERE.match(place)):
        site.warn(
            "{} names {} in {}, and there is no such file in the content folder; fix the path",
            *_who(article, field),
        )
    return File(marked[2].lstrip("/") if marked else place, None)


def _who(article: Content, field: str) -> tuple[str, str, str]:
    """Return the arguments of a message about a field: the article, the value, and the field."""
    return shown(article), repr(field_of(article, field)), field.capitalize()


def type_of(url: str) -> str | None:
    """Return the media type for a file's name, if it is known."""
    path = url.partition("?")[0]
    return _TYPES.get(posixpath.splitext(path)[1].lower()) or mimetypes.guess_type(path)[0]


def named_files(article: Content, content: Path) -> Iterator[str]:
    """Yield the paths, in the content folder, of the files that an article's metadata name."""
    for name in _FIELDS:
        for path in _candidates(article, field_of(article, name)):
            if _is_within(content, path) and _is_file(content / path):
                yield path
                break


def _candidates(article: Content, place: str) -> Iterator[str]:
    """Yield the paths in the content folder that ``place`` may mean, the likely ones first.

    As in Pelican's links a path with ``{static}`` is relative to the article's own folder unless it
    starts with a slash; without ``{static}`` it is relative to the content folder, or else to the
    article's folder.
    """
    if not place or _ELSEWHERE.match(place):
        return
    marked = _MARKED.fullmatch(place)
    path = marked[2] if marked else place
    beside = posixpath.join(posixpath.dirname(_source(article)), path)
    below = path.lstrip("/")
    found = [below] if path.startswith("/") else [beside] if marked else [below, beside]
    for each in map(posixpath.normpath, found):
        yield each
        yield unquote(each)


def _source(article: Content) -> str:
    return str(getattr(article, "relative_source_path", None) or "").replace("\\", "/")


def _is_within(content: Path, path: str) -> bool:
    """Return whether ``path`` is inside the content folder; symbolic links in it are followed.

    Pelican would write a file at ``../notes.txt`` outside of the output folder, or overwrite one in
    it.
    """
    folder = content.absolute()
    return Path(os.path.normpath(folder / path)).is_relative_to(os.path.normpath(folder))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False

"""Checks podcasts: Apple's requirements, and the rules of the podcast namespace. Pure.

The sources of the rules:

RSS
    "Podcast RSS feed requirements" (Apple Podcasts for Creators, support article 823)
GUIDE
    "A Podcaster's Guide to RSS" (Apple), by the tag
NAMESPACE
    docs/1.0.md and docs/tags of the podcast namespace, by the tag

What a server does (HEAD and byte-range requests, which RSS asks for) is not in a document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pelican_linkback.feedcheck.document import Part, Said
from pelican_linkback.feedcheck.pictures import picture_in
from pelican_linkback.feeds.formats.podcast_terms import CATEGORIES, GROUPS, MEDIUMS
from pelican_linkback.text.regex import regex

__all__ = ["BuiltFile", "Look", "of_episode", "of_show"]

Rule = tuple[str, str]
"""A code and the arguments of its message."""


class BuiltFile(NamedTuple):
    """A file of the site: its size in bytes, None if it does not exist, and its first bytes."""

    size: int | None
    head: bytes


Look = Callable[[str], BuiltFile | None]
"""Returns the file for a URL; None if it is not on this site."""

_REQUIRED = ("itunes:image", "itunes:category", "itunes:explicit", "language", "description")
_TRUTH = regex("true|false")
_NUMBER = regex("[1-9][0-9]*")
_EMAIL = regex(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FORMS = {
    "itunes:explicit": _TRUTH,
    "itunes:type": regex("episodic|serial", re.IGNORECASE),
    "itunes:episodeType": regex("full|trailer|bonus", re.IGNORECASE),
    "itunes:episode": _NUMBER,
    "itunes:season": _NUMBER,
    "itunes:duration": regex(r"\d+(?::[0-5]?\d){0,2}"),
    "itunes:image": regex(r"https?://.+\.(?:jpe?g|png)(?:\?.*)?", re.IGNORECASE),
    "itunes:email": _EMAIL,
    "podcast:guid": regex(
        r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
    ),
    "podcast:locked": regex("yes|no"),
    "podcast:medium": regex("|".join(sorted(MEDIUMS))),
}
# The required attributes of a tag (NAMESPACE).
_ATTRIBUTES = {
    "podcast:transcript": ("url", "type"),
    "podcast:chapters": ("url", "type"),
    "podcast:funding": ("url",),
}
_KINDS = {
    "podcast:transcript": regex("text/(?:plain|html|vtt|srt)|application/(?:json|srt|x-subrip)"),
    "podcast:chapters": regex(r"application/json\+chapters"),
}
# By the file's extension, which decides (GUIDE, enclosure); MPEG-4 may contain either.
_TYPES = {
    "m4a": {"audio/x-m4a"},
    "mp3": {"audio/mpeg"},
    "mov": {"video/quicktime"},
    "mp4": {"video/mp4"},
    "m4v": {"video/x-m4v"},
    "pdf": {"application/pdf"},
}
# The maximum size of a tag: bytes (GUIDE, description) or characters (GUIDE; NAMESPACE).
_LONGEST = {
    "description": 4000,
    "podcast:funding": 128,
    "podcast:person": 128,
    **dict.fromkeys(("title", "itunes:author", "itunes:name"), 255),
}
_MINIMUM, _MAXIMUM = 1400, 3000


def of_show(show: Part, look: Look) -> Iterator[Rule]:
    """Yield what is wrong with the channel of a podcast (GUIDE, show tags)."""
    for name in _REQUIRED:
        if not any(said.text for said in show.said(name)):
            yield "podcast-lacks", name
    for said in show.said("itunes:category"):
        narrower = CATEGORIES.get(said.within, ()) if said.within else CATEGORIES
        if said.text and said.text not in narrower:
            yield "podcast-category", said.text
    yield from _said(show, look)


def of_episode(episode: Part, show: Part, seen: set[str], look: Look) -> Iterator[Rule]:
    """Yield what is wrong with an episode; ``seen`` are the files of the episodes before it."""
    yield from _said(episode, look)
    yield from _number(episode, show)
    for said in episode.said("podcast:chapters"):
        yield from _chapters(said, look)
    for said in episode.said("enclosure")[:1]:
        yield from _enclosure(dict(said.attributes), seen, look)
        return
    yield "enclosure-missing", ""


def _number(episode: Part, show: Part) -> Iterator[Rule]:
    """Yield a finding if an episode of a serial show has no number (GUIDE, itunes:episode)."""
    serial = [said for said in show.said("itunes:type") if said.text.lower() == "serial"]
    kinds = {said.text.lower() for said in episode.said("itunes:episodeType")} or {"full"}
    if serial and "full" in kinds and not episode.said("itunes:episode"):
        yield "podcast-number", ""


def _enclosure(file: dict[str, str], seen: set[str], look: Look) -> Iterator[Rule]:
    """Yield what is wrong with an episode's file (RSS; GUIDE, enclosure)."""
    url, kind, length = (file.get(name, "") for name in ("url", "type", "length"))
    if not url:
        yield "enclosure-missing", ""
        return
    if kind not in _TYPES.get(_extension(url), ()):
        yield "enclosure-type", f"{url} ({kind})"
    if "%" in _without_query(url) or not url.isascii():
        yield "enclosure-name", url
    if url in seen:
        yield "enclosure-doubled", url
    seen.add(url)
    found = look(url)
    if found and found.size is None:
        yield "file-missing", url
    elif not _NUMBER.fullmatch(length):
        yield "enclosure-length", url
    elif found and str(found.size) != length:
        yield "enclosure-size", f"{url} ({found.size} bytes, not {length})"


def _said(part: Part, look: Look) -> Iterator[Rule]:
    """Yield what is wrong with single tags, each taken alone."""
    for said in part.podcast:
        form, longest = _FORMS.get(said.name), _LONGEST.get(said.name)
        if form and said.text and not form.fullmatch(said.text):
            yield "podcast-wrong", f"{said.name} {said.text}"
        elif said.name == "itunes:image" and said.text:
            yield from _picture(said.text, look)
        elif longest and len(said.text.encode() if longest > 255 else said.text) > longest:
            yield "podcast-long", said.name
        elif said.name == "podcast:person":
            yield from _person(said)
        if said.name.startswith("podcast:"):
            yield from _attributes(said, look)


def _attributes(said: Said, look: Look) -> Iterator[Rule]:
    """Yield what is wrong with the attributes of a tag of the podcast namespace."""
    attributes = dict(said.attributes)
    for name in _ATTRIBUTES.get(said.name, ()):
        if not attributes.get(name):
            yield "podcast-wrong", f"{said.name} without {name}"
    for name in ("url", "href", "img"):
        if attributes.get(name, "").lower().startswith("http:"):
            yield "podcast-insecure", attributes[name]
    kinds = _KINDS.get(said.name)
    if kinds and attributes.get("type") and not kinds.fullmatch(attributes["type"]):
        yield "podcast-wrong", f"{said.name} of type {attributes['type']}"
    if "owner" in attributes and not _EMAIL.fullmatch(attributes["owner"]):
        yield "podcast-wrong", f"{said.name} owner {attributes['owner']}"
    url = attributes.get("url", "")
    found = look(url) if kinds and url else None
    if found and found.size is None:
        yield "file-missing", url


def _person(said: Said) -> Iterator[Rule]:
    """Yield what is wrong with a person (NAMESPACE, person): both attributes ignore case."""
    attributes = dict(said.attributes)
    group = attributes.get("group", "cast").lower()
    role = attributes.get("role", "").lower()
    if not said.text:
        yield "podcast-wrong", f"{said.name} without a name"
    elif group not in GROUPS or (role and role not in GROUPS[group]):
        yield "podcast-role", f"{role or 'nobody'} ({group})"


def _picture(url: str, look: Look) -> Iterator[Rule]:
    """Yield what is wrong with a picture that is on this site (GUIDE, itunes:image)."""
    found = look(url)
    if found is None:
        return
    if found.size is None:
        yield "file-missing", url
        return
    picture = picture_in(found.head)
    if picture is None or picture.kind != _extension(url).replace("jpg", "jpeg"):
        yield "picture-kind", url
    elif not (picture.width == picture.height and _MINIMUM <= picture.width <= _MAXIMUM):
        yield "picture-size", f"{url} ({picture.width} x {picture.height})"
    elif not picture.is_rgb:
        yield "picture-colours", url


def _extension(url: str) -> str:
    return _without_query(url).rpartition(".")[2].lower()


def _without_query(url: str) -> str:
    # urlsplit raises for an invalid URL, which a feed may contain
    return re.split("[?#]", url, maxsplit=1)[0]


def _chapters(said: Said, look: Look) -> Iterator[Rule]:
    """Yield what is wrong with a file of chapters (NAMESPACE, "JSON Chapters Format")."""
    url = dict(said.attributes).get("url", "")
    found = look(url)
    if found and found.size is not None and not _are_chapters(found.head):
        yield "chapters-wrong", url


def _are_chapters(document: bytes) -> bool:
    try:
        found: Any = json.loads(document)
        starts = [chapter["startTime"] for chapter in found["chapters"]]
        return isinstance(found["version"], str) and starts == sorted(map(float, starts))
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return False

"""What a podcast lacks: Apple's requirements, and the rules of the podcast namespace. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pelican_linkback.feeds.reading import Part

__all__ = ["of_episode", "of_show"]

Rule = tuple[str, str]
"""A code and the words of its message."""

_REQUIRED = ("itunes:image", "itunes:category", "itunes:explicit", "language", "description")
_TRUTH = re.compile("true|false")
_NUMBER = re.compile("[1-9][0-9]*")
_FORMS = {
    "itunes:explicit": _TRUTH,
    "itunes:type": re.compile("episodic|serial", re.IGNORECASE),
    "itunes:episodeType": re.compile("full|trailer|bonus", re.IGNORECASE),
    "itunes:episode": _NUMBER,
    "itunes:season": _NUMBER,
    "itunes:duration": re.compile(r"\d+(?::[0-5]?\d){0,2}"),
    "itunes:image": re.compile(r"https?://.+\.(?:jpe?g|png)(?:\?.*)?", re.IGNORECASE),
    "podcast:guid": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
}
_TYPES = frozenset(
    {
        *("audio/mpeg", "audio/mp3", "audio/mp4", "audio/x-m4a", "audio/aac"),
        *("video/mp4", "video/x-m4v", "video/quicktime", "application/pdf"),
    }
)


def of_show(show: Part) -> Iterator[Rule]:
    """Yield what is wrong with the channel of a podcast."""
    said = dict(show.podcast)
    for name in _REQUIRED:
        if not said.get(name):
            yield "podcast-lacks", name
    yield from _forms(show)


def of_episode(episode: Part, seen: set[str]) -> Iterator[Rule]:
    """Yield what is wrong with an episode; ``seen`` are the files of those before it."""
    said = dict(episode.podcast)
    url = said.get("enclosure url")
    yield from _forms(episode)
    if not url:
        yield "enclosure-missing", ""
        return
    if not _NUMBER.fullmatch(said.get("enclosure length", "")):
        yield "enclosure-length", url
    if said.get("enclosure type", "") not in _TYPES:
        yield "enclosure-type", said.get("enclosure type", "")
    if url in seen:
        yield "enclosure-doubled", url
    seen.add(url)


def _forms(part: Part) -> Iterator[Rule]:
    for name, text in part.podcast:
        if name in _FORMS and text and not _FORMS[name].fullmatch(text):
            yield "podcast-wrong", f"{name} {text}"

"""PodcastFeed: the articles that have an ``Enclosure:`` in their metadata, as a podcast."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.articles import ArticleFeed
from pelican_linkback.feeds.aspects import shown
from pelican_linkback.feeds.audio import length_of, seconds_of
from pelican_linkback.feeds.formats import Enclosure
from pelican_linkback.feeds.podcast_format import PodcastRss, podcast_guid

__all__ = ["PodcastFeed"]

# What Apple and the podcast namespace call them; the tables of systems differ.
_TYPES = {
    ".json": "application/json",
    ".m4a": "audio/x-m4a",
    ".m4v": "video/x-m4v",
    ".mp3": "audio/mpeg",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
}
_CHANNEL = ("explicit", "itunes_categories", "itunes_type", "owner")
_EPISODE = ("duration", "episode", "season", "episode_type", "explicit")
_EPISODE_MORE = ("transcript", "chapters", "persons")
_PERSON = re.compile(r"\s*([^;(]+?)\s*(?:\(([^)]*)\))?\s*(?:;|$)")


class PodcastFeed(ArticleFeed):
    """A podcast: ``category`` names the category whose articles are its episodes, None all.

    An article without ``Enclosure:`` is no episode. Of a file in the content folder the length
    and (with mutagen) the duration are read.
    """

    feed_type = PodcastRss
    category: Any = None
    cover: Any = None
    explicit: Any = False
    itunes_categories: Any = ()
    itunes_type: Any = "episodic"
    owner: Any = None
    limit: Any = None
    summary_only: Any = False

    def items(self) -> Sequence[Any]:
        """Return the site's articles, or those of the category."""
        wanted = self.aspect("category", self.obj)
        articles = self.site.articles
        return [each for each in articles if wanted in (None, str(getattr(each, "category", "")))]

    def link(self, obj: Any) -> str:
        """Return the category's page, else the home page."""
        wanted = self.aspect("category", obj)
        return super().link(next((c for c in self.site.categories if str(c) == wanted), obj))

    def filter(self, article: Any) -> bool:
        """Keep out what has no enclosure, or a date to come."""
        return bool(_told(article, "enclosure")) and super().filter(article)

    def podcast_guid(self, obj: Any) -> str:
        """Return the show's id: that of its first address, by the rule of the namespace."""
        return podcast_guid(self.site.absolute_feed(self.document_url(obj) or ""))

    def feed_extra_kwargs(self, obj: Any) -> Mapping[str, Any]:
        """Return what describes the show."""
        cover = self.aspect("cover", obj) or self.aspect("icon", obj)
        return {
            **super().feed_extra_kwargs(obj),
            **{name: self.aspect(name, obj) for name in _CHANNEL},
            "cover": cover and self._absolute(cover),
            "podcast_guid": self.aspect("podcast_guid", obj),
        }

    def item_extra_kwargs(self, item: Any) -> Mapping[str, Any]:
        """Return what describes the episode."""
        return {name: self.aspect(f"item_{name}", item) for name in _EPISODE + _EPISODE_MORE}

    def item_image(self, article: Any) -> str | None:
        """Return the episode's own cover: what the metadata say in ``Image``."""
        return super().item_image(article) if _told(article, "image") else None

    def item_enclosures(self, article: Any) -> list[Enclosure]:
        """Return the file of the episode."""
        place = _told(article, "enclosure")
        length = length_of(self._file(place))
        if length is None and "://" not in place:
            self.site.warn(
                f"{shown(article)} names {place!r} as its enclosure, and there is no such file in "
                "the content folder, so that its length is not known; mend the path"
            )
        return [Enclosure(self._address(place), length, _type_of(place))]

    def item_duration(self, article: Any) -> int | None:
        """Return how many seconds it lasts: what the metadata say, else the file."""
        told = _told(article, "duration")
        if not told:
            return seconds_of(self._file(_told(article, "enclosure")))
        seconds = 0
        for part in told.split(":"):
            seconds = seconds * 60 + self._number(article, "duration", part)
        return seconds

    def item_episode(self, article: Any) -> int | None:
        """Return the number of the episode."""
        return self._numbered(article, "episode")

    def item_season(self, article: Any) -> int | None:
        """Return the number of the season."""
        return self._numbered(article, "season")

    def item_episode_type(self, article: Any) -> str | None:
        """Return ``full``, ``trailer`` or ``bonus``, where the metadata say so."""
        return _told(article, "episode_type") or None

    def item_explicit(self, article: Any) -> bool | None:
        """Tell whether the metadata call it explicit; None where they say nothing."""
        told = _told(article, "explicit").lower()
        return told in {"yes", "true", "explicit", "1"} if told else None

    def item_transcript(self, article: Any) -> tuple[str, str] | None:
        """Return the URL of what is said, and its type."""
        place = _told(article, "transcript")
        return (self._address(place), _type_of(place) or "text/plain") if place else None

    def item_chapters(self, article: Any) -> tuple[str, str] | None:
        """Return the URL of the chapters, a JSON file, and its type."""
        place = _told(article, "chapters")
        return (self._address(place), "application/json+chapters") if place else None

    def item_persons(self, article: Any) -> list[tuple[str, str]]:
        """Return who is heard, and as what: ``Person: Ann Lee (guest); Bo Ek``."""
        return [(name, role.lower()) for name, role in _PERSON.findall(_told(article, "person"))]

    def _address(self, place: str) -> str:
        return self._absolute(_plain(place))

    def _file(self, place: str) -> Path:
        return Path(self.site.settings.get("PATH") or "", _plain(place).lstrip("/"))

    def _numbered(self, article: Any, name: str) -> int | None:
        told = _told(article, name)
        return self._number(article, name, told) if told else None

    def _number(self, article: Any, name: str, text: str) -> int:
        if text.strip().isdecimal():
            return int(text)
        told = _told(article, name)
        message = f"{shown(article)} has {name} {told!r} in its metadata; write whole numbers"
        raise FeedError(type(self).__name__, message)


def _told(article: Any, name: str) -> str:
    value = getattr(article, "metadata", {}).get(name) or ""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value).strip()


def _plain(place: str) -> str:
    return re.sub(r"^[{|](?:static|attach|filename)[|}]/?", "", place)


def _type_of(place: str) -> str | None:
    path = place.partition("?")[0]
    return _TYPES.get(Path(path).suffix.lower()) or mimetypes.guess_type(path)[0]

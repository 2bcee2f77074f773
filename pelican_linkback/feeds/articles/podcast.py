"""PodcastFeed: the articles that have an ``Enclosure:`` in their metadata, as a podcast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import cast

from pelican_linkback.feeds.articles.articles import ArticleFeed
from pelican_linkback.feeds.articles.audio import seconds_of
from pelican_linkback.feeds.articles.entries import categories_of
from pelican_linkback.feeds.articles.files import field_of, named, type_of
from pelican_linkback.feeds.formats.people import Person
from pelican_linkback.feeds.formats.podcast import PodcastRss, podcast_guid
from pelican_linkback.feeds.framework.aspects import Aspect, Extras, as_method, default, hook
from pelican_linkback.feeds.framework.contents import Article
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.text.regex import regex

__all__ = ["PodcastFeed"]

_CHANNEL = ("explicit", "itunes_categories", "itunes_type", "owner", "locked", "medium", "persons")
_EPISODE = ("duration", "episode", "season", "episode_type", "explicit")
_EPISODE_MORE = ("transcript", "chapters", "persons")
_PERSON = regex(r"([^;(]++)(?:\(([^)]*+)\)?)?+[^;]*+")


class PodcastFeed(ArticleFeed):
    """A podcast, in RSS with the namespaces of iTunes and Podcasting 2.0.

    ::

        class Soundings(PodcastFeed):
            path = "feeds/soundings.xml"
            category = "Boats"
            itunes_categories = ["Leisure"]

    Its episodes are the articles that have ``Enclosure:`` in their metadata. Of a file in the
    content folder the length and (with mutagen) the duration are read. Beside the aspects of
    ArticleFeed:

    Of the show:
        category, cover, explicit, itunes_categories, itunes_type, owner, locked, medium, funding,
        persons, podcast_guid
    Of an episode:
        item_duration, item_episode, item_season, item_episode_type, item_explicit, item_transcript,
        item_chapters, item_persons
    """

    feed_type = PodcastRss
    category: Aspect[str | None] = None
    """The name of the category whose articles are the episodes; None for all that have a file."""

    cover: Aspect[str | None] = None
    """The URL of a square picture, 1400 to 3000 pixels, relative to SITEURL. Default: ``icon``."""

    explicit: Aspect[bool] = False
    """Whether the show is for adults only, in the words of Apple Podcasts."""

    itunes_categories: Aspect[Iterable[str | Sequence[str]]] = ()
    """Apple's categories, each a name or a pair with a narrower one; Apple takes the first.

    ``["Leisure", ("Society & Culture", "Documentary")]``.
    """

    itunes_type: Aspect[str | None] = "episodic"
    """``"episodic"`` or ``"serial"``: whether episodes are to be heard in their order."""

    owner: Aspect[Person | None] = None
    """Whom a directory writes to; its e-mail address is public."""

    locked: Aspect[bool | None] = None
    """Whether other hosts may not import the show (podcast namespace); None says nothing."""

    medium: Aspect[str | None] = None
    """What the show is if it is no podcast: ``"audiobook"``, ``"music"`` (podcast namespace)."""

    funding: Aspect[Iterable[tuple[str, str]]] = ()
    """Where to give: URLs relative to SITEURL, each with the words of its link."""

    persons: Aspect[Iterable[tuple[str, str]]] = ()
    """Who is heard in each episode: names and roles, ``[("Ann Lee", "host")]``."""

    limit: Aspect[int | None] = None
    summary_only: Aspect[bool] = False

    @hook
    def items(self) -> Iterable[Article]:
        """Return the articles of ``category``; without one, all."""
        wanted = cast("str | None", self.aspect("category", self.obj))
        articles = self.site.articles
        if wanted is None:
            return articles
        return [each for each in articles if wanted in map(str, categories_of(each))]

    @default
    def link(self, obj: object) -> str:
        """Return the category's page, else the home page."""
        wanted = self.aspect("category", obj)
        return as_method(super().link)(
            next((c for c in self.site.categories if str(c) == wanted), obj)
        )

    def filter(self, article: Article) -> bool:
        """Return whether the article has a recording, and its date has come."""
        return bool(field_of(article, "enclosure")) and super().filter(article)

    @default
    def podcast_guid(self, obj: object) -> str:
        """Return the id of the show, a UUID of its URL (podcast namespace, ``podcast:guid``).

        When the feed moves, write the old one down: ``podcast_guid = "9b02…"``.
        """
        return podcast_guid(self.site.absolute_feed(self.document_url(obj) or ""))

    @hook
    def feed_extra_kwargs(self, obj: object) -> Extras:
        """Return what describes the show: the aspects that only a podcast has."""
        funding = cast("Iterable[tuple[str, str]]", self.aspect("funding", obj))
        cover = self.aspect("cover", obj) or self.aspect("icon", obj)
        return {
            **super().feed_extra_kwargs(obj),
            **{name: self.aspect(name, obj) for name in _CHANNEL},
            "cover": cover and self.site.absolute_uri(cover),
            "funding": [(self.site.absolute_uri(url), words) for url, words in funding],
            "podcast_guid": self.aspect("podcast_guid", obj),
        }

    @hook
    def item_extra_kwargs(self, item: Article) -> Extras:
        """Return what describes the episode: the aspects that only a podcast has."""
        return {name: self.aspect(f"item_{name}", item) for name in _EPISODE + _EPISODE_MORE}

    @default
    def item_image(self, article: Article) -> str | None:
        """Return the episode's own cover: what the metadata say in ``Image``."""
        return as_method(super().item_image)(article) if field_of(article, "image") else None

    @default
    def item_duration(self, article: Article) -> int | None:
        """Return how many seconds it lasts: ``Duration:`` in the metadata, else the file."""
        said = field_of(article, "duration")
        parts = said.split(":")
        if said and self._is_number(article, "duration", parts):
            return reduce(lambda seconds, part: seconds * 60 + int(part), parts, 0)
        return self._heard(article)

    def _heard(self, article: Article) -> int | None:
        file = named(article, "enclosure", self.site)
        if not file or not file.path:
            return None
        try:
            seconds = seconds_of(file.path)
        except ImportError:
            self.site.warn(
                "How long episodes last is not known without mutagen; "
                "python -m pip install mutagen, or write Duration into their metadata"
            )
            return None
        if seconds is None:
            self.site.warn(
                "{} names {} in Enclosure, and how long that lasts cannot be read; see whether the "
                "file is whole, or write Duration",
                shown(article),
                repr(field_of(article, "enclosure")),
            )
        return seconds

    @default
    def item_episode(self, article: Article) -> int | None:
        """Return the number of the episode."""
        return self._numbered(article, "episode")

    @default
    def item_season(self, article: Article) -> int | None:
        """Return the number of the season."""
        return self._numbered(article, "season")

    @default
    def item_episode_type(self, article: Article) -> str | None:
        """Return ``"full"``, ``"trailer"`` or ``"bonus"``, where the metadata say so."""
        return field_of(article, "episode_type") or None

    @default
    def item_explicit(self, article: Article) -> bool | None:
        """Return whether the metadata call it explicit; None where they say nothing."""
        said = field_of(article, "explicit").lower()
        return said in {"yes", "true", "explicit", "1"} if said else None

    @default
    def item_transcript(self, article: Article) -> tuple[str, str] | None:
        """Return the URL of a transcript, and its media type."""
        file = named(article, "transcript", self.site)
        return file and (self.site.absolute_uri(file.url), type_of(file.url) or "text/plain")

    @default
    def item_chapters(self, article: Article) -> tuple[str, str] | None:
        """Return the URL of the chapters, a JSON file, and its media type."""
        file = named(article, "chapters", self.site)
        return file and (self.site.absolute_uri(file.url), "application/json+chapters")

    @default
    def item_persons(self, article: Article) -> Iterable[tuple[str, str]]:
        """Return who is heard, with their roles: ``Person: Ann Lee (guest); Bo Ek``."""
        found = _PERSON.findall(field_of(article, "person"))
        return [(name.strip(), role.strip().lower()) for name, role in found if name.strip()]

    def _numbered(self, article: Article, name: str) -> int | None:
        said = field_of(article, name)
        return int(said) if said and self._is_number(article, name, [said]) else None

    def _is_number(self, article: Article, name: str, parts: Iterable[str]) -> bool:
        if all(part.strip().isdecimal() for part in parts):
            return True
        self.site.warn(
            "{} has {} {} in its metadata, which is left out; write whole numbers",
            shown(article),
            name,
            repr(field_of(article, name)),
        )
        return False

"""The site, as the feeds see it. Knows nothing of how Pelican makes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from urllib.parse import quote

from feedgenerator.django.utils.encoding import iri_to_uri

from pelican_linkback.feeds.formats.entry_cache import EntryCache
from pelican_linkback.feeds.framework.contents import (
    Article,
    Content,
    Group,
    PelicanSettings,
    StaticFile,
    Template,
)
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.text.language import language_tag
from pelican_linkback.text.urls import is_plain, join

__all__ = ["Site"]


_KEPT = "%/:?#@!$&'()*+,;=~"


def _base(url: str) -> str:
    return url if url.endswith("/") else url + "/"


def _no_template(name: str) -> Template:
    raise LookupError(name)


def _keep_silent(words: str, *names: object) -> None:
    """Stand in for who tells the author."""


def _no_id(item: Content) -> None:  # noqa: ARG001
    return None


@dataclass(frozen=True, slots=True)
class Site:
    """What a Feed may ask of the site.

    ``articles`` are the published articles in the default language, ``translations`` those in
    other languages; ``categories``, ``authors`` and ``tags`` map each of Pelican's objects to
    its articles. ``settings`` are Pelican's, ``now`` is the time of the build. ``template``
    returns the theme's template of a name (it has a ``render`` method) or raises LookupError;
    ``static`` are its static files, Pelican's own objects, by their paths in the content folder;
    ``warn`` tells the author something: words, of which each ``{}`` is one of the names that
    follow, so that many of one kind are told together. ``entry_id`` returns the id that an article
    or a page has in feeds, ``url_of`` its URL relative to the site; ``people`` is what is known of
    authors by their names ("email", "url"), ``future`` says whether articles are shown whose date
    has not come, ``style`` is the address of the feeds' stylesheet, if there is one, ``icon`` and
    ``logo`` are the site's pictures, ``archives`` says whether what the limit of a feed leaves out
    is in archive documents, and ``hubs`` are the WebSub hubs that are told of the feeds' changes.
    ``sharing`` keeps the entries that several documents have, if it may.
    """

    url: str
    name: str
    now: dt.datetime
    subtitle: str = ""
    language: str | None = None
    timezone: dt.tzinfo = dt.UTC
    feed_domain: str = ""
    articles: Sequence[Article] = ()
    translations: Sequence[Article] = ()
    pages: Sequence[Content] = ()
    categories: Mapping[Group, Sequence[Article]] = field(default_factory=dict)
    authors: Mapping[Group, Sequence[Article]] = field(default_factory=dict)
    tags: Mapping[Group, Sequence[Article]] = field(default_factory=dict)
    settings: PelicanSettings = field(default_factory=dict)
    template: Callable[[str], Template] = _no_template
    warn: Callable[..., None] = _keep_silent
    entry_id: Callable[[Content], str | None] = _no_id
    url_of: Callable[[Content], str] = attrgetter("url")
    static: Mapping[str, StaticFile] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    future: bool = False
    style: str = ""
    icon: str = ""
    logo: str = ""
    archives: bool = False
    hubs: Sequence[str] = ()
    sharing: EntryCache = field(
        default_factory=lambda: EntryCache(on=False), repr=False, compare=False
    )

    def __repr__(self) -> str:
        return f"Site({self.url!r})"

    @property
    def can_warn(self) -> bool:
        """Whether somebody hears what ``warn`` says."""
        return self.warn is not _keep_silent

    def absolute(self, url: str) -> str:
        """Return ``url``, relative to the site's root, as an absolute URL.

        Without SITEURL the result is relative to the host (``/posts/a.html``).
        """
        return join(_base(self.url), url)

    def absolute_uri(self, url: object) -> str:
        """Return ``absolute(url)`` as a URI, in characters that one may have (RFC 3986)."""
        absolute = self.absolute(str(url))
        uri: str = absolute if is_plain(absolute) else iri_to_uri(absolute)
        return uri

    def absolute_feed(self, url: str) -> str:
        """Return a feed's ``url`` as an absolute one, on FEED_DOMAIN."""
        # Brackets, too: iri_to_uri lets them stand, and in a path they make no URI.
        return join(_base(self.feed_domain or self.url), quote(url, safe=_KEPT))

    def language_tag(self, language: object, where: Callable[[], str]) -> str | None:
        """Return ``language`` as a language tag (BCP 47); None, and a warning, where it is none.

        The warning names DEFAULT_LANG or the articles that have this language; it names what
        ``where`` returns if it is nobody else's.
        """
        if language is None:
            return None
        text = str(language)
        tag = language_tag(text)
        if tag is None:
            self.warn(
                "{} is no language tag (BCP 47), so feeds do not name the language; write one, "
                'such as "en" or "pt-BR"',
                self.sharing.once(("language", text), self, self._source_of, text)
                or f"{where()} = {text!r}",
            )
        return tag

    def _source_of(self, language: str, _: Site) -> str:
        """Return how the setting or the articles that say ``language`` say it."""
        if self.language is not None and language.lower() == self.language.lower():
            return f"DEFAULT_LANG = {self.language!r}"
        articles = chain(self.articles, self.translations)
        files = [shown(each) for each in articles if getattr(each, "lang", None) == language]
        named = ", ".join(files[:3])
        return f"Lang: {language!r} in {named}{' …' if files[3:] else ''}" if files else ""

    def aware(self, date: dt.datetime | dt.date) -> dt.datetime:
        """Return ``date`` with a zone; a naive one is in the site's, a day is its midnight."""
        if not isinstance(date, dt.datetime):
            date = dt.datetime.combine(date, dt.time())
        return date if date.tzinfo else date.replace(tzinfo=self.timezone)

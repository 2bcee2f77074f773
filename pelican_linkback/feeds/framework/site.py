"""The site, as the feeds see it. Knows nothing of how Pelican makes it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from urllib.parse import quote

from feedgenerator.django.utils.encoding import iri_to_uri

from pelican_linkback.feeds.framework.contents import (
    Article,
    Content,
    Group,
    StaticFile,
    Template,
    Warn,
)
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.feeds.framework.sharing import EntryCache
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.language import language_tag
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import is_plain, join

__all__ = ["Site"]


_KEPT = "%/:?#@!$&'()*+,;=~"
_NOTHING_TO_QUOTE = regex(r"[\w./:~-]*+", re.ASCII)


def _base(url: str) -> str:
    return url if url.endswith("/") else url + "/"


def _no_template(name: str) -> Template:
    raise LookupError(name)


def _keep_silent(words: str, *names: object) -> None:
    """Discard a warning."""


def _no_id(item: Content) -> None:  # noqa: ARG001
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """The site, as a feed knows it: ``self.site``. It cannot be changed.

    The site:
        url             SITEURL, without a slash at its end
        name, subtitle  SITENAME and SITESUBTITLE
        language        DEFAULT_LANG
        timezone        TIMEZONE
        now             the time of the build, with a zone
        settings        all of Pelican's settings
    What it has:
        articles        the published articles in the default language, in Pelican's order
        translations    the published articles in other languages
        pages           the published pages
        categories, authors, tags
                        each Group with its articles in the default language
        static          the static files by their paths in the content folder
        people          what LINKBACK_AUTHORS says of authors ("email", "url"), by name
    What the settings of feeds say:
        feed_domain     FEED_DOMAIN
        style           the URL of the feeds' style sheet: LINKBACK_FEED_STYLE
        icon, logo      LINKBACK_ICON and LINKBACK_LOGO
        archives        LINKBACK_ARCHIVES
        hubs            LINKBACK_HUBS
        mention_feeds   the classes in LINKBACK_FEEDS that are feeds of mentions
        future          LINKBACK_FUTURE: whether articles are shown whose date has not come
    What it can do:
        absolute, absolute_feed, absolute_uri
                        make a URL absolute
        aware           gives a date the site's time zone
        url_of          returns the URL of an article or a page, relative to the site: faster than
                        its ``url``, which Pelican works out each time
        entry_id        returns the id of an article's or a page's entry; None where it has none yet
        template        returns the theme's template of a name; raises LookupError for no template
        warn            tells the author something in the log:
                        ``site.warn("{} has no picture", article.title)``
                        (what is said of many is said in one line)
        sharing         keeps what several documents have in common; for a build only

    In a test only ``Site(url, name, now)`` is needed.
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
    warn: Warn = _keep_silent
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
    mention_feeds: Sequence[type] = ()
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
        text = str(url)
        if is_plain(text):  # most are, and joining would return them as they are
            return text
        absolute = self.absolute(text)
        uri: str = absolute if is_plain(absolute) else iri_to_uri(absolute)
        return uri

    def absolute_feed(self, url: str) -> str:
        """Return the ``url`` of a feed or its path as an absolute URL on FEED_DOMAIN."""
        # Brackets, too: iri_to_uri lets them stand, and in a path they make no URI.
        quoted = url if _NOTHING_TO_QUOTE.fullmatch(url) else quote(url, safe=_KEPT)
        return join(_base(self.feed_domain or self.url), quoted)

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
        """Return ``date`` as a datetime with a zone.

        Without one it is in the site's; a day is its midnight.
        """
        if not isinstance(date, dt.datetime):
            date = dt.datetime.combine(date, dt.time())
        return date if date.tzinfo else date.replace(tzinfo=self.timezone)

"""ArticleFeed: the default aspects of feeds of Pelican's articles."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain, groupby
from operator import itemgetter
from typing import TypeVar, cast

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.feeds.articles.answers import Answered
from pelican_linkback.feeds.articles.entry_ids import tag_uri
from pelican_linkback.feeds.articles.files import field_of, named, type_of
from pelican_linkback.feeds.articles.pages import page_of_article, page_of_group
from pelican_linkback.feeds.content.cleaning import fit, is_blank
from pelican_linkback.feeds.content.pictures import first_picture
from pelican_linkback.feeds.formats.extensions import Enclosure
from pelican_linkback.feeds.formats.kinds import safe_overrides
from pelican_linkback.feeds.formats.people import Person, as_person
from pelican_linkback.feeds.formats.registry import Format, format_of
from pelican_linkback.feeds.framework.archives import numbered
from pelican_linkback.feeds.framework.aspects import Aspect, Order, default
from pelican_linkback.feeds.framework.contents import Article, Group, Metadata
from pelican_linkback.feeds.framework.items import ARGUMENTS_OF
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.feeds.framework.sharing import once
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.feeds.framework.site_aspects import SAFE_IN_SITE
from pelican_linkback.text.titles import plain_text
from pelican_linkback.text.xml_characters import clean

__all__ = ["ArticleFeed", "categories_of", "each_once"]

T = TypeVar("T")

_KEPT_OUT = -1
"""The rank of an article that is not in the feeds yet."""


@safe_overrides(
    *SAFE_IN_SITE,
    *("setting", "group", "groups_of", "_members", "_members_by_language", "_has_page"),
    "_shared_slugs",
    state=("site", "obj", "_mode"),
    asked=ARGUMENTS_OF
    | {
        "item_authors": ("author_name", "authors"),
        "item_enclosure_length": ("enclosures",),
        "item_enclosure_mime_type": ("enclosures",),
        "item_enclosure_url": ("enclosures",),
        "summary_only": ("content", "description"),
    },
)
class ArticleFeed(Answered):
    """A feed whose items are Pelican's articles, newest first.

    All that an entry says is known of an article; a subclass says which articles, and where the
    document goes::

        class Longest(ArticleFeed):
            path = "feeds/longest.xml"
            limit = 10

            def items(self) -> Sequence[Article]:
                return self.site.articles

            def order_by(self, article: Article) -> int:
                return len(article.content)

    Beside the aspects of Feed it has ``summary_only``.
    """

    setting = ""
    """The first part of the Pelican settings that say where the document goes.

    ``"CATEGORY_FEED"`` for CATEGORY_FEED_RSS, CATEGORY_FEED_RSS_URL and so on; with neither a
    ``path`` nor a value of the setting there is no document.
    """

    order_by: Order = "date"

    _mode: tuple[bool, bool] | None = None
    """Of the document in the making: whether summaries come first in its format, or alone."""

    def _format(self, obj: object) -> Format:
        return format_of(self.generator_class(obj))

    def path_setting(self, obj: object) -> str:
        """Return the name of Pelican's setting for the path: ``"CATEGORY_FEED_ATOM"``."""
        return f"{self.setting}_{self._format(obj).setting}"

    def path_source(self, obj: object) -> str:
        """Return what sets the path, as messages name it: the class, else Pelican's setting."""
        return self.path_setting(obj) if self._is_placed_by_setting else super().path_source(obj)

    @property
    def _is_placed_by_setting(self) -> bool:
        return not self.path and bool(self.setting)

    # Paths and URLs. Patterns come from the settings, so they are looked up when the site is known.

    def path_pattern(self) -> str | None:
        """Return the pattern of the documents' paths: ``path``, else the value of the setting."""
        if self._is_placed_by_setting:
            return self._setting("", None) or None
        return super().path_pattern()

    def document_path(self, obj: object) -> str | None:
        """Return the path that ``path`` gives, else the setting; None for no document."""
        if self._is_placed_by_setting:
            return self._from_setting("", obj)
        return super().document_path(obj)

    def document_url(self, obj: object) -> str | None:
        """Return the URL that ``url``, else the setting gives; where neither does, the path."""
        if self.url or not self._is_placed_by_setting:
            return super().document_url(obj)
        return self._from_setting("_URL", obj) or self.document_path(obj)

    @default
    def archive_path(self, obj: object) -> str | None:
        """Return the pattern of archive documents with LINKBACK_ARCHIVES, else None.

        A format without links to them has none: nobody would find them.
        """
        if not self.site.archives or not self._format(obj).archive_links:
            return None
        place = self.path_pattern() or self.document_path(obj)
        return numbered(place) if place else None

    def _from_setting(self, suffix: str, obj: object) -> str | None:
        pattern = self._setting(suffix, obj)
        return self.expand(pattern, obj) if pattern else None

    def _setting(self, suffix: str, obj: object) -> str:
        return str(self.site.settings.get(self.path_setting(obj) + suffix) or "")

    # Aspects of the feed

    @default
    def title(self, obj: object) -> str:
        """Return SITENAME, with the name of the object where there is one: ``My Site - Boats``."""
        return plain_text(f"{self.site.name} - {obj}" if obj else self.site.name)

    @default
    def link(self, obj: object) -> str:
        """Return the URL of the object's page, else "", the home page."""
        return page_of_group(obj)

    def filter(self, article: Article) -> bool:
        """Return whether the article's date has come, or LINKBACK_FUTURE lets it in (P22)."""
        return self.site.future or self.site.aware(article.date) <= self.site.now

    def _has_begun(self, articles: Sequence[Article]) -> bool:
        """Return whether the date of any article has come, unless ``filter`` is overridden."""
        usual = type(self).filter is ArticleFeed.filter and "filter" not in vars(self)
        return not (usual and articles) or any(map(self.filter, articles))

    def _arranged(self, items: Sequence[object], obj: object) -> list[object]:
        cls, own = type(self), vars(self)
        is_usual = cls.filter is ArticleFeed.filter and cls.order_by == "date"
        if is_usual and self.site.sharing.on and not own.keys() & {"filter", "order_by"}:
            with suppress(KeyError):  # an item that is no article of the site, such as a page
                if isinstance(items, tuple):  # of a group: the same for all formats
                    return list(self.site.sharing.once("arranged", items, self._in_rank))
                return self._in_rank(each_once(items))
        return super()._arranged(each_once(items), obj)

    def _in_rank(self, items: Sequence[object]) -> list[object]:
        ranks = self.site.sharing.once("ranks", self.site, self._ranks)
        places = list(map(ranks.__getitem__, map(id, items)))
        if _KEPT_OUT not in places and places == sorted(places):  # in Pelican's order
            return list(items)
        due = [each for each in zip(places, items, strict=True) if each[0] != _KEPT_OUT]
        return [item for _, item in sorted(due, key=itemgetter(0))]

    def _ranks(self, site: Site) -> dict[int, int]:
        """Return the rank of each article among those of the site.

        A fast path of ``_arranged``, which would read the dates of each feed's articles.
        """
        everything = [*site.articles, *site.translations]
        ranks = dict.fromkeys(map(id, everything), _KEPT_OUT)
        in_order = cast("list[Article]", super()._arranged(everything, None))
        for rank, (_, same) in enumerate(groupby(in_order, lambda each: site.aware(each.date))):
            ranks |= dict.fromkeys(map(id, same), rank)
        return ranks

    def get_feed(self, obj: object, site: Site) -> SyndicationFeed:
        """Return the generator, with its items, of the document for ``obj``.

        One without items is as old as the newest article of the site (P18).
        """
        feed = super().get_feed(obj, site)
        if not feed.num_items() and not feed.feed.get("updated"):
            dates = [site.aware(a.date) for a in site.articles if self.filter(a)]
            feed.feed["updated"] = max(dates, default=None)
        return feed

    def _populated(
        self, obj: object, items: Iterable[object], arguments: Mapping[str, object]
    ) -> SyndicationFeed:
        self._mode = self._read_mode()
        try:
            return super()._populated(obj, items, arguments)
        finally:
            self._mode = None

    def _read_mode(self) -> tuple[bool, bool]:
        summary_first = self._format(self.obj).summary_first
        return summary_first, bool(self.aspect("summary_only", self.obj))

    @default
    def summary_only(self) -> bool:
        """Return whether items have summaries only: RSS_FEED_SUMMARY_ONLY and so on.

        Where there is no such setting, those of RSS have, and no others.
        """
        form = self._format(self.obj)
        setting = f"{form.setting}_FEED_SUMMARY_ONLY"
        return bool(self.site.settings.get(setting, form.summary_first))

    # Aspects of the items

    @once
    def item_title(self, article: Article) -> str:
        """Return the title as plain text; of an article without any text, its slug or URL."""
        title = plain_text(str(article.title))
        if title or self._summary(article) or self._content(article):
            return title
        return str(getattr(article, "slug", "")) or self._link(article)

    def item_link(self, article: Article) -> str:
        """Return the article's URL, with ``ref=feed`` where FEED_APPEND_REF asks for it (P11)."""
        link = self._link(article)
        if not self.site.settings.get("FEED_APPEND_REF"):
            return link
        page, hash_, fragment = link.partition("#")
        return f"{page}{'&' if '?' in page else '?'}ref=feed{hash_}{fragment}"

    @once
    def _link(self, article: Article) -> str:
        return self.site.absolute(page_of_article(article, self.site.url_of(article)))

    def item_guid(self, article: Article) -> str:
        """Return the entry's id, the same since it was first published."""
        return self.site.entry_id(article) or tag_uri(self._link(article), article.date)

    item_guid_is_permalink: Aspect[bool | None] = False

    def item_description(self, article: Article) -> str | None:
        """Return the summary, or the content if there is no summary and no element for the content.

        None if it would only repeat the content, unless the summary comes first (RSS).
        """
        summary_first, summary_only = self._mode or self._read_mode()
        summary = self._summary(article)
        if summary_first or summary_only:
            return summary or self._content(article) or None
        return None if summary == self._content(article) else summary or None

    def item_content(self, article: Article) -> str | None:
        """Return the article's HTML; None with ``summary_only``, or if it equals the summary."""
        summary_first, summary_only = self._mode or self._read_mode()
        if summary_only:
            return None
        content = self._content(article)
        repeats = summary_first and content == self.item_description(article)
        return None if repeats else content or None

    @default
    @once
    def item_image(self, article: Article) -> str | None:
        """Return the picture of ``Image:`` in the metadata, else the first of the content."""
        file = named(article, "image", self.site)
        return file.url if file else first_picture(self._content(article))

    def item_enclosures(self, article: Article) -> Iterable[Enclosure]:
        """Return the file of ``Enclosure:`` in the metadata, with its length in bytes."""
        file = named(article, "enclosure", self.site)
        if file is None:
            return super().item_enclosures(article)
        length = field_of(article, "enclosure_length") or file.size
        kind = field_of(article, "enclosure_type") or type_of(file.url)
        return [Enclosure(self.site.absolute_uri(file.url), length, kind)]

    @once
    def _content(self, article: Article) -> str:
        return self._fit(article, str(article.get_content(self.site.url)))

    @once
    def _summary(self, article: Article) -> str:
        return self._fit(article, str(article.summary))

    def _fit(self, article: Article, html: str) -> str:
        """Return ``html`` cleaned for readers; "" if nothing visible is left."""
        fitting = fit(html, self._link(article))
        return "" if is_blank(fitting) else fitting

    @default
    def item_author_name(self, article: Article) -> str | None:
        """Return the first author's name, for formats that know only one."""
        # Mostly there is nothing to look up, which takes time for each article.
        if getattr(self.item_authors, "__func__", None) is ArticleFeed.item_authors:
            people = self._people(article)
            return people[0].name if people else None
        authors = cast("Iterable[Person | str]", self.aspect("item_authors", article) or ())
        return next((as_person(author).name for author in authors), None)

    @default
    def item_authors(self, article: Article) -> Iterable[Person | str] | None:
        """Return every author who has a name, with their entries in LINKBACK_AUTHORS (P7, P8)."""
        return list(self._people(article))

    @once
    def _people(self, article: Article) -> tuple[Person, ...]:
        names = _names(getattr(article, "authors", ()))
        # With several authors, the metadata do not say which of them they are about.
        metadata = article.metadata if len(names) == 1 else {}
        return tuple(self._person(name, metadata) for name in names)

    def _person(self, name: str, metadata: Metadata) -> Person:
        person, people = as_person(name), self.site.people
        about = people.get(name) or people.get(person.name or "") or {}
        email = metadata.get("author_email") or about.get("email") or person.email
        url = metadata.get("author_url") or about.get("url")
        if email == person.email and not url:
            return person
        return Person(person.name, email, self.site.absolute_uri(url) if url else None)

    def item_pubdate(self, article: Article) -> dt.date | None:
        """Return the article's date."""
        return article.date

    @default
    def item_updateddate(self, article: Article) -> dt.date | None:
        """Return when the article was modified; None if it was not, or if that is in the future."""
        modified: dt.datetime | None = getattr(article, "modified", None)
        if modified is None or self.site.future or self.site.aware(modified) <= self.site.now:
            return modified
        self.site.warn(
            "{} is modified in the future, and feeds leave that date out until it has come; "
            "correct Modified in its metadata",
            shown(article),
        )
        return None

    def item_categories(self, article: Article) -> Iterable[str]:
        """Return the names of the article's categories and tags."""
        return list(self._subjects(article))

    @once
    def _subjects(self, article: Article) -> tuple[str, ...]:
        return tuple(_names(chain(categories_of(article), getattr(article, "tags", ()))))

    @default
    def item_language(self, article: Article) -> str | None:
        """Return the article's language."""
        return getattr(article, "lang", None)


def categories_of(article: Article) -> list[Group]:
    """Return the categories of an article: one, unless a plugin adds more.

    For example more_categories: it sets ``article.categories``, and each has its parents in
    ``ancestors``.
    """
    own = [article.category] if hasattr(article, "category") else []
    more = getattr(article, "categories", ())
    if isinstance(more, list | tuple):  # and not the text of a field of this name
        own += [each for each in more if hasattr(each, "slug")]
    parents = [parent for each in own for parent in getattr(each, "ancestors", ())]
    # Mostly there is one, and comparing it would compute its slug.
    return list(dict.fromkeys([*own, *parents])) if own[1:] or parents else own


def each_once(articles: Iterable[T]) -> tuple[T, ...]:
    """Return ``articles`` in order, without duplicates."""
    found = tuple(articles)
    if len(set(map(id, found))) == len(found):  # as nearly always
        return found
    return tuple({id(article): article for article in found}.values())


def _names(objects: Iterable[object]) -> list[str]:
    """Return the names of ``objects``, except those without any character that XML allows."""
    return list(filter(None, map(_name, map(str, objects))))


@functools.lru_cache(maxsize=1024)
def _name(text: str) -> str:
    return plain_text(clean(text))

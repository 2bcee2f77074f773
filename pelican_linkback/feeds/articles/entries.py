"""ArticleEntries: what a feed says of an article, whichever articles are in it."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import cast

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.feeds.articles.answers import Answered
from pelican_linkback.feeds.articles.files import field_of, named, type_of
from pelican_linkback.feeds.articles.pages import page_of_article
from pelican_linkback.feeds.content.cleaning import fit, is_blank
from pelican_linkback.feeds.content.pictures import first_picture
from pelican_linkback.feeds.formats.extensions import Enclosure
from pelican_linkback.feeds.formats.people import Person, as_person
from pelican_linkback.feeds.formats.registry import Format, format_of
from pelican_linkback.feeds.framework.aspects import Aspect, default
from pelican_linkback.feeds.framework.contents import Article, Group, Metadata
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.feeds.framework.sharing import once
from pelican_linkback.feeds.ids.entries import tag_uri
from pelican_linkback.text.titles import plain_text
from pelican_linkback.text.xml_characters import clean

__all__ = ["ArticleEntries", "categories_of"]


class ArticleEntries(Answered):
    """A feed whose items are Pelican's articles: their titles, texts, dates, authors and files."""

    _mode: tuple[bool, bool] | None = None
    """Of the document in the making: whether summaries come first in its format, or alone."""

    def _format(self, obj: object) -> Format:
        return format_of(self.generator_class(obj))

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
        if getattr(self.item_authors, "__func__", None) is ArticleEntries.item_authors:
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


def _names(objects: Iterable[object]) -> list[str]:
    """Return the names of ``objects``, except those without any character that XML allows."""
    return list(filter(None, map(_name, map(str, objects))))


@functools.lru_cache(maxsize=1024)
def _name(text: str) -> str:
    return plain_text(clean(text))

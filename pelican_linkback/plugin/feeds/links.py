"""The links from a page to its feeds: ``feed_links()`` in templates, LINKBACK_AUTODISCOVERY."""

from __future__ import annotations

import logging
import typing
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from jinja2 import pass_context
from markupsafe import Markup, escape

from pelican_linkback.exceptions import FAULTS, InvalidURL
from pelican_linkback.feeds.articles.groups import InLanguage
from pelican_linkback.feeds.articles.kinds import AllFeed
from pelican_linkback.feeds.articles.mentions import MentionFeed
from pelican_linkback.feeds.formats.registry import format_of, media_type
from pelican_linkback.feeds.framework.catalogue import Document
from pelican_linkback.plugin.feeds.stage import FeedStage
from pelican_linkback.plugin.written_pages import Edit
from pelican_linkback.text.language import language_tag
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.urls import join, page_key, resolve

if typing.TYPE_CHECKING:
    from pelican_linkback.text.markup import Page

__all__ = ["FeedLink", "FeedLinks", "told_apart", "with_missing_links"]

logger = logging.getLogger(__name__)

_SUBJECTS = ("category", "tag", "author")
_NOWHERE = "http://localhost/"
"""The base URL of a site without SITEURL, to compare addresses."""


class FeedLink(NamedTuple):
    """A feed that a page can link to.

    ``path`` is the document's path below the output folder, ``languages`` are those of its entries,
    and ``hreflang`` is one of them if it distinguishes the feed from others. ``format`` is what
    people call its format.
    """

    href: str
    type: str
    title: str
    path: str = ""
    languages: tuple[str, ...] = ()
    hreflang: str = ""
    format: str = ""

    def __html__(self) -> str:
        attributes = {
            "rel": "alternate",
            "type": self.type,
            "title": self.title,
            "hreflang": self.hreflang,
            "href": self.href,
        }
        said = (f'{name}="{escape(text)}"' for name, text in attributes.items() if text)
        return f"<link {' '.join(said)}>"


class _Offer:
    """A feed of the site; ``link`` is None if its class fails."""

    def __init__(
        self, document: Document, report: Callable[[Document, BaseException], None]
    ) -> None:
        self._document, self._report = document, report

    @property
    def obj(self) -> object:
        """What the feed is for."""
        return self._document.obj

    @property
    def subject(self) -> Hashable:
        """The key of the feed's subject, see ``_key``."""
        obj = self._document.obj
        return _key(obj.obj if isinstance(obj, InLanguage) else obj)

    @property
    def is_of_page(self) -> bool:
        """Whether it is about one article or page, which has the link to it."""
        return isinstance(self._document.feed, MentionFeed) and self._document.obj is not None

    def is_in(self, lang: object) -> bool:
        """Return whether a page in ``lang`` should link to it: if it has one, only that."""
        obj = self._document.obj
        return not lang or not isinstance(obj, InLanguage) or obj.lang == lang

    @cached_property
    def link(self) -> FeedLink | None:
        """The link to it; an exception of its class is reported, and costs this link only."""
        try:
            return _link(self._document)
        except FAULTS as error:  # whatever a hook raises
            self._report(self._document, error)
            return None


class FeedLinks:
    """``feed_links(page)`` in a template: the link elements for the feeds of a page.

    Without ``page`` the template's own variables determine the page: ``category``, ``tag``,
    ``author`` or ``article``; with it, it is that object's. The feeds of the page's subject come
    first, then those of the whole site. ``stages`` have the site's feeds, and report errors of one
    of them.
    """

    def __init__(self, stages: Sequence[FeedStage]) -> None:
        self._stages = stages
        self._failures: set[str] = set()

    @pass_context
    def __call__(self, context: Mapping[str, object], page: object = None) -> Markup:
        """Return the link elements, one a line."""
        try:
            found = self.of(context if page is None else _variables(page))
        except FAULTS as error:  # a template may hand over anything
            self._fail("feed_links() has no links for {}: {}", type(page).__name__, error)
            found = []
        return Markup("\n").join(found)

    @property
    def are_added(self) -> bool:
        """Whether pages get those that their theme leaves out: LINKBACK_AUTODISCOVERY."""
        return self._stages[0].settings.autodiscovery

    def edit_of(self, path: Path, context: Mapping[str, object]) -> Edit:
        """Return what adds the links that its theme leaves out to the page at ``path``.

        ``context`` has the variables of its template.
        """
        name = str(context.get("output_file") or path.name)
        return lambda html: with_missing_links(
            html, self.of(context), self._stages[0].reader.url, name
        )

    def report(self, name: str, error: BaseException) -> None:
        """Report that the page ``name`` could not be edited."""
        self._fail("{} has no further links to feeds: {}", name, error)

    def _fail(self, words: str, name: str, error: BaseException) -> None:
        """Report an error about pages, once."""
        problem = words.format(printable(name), described(error))
        if problem not in self._failures:
            self._failures.add(problem)
            logger.error("%s", problem)

    def of(self, context: Mapping[str, object]) -> list[FeedLink]:
        """Return the links for the page with these variables, no two of one type and title."""
        lang = getattr(context.get("article"), "lang", None)
        subjects = [context[name] for name in _SUBJECTS if context.get(name)]
        subjects += filter(None, (context.get("article"), context.get("page")))
        chosen = [each for subject in subjects for each in self._for(subject) if each.is_in(lang)]
        for whole in (lang, None) if lang else (None,):
            chosen += self._for(whole)
        return told_apart([each.link for each in chosen if each.link])

    def everything(self) -> list[tuple[object, FeedLink]]:
        """Return the feeds, but for those of one page: what each is for, and the link to it."""
        offers = chain.from_iterable(self._by_subject.values())
        return [(each.obj, each.link) for each in offers if not each.is_of_page and each.link]

    def _for(self, subject: object) -> Sequence[_Offer]:
        return self._by_subject.get(_key(subject), ())

    @cached_property
    def _by_subject(self) -> dict[Hashable, list[_Offer]]:
        found: dict[Hashable, list[_Offer]] = defaultdict(list)
        for stage in self._stages:
            for document in stage.documents():
                offer = _Offer(document, stage.report)
                found[offer.subject].append(offer)
        return dict(found)


def _key(subject: object) -> Hashable:
    """Return the key by which ``subject`` is looked up.

    Pelican's categories, tags and authors are equal to others with their slug, but also to strings.
    An object that cannot be hashed or compared is equal only to itself.
    """
    try:
        hash(subject)
        is_usable = subject == subject  # noqa: PLR0124 (to see whether it raises)
    except FAULTS:  # whatever an object of the author's may raise
        is_usable = False
    return (type(subject), subject if is_usable else id(subject))


def _variables(page: object) -> Mapping[str, object]:
    """Return the variables that a template for ``page`` would have."""
    kind = type(page).__name__.lower()
    if kind in _SUBJECTS:
        return {kind: page}
    return {"article": page, "category": getattr(page, "category", None)}


def _link(document: Document) -> FeedLink | None:
    feed, obj = document.feed, document.obj
    feed.obj = obj  # used by hooks
    title = feed.aspect("title", obj)
    if title is None:  # an error costs the feed, so there will be no such document
        return None
    form = format_of(feed.generator_class(obj))
    return FeedLink(
        href=feed.site.absolute_feed(feed.document_url(obj) or document.path),
        type=media_type(form, document.path),
        title=str(title),
        path=document.path,
        format=form.label,
        languages=_languages(document),
    )


def _languages(document: Document) -> tuple[str, ...]:
    feed, site = document.feed, document.feed.site
    if isinstance(feed, AllFeed):
        said = {str(each.lang) for each in chain(site.articles, site.translations)}
    else:
        said = {str(feed.aspect("language", document.obj) or site.language or "")}
    return tuple(sorted(set(filter(None, map(language_tag, said)))))


def told_apart(links: Sequence[FeedLink]) -> list[FeedLink]:
    """Return ``links`` with titles that distinguish them: a reader shows only titles.

    Those with the same title get their languages and formats added, as far as these differ, and if
    that is not enough their paths.
    """
    by_title: dict[str, list[FeedLink]] = defaultdict(list)
    for link in links:
        by_title[link.title].append(link)
    named = {id(old): new for same in by_title.values() for old, new in _named(same)}
    return [named[id(link)] for link in links]


def _named(same: list[FeedLink]) -> Iterator[tuple[FeedLink, FeedLink]]:
    """Yield each of the links with one title, and its replacement."""
    languages_differ = len({each.languages for each in same}) > 1
    types_differ = len({each.type for each in same}) > 1

    def details(link: FeedLink) -> tuple[str, ...]:
        language = "/".join(link.languages) if languages_differ else ""
        kind = (link.format or link.type) if types_differ else ""
        return tuple(filter(None, (language, kind)))

    count = Counter(map(details, same))
    for link in same:
        known = details(link)
        more = ", ".join(known if count[known] == 1 else (*known, link.path))
        hreflang = link.languages[0] if languages_differ and len(link.languages) == 1 else ""
        title = f"{link.title} ({more})" if more else link.title
        yield link, link._replace(title=title, hreflang=hreflang)


def with_missing_links(
    html: str, links: Sequence[FeedLink], site_url: str = "", name: str = ""
) -> str:
    """Return a page with those of ``links`` in its head that it does not have yet.

    ``name`` is the page's path below the output folder, whose URL is ``site_url``. The page links
    to a feed if it names the feed's URL or that of its file, in any form. The rest of the page
    stays as it is.
    """
    from pelican_linkback.text import markup  # noqa: PLC0415 (for LINKBACK_AUTODISCOVERY)

    end = markup.end_of_head(html)
    if end is None:
        return html
    head, rest = html[:end], html[end:]
    home = join(_NOWHERE, f"{site_url}/")
    there = set(_linked(markup.read(head), home + quote(name)))
    missing = [link for link in links if there.isdisjoint(_addresses(link, home))]
    line_end = "\r\n" if "\r\n" in head else "\n"
    return head + "".join(f"{link.__html__()}{line_end}" for link in missing) + rest


def _linked(page: Page, url: str) -> Iterator[str]:
    """Yield the URLs that a page at ``url`` links to (RFC 3986, section 5)."""
    for link in page.links:
        if link.href and "alternate" in link.rels:
            try:
                yield _address(page.resolve(url, link.href))
            except InvalidURL:
                continue


def _addresses(link: FeedLink, home: str) -> Iterator[str]:
    yield _address(resolve(home, link.href))
    if link.path:
        yield _address(home + quote(link.path))


def _address(url: str) -> str:
    """Return a URL in the form for comparison; http and https are equal."""
    return page_key(url).partition("://")[2]

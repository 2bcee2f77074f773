"""What themes get: links to the feeds of a page, and what became of an article's linkbacks."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, overload

from jinja2 import pass_context
from markupsafe import Markup, escape

from pelican_linkback.exceptions import JournalError
from pelican_linkback.feeds.articles.stock import InLanguage
from pelican_linkback.feeds.framework.catalogue import Document
from pelican_linkback.sending import journal_of
from pelican_linkback.settings.model import Settings
from pelican_linkback.text import markup
from pelican_linkback.text.urls import page_key

__all__ = [
    "FeedLink",
    "FeedLinks",
    "Linkback",
    "Linkbacks",
    "Told",
    "add_missing_links",
    "fill_in_language",
]

logger = logging.getLogger(__name__)

_END_OF_HEAD = re.compile(r"</head\s*>", re.IGNORECASE)
_SUBJECTS = ("category", "tag", "author")


class FeedLink(NamedTuple):
    """A feed that a page can point readers to."""

    href: str
    type: str
    title: str

    def __html__(self) -> str:
        return (
            f'<link rel="alternate" type="{escape(self.type)}" title="{escape(self.title)}" '
            f'href="{escape(self.href)}">'
        )


class FeedLinks:
    """``feed_links(page)`` in a template: the link elements for the feeds of a page.

    Without ``page`` the template's own variables say what page it is: ``category``, ``tag``,
    ``author`` or ``article``; with it, it is that object's. The feeds of the page's subject come
    first, those of the whole site after them. ``documents`` returns the site's documents.
    """

    def __init__(self, documents: Callable[[], Sequence[Document]]) -> None:
        self._documents = documents

    @pass_context
    def __call__(self, context: Mapping[str, Any], page: Any = None) -> Markup:
        """Return the link elements, one a line."""
        return Markup("\n").join(self.of(context if page is None else _variables(page)))

    def of(self, context: Mapping[str, Any]) -> list[FeedLink]:
        """Return the links for the page with these variables."""
        article = context.get("article")
        lang = getattr(article, "lang", None)
        subjects = [context[name] for name in _SUBJECTS if context.get(name)]
        chosen = [each for subject in subjects for each in self._by_subject.get(subject, ())]
        chosen = [each for each in chosen if _language(each) in {None, lang} or not lang]
        for whole in (lang, None) if lang else (None,):
            chosen += self._by_subject.get(whole, ())
        return [_link(document) for document in chosen]

    @cached_property
    def _by_subject(self) -> dict[Any, list[Document]]:
        found: dict[Any, list[Document]] = {}
        for document in self._documents():
            subject = document.obj.obj if isinstance(document.obj, InLanguage) else document.obj
            if subject.__hash__ is not None:
                found.setdefault(subject, []).append(document)
        return found


def _variables(page: Any) -> Mapping[str, Any]:
    """Return the variables that a template for ``page`` would have."""
    kind = type(page).__name__.lower()
    if kind in _SUBJECTS:
        return {kind: page}
    return {"article": page, "category": getattr(page, "category", None)}


def _language(document: Document) -> str | None:
    return document.obj.lang if isinstance(document.obj, InLanguage) else None


def _link(document: Document) -> FeedLink:
    feed, obj = document.feed, document.obj
    url = feed.site.absolute_feed(feed.document_url(obj) or document.path)
    kind = str(feed.generator_class(obj).content_type).partition(";")[0]
    return FeedLink(url, kind, str(feed.aspect("title", obj)))


def add_missing_links(path: Path, links: Sequence[FeedLink]) -> None:
    """Add to the head of the page at ``path`` the ``links`` that it does not have yet.

    The rest of the page stays as it is, to the byte.
    """
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    head = _END_OF_HEAD.search(text)
    if head is None:
        return
    there = {
        page_key(link.href)
        for link in markup.read(text[: head.start()]).links
        if link.href and "alternate" in link.rels
    }
    missing = [link.__html__() for link in links if page_key(link.href) not in there]
    if missing:
        line_end = "\r\n" if "\r\n" in text[: head.start()] else "\n"
        added = line_end.join([*missing, ""])
        page = text[: head.start()] + added + text[head.start() :]
        path.write_bytes(page.encode("utf-8", "surrogateescape"))


def fill_in_language(context: dict[str, Any], language: str) -> None:
    """Let themes name feeds whose path has ``{lang}``, in the site's default ``language``.

    Pelican's own write ``CATEGORY_FEED_ATOM.format(slug=category.slug)``.
    """
    for name, value in context.items():
        if "_FEED_" in name and "{lang" in str(value):
            context[name] = _Pattern.of(str(value), language)


class _Pattern(str):
    """A path pattern with the language to take where none is given."""

    __slots__ = ("_language",)
    _language: str

    @classmethod
    def of(cls, pattern: str, language: str) -> _Pattern:
        """Return ``pattern`` with the language to take where none is named."""
        self = cls(pattern)
        self._language = language
        return self

    def format(self, *args: Any, **kwargs: Any) -> str:
        """Fill in the fields, the language too."""
        return super().format(*args, **{"lang": self._language, **kwargs})


class Linkback(NamedTuple):
    """A target of an article, and how it stands: see ``sending.memory.delivery.State``."""

    target: str
    state: str
    protocol: str | None
    when: Any


class Told:
    """What the journal knows of each article, read when the first template asks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def about(self, article: str) -> list[Linkback]:
        """Return the linkbacks of the article at this source path, oldest first."""
        return self._by_article.get(article, [])

    @cached_property
    def _by_article(self) -> dict[str, list[Linkback]]:
        from pelican_linkback.sending.memory.ledger import Ledger  # noqa: PLC0415 (few themes ask)

        found: dict[str, list[Linkback]] = {}
        try:
            known = Ledger(journal_of(self._settings)).deliveries.values()
        except JournalError as error:
            logger.error("article.linkbacks is empty: %s", error)
            return found
        for each in sorted(known, key=lambda each: (str(each.at), each.mention)):
            protocol = each.protocol and each.protocol.value
            linkback = Linkback(each.mention.target, each.state.value, protocol, each.at)
            found.setdefault(each.article, []).append(linkback)
        return found


class Linkbacks(Sequence[Linkback]):
    """``article.linkbacks``: a list that is read when it is looked at."""

    def __init__(self, told: Told, article: str) -> None:
        self._told, self._article = told, article

    @overload
    def __getitem__(self, index: int) -> Linkback: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Linkback]: ...
    def __getitem__(self, index: int | slice) -> Linkback | Sequence[Linkback]:
        return self._told.about(self._article)[index]

    def __len__(self) -> int:
        return len(self._told.about(self._article))

"""The pages that mentions can be about: which of them a URL means, and ``targets.json``. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from pelican_linkback.exceptions import InvalidURL, LinkbackError
from pelican_linkback.journal.fields import optional, text
from pelican_linkback.receiving.memory.addresses import FORMS, bare, fragment_of, spellings
from pelican_linkback.receiving.received import Received
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import page_key

__all__ = ["Found", "Mode", "Target", "Targets", "known_pages"]

VERSION = 1

_HOST = regex(r"\s*+(?:https?:)?+//([\w.-]++)(?=[:/?#]|\Z)", re.ASCII | re.IGNORECASE)
"""The host of a plain URL: without a user name, escapes or letters beyond ASCII."""


class Mode(StrEnum):
    """Whether a page takes mentions: the values of ``Mentions:`` in the metadata."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Target:
    """A public page: an article, a page, or the home page.

    ``id`` is the entry id of an article, and the URL of others. ``former`` are the absolute URLs
    that the page had before.
    """

    id: str
    url: str
    title: str = ""
    former: tuple[str, ...] = ()
    mentions: Mode = Mode.OPEN

    @property
    def name(self) -> str:
        """What people call the page: its title, else its address."""
        return self.title or self.url

    def as_json(self) -> dict[str, object]:
        """Return the target as an object of ``targets.json``."""
        return {
            "id": self.id,
            "url": self.url,
            "former": list(self.former),
            "title": self.title,
            "mentions": self.mentions.value,
        }

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> Target:
        """Return the target of an object of ``targets.json``; raise ValueError if it is none."""
        former = fields.get("former") or []
        if not isinstance(former, list) or not all(isinstance(each, str) for each in former):
            raise ValueError("its former is not a list of texts")
        return cls(
            text(fields, "id"),
            text(fields, "url"),
            optional(fields, "title"),
            tuple(former),
            Mode(optional(fields, "mentions") or Mode.OPEN),
        )


class Found(NamedTuple):
    """A page, and the part of it that is meant: the fragment, or ""."""

    target: Target
    fragment: str


@dataclass(frozen=True)
class Targets:
    """The pages of a site, whose address is ``site``; it had the ``aliases`` before."""

    pages: Sequence[Target] = ()
    site: str = ""
    aliases: Sequence[str] = ()

    def find(self, url: str) -> Found | None:
        """Return the page that ``url`` means; None if the site has none at that address.

        http or https, ``www.`` or not, a former address of the page or the site, with or without
        the slash at the end, ``index.html`` or ``.html``, parameters of trackers, needless escapes
        and doubled slashes do not matter. Any other query does, also the order of its parameters.
        """
        if not self.may_have(url):
            return None
        for forms in self._at_present(url):
            for book, form in _BY_EXACTNESS:
                if target := self._books[book][form].get(forms[form]):
                    return Found(target, fragment_of(url))
        return None

    def may_have(self, reference: str) -> bool:
        """Return False if a URL, or a reference on a page, names a host that the site never had.

        Most links of a page that mentions the site do, and this takes no time.
        """
        host = _HOST.match(reference)
        return host is None or bare(host[1].lower()).rstrip(".") in self._hosts

    def beside(self, others: Iterable[Target]) -> Targets:
        """Return these pages, and those of ``others`` whose ids and URLs they do not have."""
        known = {each.id for each in self.pages} | {each.url for each in self.pages}
        more = [each for each in others if known.isdisjoint((each.id, each.url))]
        return Targets((*self.pages, *more), self.site, self.aliases)

    def of(self, mention: Received) -> Target | None:
        """Return the page that a mention is about, also if the id of that has changed since."""
        return self._by_id.get(mention.article) or self.named(mention.article, mention.target)

    def title_of(self, article: str, target: str) -> str:
        """Return what people call a page, by its id and a URL: its title, else its address."""
        page = self.named(article, target)
        return (page and page.name) or target or article

    def named(self, article: str, target: str) -> Target | None:
        """Return the page with the id ``article``; if there is none, that with one of both URLs."""
        if known := self._by_id.get(article):
            return known
        found = self.find(target) or self.find(article)
        return found.target if found else None

    def is_own(self, url: str) -> bool:
        """Return whether ``url`` is below an address of the site, present or former."""
        place = bare(page_key(url).partition("://")[2])
        return f"{place}/".startswith(self._bases)

    def _at_present(self, url: str) -> Iterator[tuple[str, ...]]:
        """Yield the forms of ``url``, then those of the same page at the present address."""
        with suppress(InvalidURL):
            forms = tuple(spellings(url))
            yield forms
            address = bare(forms[0])
            for base in self._former_bases:
                if f"{address}/".startswith(base):
                    yield tuple(spellings(f"{self.site.rstrip('/')}/{address[len(base) :]}"))

    @cached_property
    def _bases(self) -> tuple[str, ...]:
        """The addresses of the site, the present and the former ones."""
        return (*_base(self.site), *self._former_bases)

    @cached_property
    def _former_bases(self) -> list[str]:
        """The former addresses of the site, the longest first."""
        found = [base for alias in self.aliases for base in _base(alias)]
        return sorted(found, key=len, reverse=True)

    @cached_property
    def _hosts(self) -> frozenset[str]:
        """The hosts of all addresses that are known here, in normal form."""
        books = (address for book in self._books for address in book[0])
        return frozenset(_host(each) for each in (*books, *self._former_bases))

    @cached_property
    def _by_id(self) -> dict[str, Target]:
        return {each.id: each for each in self.pages}

    @cached_property
    def _books(self) -> tuple[_Book, _Book]:
        """The pages by the forms of their present addresses, and of their former ones."""
        present = _book((each, each.url) for each in self.pages)
        return present, _book((each, url) for each in self.pages for url in each.former)

    def to_json(self) -> str:
        """Return the text of ``targets.json``: sorted, one page a line."""
        head = {"v": VERSION, "site": self.site, "aliases": list(self.aliases)}
        begin = json.dumps(head, ensure_ascii=False)[:-1]
        pages = sorted(self.pages, key=lambda each: (each.url, each.id))
        lines = [json.dumps(each.as_json(), ensure_ascii=False) for each in pages]
        return begin + ', "targets": [\n' + ",\n".join(lines) + "\n]}\n"

    @classmethod
    def of_json(cls, document: str | bytes) -> Targets:
        """Return the pages of a ``targets.json``; raise ValueError if it cannot be used."""
        try:
            fields = json.loads(document)
        except RecursionError as error:
            raise ValueError("it is not JSON") from error
        if not isinstance(fields, dict) or not isinstance(fields.get("targets"), list):
            raise ValueError("it has no list of targets")  # noqa: TRY004 (a file is a value)
        version = fields.get("v")
        if isinstance(version, int) and version > VERSION:
            raise ValueError(
                "it was written by a newer version of pelican_linkback; update this one"
            )
        pages = [Target.read(each) for each in fields["targets"] if isinstance(each, dict)]
        said = fields.get("aliases")
        aliases = [each for each in said if isinstance(each, str)] if isinstance(said, list) else ()
        return cls(pages, optional(fields, "site"), tuple(aliases))


def known_pages(targets: Callable[[], Targets]) -> Targets:
    """Return the pages; none if they cannot be read now: then addresses stand for their titles."""
    try:
        return targets()
    except LinkbackError:
        return Targets()


_Book = list[dict[str, Target | None]]
"""For each form of an address the page that has it; None if several have."""

_BY_EXACTNESS = ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (1, 2))
"""Where a page is looked up: the book (present, former) and the form of the address."""


def _book(addresses: Iterable[tuple[Target, str]]) -> _Book:
    book: _Book = [{} for _ in range(FORMS)]
    for target, url in addresses:
        with suppress(InvalidURL):
            for pages, spelled in zip(book, spellings(url), strict=True):
                if pages.setdefault(spelled, target) is not target:
                    pages[spelled] = None
    return book


def _host(address: str) -> str:
    """Return the host of an address without its scheme."""
    return bare(address.partition("/")[0].partition(":")[0]).rstrip(".")


def _base(site: str) -> list[str]:
    """Return the bare address of a site as a prefix of those of its pages, if it has one."""
    with suppress(InvalidURL):
        return [bare(next(spellings(f"{site.rstrip('/')}/")))]
    return []

"""The answer of a server, as the protocols read it: header fields, links, text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.protocol.link_header import linked
from pelican_linkback.protocol.response import Headers, charset, fields, is_html
from pelican_linkback.text import markup, urls
from pelican_linkback.text.encodings import decode

__all__ = ["HEADER", "Answer", "Found"]

HEADER = "HTTP header"

MOST_CANDIDATES = 100
"""The maximum number: each has to be resolved, and a megabyte may have twenty thousand."""

NO_PAGE = markup.Page(())

Found = tuple[str, str]
"""The absolute URL of an endpoint, and where it was found, for people ("HTTP header")."""


@dataclass(frozen=True)
class Answer:
    """An answer to a request, whatever its status.

    ``url`` is the one that answered in the end, after redirects; ``headers`` are in order,
    repeated ones repeated; ``body`` is unpacked, at most 1 MB, and may be truncated
    anywhere; ``at`` is the time of the answer (aware), None if it is not known.

    >>> answer = Answer("https://example.org/", 200, [("Link", '</in>; rel="inbox"')])
    >>> next(answer.links("inbox"))
    ('https://example.org/in', 'HTTP header')
    """

    url: str
    status: int
    headers: Headers = ()
    body: bytes = b""
    at: datetime | None = None

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return 200 <= self.status < 300

    def fields(self, name: str) -> Iterable[str]:
        """Yield the values of every header field called ``name`` in any case, in order."""
        return fields(self.headers, name)

    @cached_property
    def html(self) -> str:
        """The body as text if it is HTML or has no type; else empty."""
        return decode(self.body, charset(self.headers)) if is_html(self.headers) else ""

    def page(self, *words: str) -> markup.Page:
        """Return the links of the page, parsed once; none if it contains none of ``words``.

        The words are in lower case. Searching for them takes a hundredth of the parser's time.
        """
        return self._page if any(word in self._lower for word in words) else NO_PAGE

    def links(self, *rels: str) -> Iterator[Found]:
        """Yield the absolute URLs that are linked with one of ``rels`` (in lower case).

        First those of ``Link`` header fields, then those of ``<link>`` and ``<a>`` elements in
        document order. What is not an http(s) URL is skipped.
        """
        values = (target for each in self.fields("Link") for target in linked(self.url, each, rels))
        yield from self.usable((target, HEADER) for target in values)
        page = self.page(*rels)
        elements = (
            (link.href, f"{link.name} element")
            for link in page.links
            if link.href is not None and any(rel in rels for rel in link.rels)
        )
        yield from self.usable(elements, page)

    def usable(self, candidates: Iterable[Found], page: markup.Page = NO_PAGE) -> Iterator[Found]:
        """Yield those ``candidates``, references and where they were found, that are http(s) URLs.

        They are resolved as references of ``page``, or of a header; after ``MOST_CANDIDATES`` the
        search ends.
        """
        for reference, found in islice(candidates, MOST_CANDIDATES):
            try:
                yield urls.check(page.resolve(self.url, reference)), found
            except InvalidURL:
                continue

    @cached_property
    def _lower(self) -> str:
        return self.html.lower()

    @cached_property
    def _page(self) -> markup.Page:
        return markup.read(self.html)

"""A page with microformats -> an item of JF2, from which ``hosted.jf2`` makes a mention. Pure.

So the rules about names, texts, kinds and dates are those for hosted services, which return such
items. Whoever wrote the page may have put anything into any property.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from itertools import chain

import mf2py

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.receiving.hosted.dates import moment
from pelican_linkback.receiving.hosted.properties import Jf2Item
from pelican_linkback.receiving.reading.author import author_of
from pelican_linkback.receiving.reading.items import Item, post_of
from pelican_linkback.receiving.reading.tree import MARK, Root, tree_of
from pelican_linkback.text import urls
from pelican_linkback.text.html_lines import lines_of

__all__ = ["item_of"]

# The properties of a post that refer to other pages, and the names that they had at first.
_RELATIONS = {
    "in-reply-to": ("in-reply-to", "reply-to", "reply"),
    "repost-of": ("repost-of", "repost"),
    "like-of": ("like-of", "like"),
    "bookmark-of": ("bookmark-of", "bookmark"),
}
_LONGEST_TEXT = 50_000


def item_of(html: str, base: str, pages: Sequence[str], links: Collection[str]) -> Jf2Item | None:
    """Return what a page says of the post that it is; None if it has no microformats of one.

    ``base`` is what its references are resolved against, ``pages`` are the URLs of the page itself,
    ``links`` its references to a page of ours, as they are written.
    """
    tree = tree_of(html, links)
    if not tree.roots:
        return None
    found = mf2py.parse(tree.soup, url=base, filter_roots=True)
    items = [Item.read(each) for each in found["items"]]
    post = post_of(items, tree.roots, pages)
    linked = _resolved(base, tree.author) if tree.author else ""
    author = author_of(post, items, linked, pages[0])
    writer = _Writer(tree.markup)
    own = _urls(post.item, tree.roots) if post else []
    said = {
        **(writer.post(post.item, own, pages) if post else {}),
        **({"author": writer.author(author)} if author else {}),
    }
    return said or None


def _resolved(base: str, reference: str) -> str:
    try:
        return urls.resolve(base, reference)
    except InvalidURL:
        return ""


def _urls(post: Item, roots: Sequence[Root]) -> Sequence[str]:
    """Return the URLs that a post says.

    mf2py takes the only link in a post for its URL, and some of the links are left out.
    """
    says_it = post.root < 0 or roots[post.root].has_url
    return list(post.urls("url")) if says_it else ()


class _Writer:
    """Writes microformats as JF2; ``markup`` is what the marks in their texts stand for.

    Names are escaped, since JF2 has markup in them.
    """

    def __init__(self, markup: Sequence[str]) -> None:
        self.markup = markup

    def post(self, post: Item, own: Sequence[str], pages: Collection[str]) -> dict[str, object]:
        """Return what is known of a post, whose URLs are ``own``; without empty properties."""
        found: dict[str, list[object]] = {
            "url": [*(url for url in own if url in pages), *own],
            "name": [*map(escape, self._texts(post, "name"))],
            "summary": [*self._contents(post, "summary")],
            "content": [*self._contents(post, "content"), *self._contents(post, "description")],
            "published": [each for each in self._dates(post) if moment(each)],
            "rsvp": [*self._texts(post, "rsvp")],
            "visibility": [*self._texts(post, "visibility")],
            "audience": [*self._texts(post, "audience")],
            **{name: [*post.urls(*names)] for name, names in _RELATIONS.items()},
        }
        return {name: values for name, values in found.items() if values}

    def author(self, author: Item | str) -> object:
        if isinstance(author, str):
            return author if urls.is_fetchable(author) else escape(self._plain(author))
        return {
            "name": [*map(escape, self._texts(author, "name"))],
            # A card may have no more than words, such as one that is within others.
            "nickname": [
                *map(escape, (*self._texts(author, "nickname"), self._plain(author.value)))
            ],
            "url": [*author.urls("url")],
            "photo": [*author.urls("photo")],
        }

    def _dates(self, post: Item) -> Iterator[str]:
        return chain(self._texts(post, "published"), self._texts(post, "updated"))

    def _texts(self, item: Item, name: str) -> Iterator[str]:
        return map(self._plain, item.texts(name))

    def _contents(self, item: Item, name: str) -> Iterator[Mapping[str, str]]:
        for text in item.texts(name):
            mark = MARK.match(text)
            yield {"html": self.markup[int(mark[1])]} if mark else {"text": self._plain(text)}

    def _plain(self, text: str) -> str:
        """Return a text with words in the place of marks.

        Where it begins with one, it is embedded markup itself; what is behind it is said twice.
        """
        mark = MARK.match(text)
        whole = self._words(mark) if mark else MARK.sub(self._words, text)
        return whole[:_LONGEST_TEXT]

    def _words(self, mark: re.Match[str]) -> str:
        return lines_of(self.markup[int(mark[1])]).text

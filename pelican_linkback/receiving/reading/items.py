"""The microformats of a page, and which of them is the post. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NotRequired, TypedDict

from pelican_linkback.receiving.reading.tree import Root
from pelican_linkback.text.urls import page_key

__all__ = ["Item", "Post", "all_items", "key_of", "post_of"]

_CONTAINERS = frozenset({"h-feed", "h-card", "h-adr", "h-geo"})
"""What is no post; posts may be in it."""

_VALUES = 20
"""Of a property, at most so many values are kept."""


class _Found(TypedDict):
    """What mf2py returns (microformats2 parsing, section 1), as far as it is used."""

    type: list[str]
    properties: Mapping[str, Sequence[str | _Found]]
    id: NotRequired[str]
    value: NotRequired[str]
    children: NotRequired[Sequence[_Found]]


@dataclass(frozen=True, slots=True)
class Item:
    """A microformat: ``root`` is the number of its element, and ``value`` the words in it.

    What is one by the rules for old classes alone has no number, but -1.
    """

    types: frozenset[str] = frozenset()
    properties: Mapping[str, Sequence[str | Item]] = field(default_factory=dict)
    children: Sequence[Item] = ()
    value: str = ""
    root: int = -1

    @classmethod
    def read(cls, found: _Found) -> Item:
        """Return what mf2py says of a microformat."""
        properties = found["properties"].items()
        return cls(
            frozenset(found["type"]),
            {name: [_value(each) for each in values[:_VALUES]] for name, values in properties},
            [cls.read(each) for each in found.get("children", ())],
            str(found.get("value", "")),
            int(found.get("id", -1)),
        )

    def values(self, name: str) -> Sequence[str | Item]:
        """Return the values of a property."""
        return self.properties.get(name, ())

    def texts(self, name: str) -> Iterator[str]:
        """Yield the values of a property as texts; of an item, its words."""
        for value in self.values(name):
            yield value if isinstance(value, str) else value.value

    def urls(self, *names: str) -> Iterator[str]:
        """Yield the values of properties as URLs; of an item, its own."""
        for name in names:
            for value in self.values(name):
                if isinstance(value, str):
                    yield value
                else:
                    yield from (each for each in value.values("url") if isinstance(each, str))


def _value(found: str | _Found) -> str | Item:
    """Return a value of a property: a text, or an item.

    Of embedded markup and of a picture with its description it is their text, and its URL.
    """
    if isinstance(found, str):
        return found
    return Item.read(found) if "properties" in found else found["value"]


@dataclass(frozen=True, slots=True)
class Post:
    """A post on a page, and the microformats that are around it, the outermost first."""

    item: Item
    around: Sequence[Item] = ()


def post_of(items: Sequence[Item], roots: Sequence[Root], urls: Collection[str]) -> Post | None:
    """Return the post that a source is, or that it is about; None if there is none on the page.

    It is the one with the URL of the source, of which ``urls`` are the spellings; else the one with
    the fragment of these as its id; else the one that links to us; else the first entry.
    """
    posts = list(_posts(items))
    keys = {key_of(url) for url in urls}
    fragments = {url.partition("#")[2] for url in urls} - {""}
    rules: Sequence[Callable[[Item], bool]] = (
        lambda post: not keys.isdisjoint(map(key_of, post.urls("url"))),
        lambda post: post.root >= 0 and roots[post.root].id in fragments,
        lambda post: post.root >= 0 and roots[post.root].links,
        lambda post: "h-entry" in post.types,
        lambda _: True,
    )
    return next((post for rule in rules for post in posts if rule(post.item)), None)


def _posts(items: Sequence[Item]) -> Iterator[Post]:
    """Yield the posts of a page in order: not what is a part of another, such as a citation."""
    waiting = [Post(item) for item in reversed(items)]
    while waiting:
        post = waiting.pop()
        if post.item.types.isdisjoint(_CONTAINERS):
            yield post
        else:
            around = (*post.around, post.item)
            # Some themes make the entries of a feed its properties.
            entries = [each for each in post.item.values("entry") if isinstance(each, Item)]
            inner = (*entries, *post.item.children)
            waiting.extend(Post(each, around) for each in reversed(inner))


def all_items(items: Iterable[Item]) -> Iterator[Item]:
    """Yield all microformats of a page, whatever they are a part of."""
    waiting = [*items]
    for item in waiting:
        yield item
        waiting.extend(item.children)
        for values in item.properties.values():
            waiting.extend(each for each in values if isinstance(each, Item))


def key_of(url: str) -> str:
    """Return what is equal for URLs of one post: one page may have many, at its fragments.

    http or https, and the slash at the end, do not matter.
    """
    page, _, fragment = url.partition("#")
    place = page_key(page).removeprefix("http://").removeprefix("https://").rstrip("/")
    return f"{place}#{fragment}"

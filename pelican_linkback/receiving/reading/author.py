"""Who wrote a post, by the page alone (https://indieweb.org/authorship-spec). Pure.

The algorithm ends with a fetch of the author's page. That is not done: a stranger would choose what
is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence

from pelican_linkback.receiving.reading.items import Item, Post, all_items, key_of
from pelican_linkback.text.urls import has_other_scheme, is_fetchable, same_site

__all__ = ["author_of"]


def author_of(post: Post | None, items: Sequence[Item], linked: str, url: str) -> Item | str | None:
    """Return the author of a post: a card, a URL or a name; None if the page does not say.

    ``items`` are the microformats of the page ``url`` that are no part of another, ``linked`` is
    the URL of its link with rel=author, or "".
    """
    said = (_said(post) if post else None) or linked
    if isinstance(said, str) and is_fetchable(said):
        return _card_with(said, items) or said
    return said or _of_the_page(items, url)


def _said(post: Post) -> Item | str | None:
    """Return the author whom a post names, or what is around it."""
    if named := _first(post.item):
        return named
    for each in reversed(post.around):
        if "h-card" in each.types:
            return each
        if named := _first(each):
            return named
    return None


def _first(item: Item) -> Item | str | None:
    """Return the first author of a post or a feed of whom anything is said."""
    return next(filter(_is_known, item.values("author")), None)


def _is_known(author: str | Item) -> bool:
    if isinstance(author, str):
        return bool(author.strip()) and not has_other_scheme(author)
    return bool(author.value.strip() or author.values("name") or author.values("url"))


def _card_with(url: str, items: Sequence[Item]) -> Item | None:
    """Return the card with this URL, wherever it is on the page."""
    key = key_of(url)
    cards = (each for each in all_items(items) if "h-card" in each.types)
    return next((card for card in cards if key in map(key_of, card.urls("url"))), None)


def _of_the_page(items: Sequence[Item], url: str) -> Item | None:
    """Return the card that stands by itself, if it is one of the page's site, and no other does.

    It may stand there twice, above and below the post.
    """
    cards = [each for each in items if "h-card" in each.types]
    owners = {key_of(next(card.urls("url"), "")) for card in cards}
    if len(owners) == 1 and any(same_site(each, url) for each in cards[0].urls("url")):
        return cards[0]
    return None

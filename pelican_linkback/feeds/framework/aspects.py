"""The aspects that a Feed class may declare, with their types.

An aspect is declared in one of three ways: as a value, as a method without argument, or as a
method of the object that the feed is for (of the item, where the name begins with ``item_``)::

    class Boats(Feed):
        title = "Boats"
        def link(self) -> str: ...
        def item_title(self, article: Article) -> str: ...

``Aspect[str]`` is the type of all three. Most aspects are annotations without a value: one that no
class declares is absent, and looking it up costs nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.feeds.formats.extensions import InReplyTo, Stylesheet
from pelican_linkback.feeds.formats.people import Person
from pelican_linkback.feeds.formats.rss import Rss201rev2Feed

__all__ = ["Aspect", "Aspects", "Extras", "Order", "as_method", "default", "hook"]

T = TypeVar("T")

# Dots and Any: a subclass chooses what its objects and items are.
Aspect: TypeAlias = T | Callable[..., T]  # type: ignore[explicit-any]
"""What an aspect may be declared as: a value, or a method with or without its subject.

The dots stand for either: a type checker looks at a method before it is bound to a feed.
"""

Order: TypeAlias = str | Callable[..., object] | None  # type: ignore[explicit-any]
"""The name of an attribute of the items, or a method of the item."""

Extras: TypeAlias = Mapping[str, object]
"""Further arguments for a generator, by their names."""

if TYPE_CHECKING:

    def default(method: Callable[..., T]) -> Aspect[T]:  # type: ignore[explicit-any]
        """Type a method as the default of an aspect: a subclass may override it by a value, too."""

    def hook(method: Callable[..., T]) -> Callable[..., T]:  # type: ignore[explicit-any]
        """Type a method whose overrides choose their arguments' types, and call ``super()``."""

else:

    def default(method):
        """Return ``method``; it is for type checkers."""
        return method

    hook = default


def as_method(inherited: Aspect[T]) -> Callable[[object], T]:
    """Return an inherited default, ``super().link``, as the method of the object that it is."""
    return cast("Callable[[object], T]", inherited)


class Aspects:
    """What a Feed class may declare; see ``Feed``."""

    # Where the document goes.

    path: Aspect[str | PurePath | None] = None
    """The file, below the output folder.

    As a value it is a pattern that may name ``{obj}`` and the object's attributes:
    ``"feeds/{slug}.xml"``. A method returns the path itself, None for no document.
    """

    url: Aspect[str | None] = None
    """The document's URL relative to FEED_DOMAIN, a pattern as ``path``; default: the path.

    ``path = "feeds/news/index.xml"`` and ``url = "feeds/news/"``.
    """

    archive_path: Aspect[str | None] = None
    """The pattern of archive documents (RFC 5005, section 4), with ``{number}``.

    They hold what ``limit`` leaves out. ``"feeds/news.{number}.xml"``.
    """

    feed_url: Aspect[str | None]
    """The URL to subscribe to, if it is not that of ``url`` or ``path``: a proxy's."""

    # What is in it.

    items: Aspect[Iterable[object]]
    """The items: articles, pages, or objects of your own. Required."""

    order_by: Order = None
    """What the items are sorted by, the greatest first.

    The name of an attribute of the items, or a method of the item that returns a value
    that can be compared. Default: the order of ``items``, or newest first with a ``limit``.
    """

    limit: Aspect[int | None] = None
    """How many items the document has at most; None (the default) for all.

    Raises FeedError for what is not a whole number from 0 on.
    """

    # What it says of itself.

    feed_type: Aspect[type[SyndicationFeed]] = Rss201rev2Feed
    """The class that writes the document. Default: ``Rss201rev2Feed``.

    ``Atom1Feed``, ``JsonFeed``, or any subclass of feedgenerator's ``SyndicationFeed``.
    """

    title: Aspect[str]
    """The feed's title, as plain text. Required."""

    link: Aspect[str]
    """The URL of the page that shows the same, relative to SITEURL. Required."""

    description: Aspect[str | None]
    """What RSS and JSON Feed say about the feed, as plain text."""

    subtitle: Aspect[str | None]
    """What Atom says about the feed, as plain text."""

    language: Aspect[str | None]
    """The language as a tag (BCP 47) or a locale: "pt-BR", "pt_BR". Default: DEFAULT_LANG.

    What is no language is left out, with a warning.
    """

    author_name: Aspect[str | None]
    """Who writes the feed; Atom asks for an author here or on every entry."""

    author_email: Aspect[str | None]
    """The e-mail address of who writes the feed; Atom only."""

    author_link: Aspect[str | None]
    """An absolute URL of who writes the feed."""

    categories: Aspect[Iterable[str] | None]
    """Words that the feed is about; each may be a ``Category`` (term, scheme, label)."""

    contributors: Aspect[Iterable[Person | str] | None]
    """Who helped; Atom only."""

    feed_copyright: Aspect[str | None]
    """Who holds the rights, as plain text."""

    feed_guid: Aspect[str | None]
    """The feed's id in Atom, a URI that never changes. Default: ``link``."""

    ttl: Aspect[int | str | None]
    """For how many minutes a reader may keep the document; RSS only."""

    icon: Aspect[str | None]
    """The URL of a square picture, relative to SITEURL."""

    logo: Aspect[str | None]
    """The URL of a picture that may be wide, relative to SITEURL; RSS and Atom."""

    skip_hours: Aspect[Iterable[int] | None]
    """The hours (0 to 23, UTC) in which readers need not look; RSS only."""

    skip_days: Aspect[Iterable[str] | None]
    """The days, in English, on which readers need not look; RSS only."""

    stylesheets: Aspect[Iterable[Stylesheet | str] | None]
    """The style sheets for browsers, as URLs or as ``Stylesheet``; RSS and Atom."""

    # What it says of an item.

    title_template: Aspect[str | None] = None
    """The name of a Jinja2 template that makes ``item_title``; it wins over the aspect."""

    description_template: Aspect[str | None] = None
    """The name of a Jinja2 template that makes ``item_description``; it wins over it."""

    item_content: Aspect[str | None]
    """The whole item as HTML, beside an ``item_description`` that is a summary."""

    item_guid: Aspect[str]
    """The item's id, unique and never to change. Default: ``item_link``."""

    item_guid_is_permalink: Aspect[bool | None]
    """Whether RSS may take ``item_guid`` for a URL; unless it is False, it does."""

    item_pubdate: Aspect[dt.date | None]
    """When the item was published: a datetime (without a zone: in TIMEZONE), or a day."""

    item_updateddate: Aspect[dt.date | None]
    """When the item was last changed: a datetime, or a day, as ``item_pubdate``."""

    item_authors: Aspect[Iterable[Person | str] | None]
    """Who wrote the item, all of them; it wins over ``item_author_name`` and the others."""

    item_author_name: Aspect[str | None]
    """Who wrote the item, if it is one."""

    item_author_email: Aspect[str | None]
    """The e-mail address of who wrote the item; asked where there is a name."""

    item_author_link: Aspect[str | None]
    """An absolute URL of who wrote the item; asked where there is a name."""

    item_contributors: Aspect[Iterable[Person | str] | None]
    """Who helped with the item; Atom only."""

    item_categories: Aspect[Iterable[str] | None]
    """Words that the item is about; each may be a ``Category`` (term, scheme, label)."""

    item_copyright: Aspect[str | None]
    """Who holds the rights to the item; Atom and JSON Feed."""

    item_language: Aspect[str | None]
    """The item's language, if it is not the feed's; as ``language``. Atom and JSON Feed."""

    item_image: Aspect[str | None]
    """The URL of the item's picture, relative to SITEURL."""

    item_enclosure_url: Aspect[str | None]
    """The URL of the item's file, absolute; for several see ``item_enclosures``."""

    item_enclosure_length: Aspect[int | str | None]
    """The size of the item's file in bytes; without one it is 0."""

    item_enclosure_mime_type: Aspect[str | None]
    """The media type of the item's file, ``audio/mpeg``. Default: a guess from the URL."""

    item_comments: Aspect[str | None]
    """The absolute URL of the page with the item's comments; RSS only."""

    item_comment_count: Aspect[int | None]
    """How many comments, replies and mentions the item has."""

    item_replies: Aspect[str | None]
    """The URL of the page with the item's replies, relative to SITEURL; Atom and JSON Feed."""

    item_comments_feed: Aspect[str | Mapping[str, str] | None]
    """The URL of the feed of the item's replies, relative to SITEURL.

    For a feed in several formats their URLs, by their media types: a document names that of its own
    format, else the first.
    """

    item_comments_updated: Aspect[dt.date | None]
    """When the newest of the replies came; Atom and JSON Feed. It does not date the item."""

    item_in_reply_to: Aspect[Iterable[InReplyTo | str] | InReplyTo | str | None]
    """What the item answers: the id of another entry, or ``InReplyTo(ref, href)``; or several."""

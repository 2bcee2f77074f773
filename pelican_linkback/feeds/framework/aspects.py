"""The aspects that a Feed class may declare, with their types.

An aspect is declared in one of three ways: as a value, as a method without argument, or as a
method of the object that the feed is for (of the item, where the name begins with ``item_``)::

    class Boats(Feed):
        title = "Boats"
        def link(self) -> str: ...
        def item_title(self, article: Article) -> str: ...

``Aspect[str]`` is the type of all three. Type checkers and editors see each aspect as a property
of this type, which a subclass may override by any of them. At run time these properties do not
exist: an aspect that no class declares is absent, and looking one up costs nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias, TypeVar, cast, overload

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.feeds.formats.extensions import Stylesheet
from pelican_linkback.feeds.formats.people import Person
from pelican_linkback.feeds.formats.rss import Rss201rev2Feed

__all__ = ["Aspect", "Aspects", "Extras", "Order", "as_method", "default", "hook"]

T = TypeVar("T")
P = ParamSpec("P")

# Any: a subclass chooses what its objects and items are.
Aspect: TypeAlias = T | Callable[[], T] | Callable[[Any], T]  # type: ignore[explicit-any]
"""What an aspect may be declared as: a value, or a method with or without its subject."""

Order: TypeAlias = str | Callable[[Any], object] | None  # type: ignore[explicit-any]
"""The name of an attribute of the items, or a method of the item."""

Extras: TypeAlias = Mapping[str, object]
"""Further arguments for a generator, by their names."""

if TYPE_CHECKING:

    class default(Generic[P, T]):  # noqa: N801 (a decorator, like property)
        """Type a method as the default of an aspect: a subclass may override it by a value, too.

        ``ArticleFeed.title(self, obj)`` calls the method itself; ``super().title`` may be a value.
        """

        def __init__(self, method: Callable[P, T]) -> None: ...
        @overload
        def __get__(self, instance: None, owner: type) -> Callable[P, T]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> Aspect[T]: ...
        def __get__(self, instance: object, owner: type) -> object: ...

    class hook(Generic[P, T]):  # noqa: N801
        """Type a method whose overrides choose their arguments' types, and call ``super()``."""

        def __init__(self, method: Callable[P, T]) -> None: ...
        @overload
        def __get__(self, instance: None, owner: type) -> Callable[P, T]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> Callable[..., T]: ...  # type: ignore[explicit-any]
        def __get__(self, instance: object, owner: type) -> object: ...

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

    if TYPE_CHECKING:
        # Where the document goes.

        @property
        def path(self) -> Aspect[str | PurePath | None]:
            """The file, below the output folder.

            As a value it is a pattern that may name ``{obj}`` and the object's attributes:
            ``"feeds/{slug}.xml"``. A method returns the path itself, None for no document.
            """

        @property
        def url(self) -> Aspect[str | None]:
            """The document's URL relative to FEED_DOMAIN, a pattern as ``path``; default: the path.

            ``path = "feeds/news/index.xml"`` and ``url = "feeds/news/"``.
            """

        @property
        def archive_path(self) -> Aspect[str | None]:
            """The pattern of archive documents (RFC 5005, section 4), with ``{number}``.

            They hold what ``limit`` leaves out. ``"feeds/news.{number}.xml"``.
            """

        @property
        def feed_url(self) -> Aspect[str | None]:
            """The URL to subscribe to, if it is not that of ``url`` or ``path``: a proxy's."""

        # What is in it.

        @property
        def items(self) -> Aspect[Iterable[object]]:
            """The items: articles, pages, or objects of your own. Required."""

        @property
        def order_by(self) -> Order:
            """What the items are sorted by, the greatest first.

            The name of an attribute of the items, or a method of the item that returns a value
            that can be compared. Default: the order of ``items``, or newest first with a ``limit``.
            """

        @property
        def limit(self) -> Aspect[int | None]:
            """How many items the document has at most; None (the default) for all.

            Raises FeedError for what is not a whole number from 0 on.
            """

        # What it says of itself.

        @property
        def feed_type(self) -> Aspect[type[SyndicationFeed]]:
            """The class that writes the document. Default: ``Rss201rev2Feed``.

            ``Atom1Feed``, ``JsonFeed``, or any subclass of feedgenerator's ``SyndicationFeed``.
            """

        @property
        def title(self) -> Aspect[str]:
            """The feed's title, as plain text. Required."""

        @property
        def link(self) -> Aspect[str]:
            """The URL of the page that shows the same, relative to SITEURL. Required."""

        @property
        def description(self) -> Aspect[str | None]:
            """What RSS and JSON Feed say about the feed, as plain text."""

        @property
        def subtitle(self) -> Aspect[str | None]:
            """What Atom says about the feed, as plain text."""

        @property
        def language(self) -> Aspect[str | None]:
            """The language as a tag (BCP 47) or a locale: "pt-BR", "pt_BR". Default: DEFAULT_LANG.

            What is no language is left out, with a warning.
            """

        @property
        def author_name(self) -> Aspect[str | None]:
            """Who writes the feed; Atom asks for an author here or on every entry."""

        @property
        def author_email(self) -> Aspect[str | None]:
            """The e-mail address of who writes the feed; Atom only."""

        @property
        def author_link(self) -> Aspect[str | None]:
            """An absolute URL of who writes the feed."""

        @property
        def categories(self) -> Aspect[Iterable[str] | None]:
            """Words that the feed is about; each may be a ``Category`` (term, scheme, label)."""

        @property
        def contributors(self) -> Aspect[Iterable[Person | str] | None]:
            """Who helped; Atom only."""

        @property
        def feed_copyright(self) -> Aspect[str | None]:
            """Who holds the rights, as plain text."""

        @property
        def feed_guid(self) -> Aspect[str | None]:
            """The feed's id in Atom, a URI that never changes. Default: ``link``."""

        @property
        def ttl(self) -> Aspect[int | str | None]:
            """For how many minutes a reader may keep the document; RSS only."""

        @property
        def icon(self) -> Aspect[str | None]:
            """The URL of a square picture, relative to SITEURL."""

        @property
        def logo(self) -> Aspect[str | None]:
            """The URL of a picture that may be wide, relative to SITEURL; RSS and Atom."""

        @property
        def skip_hours(self) -> Aspect[Iterable[int] | None]:
            """The hours (0 to 23, UTC) in which readers need not look; RSS only."""

        @property
        def skip_days(self) -> Aspect[Iterable[str] | None]:
            """The days, in English, on which readers need not look; RSS only."""

        @property
        def stylesheets(self) -> Aspect[Iterable[Stylesheet | str] | None]:
            """The style sheets for browsers, as URLs or as ``Stylesheet``; RSS and Atom."""

        # What it says of an item.

        @property
        def title_template(self) -> Aspect[str | None]:
            """The name of a Jinja2 template that makes ``item_title``; it wins over the aspect."""

        @property
        def description_template(self) -> Aspect[str | None]:
            """The name of a Jinja2 template that makes ``item_description``; it wins over it."""

        @property
        def item_content(self) -> Aspect[str | None]:
            """The whole item as HTML, beside an ``item_description`` that is a summary."""

        @property
        def item_guid(self) -> Aspect[str]:
            """The item's id, unique and never to change. Default: ``item_link``."""

        @property
        def item_guid_is_permalink(self) -> Aspect[bool | None]:
            """Whether RSS may take ``item_guid`` for a URL; unless it is False, it does."""

        @property
        def item_pubdate(self) -> Aspect[dt.date | None]:
            """When the item was published: a datetime (without a zone: in TIMEZONE), or a day."""

        @property
        def item_updateddate(self) -> Aspect[dt.date | None]:
            """When the item was last changed: a datetime, or a day, as ``item_pubdate``."""

        @property
        def item_authors(self) -> Aspect[Iterable[Person | str] | None]:
            """Who wrote the item, all of them; it wins over ``item_author_name`` and the others."""

        @property
        def item_author_name(self) -> Aspect[str | None]:
            """Who wrote the item, if it is one."""

        @property
        def item_author_email(self) -> Aspect[str | None]:
            """The e-mail address of who wrote the item; asked where there is a name."""

        @property
        def item_author_link(self) -> Aspect[str | None]:
            """An absolute URL of who wrote the item; asked where there is a name."""

        @property
        def item_contributors(self) -> Aspect[Iterable[Person | str] | None]:
            """Who helped with the item; Atom only."""

        @property
        def item_categories(self) -> Aspect[Iterable[str] | None]:
            """Words that the item is about; each may be a ``Category`` (term, scheme, label)."""

        @property
        def item_copyright(self) -> Aspect[str | None]:
            """Who holds the rights to the item; Atom and JSON Feed."""

        @property
        def item_language(self) -> Aspect[str | None]:
            """The item's language, if it is not the feed's; as ``language``. Atom and JSON Feed."""

        @property
        def item_image(self) -> Aspect[str | None]:
            """The URL of the item's picture, relative to SITEURL."""

        @property
        def item_enclosure_url(self) -> Aspect[str | None]:
            """The URL of the item's file, absolute; for several see ``item_enclosures``."""

        @property
        def item_enclosure_length(self) -> Aspect[int | str | None]:
            """The size of the item's file in bytes; without one it is 0."""

        @property
        def item_enclosure_mime_type(self) -> Aspect[str | None]:
            """The media type of the item's file, ``audio/mpeg``. Default: a guess from the URL."""

        @property
        def item_comments(self) -> Aspect[str | None]:
            """The absolute URL of the page with the item's comments; RSS only."""

        @property
        def item_comment_count(self) -> Aspect[int | None]:
            """How many comments, replies and mentions the item has; RSS and Atom."""

        @property
        def item_replies(self) -> Aspect[str | None]:
            """The URL of the item's replies, relative to SITEURL; Atom only (RFC 4685)."""

    else:
        feed_type = Rss201rev2Feed
        path = url = archive_path = None
        limit = order_by = None
        title_template = description_template = None

"""Feed: a class that declares a feed, in the manner of Django's syndication framework.

Every aspect is a value, a method without argument, or a method of the object (of the item,
for those that begin with ``item_``). What a URLconf is to Django, ``objects`` and ``path`` are
to a static site: for which objects the feed exists, and where each document goes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from operator import attrgetter
from pathlib import PurePath
from typing import Any

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.aspects import resolve
from pelican_linkback.feeds.formats import Enclosure, Rss201rev2Feed
from pelican_linkback.feeds.site import Site

__all__ = ["Feed"]

# Aspects of a feed that go to the generator under their own names.
_FEED_ASPECTS = (
    "title",
    "subtitle",
    "description",
    "author_name",
    "author_email",
    "author_link",
    "categories",
    "feed_copyright",
    "feed_guid",
    "ttl",
    "stylesheets",
)

# Aspects of an item (here without item_), and the argument of add_item that takes each.
_ITEM_ASPECTS = {
    "enclosures": "enclosures",
    "comments": "comments",
    "categories": "categories",
    "copyright": "item_copyright",
    "guid_is_permalink": "unique_id_is_permalink",
}

# Aspects that feedgenerator has no argument for, or that few feeds have: passed where given.
_ITEM_EXTRAS = {"content": "content", "authors": "authors", "language": "language"}


class Feed:
    """A feed, declared. Subclass it, and name the subclass in LINKBACK_FEEDS.

    ``site`` is the site at hand: hooks may use it, since they are called for a site.
    """

    feed_type: Any = Rss201rev2Feed
    path: Any = None
    url: Any = None
    title_template: str | None = None
    description_template: str | None = None
    limit: Any = None
    order_by: Any = None

    site: Site

    # Where the feed exists.

    def objects(self, site: Site) -> Iterable[Any]:  # noqa: ARG002 (subclasses ask the site)
        """Return the objects for which the feed exists; one feed of the site has only None."""
        return (None,)

    def get_object(self, site: Site, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Return the object of a feed made by hand: ``MyFeed()(site, *args, **kwargs)``."""
        return None

    def path_fields(self, obj: Any) -> Mapping[str, Any]:
        """Return what a pattern in ``path`` and ``url`` may name: ``obj`` and its attributes."""
        return _Fields(obj=obj)

    def document_path(self, obj: Any) -> str | None:
        """Return where the document goes, below the output folder; None where it has no place."""
        return self._located("path", obj)

    def document_url(self, obj: Any) -> str | None:
        """Return the document's URL, relative to FEED_DOMAIN."""
        return self._located("url", obj) or self.document_path(obj)

    def _located(self, aspect: str, obj: Any) -> str | None:
        value = getattr(self, aspect)
        if isinstance(value, str | PurePath):
            return self.expand(str(value), obj)
        place = self.aspect(aspect, obj)
        return str(place) if place else None

    def expand(self, pattern: str, obj: Any) -> str:
        """Return a pattern of ``path`` or ``url`` with its fields filled in for ``obj``."""
        try:
            return pattern.format_map(self.path_fields(obj))
        except (KeyError, IndexError, AttributeError, ValueError) as error:
            message = (
                f"the pattern {pattern!r} does not fit {obj!r} ({error}); it may name "
                "{obj} and the object's attributes, such as {slug}"
            )
            raise FeedError(type(self).__name__, message) from error

    # What stands in it.

    def filter(self, item: Any) -> bool:  # noqa: ARG002
        """Tell whether ``item`` belongs into the feed."""
        return True

    def item_title(self, item: Any) -> Any:
        """Return the item as text, escaped: titles are read as HTML by some readers."""
        return escape(str(item))

    def item_description(self, item: Any) -> Any:
        """Return the item as text."""
        return str(item)

    def item_link(self, item: Any) -> Any:
        """Return the item's own URL: ``get_absolute_url()``, or ``url`` as Pelican's have."""
        if hasattr(item, "get_absolute_url"):
            return item.get_absolute_url()
        if hasattr(item, "url"):
            return item.url
        message = (
            f"{item!r} has neither get_absolute_url() nor url: write def item_link(self, item)"
        )
        raise FeedError(type(self).__name__, message)

    def item_enclosures(self, item: Any) -> Sequence[Any]:
        """Return the item's files: one, where ``item_enclosure_url`` gives one."""
        url = self.aspect("item_enclosure_url", item)
        if not url:
            return []
        length = self.aspect("item_enclosure_length", item)
        mime_type = self.aspect("item_enclosure_mime_type", item)
        return [Enclosure(url=url, length=length, mime_type=mime_type)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the templates may use.

        It is called with ``item``, ``obj`` (what the feed is for) and ``site``. As in Django's
        framework, a template knows the item as ``obj``; here also as ``item``.
        """
        return {"obj": kwargs.get("item"), "item": kwargs.get("item"), "site": kwargs.get("site")}

    def feed_extra_kwargs(self, obj: Any) -> Mapping[str, Any]:  # noqa: ARG002
        """Return further arguments for the generator."""
        return {}

    def item_extra_kwargs(self, item: Any) -> Mapping[str, Any]:  # noqa: ARG002
        """Return further arguments for the generator's ``add_item``."""
        return {}

    # How it is made.

    def aspect(self, name: str, subject: Any, default: Any = None) -> Any:
        """Return the aspect ``name`` for ``subject``; see ``aspects.resolve``."""
        return resolve(self, name, subject, default)

    def __call__(self, site: Site, *args: Any, **kwargs: Any) -> Any:
        """Return the populated generator for what ``get_object`` makes of the arguments."""
        return self.get_feed(self.get_object(site, *args, **kwargs), site)

    def get_feed(self, obj: Any, site: Site) -> Any:
        """Return the populated generator of the feed for ``obj``."""
        self.site = site
        feed = self.aspect("feed_type", obj)(
            link=site.absolute(str(self._required("link", obj))),
            language=self.aspect("language", obj) or site.language,
            feed_url=site.absolute_feed(
                self.aspect("feed_url", obj) or self.document_url(obj) or ""
            ),
            **{name: self.aspect(name, obj) for name in _FEED_ASPECTS}
            | {"title": self._required("title", obj)},
            **self.feed_extra_kwargs(obj),
        )
        for item in self.selected_items(obj):
            feed.add_item(**self._item_arguments(item, obj))
        return feed

    def selected_items(self, obj: Any) -> list[Any]:
        """Return the items of ``obj``: filtered, then in order, then up to the limit.

        With a limit and no order of its own a feed is newest first: a limit on some other
        order would keep the newest out (P15).
        """
        items = self._required("items", obj)
        try:
            chosen = [item for item in items if self.filter(item)]
        except TypeError as error:
            if isinstance(items, Iterable):
                raise
            message = f"items of {obj!r} is {items!r}, which cannot be iterated; return a list"
            raise FeedError(type(self).__name__, message) from error
        limit = self.aspect("limit", obj)
        key = self._sort_key(limited=limit is not None)
        if key is not None:
            chosen.sort(key=key, reverse=True)
        return chosen[:limit]

    def _sort_key(self, *, limited: bool) -> Any:
        if isinstance(self.order_by, str):
            return attrgetter(self.order_by)
        if self.order_by is not None:
            return self.order_by
        if limited and hasattr(self, "item_pubdate"):
            return lambda item: (
                self._date("pubdate", item) or dt.datetime.min.replace(tzinfo=dt.UTC)
            )
        return None

    def _required(self, name: str, obj: Any) -> Any:
        value = self.aspect(name, obj)
        if value is None:
            message = f"has no {name} for {obj!r}: write {name} = ... or def {name}(self, obj)"
            raise FeedError(type(self).__name__, message)
        return value

    def _date(self, name: str, item: Any) -> dt.datetime | None:
        date = self.aspect(f"item_{name}", item)
        return self.site.aware(date) if date else None

    def _text(self, name: str, item: Any, obj: Any) -> Any:
        """Return the item's ``title`` or ``description``; a template wins over the method."""
        template = getattr(self, f"{name}_template")
        if template is None:
            return self.aspect(f"item_{name}", item)
        context = self.get_context_data(item=item, obj=obj, site=self.site)
        return self._template(f"{name}_template", template).render(context)

    def _template(self, aspect: str, name: str) -> Any:
        try:
            return self.site.template(name)
        except LookupError as error:
            message = (
                f"there is no template {name!r}, which {aspect} names; put it into the theme's "
                "templates or into a folder of THEME_TEMPLATES_OVERRIDES"
            )
            raise FeedError(type(self).__name__, message) from error

    def _item_arguments(self, item: Any, obj: Any) -> dict[str, Any]:
        link = self.site.absolute(str(self.aspect("item_link", item)))
        arguments = {
            "title": self._text("title", item, obj),
            "link": link,
            "description": self._text("description", item, obj),
            "unique_id": self.aspect("item_guid", item, link),
            "pubdate": self._date("pubdate", item),
            "updateddate": self._date("updateddate", item),
        }
        for name, argument in _ITEM_ASPECTS.items():
            arguments[argument] = self.aspect(f"item_{name}", item)
        for name, argument in _ITEM_EXTRAS.items():
            value = self.aspect(f"item_{name}", item)
            if value is not None:
                arguments[argument] = value
        author = self.aspect("item_author_name", item)
        arguments["author_name"] = author
        if author is not None:
            arguments["author_email"] = self.aspect("item_author_email", item)
            arguments["author_link"] = self.aspect("item_author_link", item)
        return arguments | dict(self.item_extra_kwargs(item))


class _Fields(dict[str, Any]):
    """The fields of a path pattern: ``obj``, and each attribute of the object by its name."""

    def __missing__(self, name: str) -> Any:
        return getattr(self["obj"], name)

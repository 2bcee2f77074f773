"""Feed: a class that declares a feed, in the manner of Django's syndication framework.

Every aspect is a value, a method without argument, or a method of the object (of the item,
for those that begin with ``item_``). What a URLconf is to Django, ``objects`` and ``path`` are
to a static site: for which objects the feed exists, and where each document goes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import PurePath
from typing import cast

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.formats.base import Generator
from pelican_linkback.feeds.formats.extensions import Enclosure
from pelican_linkback.feeds.framework.archives import Archives
from pelican_linkback.feeds.framework.aspects import Aspects, Extras, default, hook
from pelican_linkback.feeds.framework.head import feed_arguments, required
from pelican_linkback.feeds.framework.items import ItemReader
from pelican_linkback.feeds.framework.order import arranged, limit_of
from pelican_linkback.feeds.framework.resolver import declaring, resolve, shown, silent_without
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.text.printable import described, place_of

__all__ = ["Feed"]


class Feed(Aspects):
    """The declaration of a feed. Subclass it, and name the subclass in LINKBACK_FEEDS.

    ::

        class Regattas(Feed):
            path = "feeds/regattas.xml"
            title = "Regattas"
            link = "/regattas/"
            items = ["Spring cup", "Night race"]

            def item_link(self, regatta: str) -> str:
                return f"/regattas/#{regatta}"

    Each aspect is a value, a method without argument, or a method of the object that the feed is
    for (of the item, where the name begins with ``item_``). Required are ``path``, ``title``,
    ``link`` and ``items``; what is left out or None is not in the document.

    Where it goes:
        path, url, feed_url, archive_path; objects (for each of which there is a document)
    What is in it:
        items, filter, order_by, limit
    What it says of itself:
        feed_type, title, link, description, subtitle, language, author_name, author_email,
        author_link, categories, contributors, feed_copyright, feed_guid, ttl, icon, logo, hubs,
        skip_hours, skip_days, stylesheets, feed_extra_kwargs
    What it says of an item:
        item_title, item_description, item_content, item_link, item_guid, item_guid_is_permalink,
        item_pubdate, item_updateddate, item_authors, item_author_name, item_author_email,
        item_author_link, item_contributors, item_categories, item_copyright, item_language,
        item_image, item_enclosures, item_enclosure_url, item_enclosure_length,
        item_enclosure_mime_type, item_comments, item_comment_count, item_replies,
        item_comments_feed, item_comments_updated, item_in_reply_to, item_extra_kwargs,
        title_template, description_template

    A build writes the documents. An item whose methods raise is left out, with a warning; a class
    that cannot be built costs its feed, with an error in the log. Whoever calls the methods by hand
    gets a FeedError, which says what to write instead.
    """

    site: Site
    """The site at hand: its articles, its settings, the time of the build."""

    obj: object = None
    """The object that the document at hand is for, one of ``objects``; None for the site's."""

    # Where the feed exists.

    @default
    def objects(self, site: Site) -> Iterable[object]:  # noqa: ARG002 (subclasses ask the site)
        """Return the objects that have a document each. Default: one document, for None.

        ``objects = ["Boats", "Bread"]`` with ``path = "feeds/{obj}.xml"`` makes two.
        """
        return (None,)

    @hook
    def get_object(self, site: Site, *args: object, **kwargs: object) -> object:  # noqa: ARG002
        """Return the object for a feed that is called: ``MyFeed()(site, *args, **kwargs)``.

        Only scripts and other plugins call feeds; a build asks for ``objects``.
        """
        return None

    @hook
    def path_fields(self, obj: object) -> Mapping[str, object]:
        """Return the fields that a pattern of ``path`` and ``url`` may name.

        Default: ``{obj}`` and the attributes of the object, such as ``{slug}``.
        """
        return _Fields(obj=obj)

    def path_source(self, obj: object) -> str:  # noqa: ARG002
        """Return what sets the path of the document, as messages name it: ``"News.path"``."""
        return f"{type(self).__name__}.path"

    def path_pattern(self) -> str | None:
        """Return the pattern of the documents' paths; None where a method returns each path."""
        return str(self.path) if isinstance(self.path, str | PurePath) else None

    def document_path(self, obj: object) -> str | None:
        """Return the path of the document below the output folder; None for no document.

        Raises FeedError where the class declares no path.
        """
        place = self._located("path", obj)
        if place is None and not callable(self.path):
            message = 'has no path: write path = "feeds/news.xml" or def path(self, obj)'
            raise FeedError(type(self).__name__, message)
        return place

    def document_url(self, obj: object) -> str | None:
        """Return the URL of the document, relative to FEED_DOMAIN; None for no document."""
        return self._located("url", obj) or self._located("path", obj)

    def _located(self, aspect: str, obj: object) -> str | None:
        place = self.aspect(aspect, obj)
        if not place:
            return None
        return str(place) if callable(getattr(self, aspect)) else self.expand(str(place), obj)

    def expand(self, pattern: str, obj: object, **more: object) -> str:
        """Return a pattern of ``path`` or ``url`` with its fields filled in for ``obj``.

        ``more`` are fields beside those of ``path_fields``. Raises FeedError where the pattern
        names a field that neither has.
        """
        try:
            return pattern.format_map(_Beside(more, self.path_fields(obj)))
        except (KeyError, IndexError, AttributeError, ValueError) as error:
            message = (
                f"the pattern {pattern!r} does not fit {shown(obj)} ({error}); it may name "
                "{obj} and the object's attributes, such as {slug}"
            )
            raise FeedError(type(self).__name__, message) from error

    # Who is notified when it changes.

    @default
    def hubs(self, obj: object) -> Sequence[str]:  # noqa: ARG002 (a feed may have its own)
        """Return the absolute URLs of the feed's WebSub hubs. Default: LINKBACK_HUBS."""
        return self.site.hubs

    # What stands in it.

    @default
    def filter(self, item: object) -> bool:  # noqa: ARG002
        """Return whether ``item`` belongs into the feed. Default: all do."""
        return True

    @default
    def item_title(self, item: object) -> str | None:
        """Return the item's title. Default: the item as text, escaped.

        Some readers read titles as HTML.
        """
        return escape(str(item))

    @default
    def item_description(self, item: object) -> str | None:
        """Return what is said of the item, as HTML. Default: the item as text."""
        return str(item)

    @default
    def item_link(self, item: object) -> str:
        """Return the item's URL, relative to SITEURL.

        Default: what the item's ``get_absolute_url()`` returns, or its ``url``. Raises FeedError
        for an item that has neither.
        """
        link: str
        if hasattr(item, "get_absolute_url"):
            link = item.get_absolute_url()
            return link
        if hasattr(item, "url"):
            link = item.url
            return link
        message = (
            f"{shown(item)} has neither get_absolute_url() nor url: write def item_link(self, item)"
        )
        raise FeedError(type(self).__name__, message)

    @hook
    @silent_without("item_enclosure_url")
    def item_enclosures(self, item: object) -> Iterable[Enclosure]:
        """Return the item's files. Default: one, where ``item_enclosure_url`` gives one.

        Atom and JSON Feed have all of them, RSS the first.
        """
        url = self.aspect("item_enclosure_url", item)
        if not url:
            return []
        # Whatever they are: the reader of items says what is wrong.
        length = cast("int | str | None", self.aspect("item_enclosure_length", item))
        mime_type = cast("str | None", self.aspect("item_enclosure_mime_type", item))
        return [Enclosure(url=str(url), length=length, mime_type=mime_type)]

    @hook
    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Return what ``title_template`` and ``description_template`` may use.

        It is called with ``item``, ``obj`` (what the feed is for) and ``site``. As in Django's
        framework, a template knows the item as ``obj``; here also as ``item``.
        """
        return {"obj": kwargs.get("item"), "item": kwargs.get("item"), "site": kwargs.get("site")}

    @default
    def feed_extra_kwargs(self, obj: object) -> Extras:  # noqa: ARG002
        """Return further arguments for the generator, which finds them in ``self.feed``.

        One that has the name of an aspect wins over it.
        """
        return {}

    @default
    @silent_without()
    def item_extra_kwargs(self, item: object) -> Extras:  # noqa: ARG002
        """Return further arguments for the generator's ``add_item``, to be found in ``item``.

        One that has the name of an argument wins over the aspect.
        """
        return {}

    # How it is made.

    def aspect(self, name: str, subject: object, default: object = None) -> object:
        """Return the aspect ``name`` for ``subject``, an object or an item, however it is declared.

        ``default`` is for an aspect that the class does not declare.
        """
        return resolve(self, name, subject, default)

    def __call__(self, site: Site, *args: object, **kwargs: object) -> SyndicationFeed:
        """Return the generator, with its items, for the object that ``get_object`` returns.

        ``News()(site).writeString("utf-8")`` is the document, and ``write(file, "utf-8")`` writes
        it: soonest to a file that was opened for bytes.
        """
        return self.get_feed(self.get_object(site, *args, **kwargs), site)

    def get_feed(self, obj: object, site: Site) -> SyndicationFeed:
        """Return the generator, with its items, of the document for ``obj``.

        ``get_feed(None, site).writeString("utf-8")`` is the document. Raises FeedError where the
        class says something that cannot be, and whatever its own methods raise.
        """
        self.site, self.obj = site, obj
        arguments = feed_arguments(self, obj)
        arguments["archive"] = self.archives(obj).links(0)
        return self._populated(obj, self.selected_items(obj), arguments)

    def archives(self, obj: object) -> Archives:
        """Return the archive documents (RFC 5005) for ``obj``; without ``archive_path``, none."""
        pattern = self.aspect("archive_path", obj)
        if not pattern:
            return Archives(self, obj, None, None)
        return Archives(self, obj, str(pattern), limit_of(self, obj))

    def get_archive(self, obj: object, site: Site, number: int) -> SyndicationFeed:
        """Return the generator of the archive document ``number``, counted from 1, for ``obj``."""
        self.site, self.obj = site, obj
        archives, arguments = self.archives(obj), feed_arguments(self, obj)
        arguments.pop("hubs", None)  # what is full does not change, so there is nothing to tell
        arguments["archive"] = archives.links(number, cast("str | None", arguments["feed_url"]))
        arguments["feed_url"] = archives.url(number)
        items = archives.items(number)
        if not items and not arguments.get("updated"):  # it is as old as the one before it
            arguments["updated"] = _newest(self.get_archive(obj, site, number - 1))
        return self._populated(obj, items, arguments)

    def _populated(
        self, obj: object, items: Iterable[object], arguments: Mapping[str, object]
    ) -> SyndicationFeed:
        feed = self.generator_class(obj)(**arguments)
        items = list(items)
        failures = self.site.sharing.add_all(self, feed, items, ItemReader(self, obj))
        if failures and (len(failures) == len(items) or not self.site.can_warn):
            raise failures[0][1]  # the fault is that of the class; or nobody would hear of it
        for item, error in failures:
            # An article that fails does so in many feeds; a hook, in those of its class.
            what = (described(error), declaring(type(self), place_of(error).partition(" ")[0]))
            self.site.sharing.once(what, item, self._warn_of, what[0])
        return feed

    def _warn_of(self, why: str, item: object) -> bool:
        self.site.warn("{} is left out of {}: {}", shown(item), type(self).__name__, why)
        return True

    def generator_class(self, obj: object) -> type[SyndicationFeed]:
        """Return the class that writes the document for ``obj``: the aspect ``feed_type``.

        Raises FeedError where that is no generator class.
        """
        feed_type = self.aspect("feed_type", obj)
        if isinstance(feed_type, type) and issubclass(feed_type, SyndicationFeed):
            return feed_type
        message = f"feed_type is {feed_type!r}; write feed_type = Atom1Feed, or a subclass of it"
        raise FeedError(type(self).__name__, message)

    def selected_items(self, obj: object) -> list[object]:
        """Return the items of ``obj``: filtered, then in order, then up to the limit."""
        return self.ordered_items(obj)[: limit_of(self, obj)]

    def ordered_items(self, obj: object) -> list[object]:
        """Return the items of ``obj``, filtered and in order, as if there were no limit.

        With a limit and no order of its own a feed is newest first: a limit on some other
        order would keep the newest out (P15).
        """
        items = required(self, "items", obj)
        if not isinstance(items, Iterable):
            message = f"items of {shown(obj)} is {items!r}, which cannot be iterated; return a list"
            raise FeedError(type(self).__name__, message)
        return self._arranged(items if isinstance(items, tuple) else list(items), obj)

    def _arranged(self, items: Sequence[object], obj: object) -> list[object]:
        """Return a new list of those of ``items`` that belong into the feed, in its order."""
        return arranged(self, items, obj)


def _newest(feed: SyndicationFeed) -> dt.datetime | None:
    """Return the newest date in a document; None where only the clock would give one."""
    return feed.newest() if isinstance(feed, Generator) else None


class _Fields(dict[str, object]):
    """The fields of a path pattern: ``obj``, and each attribute of the object by its name."""

    def __missing__(self, name: str) -> object:
        return getattr(self["obj"], name)


class _Beside(dict[str, object]):
    """Some fields, and those of ``others`` where they are not among them."""

    def __init__(self, fields: Mapping[str, object], others: Mapping[str, object]) -> None:
        super().__init__(fields)
        self._others = others

    def __missing__(self, name: str) -> object:
        return self._others[name]

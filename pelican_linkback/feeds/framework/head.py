"""Reads what a feed says of itself, as the arguments of its generator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from pelican_linkback.exceptions import FeedError, InvalidURL
from pelican_linkback.feeds.framework.item_values import sound_email
from pelican_linkback.feeds.framework.items import OfSite, as_date
from pelican_linkback.feeds.framework.resolver import shown, unsaid
from pelican_linkback.text.urls import normalise

__all__ = ["FEED_ASPECTS", "FEED_EXTRAS", "feed_arguments", "required"]

FEED_ASPECTS = (
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
"""The aspects of a feed that go to the generator under their own names."""

FEED_EXTRAS = ("contributors", "icon", "logo", "skip_days", "skip_hours")
"""The aspects that feedgenerator has no argument for: passed where given."""

# Those of them that are addresses, relative to the site.
_ADDRESSES = frozenset({"icon", "logo"})


class HeadFeed(OfSite, Protocol):
    """A feed, as far as reading its own aspects needs it."""

    def aspect(self, name: str, subject: object, default: object = None) -> object: ...
    def document_url(self, obj: object) -> str | None: ...


def required(feed: HeadFeed, name: str, obj: object) -> object:
    """Return an aspect of ``feed`` for ``obj``; raises FeedError where it says nothing."""
    value = feed.aspect(name, obj)
    if value is None:
        message = f"has no {name} for {shown(obj)}: write {name} = ... or def {name}(self, obj)"
        raise FeedError(type(feed).__name__, message)
    return value


def feed_arguments(feed: HeadFeed, obj: object) -> dict[str, object]:
    """Return what ``feed`` says of itself for ``obj``, as arguments of the generator."""
    site = feed.site
    url = feed.aspect("feed_url", obj) or feed.document_url(obj)
    arguments = {"title": required(feed, "title", obj)}
    arguments |= _aspects(feed, FEED_ASPECTS, obj)
    if email := arguments["author_email"]:
        arguments["author_email"] = sound_email(site, "author", email, type(feed).__name__)
    arguments["link"] = site.absolute_uri(required(feed, "link", obj))
    arguments["feed_url"] = None if url is None else site.absolute_feed(str(url))
    arguments["language"] = feed.aspect("language", obj) or site.language
    arguments |= _extras(feed, obj)
    if hubs := _hubs(feed, obj):
        arguments["hubs"] = hubs
    arguments |= _extra_arguments(feed, obj)
    arguments["language"] = site.language_tag(
        arguments["language"], lambda: f"language of {type(feed).__name__}"
    )
    return arguments


def _aspects(feed: HeadFeed, names: tuple[str, ...], obj: object) -> dict[str, object]:
    """Return these aspects for ``obj``.

    A fast path of ``aspect``: for those that the class does not declare, which are most of them,
    it is asked once a build.
    """
    attributes = tuple(vars(feed))  # a hook may set another
    none = feed.site.sharing.once((attributes, names), feed, unsaid, names)
    return {
        name: None
        if name in none and len(vars(feed)) == len(attributes)
        else feed.aspect(name, obj)
        for name in names
    }


def _extras(feed: HeadFeed, obj: object) -> dict[str, object]:
    """Return further arguments for the generator, where there is something to say."""
    values = _aspects(feed, FEED_EXTRAS, obj)
    return {
        name: feed.site.absolute_uri(value) if name in _ADDRESSES else value
        for name, value in values.items()
        if value is not None
    }


def _hubs(feed: HeadFeed, obj: object) -> list[str]:
    hubs = feed.aspect("hubs", obj) or ()
    if isinstance(hubs, str) or not isinstance(hubs, Iterable):
        message = f"hubs of {shown(obj)} is {hubs!r}; write a list of absolute URLs"
        raise FeedError(type(feed).__name__, message)
    named: dict[str, str] = {}
    try:
        for hub in map(str, hubs):
            # A hub in two spellings would be notified of each change twice.
            named.setdefault(normalise(hub), hub)
    except InvalidURL as error:
        message = f"hubs of {shown(obj)} names {error.url!r}: {error.reason}"
        raise FeedError(type(feed).__name__, message) from error
    return list(named.values())


def _extra_arguments(feed: HeadFeed, obj: object) -> dict[str, object]:
    """Return what ``feed_extra_kwargs`` gives, its ``updated`` as dates of items."""
    extra = feed.aspect("feed_extra_kwargs", obj)
    if not isinstance(extra, Mapping):
        message = f"feed_extra_kwargs of {shown(obj)} is {extra!r}; return a dictionary"
        raise FeedError(type(feed).__name__, message)
    place = f"updated in feed_extra_kwargs of {shown(obj)}"
    dates = {"updated": as_date(feed, place, extra["updated"])} if "updated" in extra else {}
    return {**extra, **dates}

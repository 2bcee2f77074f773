"""Which feeds this site has, and where each goes; decided before anything is written."""

from __future__ import annotations

import importlib
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.text.printable import described, harmless

__all__ = ["Catalogue", "Document", "catalogue", "load"]


@dataclass(frozen=True, slots=True)
class Document:
    """A feed for an object, and its place below the output folder.

    ``number`` is that of an archive document, 0 for the feed itself.
    """

    feed: Feed
    obj: Any
    path: str
    number: int = 0

    def populated(self, site: Site) -> Any:
        """Return the populated generator."""
        if self.number:
            return self.feed.get_archive(self.obj, site, self.number)
        return self.feed.get_feed(self.obj, site)

    def __str__(self) -> str:
        name = type(self.feed).__name__
        return name if self.obj is None else f"{name} for {harmless(self.obj)!r}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The documents to write, and the feeds that have no place, as errors for people."""

    documents: Sequence[Document]
    errors: Sequence[FeedError]


def load(feeds: Iterable[type[Feed] | str]) -> tuple[list[type[Feed]], list[FeedError]]:
    """Return the Feed classes that are meant, dotted names imported, and what was wrong."""
    classes: list[type[Feed]] = []
    errors: list[FeedError] = []
    for entry in feeds:
        try:
            classes.append(_import(entry) if isinstance(entry, str) else _checked(entry))
        except FeedError as error:
            errors.append(error)
    return classes, errors


def _import(name: str) -> type[Feed]:
    module, _, attribute = name.rpartition(".")
    try:
        return _checked(getattr(importlib.import_module(module), attribute))
    except FeedError:
        raise
    except Exception as error:  # whatever a module of the author's may raise
        message = f"LINKBACK_FEEDS names it, but it cannot be imported ({described(error)})"
        raise FeedError(name, message) from error


def _checked(entry: object) -> type[Feed]:
    if isinstance(entry, type) and issubclass(entry, Feed):
        return entry
    message = "LINKBACK_FEEDS names it, but it is not a subclass of pelican_linkback.feeds.Feed"
    raise FeedError(getattr(entry, "__name__", repr(entry)), message)


def catalogue(feeds: Iterable[type[Feed]], site: Site) -> Catalogue:
    """Return the documents of ``feeds`` on ``site``.

    Two feeds for one path would abort Pelican's build (P3, P4): here the first in the order of
    ``feeds`` and of their objects keeps the path, and the error names both and the remedy.
    What is wrong for one object is mostly wrong for all: it is told once, and counted.
    """
    owners: dict[str, Document] = {}
    errors: dict[object, list[FeedError]] = {}
    for feed_class in feeds:
        for place in _places(feed_class, site):
            if isinstance(place, FeedError):
                errors.setdefault(feed_class, []).append(place)
            elif (owner := owners.setdefault(place.path, place)) is not place:
                pair = (feed_class, type(owner.feed))
                errors.setdefault(pair, []).append(_collision(place, owner))
    return Catalogue(tuple(owners.values()), tuple(_told_once(each) for each in errors.values()))


def _told_once(errors: Sequence[FeedError]) -> FeedError:
    first, *others = errors
    if not others:
        return first
    again = FeedError(first.feed, f"{first.message} (and {len(others)} more like it)")
    again.__cause__ = first
    return again


def _places(feed_class: type[Feed], site: Site) -> Iterable[Document | FeedError]:
    """Yield each document of a feed class, or the error in its place."""
    try:
        feed = feed_class()
        feed.site = site
        objects = list(_objects(feed, site))
    except Exception as error:  # noqa: BLE001 (whatever a hook raises is told, not hidden)
        yield _as_feed_error(feed_class.__name__, error)
        return
    for obj in objects:
        try:
            path = feed.document_path(obj)
            if path is not None:
                yield Document(feed, obj, _inside(feed, path, obj))
                for number, place in feed.archives(obj).places():
                    yield Document(feed, obj, _inside(feed, place, obj), number)
        except Exception as error:  # noqa: BLE001
            yield _as_feed_error(feed_class.__name__, error)


def _objects(feed: Feed, site: Site) -> Iterable[Any]:
    objects = feed.aspect("objects", site)
    if isinstance(objects, Iterable):
        return objects
    message = (
        f"objects is {objects!r}, which cannot be iterated; return a list, "
        "or leave it out for one feed of the site"
    )
    raise FeedError(type(feed).__name__, message)


def _as_feed_error(name: str, error: Exception) -> FeedError:
    if isinstance(error, FeedError):
        return error
    found = FeedError(name, described(error))
    found.__cause__ = error
    return found


def _inside(feed: Feed, path: str, obj: object) -> str:
    normal = posixpath.normpath(path.replace("\\", "/"))
    if posixpath.isabs(normal) or normal.split("/")[0] in {"..", "."}:
        message = f"the path {path!r} of {shown(obj)} is not a file below the output folder"
        raise FeedError(type(feed).__name__, message)
    return normal


def _collision(document: Document, owner: Document) -> FeedError:
    source = document.feed.path_source(document.obj)
    other = owner.feed.path_source(owner.obj)
    if source == other:
        remedy = f"{source} gives both; give one of them a path of its own"
    else:
        remedy = f"give {source} a path that differs from {other}'s, such as another folder"
    message = f"is not written, because {document.path} belongs to {owner}; {remedy}"
    return FeedError(str(document), message)

"""The feeds of a site and their paths, determined before anything is written."""

from __future__ import annotations

import importlib
import posixpath
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.exceptions import FAULTS, FeedError
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.regex import regex

__all__ = ["Catalogue", "Document", "FeedClasses", "Owner", "catalogue", "load"]

_ADDRESS = regex(r"\bat 0x[0-9A-Fa-f]")
"""An address in memory, as Python shows it."""

_LONGEST_NAME = 200
"""The maximum length of an object's name in the manifest, in characters."""


class Owner(NamedTuple):
    """The owner of a document: the name of a Feed class, without its module, and of an object.

    ``obj`` is "" for the feed of the whole site, and None for an object without a name that is the
    same in each build. For an owner that failed, None means every object of the class.
    """

    feed: str
    obj: str | None


class Document(NamedTuple):
    """A feed for an object, its path below the output folder, and its owner.

    ``number`` is that of an archive document, 0 for the feed itself.
    """

    feed: Feed
    obj: object
    path: str
    owner: Owner
    number: int = 0

    def populated(self, site: Site) -> SyndicationFeed:
        """Return the populated generator."""
        if self.number:
            return self.feed.get_archive(self.obj, site, self.number)
        return self.feed.get_feed(self.obj, site)

    def __str__(self) -> str:
        name = type(self.feed).__name__
        return name if self.obj is None else f"{name} for {printable(self.obj)!r}"


class FeedClasses(NamedTuple):
    """The Feed classes of a site, by the names under which they are listed.

    ``errors`` says what is wrong with the others, and ``missing`` names them.
    """

    classes: Sequence[tuple[str, type[Feed]]]
    errors: Sequence[FeedError] = ()
    missing: Sequence[str] = ()


class Catalogue(NamedTuple):
    """The documents to write, and the feeds that have no path, as errors for people.

    ``failed`` are the owners whose documents are unknown.
    """

    documents: Sequence[Document]
    errors: Sequence[FeedError]
    failed: frozenset[Owner]


def load(feeds: Iterable[object]) -> FeedClasses:
    """Return the Feed classes that are meant, dotted names imported, and what was wrong."""
    classes: list[tuple[str, type[Feed]]] = []
    errors: list[FeedError] = []
    missing: list[str] = []
    for entry in feeds:
        listed = entry if isinstance(entry, str) else getattr(entry, "__name__", repr(entry))
        name = listed.rpartition(".")[2]
        try:
            classes.append((name, _import(entry) if isinstance(entry, str) else _checked(entry)))
        except FeedError as error:
            errors.append(error)
            missing.append(name)
    return FeedClasses(classes, errors, missing)


def _import(name: str) -> type[Feed]:
    module, _, attribute = name.rpartition(".")
    try:
        return _checked(getattr(importlib.import_module(module), attribute))
    except FeedError:
        raise
    except FAULTS as error:  # a module may be a program, too
        message = f"LINKBACK_FEEDS names it, but it cannot be imported ({described(error)})"
        raise FeedError(name, message) from error


def _checked(entry: object) -> type[Feed]:
    if isinstance(entry, type) and issubclass(entry, Feed):
        return entry
    message = "LINKBACK_FEEDS names it, but it is not a subclass of pelican_linkback.feeds.Feed"
    raise FeedError(getattr(entry, "__name__", repr(entry)), message)


def catalogue(feeds: FeedClasses, site: Site) -> Catalogue:
    """Return the documents of ``feeds`` on ``site``.

    Two feeds for one path would abort Pelican's build (P3, P4): here the first in the order of
    ``feeds`` and of their objects keeps the path, and the error names both and the remedy.
    An error of one object mostly occurs for all: it is reported once, with a count.
    """
    documents: dict[str, Document] = {}
    errors: dict[object, list[FeedError]] = {}
    failed = {Owner(name, None) for name in feeds.missing}
    for name, feed_class in feeds.classes:
        for found in _documents(name, feed_class, site):
            if isinstance(found, _Failure):
                failed.add(found.owner)
                errors.setdefault(feed_class, []).append(found.error)
            elif (first := documents.setdefault(found.path, found)) is not found:
                pair = (feed_class, type(first.feed))
                errors.setdefault(pair, []).append(_collision(found, first))
    told = (*feeds.errors, *(_told_once(each) for each in errors.values()))
    return Catalogue(tuple(documents.values()), told, frozenset(failed))


def _told_once(errors: Sequence[FeedError]) -> FeedError:
    first, *others = errors
    if not others:
        return first
    again = FeedError(first.feed, f"{first.message} (and {len(others)} more like it)")
    again.__cause__ = first
    return again


class _Failure(NamedTuple):
    """Takes the place of the documents of an owner that fails to list them."""

    owner: Owner
    error: FeedError


def _documents(name: str, feed_class: type[Feed], site: Site) -> Iterable[Document | _Failure]:
    """Yield each document of a feed class, or the failure in its place."""
    try:
        feed = feed_class()
        feed.site = site
        objects = list(_objects(feed, site))
    except FAULTS as error:  # whatever a hook raises is reported
        yield _Failure(Owner(name, None), _as_feed_error(feed_class.__name__, error))
        return
    for obj in objects:
        owner = Owner(name, _name_of(obj))
        try:
            feed.obj = obj  # used by hooks
            path = feed.document_path(obj)
            if path is not None:
                yield Document(feed, obj, _inside(feed, path, obj), owner)
                for number, archive in feed.archives(obj).places():
                    yield Document(feed, obj, _inside(feed, archive, obj), owner, number)
        except FAULTS as error:
            yield _Failure(owner, _as_feed_error(feed_class.__name__, error))


def _name_of(obj: object) -> str | None:
    """Return the name of an object of a feed; None where there is none that it has in each build.

    What shows an address in memory has another one each time.
    """
    if obj is None:
        return ""
    try:
        name = str(obj)
    except FAULTS:  # an object without a name is an object
        return None
    return None if _ADDRESS.search(name) else name[:_LONGEST_NAME]


def _objects(feed: Feed, site: Site) -> Iterable[object]:
    objects = feed.aspect("objects", site)
    if isinstance(objects, Iterable):
        return objects
    message = (
        f"objects is {objects!r}, which cannot be iterated; return a list, "
        "or leave it out for one feed of the site"
    )
    raise FeedError(type(feed).__name__, message)


def _as_feed_error(name: str, error: BaseException) -> FeedError:
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
    source, other = _path_source(document), _path_source(owner)
    if source == other:
        remedy = f"{source} gives both; give one of them a path of its own"
    else:
        remedy = f"give {source} a path that differs from {other}'s, such as another folder"
    message = f"is not written, because {document.path} belongs to {owner}; {remedy}"
    return FeedError(str(document), message)


def _path_source(document: Document) -> str:
    try:
        return printable(document.feed.path_source(document.obj))
    except FAULTS:  # a message needs it, and the class may override it
        return f"{type(document.feed).__name__}.path"

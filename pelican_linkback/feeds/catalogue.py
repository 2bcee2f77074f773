"""Which feeds this site has, and where each goes; decided before anything is written."""

from __future__ import annotations

import importlib
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.feed import Feed
from pelican_linkback.feeds.site import Site

__all__ = ["Catalogue", "Document", "catalogue", "load"]


@dataclass(frozen=True, slots=True)
class Document:
    """A feed for an object, and its place below the output folder."""

    feed: Feed
    obj: Any
    path: str

    def __str__(self) -> str:
        name = type(self.feed).__name__
        return name if self.obj is None else f"{name} for {str(self.obj)!r}"


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
    except (ImportError, AttributeError, ValueError) as error:
        message = f"LINKBACK_FEEDS names it, but it cannot be imported ({error})"
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
    """
    owners: dict[str, Document] = {}
    errors: list[FeedError] = []
    for feed_class in feeds:
        try:
            for document in _documents(feed_class(), site):
                owner = owners.setdefault(document.path, document)
                if owner is not document:
                    errors.append(_collision(document, owner))
        except FeedError as error:
            errors.append(error)
    return Catalogue(tuple(owners.values()), tuple(errors))


def _documents(feed: Feed, site: Site) -> Iterable[Document]:
    feed.site = site
    for obj in feed.objects(site):
        path = feed.document_path(obj)
        if path is not None:
            yield Document(feed, obj, _inside(feed, path))


def _inside(feed: Feed, path: str) -> str:
    normal = posixpath.normpath(path.replace("\\", "/"))
    if posixpath.isabs(normal) or normal.split("/")[0] in {"..", "."}:
        message = f"the path {path!r} is not a file below the output folder"
        raise FeedError(type(feed).__name__, message)
    return normal


def _collision(document: Document, owner: Document) -> FeedError:
    first = getattr(owner.feed, "path_setting", f"{type(owner.feed).__name__}.path")
    second = getattr(document.feed, "path_setting", f"{type(document.feed).__name__}.path")
    message = (
        f"is not written, because {document.path} belongs to {owner}; give {second} a path that "
        f"differs from {first}'s, such as another folder"
    )
    return FeedError(str(document), message)

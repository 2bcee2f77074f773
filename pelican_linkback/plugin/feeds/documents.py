"""Makes the documents of a build and writes them, one format after another."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TypeAlias

from pelican import signals

from pelican_linkback.exceptions import FAULTS, FeedError
from pelican_linkback.feeds import Site
from pelican_linkback.feeds.formats.base import save
from pelican_linkback.feeds.formats.kinds import kind_of
from pelican_linkback.feeds.formats.registry import format_of, media_type
from pelican_linkback.feeds.formats.xml import batched
from pelican_linkback.feeds.framework.catalogue import Document
from pelican_linkback.feeds.output.folder import OutputFolder
from pelican_linkback.plugin.feeds.maker import FeedMaker, MadeFeed, generator_of

__all__ = ["DocumentWriter", "Outcome"]

logger = logging.getLogger(__name__)

_TOGETHER = 100
"""The number of documents that are made before they are written."""

Outcome: TypeAlias = bool | BaseException
"""Whether a document has changed, or why it cannot be written."""


class DocumentWriter:
    """Makes and writes documents into ``output``.

    ``users`` are those of paths that are not for feeds, and what they are. ``follow`` is called
    with each feed that is written.
    """

    def __init__(
        self,
        maker: FeedMaker,
        output: OutputFolder,
        users: Mapping[str, str],
        follow: Callable[[MadeFeed], object],
    ) -> None:
        self._maker, self._output = maker, output
        self._users, self._follow = users, follow

    def write_all(
        self, documents: Sequence[Document], site: Site
    ) -> list[tuple[Document, Outcome]]:
        """Write the documents, and return what came of each, in order."""
        outcomes: dict[str, Outcome] = {}
        for group in _by_generator(documents):
            for some in _together(group):
                made = [self._made(each, site) for each in some]
                for document, feed in zip(some, made, strict=True):
                    outcomes[document.path] = (
                        self._written(feed) if isinstance(feed, MadeFeed) else feed
                    )
            site.sharing.let_go()
        return [(each, outcomes[each.path]) for each in documents]

    def _made(self, document: Document, site: Site) -> MadeFeed | BaseException:
        """Return a document, or why it cannot be made."""
        try:
            if taken := self._taken(document.path):
                raise FeedError(str(document), taken)
            return self._maker.make(document, site)
        except FAULTS as error:  # the border: whatever a hook raises
            return error

    def _taken(self, path: str) -> str | None:
        """Return why a path is not for a document, and the remedy; None where it is."""
        if user := self._users.get(path):
            return f"{path} is {user}; give the feed another path"
        if path in self._output.written:
            return (
                f"is not written, because {path} belongs to a feed of another articles generator; "
                "give one of them another path"
            )
        return None

    def _written(self, made: MadeFeed) -> Outcome:
        """Write a document; return whether it changed, or why it cannot be written."""
        document = made.document
        try:
            kind = media_type(format_of(type(made.feed)), document.path)
            write = partial(self._output.write, document.path, document.owner, kind=kind)
            edit, write_it = self._maker.edit(made), partial(save, made.feed)
            changed = self._maker.write(made, lambda: write(write_it, edit))
            self._follow(made)
        except FAULTS as error:  # the border: whatever a generator raises
            return error
        path = self._output.path_of(document.path)
        logger.info('%s "%s"', "Writing" if changed else "Unchanged:", path)
        return changed


def _by_generator(documents: Iterable[Document]) -> Iterable[list[Document]]:
    """Return the documents of each generator class, which share entries, one list after another."""
    found: dict[int, list[Document]] = defaultdict(list)
    for document in documents:
        found[id(generator_of(document))].append(document)
    return found.values()


def _together(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    """Yield the documents in lists, each of which may be made before one of it is written.

    To do the same again takes less time than something else. But a class or a listener of somebody
    else's may rely on each document being written before the next is made.
    """
    rely = signals.feed_generated.receivers or signals.feed_written.receivers
    for is_ours, group in groupby(documents, lambda each: kind_of(each.feed) is not None):
        yield from batched(group, _TOGETHER if is_ours and not rely else 1)

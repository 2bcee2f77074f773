"""Makes a feed document, calls the listeners of other plugins, and makes sure it can be written.

An exception of a listener costs that listener; changes of a listener that cannot be written are
removed.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple, TypeVar

from feedgenerator.django.utils.feedgenerator import SyndicationFeed
from pelican import signals

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds import Site
from pelican_linkback.feeds.formats.base import Generator
from pelican_linkback.feeds.formats.registry import Format, format_of
from pelican_linkback.feeds.framework.catalogue import Document
from pelican_linkback.plugin.feeds.listeners import name_of, notify, notify_of_document
from pelican_linkback.plugin.messages import MessageBuffer
from pelican_linkback.plugin.pelican_types import Context, Listener
from pelican_linkback.text.printable import described, printable

__all__ = ["Failure", "FeedMaker", "MadeFeed", "generator_of", "summarised"]

T = TypeVar("T")


class MadeFeed(NamedTuple):
    """The populated generator of a document.

    ``head`` has its values before listeners saw it, and ``entries`` its items; None if there are no
    listeners.
    """

    document: Document
    feed: SyndicationFeed
    head: Mapping[str, object]
    entries: Sequence[object] | None = None

    @property
    def hubs(self) -> tuple[str, ...]:
        """The hubs that it names."""
        named = self.feed.feed.get("hubs") or ()
        # A listener of feed_generated may have added values that no journal can contain.
        is_list = isinstance(named, Iterable) and not isinstance(named, str)
        return tuple(hub for hub in named if isinstance(hub, str)) if is_list else ()


class FeedMaker:
    """Makes the feeds of a build; ``context`` is for its templates, ``messages`` takes messages."""

    def __init__(self, context: Context, messages: MessageBuffer) -> None:
        self._context, self._messages = context, messages
        self._said: set[Hashable] = set()

    def make(self, document: Document, site: Site) -> MadeFeed:
        """Return a document after the listeners of feed_generated."""
        feed = document.populated(site)
        made = MadeFeed(document, feed, dict(feed.feed), _entries_of(feed))
        notify(signals.feed_generated, self._context, self._report_listener, feed=feed)
        return made

    def write(self, made: MadeFeed, write: Callable[[], T]) -> T:
        """Return what ``write`` returns, which writes the feed.

        If it raises, items that cannot be written are left out. If that does not help, because all
        of them are, or something else is wrong, the changes of listeners are undone.
        """
        try:
            return write()
        except FAULTS as error:
            for mend in (self._without_broken_items, self._without_listeners):
                with suppress(*FAULTS):
                    if costs := mend(made, error):
                        done = write()
                        for what, text in costs:
                            self._say_once(what, text)
                        return done
            raise

    def edit(self, made: MadeFeed) -> Callable[[str], bool]:
        """Return the function that passes the written document to the listeners of feed_written."""
        return partial(
            notify_of_document,
            failed=self._report_listener,
            damaged=partial(self._report_damage, made.document),
            context=self._context,
            feed=made.feed,
        )

    @staticmethod
    def _without_broken_items(made: MadeFeed, _: BaseException) -> list[tuple[Hashable, str]]:
        """Remove the items that cannot be written, unless that is all; return what to say."""
        feed = made.feed
        broken = feed.drop_broken_items() if isinstance(feed, Generator) else ()
        if not feed.num_items():
            return []
        costs: list[tuple[Hashable, str]] = []
        for item, why in broken:
            name = printable(item.get("link") if isinstance(item, Mapping) else item)
            text = f"{name} is left out of feeds, since it cannot be written: {described(why)}"
            costs.append(((name, type(why)), text))
        return costs

    @staticmethod
    def _without_listeners(made: MadeFeed, error: BaseException) -> list[tuple[Hashable, str]]:
        """Undo what listeners of feed_generated have set; return what to say."""
        if made.entries is None or not isinstance(made.feed, Generator):
            return []
        made.feed.feed, made.feed.entries = dict(made.head), [*made.entries]
        text = f"What a listener of feed_generated sets cannot be written: {described(error)}"
        return [("head", f"{text}; feeds are written without it")]

    def _say_once(self, what: Hashable, text: str) -> None:
        """Add the message, if it is the first about ``what``."""
        if what not in self._said:
            self._said.add(what)
            self._messages.add(logging.ERROR, what, text)

    def _report_listener(self, listener: Listener, error: BaseException) -> None:
        name = name_of(listener)
        sentence = f"{name} listens to the feeds and fails: {described(error)}"
        self._say_once(name, f"{sentence}; they are written without it")

    def _report_damage(self, document: Document, listener: Listener, damage: str) -> None:
        name = name_of(listener)
        text = f"{name} listens to feed_written, and {document.path} {damage} after it"
        remedy = (
            "the feed is as it was before; have that plugin pass over feeds that are not for it"
        )
        self._messages.add(logging.WARNING, (name, damage), f"{text}: {remedy}")


def _entries_of(feed: SyndicationFeed) -> list[object] | None:
    """Return the items of a feed as they are before listeners change them."""
    if not signals.feed_generated.receivers or not isinstance(feed, Generator):
        return None
    # Those that other documents share are only copied where they are changed.
    return [dict(each) if isinstance(each, dict) else each for each in feed.entries]


def generator_of(document: Document) -> type[SyndicationFeed] | None:
    """Return the class that writes a document; None where its feed cannot say."""
    try:
        return document.feed.generator_class(document.obj)
    except FAULTS:  # reported where the document is made
        return None


class Failure(NamedTuple):
    """A document that cannot be built, and why; ``more`` says for which others this stands, too."""

    document: Document
    error: BaseException
    more: str = ""


def summarised(failures: Sequence[Failure], built: Sequence[Document]) -> Iterator[Failure]:
    """Yield what is to be said of ``failures``; ``built`` are the other documents.

    Where a format fails for each of its documents in the same way, one stands for all.
    """
    by_format: dict[Format | str | None, list[Failure]] = defaultdict(list)
    for failure in failures:
        by_format[_format(failure.document)].append(failure)
    sound = set(map(_format, built)) if failures else set()
    for form, group in by_format.items():
        reasons = {described(failure.error) for failure in group}
        if form is None or form in sound or len(reasons) > 1 or len(group) == 1:
            yield from group
        else:
            label = form if isinstance(form, str) else form.label
            yield group[0]._replace(more=f" (and {len(group) - 1} more in {label})")


def _format(document: Document) -> Format | str | None:
    """Return the format of a document; None where its feed cannot say.

    Of a generator class that cannot say what its format is, the name.
    """
    generator = generator_of(document)
    if generator is None:  # this is what is wrong with the feed
        return None
    try:
        return format_of(generator)
    except FAULTS:  # this is what is wrong with the format
        return name_of(generator)

"""The feed stage of a build: what Pelican has read -> feed documents on disk.

::

    the generator is made      Pelican's own feeds are turned off, the manifest is read
    the pages are written      site | ids | catalogue | documents | ids.jsonl | manifest
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback import feeds
from pelican_linkback.exceptions import FAULTS, FeedError, JournalError
from pelican_linkback.feeds import STOCK_FEEDS, MentionFeed, Site
from pelican_linkback.feeds.articles.stock import with_registered_formats
from pelican_linkback.feeds.formats.base import save
from pelican_linkback.feeds.framework.catalogue import Document, Owner, catalogue, load
from pelican_linkback.feeds.framework.resolver import declaring
from pelican_linkback.feeds.framework.spelling import misspelt
from pelican_linkback.feeds.ids.assignment import Assigned
from pelican_linkback.feeds.ids.store import IdStore, edition_of
from pelican_linkback.feeds.output.folder import OutputFolders
from pelican_linkback.feeds.output.manifest import MANIFEST, NEW_MANIFEST
from pelican_linkback.plugin.feeds.documents import DocumentWriter
from pelican_linkback.plugin.feeds.maker import (
    Failure,
    FeedMaker,
    MadeFeed,
    summarised,
)
from pelican_linkback.plugin.feeds.site_files import has_unread_sources, taken
from pelican_linkback.plugin.feeds.site_reader import (
    LEFT_OUT,
    STYLESHEET,
    Known,
    SiteReader,
    entries_of,
)
from pelican_linkback.plugin.messages import MessageBuffer
from pelican_linkback.plugin.pelican_types import ArticlesGenerator, Context, Generator, Writer
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import described, place_of
from pelican_linkback.text.xml_characters import keeping_no_texts

__all__ = ["FeedStage", "Identities", "WrittenFeed", "is_taken_over"]

logger = logging.getLogger(__name__)

_OUR_SHEET = "the style sheet of the feeds"
_OUR_LIST = "where the plugin lists the feeds"


class WrittenFeed(NamedTuple):
    """A written feed: its file, its own URL, and the hubs that it names."""

    path: Path
    url: str
    hubs: tuple[str, ...]


class Identities(NamedTuple):
    """What is known of the entries of a site.

    Their ``ids`` and ``paths``, the URLs relative to the site, by the ``id()`` of the contents; the
    URLs of each id, at present and formerly; and the values of SITEURL that the site was published
    with.
    """

    ids: Mapping[int, str] = {}
    paths: Mapping[int, str] = {}
    urls: Mapping[str, Sequence[str]] = {}
    sites: Collection[str] = ()


class FeedStage:
    """The feeds of one articles generator, from its creation until its pages are written.

    ``output`` knows the feeds in its output folder, which another generator of the build may share.
    ``with_hubs`` are the written feeds of a publication that name hubs and a URL. After the feeds
    are written the stage ``is_over``: ``paths`` are those of all documents that should exist, and
    ``failed`` owns others that are unknown.
    """

    def __init__(
        self,
        generator: ArticlesGenerator,
        settings: Settings,
        folders: OutputFolders | None = None,
    ) -> None:
        self._generator, self.settings = generator, settings
        self.with_hubs: list[WrittenFeed] = []
        self.is_over = False
        self.paths: Collection[str] = ()
        self.failed: Collection[Owner] = ()
        self._messages = MessageBuffer(logger)
        listed = load(STOCK_FEEDS if settings.feeds is None else settings.feeds)
        self._classes = with_registered_formats(listed, generator.settings)
        self.reader = SiteReader(generator, self.settings, self._messages)
        self._maker = FeedMaker(generator.context, self._messages)
        self._folders = folders or OutputFolders()
        self.output = self._folders.open(
            Path(os.path.abspath(generator.output_path)),  # noqa: PTH100 (as Pelican's writer does)
            emptied=bool(generator.settings.get("DELETE_OUTPUT_DIRECTORY")),
        )
        # The settings stay as they are, for themes and for other plugins.
        generator.generate_feeds = _leave_the_feeds

    def documents(self) -> Sequence[Document]:
        """Return the site's feeds, without archives; errors are reported by ``run``."""
        self.reader.read()
        site = self.reader.site(dt.datetime.now(dt.UTC), {}, warn=lambda *_: None)
        documents = catalogue(self._classes, site).documents
        return [document for document in documents if not document.number]

    def run(
        self,
        writer: Writer,
        stages: Sequence[FeedStage],
        now: dt.datetime,
        *,
        preview: bool = False,
    ) -> str:
        """Write every feed whose bytes changed; return a line with their numbers.

        ``stages`` are those of the build, including this one. A ``preview`` publishes nothing, and
        so need not save ids; it has no line if no feed changed. Nor has a site without feeds.

        A feed that cannot be built is logged and left out. So is the whole stage if the ids cannot
        be read: new ids would show readers the whole archive again.
        """
        try:
            store = IdStore(self.settings.state, edition_of(self.settings))
        except JournalError as error:
            logger.error("Feeds are not written, since their ids cannot be read: %s", error)
            self._messages.flush()
            self.is_over, self.paths = True, set(self.output.known)
            return "Feeds: none written"
        for problem in store.problems:
            logger.warning("%s", problem)
        with keeping_no_texts():
            site, assigned = self._identified(store, stages, now)
            if self.settings.publishes and not preview:
                self._remember(store, assigned, now)  # saved before a feed contains them
            counts = self._write(site, writer, preview=preview)
        self._messages.flush()
        return f"{counts}{_about_links(site.url)}" if counts else ""

    def foreseen(
        self, stages: Sequence[FeedStage], now: dt.datetime
    ) -> Iterator[tuple[WrittenFeed, bytes]]:
        """Yield each feed that names hubs, and its bytes, as ``run`` would write it.

        Nothing is written, and errors are left to ``run``.
        """
        if not self.settings.hubs and self.settings.feeds is None:
            return  # there are no hubs, so the site's feeds need not be made
        try:
            store = IdStore(self.settings.state, edition_of(self.settings))
        except JournalError:
            return
        site, _ = self._identified(store, stages, now)
        with _absolute_links(self._generator.context, site.url):
            for document in catalogue(self._classes, site).documents:
                with suppress(*FAULTS):
                    if not document.number and document.feed.aspect("hubs", document.obj):
                        made = self._maker.make(document, site)
                        data = self._maker.write(made, partial(_bytes_of, made.feed))
                        for written in self._followed(made):
                            yield written, data

    def _identified(
        self, store: IdStore, stages: Sequence[FeedStage], now: dt.datetime
    ) -> tuple[Site, Assigned]:
        """Return the site as the feeds see it, and its entries with their ids."""
        known, assigned = self._assigned(store, stages)
        for kind, message in assigned.messages:
            self._messages.add(logging.WARNING, ("Feed_ID", kind), message)
        site = self.reader.site(now, known, warn=self._messages.warn)
        return replace(site, mention_feeds=self._mention_feeds()), assigned

    def _mention_feeds(self) -> list[type[MentionFeed]]:
        """Return the feeds of mentions that the site has: entries of articles link to them."""
        return [each for _, each in self._classes.classes if issubclass(each, MentionFeed)]

    def _assigned(self, store: IdStore, stages: Sequence[FeedStage]) -> tuple[Known, Assigned]:
        same = [stage for stage in stages if stage.place == self.place]
        found = entries_of((stage.reader.entries() for stage in same), self.reader.url + "/")
        assigned = store.assign(found.entries)
        known = {
            content: (found.entries[number].url, assigned.ids[number])
            for content, number in found.numbers.items()
        }
        return known, assigned

    def identities(self, stages: Sequence[FeedStage]) -> Identities:
        """Return what is known of the entries before there are feeds.

        ``stages`` are those of the build. Raises JournalError if the ids cannot be read, which
        ``run`` reports.
        """
        store = IdStore(self.settings.state, edition_of(self.settings))
        known, assigned = self._assigned(store, stages)
        registry = assigned.registry
        keys = dict(zip(assigned.ids, assigned.keys, strict=True))
        ids = {content: name for content, (_, name) in known.items()}
        paths = {content: path for content, (path, _) in known.items()}
        return Identities(ids, paths, registry.urls(keys), registry.sites)

    @property
    def place(self) -> tuple[Path, str]:
        """The site whose entries are distinguished by ids: its output folder, and its edition."""
        return self.output.folder, self.settings.edition

    def _remember(self, store: IdStore, assigned: Assigned, now: dt.datetime) -> None:
        try:
            store.remember(assigned, now)
        except JournalError as error:
            logger.error("The ids of feed entries cannot be saved: %s", error)

    def _write(self, site: Site, writer: Writer, *, preview: bool) -> str:
        catalogued = catalogue(self._classes, site)
        for error in catalogued.errors:
            self._messages.add(logging.ERROR, str(error), f"Feed {error}")
        for slip in misspelt(each for _, each in self._classes.classes):
            self._messages.warn(slip)
        paths = {each.path for each in catalogued.documents}
        if has_style := self.settings.feed_style is True:
            paths.add(STYLESHEET)
        users = self.users_of(paths | set(self.output.known), writer)
        self.output.release(users)
        if has_style:
            self._write_stylesheet(users.setdefault(STYLESHEET, _OUR_SHEET))
        documents = DocumentWriter(self._maker, self.output, users, self._follow)
        with _absolute_links(self._generator.context, site.url):
            outcomes = documents.write_all(catalogued.documents, site)
        failures = [
            Failure(each, why)
            for each, why in outcomes
            if isinstance(why, BaseException) and each.owner not in catalogued.failed
        ]
        failures = [each for each in failures if not self._is_of_an_item(each)]
        built = [each for each, outcome in outcomes if not isinstance(outcome, BaseException)]
        for failure in summarised(failures, built):
            self.report(*failure)
        self.is_over, self.paths, self.failed = True, paths, catalogued.failed
        if self.reader.unreadable or has_unread_sources(self._generator):
            # Feeds of an article that cannot be read are not gone.
            self.failed |= {Owner(name, None) for name, _ in self._classes.classes}
        counts = [outcome for _, outcome in outcomes]
        written, unchanged = counts.count(True), counts.count(False)
        # With --autoreload, each change of a letter is a build.
        says_something = written if preview else counts or catalogued.errors
        return f"Feeds: {written} written, {unchanged} unchanged" if says_something else ""

    def _is_of_an_item(self, failure: Failure) -> bool:
        """Return whether a feed fails since all of its items are left out of other feeds, too.

        The fault is not theirs if a class of the author's declares the aspect.
        """
        aspect, _, item = place_of(failure.error).partition(" of ")
        declares = declaring(type(failure.document.feed), aspect)
        if declares is None or not declares.__module__.startswith("pelican_linkback."):
            return False
        return self._messages.has_said(f"{item} is left out of ", described(failure.error))

    def _write_stylesheet(self, user: str) -> None:
        if user != _OUR_SHEET:
            problem = f"Feeds have no style sheet of ours, because {STYLESHEET} is {user}"
            remedy = "give that another path, or name its URL in LINKBACK_FEED_STYLE"
            self._messages.add(logging.ERROR, STYLESHEET, f"{problem}; {remedy}")
            return
        from importlib.resources import files  # noqa: PLC0415 (many sites have no style sheet)

        sheet = files(feeds).joinpath("feed.css").read_bytes()
        try:
            self.output.write(STYLESHEET, Owner(STYLESHEET, ""), lambda file: file.write(sheet))
        except OSError as error:
            problem = f"Feeds have no style sheet, since it cannot be written: {described(error)}"
            self._messages.add(logging.ERROR, STYLESHEET, problem)

    def users_of(self, paths: Collection[str], writer: Writer) -> dict[str, str]:
        """Return those of ``paths`` that are not for feeds of this site, and what they are."""
        folder = self.output.folder
        others = self._folders.others(folder).items()
        found = {path: f"a feed of the site in {other}" for path, other in others if path in paths}
        found |= {path: _OUR_LIST for path in (MANIFEST, NEW_MANIFEST) if path in paths}
        return found | taken(paths, self._generator, writer, folder)

    def prune(self, paths: Collection[str], failed: Collection[Owner]) -> None:
        """Remove the feeds that are gone: all but those at ``paths``, and of owners that failed."""
        try:
            finished = self.output.finish(paths, failed)
        except OSError as error:
            logger.warning("Feeds whose subject is gone cannot be removed: %s", error)
            return
        for path in finished.removed:
            logger.info('Removing "%s": there is no such feed any more', path)
        for path in finished.put_back:
            logger.info('Keeping "%s" as it was before this build', path)
        for problem in finished.errors:
            logger.warning("A feed cannot be removed, or put back: %s", problem)

    def has_reported(self, name: str, why: str) -> bool:
        """Return whether the log has that an article cannot be read, or is left out and why."""
        said = self._messages.has_said
        return said(f"{name}: {LEFT_OUT}: ") or said(f"{name!r} is left out of ", why)

    def report(self, document: Document, error: BaseException, more: str = "") -> None:
        """Report an error that costs a feed, or a link to it; each message once."""
        named = error if isinstance(error, FeedError) else f"{document}: {described(error)}"
        named = f"{named}{more}"
        if self._generator.settings.get("DEBUG"):
            logger.error("Feed %s", named, exc_info=error)
        else:
            self._messages.add(logging.ERROR, (type(document.feed), type(error)), f"Feed {named}")
        if self.is_over:  # the feeds are written, and pages are still to be written
            self._messages.flush()

    def _follow(self, made: MadeFeed) -> None:
        self.with_hubs += self._followed(made)

    def _followed(self, made: MadeFeed) -> Iterator[WrittenFeed]:
        """Yield the feed if it is published, and names hubs and a URL."""
        url = made.feed.feed.get("feed_url")
        if isinstance(url, str) and url and made.hubs and self.settings.publishes:
            path = self.output.folder / made.document.path
            yield WrittenFeed(path, url, made.hubs)


def _bytes_of(feed: SyndicationFeed) -> bytes:
    file = BytesIO()
    save(feed, file)
    return file.getvalue()


def is_taken_over(generator: Generator) -> bool:
    """Return whether this plugin writes the feeds of ``generator``."""
    return getattr(generator, "generate_feeds", None) is _leave_the_feeds


def _leave_the_feeds(writer: Writer) -> None:
    """Replace ArticlesGenerator.generate_feeds, so that it writes nothing."""


def _about_links(site_url: str) -> str:
    """Return what is wrong with the links of feeds if SITEURL does not make them absolute."""
    if "://" in site_url:
        return ""
    if not site_url:
        return "; SITEURL is empty, so their links are relative"
    return (
        f"; SITEURL = {site_url!r} has no scheme, so their links are relative, and dead in most "
        "readers; begin it with https://"
    )


@contextmanager
def _absolute_links(context: Context, site_url: str) -> Iterator[None]:
    """Make links in summaries absolute: RELATIVE_URLS leaves those of the last page (P24)."""
    before = context.get("localsiteurl")
    context["localsiteurl"] = site_url
    try:
        yield
    finally:
        context["localsiteurl"] = before

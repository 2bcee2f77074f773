"""The feed stage of a build: what Pelican has read goes in, documents on the disk come out.

::

    the generator is made      Pelican's own feeds are set aside, the manifest is read
    the pages are written      site | ids | catalogue | documents | ids.jsonl | manifest
"""

from __future__ import annotations

import datetime as dt
import gc
import logging
import os
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pelican import signals

from pelican_linkback import feeds
from pelican_linkback.exceptions import FeedError, JournalError
from pelican_linkback.feeds import STOCK_FEEDS, Site
from pelican_linkback.feeds.articles.id_assignment import Assigned
from pelican_linkback.feeds.articles.id_store import IdStore, edition_of
from pelican_linkback.feeds.formats.base import Mended, save
from pelican_linkback.feeds.formats.entry_cache import Sharing
from pelican_linkback.feeds.framework.catalogue import Document, Owner, catalogue, load
from pelican_linkback.feeds.framework.spelling import misspelt
from pelican_linkback.feeds.output.folder import OutputFolders
from pelican_linkback.plugin.contents import attempt, read_through
from pelican_linkback.plugin.entries import entries_of
from pelican_linkback.plugin.listeners import name_of, notify, notify_of_document
from pelican_linkback.plugin.messages import Teller
from pelican_linkback.plugin.site_files import has_unread_sources, taken
from pelican_linkback.settings import model as settings_room
from pelican_linkback.text.printable import described, harmless
from pelican_linkback.text.urls import page_key

__all__ = ["FeedStage", "WrittenFeed", "is_taken_over"]

STYLESHEET = "linkback-feed.css"
"""Where our stylesheet goes in the output folder."""

T = TypeVar("T")

Known = Mapping[int, tuple[str, str]]
"""The URL and the id of each article and page, by the object's ``id()``."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WrittenFeed:
    """A feed as it was written: where it stands, its own URL, and the hubs that it names."""

    path: Path
    url: str
    hubs: tuple[str, ...]


class FeedStage:
    """The feeds of one articles generator, from its making to the writing of its pages.

    ``output`` is what is known of the feeds in its output folder, which another generator of the
    build may have, too. ``with_hubs`` are those of a publication that were written, and name
    hubs and an address. When the feeds are written the stage ``is_over``: ``paths`` are those of
    all the documents that there should be, and ``failed`` owns others that are not known.
    """

    def __init__(self, generator: Any, folders: OutputFolders | None = None) -> None:
        self._generator = generator
        self.with_hubs: list[WrittenFeed] = []
        self.is_over = False
        self.paths: Collection[str] = ()
        self.failed: Collection[Owner] = ()
        self._settings = settings_room.read(generator.settings)
        self._teller = Teller(logger)
        chosen = self._settings.feeds
        self._classes = load(STOCK_FEEDS if chosen is None else chosen)
        self._unreadable: frozenset[int] = frozenset()
        self._said: set[Hashable] = set()
        self._folders = folders or OutputFolders()
        self.output = self._folders.open(
            Path(os.path.abspath(generator.output_path)),  # noqa: PTH100 (as Pelican's writer does)
            emptied=bool(generator.settings.get("DELETE_OUTPUT_DIRECTORY")),
        )
        # The settings stay as they are, for themes and for other plugins.
        generator.generate_feeds = _leave_the_feeds

    def documents(self) -> Sequence[Document]:
        """Return the site's feeds, without archives; what is wrong is reported by ``run``."""
        self._unreadable = self._find_unreadable()
        site = self._describe_site(dt.datetime.now(dt.UTC), {}, warn=lambda *_: None)
        documents = catalogue(self._classes, site).documents
        return [document for document in documents if not document.number]

    def run(
        self, writer: Any, stages: Sequence[FeedStage], now: dt.datetime, *, preview: bool = False
    ) -> str:
        """Write every feed whose bytes changed; return a line that says how many.

        ``stages`` are those of the build, this one among them. In a ``preview`` nothing is
        published, and so no id has to be remembered.

        A feed that cannot be built is logged and left out. So is the whole stage where the ids
        cannot be read: new ones would show the reader the whole archive again.
        """
        try:
            store = IdStore(self._settings.state, edition_of(self._settings))
        except JournalError as error:
            logger.error("Feeds are not written, since their ids are not known: %s", error)
            self._teller.tell()
            self.is_over, self.paths = True, set(self.output.known)
            return "Feeds: none written"
        for problem in store.problems:
            logger.warning("%s", problem)
        with _what_is_there_kept():
            site, assigned = self._identified(store, stages, now)
            if self._settings.publishes and not preview:
                self._remember(store, assigned, now)  # before a feed names them
            counts = self._write(site, writer)
        self._teller.tell()
        return counts + _about_links(site.url)

    def foreseen(
        self, stages: Sequence[FeedStage], now: dt.datetime
    ) -> Iterator[tuple[WrittenFeed, bytes]]:
        """Yield each feed that names hubs, and its bytes, as ``run`` would write it.

        Nothing is written, and what is wrong is left for ``run`` to tell.
        """
        if not self._settings.hubs and self._settings.feeds is None:
            return  # so there are none, and the site's feeds need not be made
        try:
            store = IdStore(self._settings.state, edition_of(self._settings))
        except JournalError:
            return
        site, _ = self._identified(store, stages, now)
        with _absolute_links(self._generator.context, site.url):
            for document in catalogue(self._classes, site).documents:
                with suppress(Exception):
                    if not document.number and document.feed.aspect("hubs", document.obj):
                        feed, head = self._generated(document, site)
                        data = self._saved(feed, head, partial(_bytes_of, feed))
                        for written in self._followed(document, feed):
                            yield written, data

    def _identified(
        self, store: IdStore, stages: Sequence[FeedStage], now: dt.datetime
    ) -> tuple[Site, Assigned]:
        """Return the site as the feeds see it, and its entries with their ids."""
        site = [stage for stage in stages if stage.place == self.place]
        found = entries_of((stage.contents() for stage in site), self.site_url + "/")
        assigned = store.assign(found.entries)
        for kind, message in assigned.messages:
            self._teller.add(logging.WARNING, ("Feed_ID", kind), message)
        known = {
            content: (found.entries[number].url, assigned.ids[number])
            for content, number in found.numbers.items()
        }
        return self._describe_site(now, known, warn=self._teller.warn), assigned

    @property
    def place(self) -> tuple[Path, str]:
        """The site whose entries are told apart by ids: its output folder, and its edition."""
        return self.output.folder, self._settings.edition

    def contents(self) -> Iterator[Any]:
        """Yield the articles and pages that can be entries: those with a date."""
        self._unreadable = self._find_unreadable()
        for content in self._readable([*self._everything]):
            if isinstance(getattr(content, "date", None), dt.datetime):
                yield content

    def _remember(self, store: IdStore, assigned: Assigned, now: dt.datetime) -> None:
        try:
            store.remember(assigned, now)
        except JournalError as error:
            logger.error("The ids of feed entries are not remembered: %s", error)

    @property
    def _everything(self) -> Iterator[Any]:
        generator = self._generator
        return chain(generator.articles, generator.translations, generator.context.get("pages", ()))

    def _find_unreadable(self) -> frozenset[int]:
        """Return the articles and pages, by their ``id()``, that no feed can have."""
        read = partial(read_through, _site_url(self._generator.settings))
        cost = "it is left out of the feeds"
        say = partial(self._teller.add, logging.ERROR, cost)
        return frozenset(
            id(content)
            for content in self._everything
            if attempt(content, read, None, cost, say) is None
        )

    def _readable(self, contents: Sequence[Any]) -> Sequence[Any]:
        """Return ``contents`` without those that cannot be read."""
        if not self._unreadable:
            return contents
        return [content for content in contents if id(content) not in self._unreadable]

    def _groups(self, name: str) -> dict[Any, Sequence[Any]]:
        """Return what each object of a kind has; without those that have nothing readable.

        Their feeds would be empty, and stay as they are instead.
        """
        groups = dict(getattr(self._generator, name))
        readable = {obj: self._readable(contents) for obj, contents in groups.items()}
        return {obj: contents for obj, contents in readable.items() if contents or not groups[obj]}

    def _describe_site(self, now: dt.datetime, known: Known, warn: Callable[..., None]) -> Site:
        generator, settings = self._generator, self._generator.settings
        return Site(
            url=_site_url(settings),
            name=str(settings.get("SITENAME") or ""),
            subtitle=str(settings.get("SITESUBTITLE") or ""),
            language=settings.get("DEFAULT_LANG"),
            timezone=ZoneInfo(settings.get("TIMEZONE") or "UTC"),
            feed_domain=_feed_domain(settings),
            now=now,
            articles=self._readable(generator.articles),
            translations=self._readable(generator.translations),
            pages=self._readable(generator.context.get("pages", ())),
            categories=self._groups("categories"),
            authors=self._groups("authors"),
            tags=self._groups("tags"),
            static=generator.context["static_content"],
            settings=settings,
            template=generator.env.get_template,
            warn=warn,
            entry_id=lambda item: known[id(item)][1] if id(item) in known else None,
            url_of=lambda item: known[id(item)][0] if id(item) in known else item.url,
            people=self._settings.authors,
            future=self._settings.future,
            style=self._style(),
            icon=self._settings.icon,
            logo=self._settings.logo,
            archives=self._settings.archives,
            hubs=self._settings.hubs,
            sharing=Sharing(on=True),
        )

    def _style(self) -> str:
        """Return the address of the feeds' stylesheet, "" where they have none."""
        style = self._settings.feed_style
        if not isinstance(style, bool):
            return style
        home = _feed_domain(self._generator.settings) or _site_url(self._generator.settings)
        return f"{home.rstrip('/')}/{STYLESHEET}" if style else ""

    def _write(self, site: Site, writer: Any) -> str:
        catalogued = catalogue(self._classes, site)
        for error in catalogued.errors:
            self._teller.add(logging.ERROR, str(error), f"Feed {error}")
        for slip in misspelt(each for _, each in self._classes.classes):
            self._teller.warn(slip)
        if self._settings.feed_style is True:
            self._write_stylesheet()
        paths = {each.path for each in catalogued.documents}
        users = self._users_of(paths | set(self.output.known), writer)
        self.output.release(users)
        with _absolute_links(self._generator.context, site.url):
            written = [
                self._write_one(each, site, users.get(each.path)) for each in catalogued.documents
            ]
        self.is_over, self.paths, self.failed = True, paths, catalogued.failed
        if self._unreadable or has_unread_sources(self._generator):
            # What an article stands for is not gone while the article cannot be read.
            self.failed |= {Owner(name, None) for name, _ in self._classes.classes}
        return f"Feeds: {written.count(True)} written, {written.count(False)} unchanged"

    def _write_stylesheet(self) -> None:
        sheet = files(feeds).joinpath("feed.css").read_bytes()
        try:
            self.output.write(STYLESHEET, Owner(STYLESHEET, ""), lambda file: file.write(sheet))
        except OSError as error:
            problem = f"Feeds have no style sheet, since it cannot be written: {described(error)}"
            self._teller.add(logging.ERROR, STYLESHEET, problem)

    def _users_of(self, paths: Collection[str], writer: Any) -> dict[str, str]:
        """Return those of ``paths`` that are not for feeds of this site, and what they are."""
        folder = self.output.folder
        others = self._folders.others(folder).items()
        found = {path: f"a feed of the site in {other}" for path, other in others if path in paths}
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

    def _write_one(self, document: Document, site: Site, user: str | None) -> bool | None:
        """Write one document; return whether it changed, None if it cannot be built."""
        try:
            if user:
                message = f"{document.path} is {user}; give the feed another path"
                raise FeedError(str(document), message)
            if document.path in self.output.written:
                message = (
                    f"is not written, because {document.path} belongs to a feed of another "
                    "articles generator; give one of them another path"
                )
                raise FeedError(str(document), message)
            feed, head = self._generated(document, site)
            edit = partial(
                notify_of_document,
                failed=self._report_listener,
                damaged=partial(self._report_damage, document),
                context=self._generator.context,
                feed=feed,
            )
            write = partial(self.output.write, document.path, document.owner)
            changed = self._saved(feed, head, lambda: write(partial(save, feed), edit))
        except Exception as error:  # noqa: BLE001 (the border: whatever a hook or a generator raises)
            self.report(document, error)
            return None
        logger.info('%s "%s"', "Writing" if changed else "Unchanged:", self._path(document))
        self.with_hubs += self._followed(document, feed)
        return changed

    @property
    def site_url(self) -> str:
        """SITEURL without a trailing slash."""
        return _site_url(self._generator.settings)

    def report(self, document: Document, error: Exception) -> None:
        """Take down what costs a feed, or a link to it; said once where it is the same."""
        named = error if isinstance(error, FeedError) else f"{document}: {described(error)}"
        if self._generator.settings.get("DEBUG"):
            logger.error("Feed %s", named, exc_info=error)
        else:
            self._teller.add(logging.ERROR, (type(document.feed), type(error)), f"Feed {named}")
        if self.is_over:  # the feeds are written, and pages still are
            self._teller.tell()

    def _report_listener(self, listener: Callable[..., Any], error: Exception) -> None:
        name = name_of(listener)
        sentence = f"{name} listens to the feeds and fails: {described(error)}"
        self._say_once(name, logging.ERROR, f"{sentence}; they are written without it")

    def _say_once(self, what: Hashable, level: int, text: str) -> None:
        """Take down the first of the messages about one thing."""
        if what not in self._said:
            self._said.add(what)
            self._teller.add(level, what, text)

    def _saved(self, feed: Any, head: Mapping[str, Any], write: Callable[[], T]) -> T:
        """Return what ``write`` returns.

        Where that raises, items that cannot be written are left out, and what listeners have
        changed in the ``head`` of the feed, as it was before them, is undone.
        """
        try:
            return write()
        except Exception as error:
            if not isinstance(feed, Mended) or not self._mend(feed, head, error):
                raise
            return write()

    def _mend(self, feed: Mended, head: Mapping[str, Any], error: Exception) -> bool:
        """Take out what cannot be written of a feed; return whether there is such, and more."""
        broken = feed.drop_broken_items()
        if broken and not feed.num_items():
            return False
        for item, why in broken:
            name = harmless(item.get("link"))
            text = f"{name} is left out of feeds, since it cannot be written: {described(why)}"
            self._say_once((name, type(why)), logging.ERROR, text)
        if broken:
            return True
        now = feed.feed
        if now.keys() == head.keys() and all(now[name] is head[name] for name in now):
            return False
        feed.feed = dict(head)
        text = f"What a listener of feed_generated sets cannot be written: {described(error)}"
        self._say_once("head", logging.ERROR, f"{text}; feeds are written without it")
        return True

    def _report_damage(self, document: Document, listener: Callable[..., Any], damage: str) -> None:
        name = name_of(listener)
        text = f"{name} listens to feed_written, and {document.path} {damage} after it"
        remedy = (
            "the feed is as it was before; have that plugin pass over feeds that are not for it"
        )
        self._teller.add(logging.WARNING, (name, damage), f"{text}: {remedy}")

    def _generated(self, document: Document, site: Site) -> tuple[Any, Mapping[str, Any]]:
        """Return a document, and what it said of itself before it was handed to listeners."""
        feed = document.populated(site)
        head, context = dict(feed.feed), self._generator.context
        notify(signals.feed_generated, context, self._report_listener, feed=feed)
        return feed, head

    def _followed(self, document: Document, feed: Any) -> Iterator[WrittenFeed]:
        """Yield the feed where it is published, and names hubs and an address."""
        url, named = feed.feed.get("feed_url"), feed.feed.get("hubs") or ()
        # Who listens to feed_generated may have put there what no journal can hold.
        is_list = isinstance(named, Iterable) and not isinstance(named, str)
        hubs = tuple(hub for hub in named if isinstance(hub, str)) if is_list else ()
        if url and hubs and self._settings.publishes:
            yield WrittenFeed(self._path(document), url, hubs)

    def _path(self, document: Document) -> Path:
        return self.output.folder / document.path


def _bytes_of(feed: Any) -> bytes:
    file = BytesIO()
    save(feed, file)
    return file.getvalue()


def is_taken_over(generator: Any) -> bool:
    """Tell whether it is this plugin that writes the feeds of ``generator``."""
    return generator.generate_feeds is _leave_the_feeds


def _leave_the_feeds(writer: Any) -> None:
    """Stand in for ArticlesGenerator.generate_feeds."""


def _about_links(site_url: str) -> str:
    """Say what is wrong with the links of feeds where SITEURL makes no absolute URLs of them."""
    if "://" in site_url:
        return ""
    if not site_url:
        return "; SITEURL is empty, so their links are relative"
    return (
        f"; SITEURL = {site_url!r} has no scheme, so their links are relative, and dead in most "
        "readers; begin it with https://"
    )


def _site_url(settings: Any) -> str:
    return _ascii(settings.get("SITEURL")).rstrip("/")


def _feed_domain(settings: Any) -> str:
    """Return FEED_DOMAIN; i18n_subsites hands the main site's to each subsite, whose is SITEURL."""
    subsite = (settings.get("I18N_SUBSITES") or {}).get(settings.get("DEFAULT_LANG"))
    inherited = subsite is not None and "FEED_DOMAIN" not in subsite
    return _site_url(settings) if inherited else _ascii(settings.get("FEED_DOMAIN"))


def _ascii(url: Any) -> str:
    """Return a site's URL with an international host in A-labels (P12); others as they are."""
    text = str(url or "")
    return text if text.isascii() else page_key(text)


@contextmanager
def _what_is_there_kept() -> Iterator[None]:
    """Spare the garbage collector what is there before the feeds: the whole site, and no garbage.

    It would walk through all of it again for each quarter more that the feeds keep.
    """
    ours = not gc.get_freeze_count()
    if ours:
        gc.freeze()
    try:
        yield
    finally:
        if ours:
            gc.unfreeze()


@contextmanager
def _absolute_links(context: dict[str, Any], site_url: str) -> Iterator[None]:
    """Let summaries link absolutely: with RELATIVE_URLS the last page's ``../`` linger (P24)."""
    before = context.get("localsiteurl")
    context["localsiteurl"] = site_url
    try:
        yield
    finally:
        context["localsiteurl"] = before

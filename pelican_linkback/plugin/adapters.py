"""Pelican's articles, pages and feeds -> the Posts and Topics of sending."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import cast

from pelican import signals
from pelican.contents import Article
from pelican.log import console

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.articles.answers import is_unread, mentions_of
from pelican_linkback.feeds.articles.pages import has_page
from pelican_linkback.feeds.framework.contents import Content
from pelican_linkback.plugin import build
from pelican_linkback.plugin.contents import attempt, marks_of, name_of, published
from pelican_linkback.plugin.feeds.stage import FeedStage, WrittenFeed, is_taken_over
from pelican_linkback.plugin.messages import MessageBuffer
from pelican_linkback.plugin.pelican_types import (
    ArticlesGenerator,
    Generator,
    Pelican,
    ReadContent,
    Writer,
)
from pelican_linkback.protocol import extraction
from pelican_linkback.sending import Sending
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.deciding.targets import choose
from pelican_linkback.sending.deciding.topics import Topic
from pelican_linkback.sending.deciding.topics import version_of as version_of_feed
from pelican_linkback.sending.deciding.versions import version_of
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import normalise, resolve

__all__ = [
    "ReadSite",
    "first_day",
    "pieces_of",
    "pieces_of_feeds",
    "posts_of",
    "read_site",
    "topics_of",
]

logger = logging.getLogger(__name__)

_QUOTED = regex('"[^"]*"')
"""A quoted part of a message: what an author wrote."""


def first_day(settings: Settings, today: date, *, remember: bool = True) -> date | None:
    """Return the day from which on found links are sent; None if only marked ones are.

    Raises JournalError if the day cannot be recorded.
    """
    if settings.targets != "all":
        return None
    return settings.since or Sending(settings).start_date.day(today, remember=remember)


def posts_of(
    contents: Iterable[Content],
    settings: Settings,
    since: date | None = None,
    is_reported: Callable[[str, str], bool] = lambda name, why: False,  # noqa: ARG005
) -> list[Post]:
    """Return the Post of each article or page, with warnings about marks that cannot be used.

    The links of an article dated from the day ``since`` on are sent though they are not marked;
    with None, of no article. An article that cannot be read costs itself only: its deliveries stay
    as they are. If ``is_reported`` says of its name and the reason that the log has both already,
    it gets no second message above INFO.
    """
    messages = MessageBuffer(logger)

    def post_of(content: Content) -> Post | None:
        if settings.salmention and is_unread(content):  # which is reported
            return Post.unknown(name_of(content))
        if not has_page(content):
            if _post(content, settings, since).targets:
                messages.warn(
                    "{} has no page of its own, since its Save_as is empty, and so nobody can see "
                    "that it links to anything; its linkbacks are not sent",
                    name_of(content),
                )
            return None
        for problem in marks_of(content).problems:
            kind = _QUOTED.sub("", problem)
            messages.add(logging.WARNING, kind, f"{name_of(content)}: Pingback: {problem}")
        return _post(content, settings, since)

    cost = "its linkbacks are left as they are"

    def say(text: str) -> None:
        name, _, why = text.partition(f": {cost}: ")
        (logger.info if is_reported(name, why) else logger.error)("%s", text)

    posts = []
    for content in contents:
        unknown: Post | None = Post.unknown(name_of(content))
        posts.append(attempt(content, post_of, unknown, cost, say))
    messages.flush()
    return [post for post in posts if post is not None]


def pieces_of(contents: Iterable[Content], settings: Settings) -> Iterator[str]:
    """Yield all input of ``posts_of`` as strings, at nearly no cost."""
    yield repr(settings)
    for content in contents:
        try:
            yield from _pieces(content)
            yield from _said_of(content, settings) or ()
        except FAULTS:  # said by posts_of, which reads the same
            yield "cannot be read"


def _pieces(content: Content) -> tuple[str, ...]:
    return (
        f"{_site_url(content)}\0{content.url}\0{content.source_path}\0{content.title}",
        f"{content.metadata.get('pingback')!r}{getattr(content, 'date', None)}{has_page(content)}",
        str(content.get_content(_site_url(content))),
    )


def topics_of(feeds: Iterable[WrittenFeed], settings: Settings) -> Iterator[Topic]:
    """Yield the Topic of each feed, as the file is on disk: that is what is uploaded.

    (A plugin may have changed it after it was written.) A file that is gone is left out.
    """
    for feed in feeds:
        with suppress(OSError):
            version = version_of_feed(feed.path.read_bytes())
            yield Topic(feed.url, _name(feed.path, settings.output), feed.hubs, version)


def pieces_of_feeds(feeds: Iterable[WrittenFeed]) -> Iterator[str]:
    """Yield strings that change with the result of ``topics_of``."""
    for feed in feeds:
        with suppress(OSError):
            stat = feed.path.stat()
            yield f"{feed.url}\0{feed.hubs}\0{stat.st_size}/{stat.st_mtime_ns}"


def _name(path: Path, output: Path) -> str:
    """Return the path of a feed below the output folder."""
    return path.relative_to(output).as_posix() if path.is_relative_to(output) else path.name


def _site_url(content: Content) -> str:
    """Return the URL of the site of the content: i18n_subsites makes several."""
    return str(content.settings.get("SITEURL") or "").rstrip("/")


def _post(content: Content, settings: Settings, since: date | None) -> Post:
    # A URI, not an IRI: receivers may use any client to fetch it.
    source = normalise(resolve(_site_url(content) + "/", content.url))
    marks = marks_of(content)
    html = content.get_content(_site_url(content))
    links = extraction.links(html, source)
    find = since is not None and isinstance(content, Article) and content.date.date() >= since
    targets = choose(marks, links, source, find=find, exclude=settings.exclude)
    version = version_of(f"{content.title}\0{html}", _said_of(content, settings))
    linked = frozenset(chain.from_iterable((link.href, link.url) for link in links))
    return Post(source, name_of(content), targets, version, linked)


def _said_of(content: Content, settings: Settings) -> list[str] | None:
    """Return the mentions under an article, if they count as a part of it (LINKBACK_SALMENTION).

    Not when and how they came: two sites that mention each other would update each other for ever.
    """
    if not settings.salmention:
        return None
    mentions = mentions_of(content) or ()
    return [f"{each.id}\0{each.kind}\0{each.author.name}\0{each.text}" for each in mentions]


@dataclass(frozen=True, slots=True)
class ReadSite:
    """A site that was read: its published contents, and the stages for its feeds."""

    contents: list[ReadContent] = field(default_factory=list)
    generators: list[ArticlesGenerator] = field(default_factory=list)

    def topics(self, settings: Settings, now: datetime) -> Iterator[Topic]:
        """Yield the Topic of each feed as a build would write it."""
        read = build.current().settings
        stages = [FeedStage(each, read(each.settings)) for each in self.generators]
        for stage in stages:
            for feed, document in stage.foreseen(stages, now):
                name = _name(feed.path, settings.output)
                yield Topic(feed.url, name, feed.hubs, version_of_feed(document))


def read_site(pelican: Pelican, now: datetime) -> ReadSite:
    """Return what a build of ``pelican``, subsites included, would publish; write nothing."""
    found = ReadSite()

    def read_only(generators: Iterable[Generator]) -> None:
        for generator in generators:
            if hasattr(generator, "translations"):
                found.contents.extend(published(generator, now))
            if is_taken_over(generator):
                found.generators.append(cast("ArticlesGenerator", generator))
            generator.generate_output = _write_nothing

    pelican.delete_outputdir = pelican.settings["DELETE_OUTPUT_DIRECTORY"] = False
    signals.all_generators_finalized.connect(read_only)
    quiet, console.quiet = console.quiet, True
    try:
        with build.only_read():
            pelican.run()
    finally:
        console.quiet = quiet
        signals.all_generators_finalized.disconnect(read_only)
    return found


def _write_nothing(writer: Writer) -> None:
    """Replace a generator's generate_output, so that it writes nothing."""

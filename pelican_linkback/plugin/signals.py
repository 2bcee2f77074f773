"""The handlers of Pelican's signals: they write the feeds and send the linkbacks.

::

    initialized               the settings are read; a wrong one stops the build
    get_generators            a build starts
    content_object_init       LINKBACK_LINK_MARKED: marked targets become links
    article_generator_init    the stock feeds are taken over
    article_generator_finalized  the files that metadata name are published
    all_generators_finalized  themes get feed_links and article.linkbacks
    content_written           LINKBACK_AUTODISCOVERY: a page's head gets the links it lacks
    article_writer_finalized  the feeds are written, the articles collected
    page_writer_finalized     the pages collected
    finalized                 the site is complete: linkbacks and hub pings are sent
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
import typing
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from itertools import chain
from pathlib import Path

from pelican import generators, signals
from pelican.contents import Article, Page
from pelican.log import console

from pelican_linkback.exceptions import LinkbackError, SettingsError
from pelican_linkback.feeds.articles.files import named_files
from pelican_linkback.feeds.framework.contents import Content
from pelican_linkback.plugin import build
from pelican_linkback.plugin.adapters import (
    first_day,
    is_only_read,
    pieces_of,
    pieces_of_feeds,
    posts_of,
    topics_of,
)
from pelican_linkback.plugin.contents import (
    attempt,
    is_marked,
    marks_of,
    name_of,
    published,
    withheld,
)
from pelican_linkback.plugin.feed_links import FeedLinks
from pelican_linkback.plugin.feed_writer import WrittenFeed
from pelican_linkback.plugin.invocation import is_preview, options_in_use
from pelican_linkback.plugin.messages import MessageBuffer
from pelican_linkback.plugin.pelican_types import (
    ArticlesGenerator,
    Context,
    Generator,
    Pelican,
    ReadContent,
    Writer,
)
from pelican_linkback.plugin.theme import KnownLinkbacks, Linkbacks, fill_in_language
from pelican_linkback.protocol import extraction
from pelican_linkback.sending import Sending
from pelican_linkback.sending.deciding.import_linkbacks import PLUGIN_NAMES
from pelican_linkback.settings import model as settings_model
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.next_steps import with_options
from pelican_linkback.text.printable import described

if typing.TYPE_CHECKING:
    from pelican_linkback.sending.running.report import Report

__all__ = ["connect"]

logger = logging.getLogger(__name__)


def connect() -> None:
    """Connect each function below to its signal (blinker keeps only weak references).

    All but ``read_settings``, which ``register`` connects.
    """
    signals.get_generators.connect(begin_build)
    signals.content_object_init.connect(link_marked_targets)
    signals.article_generator_init.connect(take_over_stock_feeds)
    signals.article_generator_finalized.connect(publish_named_files)
    signals.all_generators_finalized.connect(equip_themes)
    signals.content_written.connect(add_feed_links)
    signals.article_writer_finalized.connect(write_feeds)
    signals.article_writer_finalized.connect(gather_posts)
    signals.page_writer_finalized.connect(gather_posts)
    signals.finalized.connect(deliver)


def read_settings(pelican: Pelican) -> None:
    """Stop the build while the author is present if a setting is wrong (SettingsError)."""
    logging.getLogger("pelican").addFilter(_without_traceback)
    settings_model.read(pelican.settings)
    if not PLUGIN_NAMES.isdisjoint(pelican.settings.get("PLUGINS") or ()):
        logger.warning(
            "%s",
            with_options(
                "pelican-plugin-linkbacks is loaded, too, and both would notify the same sites; "
                "take one of them out of PLUGINS, with pelican-linkback init for instance",
                options_in_use(sys.argv),
            ),
        )


def begin_build(pelican: Pelican) -> None:
    """Forget the build before: with --autoreload one process builds many times.

    The subsites of i18n_subsites belong to the build of the main site.
    """
    if not settings_model.read(pelican.settings).subsite:
        build.begin()


def _without_traceback(record: logging.LogRecord) -> bool:
    """Take the traceback off a SettingsError that Pelican logs; keep the message.

    Pelican shows the traceback of whatever stops a build; ``--debug`` still shows it.
    """
    error = record.exc_info and record.exc_info[1]
    if isinstance(error, SettingsError):
        record.msg, record.args, record.exc_info = "%s", (error,), None
    return True


# Feeds


def take_over_stock_feeds(generator: ArticlesGenerator) -> None:
    """Turn Pelican's own feeds off: ``write_feeds`` writes them instead."""
    build.current().take_over(generator)
    fill_in_language(generator.context, str(generator.settings.get("DEFAULT_LANG") or ""))


_FILES_COST = "the files that its metadata name are not published"
_LINKS_COST = "its page does not get the links to the targets that it marks"


def publish_named_files(generator: ArticlesGenerator) -> None:
    """Have Pelican copy the files named in metadata, as it copies the files that are linked to."""
    content = Path(generator.settings["PATH"])
    for article in (*generator.articles, *generator.translations):
        files = attempt(article, lambda each: [*named_files(each, content)], None, _FILES_COST)
        generator.context["static_links"].update(files or ())


def write_feeds(generator: ArticlesGenerator, writer: Writer) -> None:
    """Write the feeds after the pages, and remember those that name hubs."""
    this, now = build.current(), dt.datetime.now(dt.UTC)
    stage = this.stages.get(id(generator))
    if stage is None:
        return
    preview = is_preview(sys.argv)
    _say(stage.run(writer, [*this.stages.values()], now, preview=preview))
    page = str(settings_model.read_one(generator.settings, "LINKBACK_FEEDS_PAGE"))
    if page and this.is_complete(stage.output):
        # Few sites have one.
        from pelican_linkback.plugin.feeds_page.writing import write_feeds_page  # noqa: PLC0415

        write_feeds_page(page, generator, stage, writer)
    this.prune(stage.output)
    if not preview:
        this.feeds.extend(stage.with_hubs)


# Themes


_KINDS = (generators.ArticlesGenerator, generators.PagesGenerator)


def equip_themes(read: Sequence[Generator]) -> None:
    """Give templates ``feed_links``, and every article and page its ``linkbacks``.

    Only after everything is read: Pelican's cache pickles the context with the articles.
    """
    stages = []
    for generator in read:
        if isinstance(generator, _KINDS):
            known = KnownLinkbacks(settings_model.read(generator.settings))
            for content in published(generator, dt.datetime.now(dt.UTC)):
                content.linkbacks = Linkbacks(known, content.get_relative_source_path() or "")
        if stage := build.current().stages.get(id(generator)):
            stages.append(stage)
            # All generators share one context: a page may link to the feeds of each.
            generator.context["feed_links"] = FeedLinks(stages)


def add_feed_links(path: str, context: Context) -> None:
    """Add to a written page the links to its feeds that its theme left out."""
    feed_links = context.get("feed_links")  # another plugin may write a page without it
    wanted = settings_model.read_one(context, "LINKBACK_AUTODISCOVERY")
    if wanted and isinstance(feed_links, FeedLinks) and path.endswith((".html", ".htm")):
        feed_links.add_to_page(Path(path), context)


# Deliveries


def link_marked_targets(content: ReadContent) -> None:
    """Add a paragraph of links to the targets that an article marks and does not link to.

    Only with LINKBACK_LINK_MARKED: a receiver refuses what the page does not link to.
    """
    if not isinstance(content, Article | Page):
        return
    if not settings_model.read_one(content.settings, "LINKBACK_LINK_MARKED"):
        return
    attempt(content, _link_marked_targets, None, _LINKS_COST)


def _link_marked_targets(content: ReadContent) -> None:
    linked = {link.href for link in extraction.links(content._content, "")}
    missing = [url for url in marks_of(content).urls if url not in linked]
    if missing:
        links = ", ".join(f'<a href="{escape(url)}">{escape(url)}</a>' for url in missing)
        content._content += f'\n<p class="linkbacks">{links}</p>'


def gather_posts(generator: Generator, writer: Writer) -> None:  # noqa: ARG001 (the signal's arguments)
    """Keep what this generator publishes until the site is complete; not in a preview."""
    if is_preview(sys.argv):
        return
    settings = settings_model.read(generator.settings)
    contents = published(generator, dt.datetime.now(dt.UTC))
    if settings.publishes:
        build.current().published.extend(contents)
        for content in filter(is_marked, withheld(generator)):
            status = _STATUS.get(str(content.status), "not published")
            logger.info("%s: nothing is sent, since it is %s", name_of(content), status)
    elif settings.site_url:
        build.current().unpublished.extend(contents)


_STATUS = {"draft": "a draft", "hidden": "hidden"}


def _say_if_not_public(contents: Sequence[Content], site_url: str) -> None:
    """Say why nothing is sent for the articles that mark targets."""
    marked = sum(map(is_marked, contents))
    if marked:
        articles = "1 article marks" if marked == 1 else f"{marked} articles mark"
        _say(
            f"Linkbacks: {articles} targets, and nothing is sent, since SITEURL = {site_url!r} is "
            "not a public address; if it is the site's, name its host in LINKBACK_ALLOW_HOSTS"
        )


def deliver(pelican: Pelican) -> None:
    """Send linkbacks for the articles, and notify hubs of changed feeds, after the site is built.

    Subsites are sent with the main site, which is built last: only all of them together show what
    is gone. Nothing that happens here fails the build: the site is complete, and what was not sent
    is due in the next run. Ctrl-C is raised again after the summary is shown.
    """
    settings = settings_model.read(pelican.settings)
    if settings.subsite or is_only_read():
        return
    if is_preview(sys.argv):
        logger.info("Linkbacks: nothing is sent while Pelican watches or serves")
        return
    this = build.current()
    _say_if_not_public(this.unpublished, settings.site_url)
    if not settings.publishes:
        return
    if not settings.send:
        # Record everything as due, and leave no time to send it.
        settings = replace(settings, deadline=0.0)
    try:
        line = deliver_site(this.published, this.feeds, settings, dt.datetime.now(dt.UTC))
    except LinkbackError as error:
        logger.error("Linkbacks: nothing more is sent: %s", error)
    except Exception as error:
        logger.error("Linkbacks: nothing more is sent: %s; please report it", described(error))
        logger.debug("Details:", exc_info=True)
    else:
        _say(line)


def deliver_site(
    contents: Sequence[Content], feeds: Sequence[WrittenFeed], settings: Settings, now: dt.datetime
) -> str:
    """Send the linkbacks of ``contents`` and the pings of ``feeds``; return a summary line, if any.

    If an earlier build with the same input had nothing to do, this one does nothing either.
    """
    sending = Sending(settings)
    idle = sending.skip_cache
    digest = idle.digest(chain(pieces_of(contents, settings), pieces_of_feeds(feeds)))
    if (line := idle.line(digest, now)) is not None:
        return line
    since = first_day(settings, now.date())
    posts = posts_of(contents, settings, since, build.current().has_reported)
    sender = replace(sending.sender(is_build=True), sleep=_sleep)
    report = sender.run(posts, topics_of(feeds, settings))
    messages, options = MessageBuffer(logger), options_in_use(sys.argv)
    for notice in report.notices:
        level = logging.getLevelNamesMapping()[notice.level.upper()]
        text = with_options(notice.text, options)
        messages.add(level, notice.kind or text, text)
    messages.flush()
    is_of_interest = report.left or report.ended or any(post.targets for post in posts)
    line = _line(report, settings) if is_of_interest else ""
    if report.interrupted:
        _say(line)
        raise KeyboardInterrupt
    is_read = not any(post.is_unknown for post in posts)
    if is_read and not any(marks_of(content).problems for content in contents):
        idle.remember(digest, report, line, now)
    return line


def _line(report: Report, settings: Settings) -> str:
    """Return the summary of a build, with the reason why something is left."""
    if report.left and not settings.send:
        return f"Linkbacks: {report.left} due; upload the site, then run pelican-linkback send"
    # Hosts in trouble have lines of their own.
    in_time = report.left <= report.held_back or report.interrupted or report.shut_out
    over = "" if in_time else f" (LINKBACK_DEADLINE = {settings.deadline:g} is over)"
    step = "; upload the site, then run pelican-linkback send" if report.soon else ""
    return report.summary() + over + step


def _sleep(seconds: float) -> None:
    _say(f"Linkbacks: waiting {seconds:.0f} s for hosts that ask to be left alone")
    time.sleep(seconds)


def _say(line: str) -> None:
    """Print one line at the default log level, as Pelican prints "Done"."""
    if line and logger.isEnabledFor(logging.WARNING):
        # A URL may have any characters, and a terminal may have ASCII only.
        line = _fitted(with_options(line, options_in_use(sys.argv)), console.width)
        shown = line.encode(console.encoding, "backslashreplace").decode(console.encoding)
        console.print(shown, markup=False, highlight=False, soft_wrap=True)


def _fitted(line: str, width: int) -> str:
    """Return a line that is too long for the terminal as several; a command stays in one."""
    lines = [""]
    for part in line.split("; "):
        if lines[-1] and len(f"{lines[-1]}; {part}") > width:
            lines[-1] += ";"
            lines.append(f"  {part}")
        else:
            lines[-1] += f"; {part}" if lines[-1] else part
    return "\n".join(lines)

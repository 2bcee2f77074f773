"""What a build sends: linkbacks of the articles and pages, and pings to the hubs of feeds."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
import typing
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import chain

from pelican.contents import Article, Page

from pelican_linkback.exceptions import LinkbackError
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
from pelican_linkback.plugin.feeds.stage import WrittenFeed
from pelican_linkback.plugin.invocation import is_preview, options_in_use
from pelican_linkback.plugin.messages import MessageBuffer, say
from pelican_linkback.plugin.pelican_types import Generator, Pelican, ReadContent, Writer
from pelican_linkback.protocol import extraction
from pelican_linkback.sending import Sending
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.next_steps import with_options
from pelican_linkback.text.printable import described

if typing.TYPE_CHECKING:
    from pelican_linkback.sending.running.report import Report

__all__ = ["deliver", "deliver_site", "gather_posts", "link_marked_targets"]

logger = logging.getLogger(__name__)

_LINKS_COST = "its page does not get the links to the targets that it marks"


def link_marked_targets(content: ReadContent) -> None:
    """Add a paragraph of links to the targets that an article marks and does not link to.

    Only with LINKBACK_LINK_MARKED: a receiver refuses what the page does not link to.
    """
    if not isinstance(content, Article | Page):
        return
    if build.current().settings(content.settings).link_marked:
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
    settings = build.current().settings(generator.settings)
    contents = published(generator, dt.datetime.now(dt.UTC))
    if settings.publishes:
        build.current().published.extend(contents)
        for content in filter(is_marked, withheld(generator)):
            status = _STATUS.get(str(content.status), "not published")
            logger.info("%s: nothing is sent, since it is %s", name_of(content), status)
    elif settings.site_url:
        build.current().unpublished.extend(contents)


_STATUS: Mapping[str, str] = {"draft": "a draft", "hidden": "hidden"}


def _say_if_not_public(contents: Sequence[Content], problem: str) -> None:
    """Say why nothing is sent for the articles that mark targets."""
    marked = sum(map(is_marked, contents))
    if marked:
        articles = "1 article marks" if marked == 1 else f"{marked} articles mark"
        say(
            f"Linkbacks: {articles} targets, and nothing is sent; {problem}; if it is the site's, "
            "name its host in LINKBACK_ALLOW_HOSTS"
        )


def deliver(pelican: Pelican) -> None:
    """Send linkbacks for the articles, and notify hubs of changed feeds, after the site is built.

    Subsites are sent with the main site, which is built last: only all of them together show what
    is gone. Nothing that happens here fails the build: the site is complete, and what was not sent
    is due in the next run. Ctrl-C is raised again after the summary is shown.
    """
    settings = build.current().settings(pelican.settings)
    if settings.subsite or is_only_read():
        return
    if is_preview(sys.argv):
        logger.info("Linkbacks: nothing is sent while Pelican watches or serves")
        return
    this = build.current()
    _say_if_not_public(this.unpublished, settings.address_problem)
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
        say(line)


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
        say(line)
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
    say(f"Linkbacks: waiting {seconds:.0f} s for hosts that ask to be left alone")
    time.sleep(seconds)

"""What a build sends: linkbacks of the articles and pages, and pings to the hubs of feeds."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from pelican_linkback.feeds.framework.contents import Content
from pelican_linkback.plugin import build
from pelican_linkback.plugin.adapters import (
    first_day,
    pieces_of,
    pieces_of_feeds,
    posts_of,
    topics_of,
)
from pelican_linkback.plugin.contents import marks_of
from pelican_linkback.plugin.feeds.stage import WrittenFeed
from pelican_linkback.plugin.invocation import options_in_use
from pelican_linkback.plugin.messages import MessageBuffer, say
from pelican_linkback.sending import Sending
from pelican_linkback.sending.running.report import Report
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.next_steps import with_options

__all__ = ["deliver_site"]

logger = logging.getLogger(__name__)


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

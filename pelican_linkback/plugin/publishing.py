"""What a build publishes: kept until the site is complete, and then delivered.

The modules that deliver are opened by the builds that have something to deliver.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Mapping, Sequence
from html import escape

from pelican.contents import Article, Page

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.feeds.framework.contents import Content
from pelican_linkback.plugin import build
from pelican_linkback.plugin.contents import (
    attempt,
    is_marked,
    marks_of,
    may_mark,
    name_of,
    published,
    withheld,
)
from pelican_linkback.plugin.invocation import is_preview
from pelican_linkback.plugin.messages import say
from pelican_linkback.plugin.pelican_types import Generator, Pelican, ReadContent, Writer
from pelican_linkback.sending import Sending
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import described

__all__ = ["deliver", "gather_posts", "link_marked_targets"]

logger = logging.getLogger(__name__)

_KINDS = (Article, Page)
_LINKS_COST = "its page does not get the links to the targets that it marks"


def link_marked_targets(content: ReadContent) -> None:
    """Add a paragraph of links to the targets that an article marks and does not link to.

    Only with LINKBACK_LINK_MARKED: a receiver refuses what the page does not link to.
    """
    if not isinstance(content, _KINDS):
        return
    if build.current().settings(content.settings).link_marked:
        attempt(content, _link_marked_targets, None, _LINKS_COST)


def _link_marked_targets(content: ReadContent) -> None:
    from pelican_linkback.protocol import extraction  # noqa: PLC0415 (few sites ask for it)

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
    if settings.subsite or build.is_only_read():
        return
    if is_preview(sys.argv):
        logger.info("Linkbacks: nothing is sent while Pelican watches or serves")
        return
    this = build.current()
    _say_if_not_public(this.unpublished, settings.address_problem)
    if not settings.publishes or _has_nothing_to_deliver(this, settings):
        return
    from pelican_linkback.plugin import deliveries  # noqa: PLC0415 (many builds have none)

    if not settings.send:
        # Record everything as due, and leave no time to send it.
        settings = settings._replace(deadline=0.0)
    try:
        line = deliveries.deliver_site(
            this.published, this.feeds, settings, dt.datetime.now(dt.UTC)
        )
    except LinkbackError as error:
        logger.error("Linkbacks: nothing more is sent: %s", error)
    except Exception as error:
        logger.error("Linkbacks: nothing more is sent: %s; please report it", described(error))
        logger.debug("Details:", exc_info=True)
    else:
        say(line)


def _has_nothing_to_deliver(this: build.Build, settings: Settings) -> bool:
    """Return whether nothing was ever sent, and nothing asks for it."""
    return (
        settings.targets == "marked"
        and not this.feeds
        and not any(map(may_mark, this.published))
        and Sending(settings).journal.is_empty
    )

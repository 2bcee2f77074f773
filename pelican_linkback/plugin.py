"""The one door to Pelican: signals in, feeds and deliveries out.

::

    initialized               the settings are read; a wrong one stops the build
    content_object_init       LINKBACK_LINK_MARKED: marked targets become links
    article_generator_init    the stock feeds are taken over
    article_writer_finalized  the feeds are written, the marked articles gathered
    finalized                 the site stands: tell whom the articles mention
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from dataclasses import replace
from html import escape
from itertools import chain
from typing import Any
from urllib.parse import urljoin

from pelican import signals
from pelican.contents import Article
from pelican.log import console

from pelican_linkback import settings as settings_room
from pelican_linkback.delivery import Post, courier_for
from pelican_linkback.delivery.targets import choose
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.feed_stage import FeedStage
from pelican_linkback.protocol import extraction
from pelican_linkback.settings import Settings
from pelican_linkback.urls import normalise

__all__ = ["connect"]

logger = logging.getLogger(__name__)

_stages: dict[str, FeedStage] = {}
"""The feed stages under way, by output folder: a run may start another (i18n_subsites)."""

_posts: dict[str, list[Post]] = {}
"""The articles that mention somebody, by output folder."""


def connect() -> None:
    """Connect each function below to its signal (blinker keeps only weak references)."""
    signals.initialized.connect(read_settings)
    signals.content_object_init.connect(link_marked_targets)
    signals.article_generator_init.connect(take_over_stock_feeds)
    signals.article_writer_finalized.connect(write_feeds)
    signals.article_writer_finalized.connect(gather_posts)
    signals.finalized.connect(deliver)


def read_settings(pelican: Any) -> None:
    """Stop the build while the author is present if a setting is wrong (SettingsError)."""
    settings_room.read(pelican.settings)


# Feeds


def take_over_stock_feeds(generator: Any) -> None:
    """Set Pelican's own feeds aside: ``write_feeds`` writes them."""
    _stages[generator.output_path] = FeedStage(generator)


def write_feeds(generator: Any, writer: Any) -> None:
    """Write the feeds, now that the pages are written."""
    _say(_stages.pop(generator.output_path).run(writer, dt.datetime.now(dt.UTC)))


# Deliveries


def link_marked_targets(content: Any) -> None:
    """Add a paragraph of links to the targets that an article marks and does not link to.

    Only with LINKBACK_LINK_MARKED: a receiver refuses what the page does not link to.
    """
    if not isinstance(content, Article) or not content.settings.get("LINKBACK_LINK_MARKED"):
        return
    linked = {link.href for link in extraction.links(content._content, "")}
    missing = [url for url in _marks(content).urls if url not in linked]
    if missing:
        links = ", ".join(f'<a href="{escape(url)}">{escape(url)}</a>' for url in missing)
        content._content += f'\n<p class="linkbacks">{links}</p>'


def gather_posts(generator: Any, writer: Any) -> None:  # noqa: ARG001 (the signal's arguments)
    """Keep the published articles that mention somebody until the site stands."""
    settings = settings_room.read(generator.settings)
    if not settings.publishes:
        return
    now = dt.datetime.now(dt.UTC)
    published = chain(generator.articles, generator.translations)
    posts = (_post(article, settings) for article in published if article.date <= now)
    _posts[generator.output_path] = [post for post in posts if post.targets]


def _post(article: Any, settings: Settings) -> Post:
    # A URI, not an IRI: receivers fetch it with whatever client they have.
    source = normalise(urljoin(settings.site_url + "/", article.url))
    name = article.get_relative_source_path()
    marks = _marks(article)
    for problem in marks.problems:
        logger.warning("%s: Pingback: %s", name, problem)
    content = article.get_content(settings.site_url)
    targets = choose(
        marks,
        extraction.links(content, source),
        source,
        find=settings.targets == "all",
        exclude=settings.exclude,
    )
    version = hashlib.sha256(f"{article.title}\0{content}".encode())
    return Post(source, name, targets, version.hexdigest()[:16])


def _marks(article: Any) -> extraction.Marks:
    return extraction.read_marks(article.metadata.get("pingback"))


def deliver(pelican: Any) -> None:
    """Tell whom the articles mention, now that the site stands.

    Nothing that happens here fails the build: the site is there, and what was not sent is due
    with the next run. Ctrl-C is passed on when what is known has been told.
    """
    posts = _posts.pop(pelican.output_path, None)
    if posts is None:
        return
    settings = settings_room.read(pelican.settings)
    if not settings.send:
        # Everything is on record and due, and the time to send it is over.
        settings = replace(settings, deadline=0.0)
    try:
        report = courier_for(settings).run(posts)
    except LinkbackError as error:
        logger.error("Linkbacks: nothing is sent: %s", error)
        return
    for notice in report.notices:
        logger.log(logging.getLevelNamesMapping()[notice.level.upper()], "%s", notice.text)
    if posts or report.left:
        _say(report.summary())
    if report.interrupted:
        raise KeyboardInterrupt


def _say(line: str) -> None:
    """Say one line to the author at the default log level, where Pelican says "Done"."""
    if logger.isEnabledFor(logging.WARNING):
        console.print(line, markup=False, highlight=False, soft_wrap=True)

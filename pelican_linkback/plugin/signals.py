"""The handlers of Pelican's signals: they write the feeds and send the linkbacks.

::

    initialized               the settings are read; a wrong one stops the build
    get_generators            a build starts
    content_object_init       LINKBACK_LINK_MARKED: marked targets become links
    article_generator_init    the stock feeds are taken over
    article_generator_finalized  the files that metadata name are published
    generator_init            themes can include the templates of the mentions
    all_generators_finalized  mentions get their targets, themes get feed_links, article.linkbacks
                              and article.mentions
    content_written           LINKBACK_AUTODISCOVERY, LINKBACK_RECEIVE: a page's head gets the
                              links it lacks; LINKBACK_SHOW_MENTIONS: it gets its mentions
    article_writer_finalized  the feeds are written, the articles collected
    page_writer_finalized     the pages collected
    finalized                 the site is complete: the targets of mentions are published, linkbacks
                              and hub pings are sent
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from pelican import generators, signals

from pelican_linkback.exceptions import SettingsError
from pelican_linkback.feeds.articles.files import named_files
from pelican_linkback.plugin import build
from pelican_linkback.plugin.contents import attempt, published
from pelican_linkback.plugin.feeds.links import FeedLinks
from pelican_linkback.plugin.invocation import is_preview, options_in_use
from pelican_linkback.plugin.mentions.gathering import publish_targets
from pelican_linkback.plugin.mentions.hooks import (
    bring_templates,
    give_mentions,
    page_editors,
    write_mention_files,
)
from pelican_linkback.plugin.messages import say
from pelican_linkback.plugin.pelican_types import (
    ArticlesGenerator,
    Context,
    Generator,
    Pelican,
    Writer,
)
from pelican_linkback.plugin.publishing import deliver, gather_posts, link_marked_targets
from pelican_linkback.plugin.theme import KnownLinkbacks, Linkbacks, fill_in_language
from pelican_linkback.plugin.written_pages import complete
from pelican_linkback.settings import model as settings_model
from pelican_linkback.settings.pelican import LINKBACKS_PLUGIN
from pelican_linkback.text.next_steps import with_options

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
    signals.generator_init.connect(bring_templates)
    signals.all_generators_finalized.connect(equip_themes)
    signals.all_generators_finalized.connect(give_mentions)
    signals.content_written.connect(complete_page)
    signals.article_writer_finalized.connect(write_feeds)
    signals.article_writer_finalized.connect(gather_posts)
    signals.page_writer_finalized.connect(gather_posts)
    signals.finalized.connect(finish)


def read_settings(pelican: Pelican) -> None:
    """Stop the build while the author is present if a setting is wrong (SettingsError).

    The build reads them again when it needs them: other plugins may set some until then.
    """
    logging.getLogger("pelican").addFilter(_without_traceback)
    settings_model.read(pelican.settings)
    if not LINKBACKS_PLUGIN.isdisjoint(pelican.settings.get("PLUGINS") or ()):
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
    if not settings_model.is_subsite(pelican.settings):
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
    say(stage.run(writer, [*this.stages.values()], now, preview=preview))
    if (page := stage.settings.feeds_page) and this.is_complete(stage.output):
        # Few sites have one.
        from pelican_linkback.plugin.feeds.page.writing import write_feeds_page  # noqa: PLC0415

        write_feeds_page(page, generator, stage, writer)
    write_mention_files(generator, stage, writer)
    this.prune(stage.output)
    if not preview:
        this.feeds.extend(stage.with_hubs)


# Themes


_KINDS = (generators.ArticlesGenerator, generators.PagesGenerator)


def equip_themes(read: Sequence[Generator]) -> None:
    """Give templates ``feed_links``, and every article and page its ``linkbacks``.

    Only after everything is read: Pelican's cache pickles the context with the articles.
    """
    known, now = KnownLinkbacks(build.current().settings(read[0].settings)), dt.datetime.now(dt.UTC)
    stages = []
    for generator in read:
        if isinstance(generator, _KINDS):
            for content in published(generator, now):
                content.linkbacks = Linkbacks(known, content)
        if stage := build.current().stages.get(id(generator)):
            stages.append(stage)
            # All generators share one context: a page may link to the feeds of each.
            generator.context["feed_links"] = FeedLinks(stages)


def complete_page(path: str, context: Context) -> None:
    """Add to a written page what its theme left out: links to feeds, endpoints, mentions."""
    feed_links = context.get("feed_links")  # another plugin may write a page without it
    ours = [feed_links] if isinstance(feed_links, FeedLinks) and feed_links.are_added else []
    editors = [*ours, *page_editors(context)]
    if editors and path.lower().endswith((".html", ".htm")):
        complete(Path(path), editors, context)


# The end


def finish(pelican: Pelican) -> None:
    """Publish the targets of mentions, and send linkbacks: the site is complete."""
    publish_targets(pelican)
    deliver(pelican)
    if not settings_model.is_subsite(pelican.settings):
        build.current().forget_mentions()

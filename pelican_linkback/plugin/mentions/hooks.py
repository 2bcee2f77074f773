"""What signals call for the mentions of a site; a site that receives none pays nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import cast

from jinja2 import ChoiceLoader, Environment, PrefixLoader
from jinja2.loaders import BaseLoader
from pelican import generators

from pelican_linkback.plugin import build
from pelican_linkback.plugin.contents import listed, withheld
from pelican_linkback.plugin.feeds.stage import FeedStage
from pelican_linkback.plugin.mentions.gathering import LINKS, find_targets, pull_news
from pelican_linkback.plugin.pelican_types import (
    ArticlesGenerator,
    Context,
    Generator,
    Writer,
)
from pelican_linkback.plugin.templates import OwnTemplates
from pelican_linkback.plugin.written_pages import PageEditor
from pelican_linkback.receiving import display

__all__ = [
    "bring_templates",
    "give_mentions",
    "page_editors",
    "write_mention_files",
]

PAGES = "linkback_mentions"
"""The variable of the templates that adds mentions to pages, where a site has some."""

_TEMPLATES = Path(display.__path__[0])
_KINDS = (generators.ArticlesGenerator, generators.PagesGenerator)


class NoMentions:
    """``article.mentions`` of a page that has none: every list in it is empty."""

    count = 0
    updated = None

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __getattr__(self, name: str) -> tuple[object, ...]:
        if name.startswith("__"):  # what Python itself looks for, to copy an object for instance
            raise AttributeError(name)
        return ()


def bring_templates(generator: Generator) -> None:
    """Let the theme include ``linkback/mentions.html`` and ``linkback/mention-form.html``.

    A theme that has such a file is given its own.
    """
    environment = cast("Environment", generator.env)
    ours = PrefixLoader({"linkback": OwnTemplates(_TEMPLATES)})
    environment.loader = ChoiceLoader([cast("BaseLoader", environment.loader), ours])


def give_mentions(read: Sequence[Generator]) -> None:
    """Give every article and page its ``mentions``; a draft has none."""
    nothing = NoMentions()
    for generator in read:
        if isinstance(generator, _KINDS):
            for content in chain(listed(generator), withheld(generator)):
                content.mentions = nothing
    if found := find_targets(read):
        from pelican_linkback.plugin.mentions import known, page  # noqa: PLC0415

        pelican = read[0].settings
        settings = build.current().settings(pelican)
        pull_news(settings)
        site = known.give_mentions(found, pelican, settings)
        build.current().mentions.append(site)
        read[0].context[PAGES] = page.MentionPages(
            read[0], site.pictures, adds=settings.show_mentions is not False
        )


def page_editors(context: Context) -> list[PageEditor]:
    """Return what adds endpoints and mentions to the pages of a site that receives some."""
    return [context[name] for name in (LINKS, PAGES) if name in context]


def write_mention_files(generator: ArticlesGenerator, stage: FeedStage, writer: Writer) -> None:
    """Write what pages with mentions load; the feeds of the folder are written."""
    if PAGES in generator.context and build.current().is_complete(stage.output):
        from pelican_linkback.plugin.mentions.files import write_files  # noqa: PLC0415

        write_files(generator.context[PAGES].pictures(), stage, writer)

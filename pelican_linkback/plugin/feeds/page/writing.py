"""The page, rendered in the theme's base template, and written only if it changed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import cast

from jinja2 import ChoiceLoader, Environment
from jinja2.loaders import BaseLoader
from pelican import signals
from pelican.contents import Page
from pelican.utils import get_relative_path, path_to_url

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.framework.catalogue import Owner
from pelican_linkback.plugin.feeds.links import FeedLinks
from pelican_linkback.plugin.feeds.listeners import name_of, notify
from pelican_linkback.plugin.feeds.page.contents import page_of
from pelican_linkback.plugin.feeds.stage import FeedStage
from pelican_linkback.plugin.pelican_types import ArticlesGenerator, Context, Listener, Writer
from pelican_linkback.plugin.templates import OwnTemplates
from pelican_linkback.text.printable import described

__all__ = ["write_feeds_page"]

logger = logging.getLogger(__name__)

SETTING = "LINKBACK_FEEDS_PAGE"
OWNER = Owner(SETTING, "")
OVERRIDE = "linkback_feeds.html"
"""The template by which a theme makes the page itself."""

MARK = 'class="linkback-feeds"'
"""What the list of the feeds has; a template without ``page.content`` shows no list."""

_TEMPLATES = Path(__file__).parent


def write_feeds_page(
    path: str, generator: ArticlesGenerator, stage: FeedStage, writer: Writer
) -> None:
    """Write the page to ``path`` in the output folder; what is wrong costs the page alone.

    The feeds of the folder are written; ``stage`` has the last of them.
    """
    user = stage.users_of({path}, writer).get(path)
    user = "a feed of the site" if path in stage.output.written else user
    if user:
        logger.error("%s = %r: this is %s; give the page another path", SETTING, path, user)
        stage.output.release({path} - set(stage.output.written))
        return
    stage.paths = {*stage.paths, path}
    try:
        changed = _write(path, generator, stage)
    except FAULTS as error:  # the border: a template may raise anything
        logger.error("%s = %r: it cannot be written: %s", SETTING, path, described(error))
    else:
        logger.info('%s "%s"', "Writing" if changed else "Unchanged:", stage.output.folder / path)


def _write(path: str, generator: ArticlesGenerator, stage: FeedStage) -> bool:
    context = _context(path, generator, stage)
    page = _rendered(path, generator, context).encode("utf-8")

    def edit(file: str) -> bool:
        notify(signals.content_written, file, _report_listener, context=context)
        return Path(file).read_bytes() != page

    return stage.output.write(path, OWNER, lambda file: file.write(page), edit)


def _context(path: str, generator: ArticlesGenerator, stage: FeedStage) -> Context:
    """Return the variables that Pelican gives the template of a page, and ``feeds_page``."""
    context: Context = dict(generator.context)
    if generator.settings.get("RELATIVE_URLS"):
        context["SITEURL"] = context["localsiteurl"] = path_to_url(get_relative_path(path))
    language = str(generator.settings.get("DEFAULT_LANG") or "")
    links = context.get("feed_links")
    feeds = links.everything() if isinstance(links, FeedLinks) else []
    written = {*stage.output.written, *stage.output.known}
    listed = [(subject, link) for subject, link in feeds if link.path in written]
    page = page_of(listed, str(context["SITEURL"]), language)
    return context | {"output_file": path, "feeds_page": page}


def _rendered(path: str, generator: ArticlesGenerator, context: Context) -> str:
    """Return the page in the theme's templates; by itself where they do not serve for it.

    The page is one of Pelican's, and so looks like the others: in "page.html", which extends the
    theme's base template. A theme with a "linkback_feeds.html" is given that.
    """
    theirs = cast("Environment", generator.env)
    loader = ChoiceLoader([cast("BaseLoader", theirs.loader), OwnTemplates(_TEMPLATES)])
    environment = theirs.overlay(loader=loader)
    metadata = {
        "title": context["feeds_page"].title,
        "slug": "feeds",
        "save_as": path,
        "url": path.removesuffix("index.html"),
    }
    content = environment.get_template("linkback_feeds_list.html").render(context)
    context["page"] = Page(content, metadata, generator.settings, context=generator.context)
    if template := _template_of_theme(generator):
        try:
            page: str = environment.get_template(template).render(context)
        except FAULTS as error:  # a theme's template may raise anything
            logger.error(
                "%s: %s of the theme cannot be used for it: %s; the page gets a plain look",
                SETTING,
                template,
                described(error),
            )
        else:
            if template == OVERRIDE or MARK in page:
                return page
    alone: str = environment.get_template("linkback_feeds_alone.html").render(context)
    return alone


def _template_of_theme(generator: ArticlesGenerator) -> str | None:
    """Return the theme's template for the page; None where it has no base template.

    Pelican lends such a theme that of its own "simple", in which the page would look strange.
    """
    theme = str(generator.settings["THEME"])
    overrides = cast("list[str]", generator.settings["THEME_TEMPLATES_OVERRIDES"])
    folders = [*map(Path, overrides), Path(theme).expanduser() / "templates"]
    templates = {OVERRIDE: OVERRIDE, "base.html": "page.html", "page.html": "page.html"}
    for needed, template in templates.items():
        if any((folder / needed).is_file() for folder in folders):
            return template
    return None


def _report_listener(listener: Listener, error: BaseException) -> None:
    name = name_of(listener)
    logger.error("%s listens to content_written and fails: %s", name, described(error))

"""The mentions on pages: LINKBACK_SHOW_MENTIONS."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from jinja2 import Environment

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.journal.atomic import replacing
from pelican_linkback.plugin.pelican_types import Generator
from pelican_linkback.receiving.display.insertion import has_mentions, is_twice, with_mentions
from pelican_linkback.receiving.display.mentions import ArticleMentions
from pelican_linkback.text.printable import described

__all__ = ["MentionPages"]

logger = logging.getLogger(__name__)

TEMPLATE = "linkback/mentions.html"


class MentionPages:
    """Puts the mentions into pages whose theme does not show them (LINKBACK_SHOW_MENTIONS).

    ``generator`` has the templates of the site, ``adds`` is the setting. What is wrong costs one
    page its mentions, and is reported once.
    """

    def __init__(self, generator: Generator, *, adds: bool) -> None:
        self._environment = cast("Environment", generator.env)
        self._adds = adds
        self._reported: set[str] = set()

    def add_to_page(self, path: Path, context: Mapping[str, object]) -> None:
        """Add to the page at ``path`` its mentions, or how to answer it, if they are not there."""
        if not self._adds:
            return
        content = context.get("article") or context.get("page")
        mentions = getattr(content, "mentions", None)
        if not isinstance(mentions, ArticleMentions) or not (mentions or mentions.invites):
            return
        try:
            self._add(path, context)
        except FAULTS as error:  # the border of a page: a theme's template may raise anything
            self._report(f"{path.name} is without its mentions: {described(error)}")

    def _add(self, path: Path, context: Mapping[str, object]) -> None:
        html = path.read_bytes().decode("utf-8", "surrogateescape")
        if has_mentions(html):
            if is_twice(html):
                self._report(
                    f"{path.name} has its mentions twice: {TEMPLATE} is included in two places"
                )
            return
        block = self._environment.get_template(TEMPLATE).render(context)
        page = with_mentions(html, block.strip() + "\n").encode("utf-8", "surrogateescape")
        # One name for all pages of a folder, so that a killed build leaves one file at most.
        with replacing(path, temporary=path.with_name(".linkback-page.new")) as file:
            file.write(page)

    def _report(self, problem: str) -> None:
        kind = problem.partition(": ")[2]
        if kind not in self._reported:
            self._reported.add(kind)
            logger.error("%s", problem)

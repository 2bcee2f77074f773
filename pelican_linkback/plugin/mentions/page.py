"""The mentions on pages: LINKBACK_SHOW_MENTIONS."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import cast

from jinja2 import Environment, Template

from pelican_linkback.plugin.pelican_types import Generator
from pelican_linkback.plugin.written_pages import Edit
from pelican_linkback.receiving.display.insertion import has_mentions, is_twice, with_mentions
from pelican_linkback.receiving.display.mentions import ArticleMentions
from pelican_linkback.text.printable import described

__all__ = ["MentionPages"]

logger = logging.getLogger(__name__)

TEMPLATE = "linkback/mentions.html"


class MentionPages:
    """Puts the mentions into pages whose theme does not show them (LINKBACK_SHOW_MENTIONS).

    ``generator`` has the templates of the site, ``pictures`` returns the files of the pictures of
    authors by their paths in the output folder, and ``adds`` is the setting. What is wrong costs
    one page its mentions, and is reported once.
    """

    def __init__(
        self, generator: Generator, pictures: Callable[[], Mapping[str, Path]], *, adds: bool
    ) -> None:
        self._environment = cast("Environment", generator.env)
        self.pictures, self._adds = pictures, adds
        self._reported: set[str] = set()

    def edit_of(self, path: Path, context: Mapping[str, object]) -> Edit | None:
        """Return what adds its mentions, or how to answer it, to the page at ``path``.

        None if it has none. ``context`` has the variables of its template.
        """
        content = context.get("article") or context.get("page")
        mentions = getattr(content, "mentions", None)
        if not self._adds or not isinstance(mentions, ArticleMentions):
            return None
        if not mentions and not mentions.invites:
            return None
        return partial(self._edited, name=path.name, context=context)

    def report(self, name: str, error: BaseException) -> None:
        """Report that the page ``name`` could not be edited: a template may raise anything."""
        self._report(f"{name} is without its mentions: {described(error)}")

    @cached_property
    def _template(self) -> Template:
        return self._environment.get_template(TEMPLATE)

    def _render(self, context: Mapping[str, object]) -> str:
        """Return what ``Template.render`` returns, which takes as long to copy all variables twice.

        They are a copy already: Pelican makes one for each page.
        """
        template = self._template
        if self._environment.is_async:
            return template.render(context)
        variables = dict(context)
        for name, value in self._environment.globals.items():
            variables.setdefault(name, value)
        return str(template.make_module(variables, shared=True))

    def _edited(self, html: str, name: str, context: Mapping[str, object]) -> str:
        if not has_mentions(html):
            return with_mentions(html, self._render(context).strip() + "\n")
        if is_twice(html):
            self._report(f"{name} has its mentions twice: {TEMPLATE} is included in two places")
        return html

    def _report(self, problem: str) -> None:
        kind = problem.partition(": ")[2]
        if kind not in self._reported:
            self._reported.add(kind)
            logger.error("%s", problem)

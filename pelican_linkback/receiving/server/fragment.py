"""GET /mentions?target=URL: the mentions of a page that are shown, as HTML to be put into it.

For a site that is not built again with each mention: a server that includes it (nginx: SSI), or the
script of this receiver, which is optional::

    <div id="linkback-mentions"></div>
    <script src="https://your.site/mentions/mentions.js" defer></script>
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from pelican_linkback.receiving.display.deduplication import without_duplicates
from pelican_linkback.receiving.display.mention import DisplayOptions
from pelican_linkback.receiving.display.mentions import ArticleMentions, Mentioned
from pelican_linkback.receiving.memory.targets import Mode
from pelican_linkback.receiving.received import Received
from pelican_linkback.receiving.server.application import Route
from pelican_linkback.receiving.server.http import (
    Refusal,
    Request,
    Response,
    html,
    json_document,
)
from pelican_linkback.receiving.server.incoming import Pages
from pelican_linkback.receiving.server.jf2 import public_item
from pelican_linkback.receiving.server.pages import render

__all__ = ["Fragment"]

_SECONDS = 60
_HTML, _JF2 = "text/html", "application/jf2feed+json"
_TYPES = (_HTML, _JF2, "application/jf2+json", "application/json")
_SCRIPT = (Path(__file__).parent / "mentions.js").read_bytes


class Fragment:
    """Shows the mentions of the page that a URL means.

    ``shown_on`` returns those of a page by its id, ``kinds`` are those that are shown, ``options``
    how, and ``site`` the address of the site, whose style sheet the fragment names.
    """

    def __init__(
        self,
        shown_on: Callable[[str], Iterable[Received]],
        pages: Pages,
        kinds: Collection[str],
        options: DisplayOptions,
        site: str,
    ) -> None:
        self._shown_on, self._pages, self._kinds = shown_on, pages, kinds
        self._options, self._site = options, site

    def routes(self) -> list[Route]:
        """Return the routes of this module."""
        return [
            Route("/mentions", {"GET": self.show}),
            Route("/mentions.js", {"GET": self.script}),
        ]

    def show(self, request: Request) -> Response:
        """Return the mentions as HTML, or as JF2 for who wants that; good for a minute."""
        target = request.query.get("target")
        found = self._pages.find(target) if target else None
        if found is None:
            raise Refusal(404, "The target is no page of this site.")
        page = found.target
        shown = [] if page.mentions is Mode.CLOSED else self._shown(page.id)
        wanted = request.preferred(*_TYPES)
        answer = self._html(shown) if wanted == _HTML else _jf2(shown)
        return _cached(answer, request)

    def script(self, request: Request) -> Response:
        """Return the script that puts the mentions into a page."""
        return _cached(Response(_SCRIPT(), 200, "text/javascript; charset=utf-8"), request)

    def _shown(self, article: str) -> Sequence[Received]:
        return [each for each in self._shown_on(article) if each.kind in self._kinds]

    def _html(self, shown: Sequence[Received]) -> Response:
        mentions = ArticleMentions(Mentioned(without_duplicates(shown), self._options))
        values = {"article": {"mentions": mentions}, "SITEURL": self._site}
        return html(render("mentions.html", values).strip() + "\n")


def _jf2(shown: Sequence[Received]) -> Response:
    oldest_first = sorted(shown, key=_when)
    feed = {"type": "feed", "children": [public_item(each) for each in oldest_first]}
    return json_document(feed, media_type=_JF2)


def _when(mention: Received) -> tuple[dt.datetime, str]:
    return mention.published or mention.received, mention.id


def _cached(answer: Response, request: Request) -> Response:
    """Return an answer that is good for a minute, or 304 where the client has it already."""
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    known = (each.strip() for each in request.headers.get("if-none-match", "").split(","))
    if {tag, f"W/{tag}", "*"} & {*known}:
        answer = Response(status=304)
    return (
        answer.having("ETag", tag)
        .having("Cache-Control", f"public, max-age={_SECONDS}")
        .having("Vary", "Accept")
        .having("Access-Control-Allow-Origin", "*")
    )

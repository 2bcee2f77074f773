"""POST /webmention (https://www.w3.org/TR/webmention/, section 3.2) and its status pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pelican_linkback.exceptions import ProtocolError
from pelican_linkback.protocol.webmention import read_request
from pelican_linkback.receiving.server.application import Route
from pelican_linkback.receiving.server.http import (
    Refusal,
    Request,
    Response,
    html,
    json_document,
)
from pelican_linkback.receiving.server.incoming import Incoming, NotTaken, Status, status_of
from pelican_linkback.receiving.server.limits import Limiter
from pelican_linkback.receiving.server.pages import render, style_sheet
from pelican_linkback.receiving.store.records import StoredMention

__all__ = ["Webmentions"]

HINT = (
    "This is where other sites say that they link to a page here: a POST of a form with source "
    "and target (https://www.w3.org/TR/webmention/)."
)
_TYPES = ("text/html", "application/json")


class Webmentions:
    """Takes webmentions, and says what became of one; ``mention_of`` returns it by its token."""

    def __init__(
        self,
        incoming: Incoming,
        limiter: Limiter,
        mention_of: Callable[[str], StoredMention | None],
    ) -> None:
        self._incoming, self._limiter, self._mention_of = incoming, limiter, mention_of

    def routes(self) -> list[Route]:
        """Return the routes of this module."""
        return [
            Route("/webmention", {"POST": self.receive}, HINT),
            Route("/status/{token}", {"GET": self.status}),
            Route("/status.css", {"GET": self.style}),
        ]

    def receive(self, request: Request) -> Response:
        """Take a webmention: 201 with its status page, which is for people as for programs."""
        self._limiter.check(request)
        vouch = request.form().get("vouch")
        try:
            mention = read_request(request.body)
            token, _ = self._incoming.take(mention, "webmention", request.client, vouch)
        except (ProtocolError, NotTaken) as error:
            raise Refusal(400, str(error)) from error
        url = request.url(f"/status/{token}")
        return _page(request, Status.QUEUED, url, 201).having("Location", url)

    def status(self, request: Request) -> Response:
        """Say what became of a mention, and no more than a sender needs."""
        token = request.path_params["token"]
        row = self._mention_of(token)
        if row is None:
            raise Refusal(404, "There is no such mention, or not any more.")
        return _page(request, status_of(row), request.url(f"/status/{token}"), 200)

    def style(self, request: Request) -> Response:  # noqa: ARG002 (a handler)
        """Return the style sheet of the status pages."""
        return style_sheet(Path(__file__).parent / "status.css")


_SENTENCES = {
    Status.QUEUED: "Thank you. The page that you named is looked at soon.",
    Status.ACCEPTED: "Thank you. It links here, and the author decides what is shown.",
    Status.REJECTED: "It was not taken: there is no link to the target at that address, or it "
    "could not be read, or it is not wanted here.",
}


def _page(request: Request, status: Status, url: str, code: int) -> Response:
    sentence = _SENTENCES[status]
    if request.preferred(*_TYPES) == "text/html":
        values = {"status": status.value, "sentence": sentence, "url": url, "base": request.base}
        answer = html(render("status.html", values), code)
    else:
        summary = {"status": status.value, "summary": sentence, "url": url}
        answer = json_document(summary, code)
    return answer.having("Vary", "Accept")

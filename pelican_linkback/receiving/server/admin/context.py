"""What the pages of the administration share: who may see them, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.targets import Targets, known_pages
from pelican_linkback.receiving.server.admin.guard import (
    FORM_TOKEN,
    form_token,
    refuse_forged,
    session_of,
)
from pelican_linkback.receiving.server.application import Handler
from pelican_linkback.receiving.server.http import Request, Response, html, see_other
from pelican_linkback.receiving.server.pages import environment
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.mentions import Mentions
from pelican_linkback.receiving.store.rules import Rules
from pelican_linkback.receiving.store.sessions import Sessions

__all__ = ["ADMIN", "AdminContext", "SiteName", "Visit"]

ADMIN = "/admin/"

_TEMPLATES = Path(__file__).parent / "templates"
_KEPT_FIELDS = ("state", "host", "author", "article", "text", "id", "rule")
"""The fields of a query that a page has again after a login."""


class SiteName(NamedTuple):
    """The site whose mentions these are."""

    name: str
    url: str


class Visit(NamedTuple):
    """A request by somebody who is logged in, and the token of the session."""

    request: Request
    session: str


@dataclass(frozen=True)
class AdminContext:
    """What the handlers of the administration share: the data, who may see it, and the templates.

    ``targets`` returns the pages of the site, or raises LinkbackError.
    """

    store: Store
    site: SiteName
    targets: Callable[[], Targets]

    def current_targets(self) -> Targets:
        """Return the pages of the site; none if they cannot be read now: mentions still can."""
        return known_pages(self.targets)

    @cached_property
    def mentions(self) -> Mentions:
        """The mentions in the database."""
        return Mentions(self.store)

    @cached_property
    def rules(self) -> Rules:
        """The rules about hosts and authors."""
        return Rules(self.store)

    @cached_property
    def sessions(self) -> Sessions:
        """The browsers that are logged in."""
        return Sessions(self.store)

    def login_required(self, page: Callable[[Visit], Response]) -> Handler:
        """Return a handler that shows ``page`` to who is logged in."""

        def handler(request: Request) -> Response:
            session = self.session_of(request)
            return page(Visit(request, session)) if session else self.login_needed(request)

        return handler

    def form_required(self, action: Callable[[Visit], Response]) -> Handler:
        """Return a handler that does ``action`` for who is logged in and sent a form of ours.

        It raises Refusal (403) for any other form.
        """

        def handler(request: Request) -> Response:
            session = self.session_of(request)
            if not session:
                return self.login_needed(request)
            refuse_forged(request, session)
            return action(Visit(request, session))

        return handler

    def render(self, visit: Visit, template: str, here: str, **values: object) -> Response:
        """Return the page of a template; ``here`` is its address below ``/admin/``."""
        token = form_token(visit.session)
        if "held" not in values:
            values["held"] = self.mentions.count(MentionState.HELD)
        return self._rendered(template, token, values | {"here": here})

    def login_needed(self, request: Request, heading: str = "", sentence: str = "") -> Response:
        """Return the page that says how to log in (403)."""
        here = request.path.removeprefix(ADMIN)
        if request.method == "POST" or here == "login":
            here = ""
        else:
            here = (here or "./") + _query(request)
        heading = heading or "You are not logged in"
        sentence = sentence or "The author of the site decides here which mentions are shown."
        values = {"key": "", "heading": heading, "sentence": sentence, "here": here}
        return self._rendered("login.html", "", values, 403)

    def confirm_login(self, key: str) -> Response:
        """Return the page that asks whether to log in, which a link in a mail may lead to."""
        return self._rendered("login.html", "", {"key": key})

    @staticmethod
    def redirect(request: Request, path: str) -> Response:
        """Return an answer that redirects the browser to a page below ``/admin/``."""
        return see_other(request.url(ADMIN + path))

    def session_of(self, request: Request) -> str:
        """Return the token of the session of who asks; "" for who is not logged in."""
        session = session_of(request)
        return session if session and self.sessions.is_valid(session) else ""

    def _rendered(
        self, template: str, token: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        text = (
            environment(_TEMPLATES)
            .get_template(template)
            .render(values, site=self.site, token=token, hidden=lambda: _hidden(token))
        )
        # A browser names the origin of a form only to a page that may know where it comes from.
        return html(text, status).having("Referrer-Policy", "same-origin")


def _hidden(token: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_TOKEN, token)


def _query(request: Request) -> str:
    asked = {name: request.query.get(name) for name in _KEPT_FIELDS if name in request.query}
    return f"?{urlencode(asked)}" if asked else ""

"""The addresses of the administration, below ``/admin/``."""

from __future__ import annotations

from pathlib import Path

from pelican_linkback.receiving.server.admin.desk import ADMIN, Desk
from pelican_linkback.receiving.server.admin.inbox import InboxPages
from pelican_linkback.receiving.server.admin.login import Login
from pelican_linkback.receiving.server.admin.overview import OverviewPages
from pelican_linkback.receiving.server.admin.rules import RulePages
from pelican_linkback.receiving.server.application import Handler, Route
from pelican_linkback.receiving.server.http import Request, Response, see_other
from pelican_linkback.receiving.server.pages import style_sheet

__all__ = ["routes_of"]


def routes_of(desk: Desk) -> list[Route]:
    """Return the routes: GET shows, and a POST of a form of ours acts."""
    inbox, overview = InboxPages(desk), OverviewPages(desk)
    rules, login = RulePages(desk), Login(desk)
    handlers: dict[str, dict[str, Handler]] = {
        "": {"GET": desk.shows(overview.overview)},
        "inbox": {"GET": desk.shows(inbox.inbox)},
        "article": {"GET": desk.shows(inbox.article)},
        "rules": {"GET": desk.shows(rules.rules), "POST": desk.acts(rules.decide)},
        "health": {"GET": desk.shows(overview.health)},
        "act": {"POST": desk.acts(inbox.act)},
        "undo": {"POST": desk.acts(inbox.undo)},
        "login": {"GET": login.ask, "POST": login.enter},
        "logout": {"POST": desk.acts(login.leave)},
        "admin.css": {"GET": _style},
    }
    found = [Route(f"{ADMIN}{name}", methods) for name, methods in handlers.items()]
    return [Route(ADMIN.rstrip("/"), {"GET": _to_overview}), *found]


def _to_overview(request: Request) -> Response:
    return see_other(request.url(ADMIN))


def _style(request: Request) -> Response:  # noqa: ARG001 (a handler)
    return style_sheet(Path(__file__).parent / "admin.css")

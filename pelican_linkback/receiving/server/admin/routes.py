"""The addresses of the administration, below ``/admin/``."""

from __future__ import annotations

from pathlib import Path

from pelican_linkback.receiving.server.admin.context import ADMIN, AdminContext
from pelican_linkback.receiving.server.admin.inbox import InboxPages
from pelican_linkback.receiving.server.admin.login import Login
from pelican_linkback.receiving.server.admin.overview import OverviewPages
from pelican_linkback.receiving.server.admin.rules import RulePages
from pelican_linkback.receiving.server.application import Handler, Route
from pelican_linkback.receiving.server.http import Request, Response, see_other
from pelican_linkback.receiving.server.pages import style_sheet

__all__ = ["routes_of"]


def routes_of(context: AdminContext) -> list[Route]:
    """Return the routes: GET shows, and a POST of a form of ours acts."""
    inbox, overview = InboxPages(context), OverviewPages(context)
    rules, login = RulePages(context), Login(context)
    handlers: dict[str, dict[str, Handler]] = {
        "": {"GET": context.login_required(overview.overview)},
        "inbox": {"GET": context.login_required(inbox.inbox)},
        "article": {"GET": context.login_required(inbox.article)},
        "rules": {
            "GET": context.login_required(rules.rules),
            "POST": context.form_required(rules.decide),
        },
        "health": {"GET": context.login_required(overview.health)},
        "act": {"POST": context.form_required(inbox.act)},
        "undo": {"POST": context.form_required(inbox.undo)},
        "login": {"GET": login.confirm, "POST": login.log_in},
        "logout": {"POST": context.form_required(login.log_out)},
        "admin.css": {"GET": _style},
    }
    found = [Route(f"{ADMIN}{name}", methods) for name, methods in handlers.items()]
    return [Route(ADMIN.rstrip("/"), {"GET": _to_overview}), *found]


def _to_overview(request: Request) -> Response:
    return see_other(request.url(ADMIN))


def _style(request: Request) -> Response:  # noqa: ARG001 (a handler)
    return style_sheet(Path(__file__).parent / "admin.css")

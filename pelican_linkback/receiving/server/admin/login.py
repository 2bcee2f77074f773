"""Logging in by a link that works once, and out."""

from __future__ import annotations

from pelican_linkback.receiving.server.admin.context import AdminContext, Visit
from pelican_linkback.receiving.server.admin.guard import (
    clear_cookie,
    refuse_foreign,
    session_cookie,
    session_of,
)
from pelican_linkback.receiving.server.http import Request, Response
from pelican_linkback.receiving.store.sessions import SESSION_LASTS

__all__ = ["Login"]

_SECONDS = round(SESSION_LASTS.total_seconds())


class Login:
    """The handlers of ``login`` and ``logout``."""

    def __init__(self, context: AdminContext) -> None:
        self._context = context

    def confirm(self, request: Request) -> Response:
        """Show a button: what reads links in mails and chats does not use the link up."""
        key = request.query.get("key")
        if key:
            return self._context.confirm_login(key)
        known = self._context.session_of(request)
        return self._context.redirect(request, "") if known else self._context.login_needed(request)

    def log_in(self, request: Request) -> Response:
        """Log in; the session is a new one, whatever cookie the browser brought."""
        refuse_foreign(request)
        key = request.form().get("key")
        token = self._context.sessions.log_in(key, before=session_of(request))
        if not token:
            return self._context.login_needed(
                request,
                "This link is not valid any more",
                "It was used, or it is older than ten minutes.",
            )
        answer = self._context.redirect(request, "")
        return answer.having("Set-Cookie", session_cookie(request, token, _SECONDS))

    def log_out(self, visit: Visit) -> Response:
        """Log out, here or everywhere."""
        if visit.request.form().get("everywhere"):
            self._context.sessions.log_out_everywhere()
        else:
            self._context.sessions.log_out(visit.session)
        answer = self._context.redirect(visit.request, "login")
        return answer.having("Set-Cookie", clear_cookie(visit.request))

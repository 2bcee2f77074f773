"""What keeps others from acting in the author's name: the cookie, the token in forms, the origin.

Pure. A session is a random token that only the author's browser has, in a cookie; a form has
another token, which is made of it and does not give it away. A POST counts if the browser says that
it comes from a page of ours, and the form has the token.
"""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from pelican_linkback.receiving.server.http import Refusal, Request
from pelican_linkback.text.regex import regex

__all__ = [
    "FORM_TOKEN",
    "clear_cookie",
    "form_token",
    "refuse_foreign",
    "refuse_forged",
    "session_cookie",
    "session_of",
]

FORM_TOKEN = "token"  # noqa: S105 (the name of a field)
_TOKEN = regex(r"[A-Za-z0-9_-]{20,100}")


def session_cookie(request: Request, token: str, seconds: int) -> str:
    """Return the header that gives a browser the session ``token``.

    No script can read it, no request that begins on another site brings it, and none goes out
    without TLS, but on this machine.
    """
    name, secure = _cookie(request)
    return f"{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def clear_cookie(request: Request) -> str:
    """Return the header by which a browser forgets its session."""
    return session_cookie(request, "", 0)


def session_of(request: Request) -> str:
    """Return the token in the cookie of a request; "" for what cannot be one."""
    name, _ = _cookie(request)
    found = request.cookie(name)
    return found if _TOKEN.fullmatch(found) else ""


def form_token(session: str) -> str:
    """Return what the forms of a session have in them."""
    return hashlib.sha256(b"form\0" + session.encode("ascii")).hexdigest()


def refuse_foreign(request: Request) -> None:
    """Raise Refusal if a form was sent by a page that is not one of ours.

    Every browser names the origin of a form that is posted; what names none is not a browser in
    which somebody is logged in.
    """
    if request.headers.get("origin") != request.origin:
        raise Refusal(403, f"This form was not sent by a page of {request.origin}.")


def refuse_forged(request: Request, session: str) -> None:
    """Raise Refusal if a form is foreign, or lacks the token of the session."""
    refuse_foreign(request)
    sent = request.form().get(FORM_TOKEN).encode("utf-8", "replace")
    if not hmac.compare_digest(sent, form_token(session).encode("ascii")):
        raise Refusal(403, "This form is of another login. Go back, load the page again, and try.")


def _cookie(request: Request) -> tuple[str, str]:
    """Return the name of the cookie, and its attribute for TLS.

    ``__Host-``: no other host of the domain can set it.
    """
    if _is_this_machine(urlsplit(request.base).hostname or ""):
        return "linkback", ""
    return "__Host-linkback", "; Secure"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

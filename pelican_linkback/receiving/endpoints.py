"""Where mentions of a site are sent to, and how a page or a server says so. Pure."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.urls import host_of, page_key

__all__ = ["Endpoints", "endpoints_of"]


class Endpoints(NamedTuple):
    """The absolute URLs of a receiver, in ASCII: one for each protocol."""

    webmention: str
    pingback: str

    def elements(self) -> dict[str, str]:
        """Return the link elements for the head of a page, by their rel.

        In the form of Pingback 1.0, section 2.2, by which receivers may be searched for as text: in
        this order of the attributes, with this end, which HTML and XHTML have in common, and with
        no character reference but those of HTML's own syntax.
        """
        return {
            rel: f'<link rel="{rel}" href="{escape(url, quote=False)}" />'
            for rel, url in self._asdict().items()
        }

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header fields with which a server says the same (Webmention, 3.1.2)."""
        return ("Link", f'<{self.webmention}>; rel="webmention"'), ("X-Pingback", self.pingback)

    def server_lines(self) -> tuple[str, ...]:
        """Return the lines that make a server send the header fields, each with its place."""
        fields = self.headers()
        return (
            *(f"_headers (Netlify, Cloudflare Pages): {name}: {value}" for name, value in fields),
            *(f"nginx: add_header {name} '{value}';" for name, value in fields),
            *(f"Apache: Header add {name} '{value}'" for name, value in fields),
        )


def endpoints_of(settings: Settings) -> Endpoints | None:
    """Return where mentions of the site are sent to; None if it receives none.

    A hosted service knows a site by its host, so that without SITEURL it has no endpoints.
    """
    if not settings.receive:
        return None
    if settings.has_own_receiver:
        base = page_key(settings.receive)
        return Endpoints(f"{base}webmention", f"{base}pingback")
    try:
        account = f"https://{settings.receive}/{host_of(settings.site_url)}"
    except InvalidURL:
        return None
    return Endpoints(f"{account}/webmention", f"{account}/xmlrpc")

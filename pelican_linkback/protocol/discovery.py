"""Discovery: the answer of a target -> Endpoints.

Each protocol searches for its own (``Protocol.find``), all of them in one answer. If one raises an
exception, the others are used, or the mention is sent later.
"""

from __future__ import annotations

from dataclasses import dataclass

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.mention import Endpoint
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.protocol.response import is_html, media_type
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.urls import check

__all__ = ["Discovery", "discover"]


@dataclass(frozen=True, slots=True)
class Discovery:
    """The endpoints of a page: at most one of each protocol.

    ``unread`` says why not all of the page was read; empty if it was. ``failed`` names a protocol
    that raised an exception, and the exception; empty if none did.
    """

    endpoints: tuple[Endpoint, ...] = ()
    unread: str = ""
    failed: str = ""


def discover(answer: Answer, protocols: Registry, missing: str = "") -> Discovery:
    """Return the endpoints that ``answer`` advertises, in the order of ``protocols``.

    ``missing`` says why its body may be truncated. Never raises.
    """
    endpoints, failed = [], ""
    for traits in protocols.order:
        try:
            with protocols.speaking(traits) as protocol:
                if found := protocol.find(answer):
                    url, where = found
                    endpoints.append(Endpoint(traits, check(url), printable(where)))
        except FAULTS as error:  # a protocol may be by another author
            failed = described(error)
    return Discovery(tuple(endpoints), missing or _not_html(answer), failed)


def _not_html(answer: Answer) -> str:
    if is_html(answer.headers) or not answer.body:
        return ""
    return f"its page is no HTML ({printable(media_type(answer.headers), 60)})"

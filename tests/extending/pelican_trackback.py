"""TrackBack, the linkback of 2002, which some old blogs still take.

Specification: https://web.archive.org/web/2012/http://www.sixapart.com/pronet/docs/trackback_spec
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from pelican_linkback.protocol import (
    Answer,
    Found,
    Mention,
    Message,
    Outcome,
    Protocol,
    Verdict,
    failure,
)


class TrackBack(Protocol):
    name = "trackback"
    updates = False
    answers_in_body = True

    def find(self, answer: Answer) -> Found | None:
        return next(answer.links("trackback"), None)

    def request(self, mention: Mention) -> Message:
        form = urlencode({"url": mention.source})
        return Message("application/x-www-form-urlencoded; charset=utf-8", form.encode())

    def read(self, answer: Answer) -> Outcome:
        if failed := failure(answer.status, answer.headers, answer.at):
            return failed
        if b"<error>0</error>" in answer.body:
            return Outcome(Verdict.DELIVERED, "accepted")
        said = re.search(rb"<message>([^<]*)", answer.body)
        detail = said[1].decode("utf-8", "replace") if said else "its answer is no TrackBack"
        return Outcome(Verdict.REFUSED, "trackback-refused", detail)

"""What is searched for in the inbox, as a page's query and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from pelican_linkback.receiving.inbox.states import WAITING, MentionState
from pelican_linkback.receiving.memory.rules import host_in, rule_of
from pelican_linkback.receiving.server.http import Fields
from pelican_linkback.receiving.store.searching import Search
from pelican_linkback.text.regex import regex

__all__ = ["TABS", "Query", "number_of"]

TABS: Mapping[str, tuple[MentionState, ...]] = {
    "held": (MentionState.HELD,),
    "shown": (MentionState.SHOWN,),
    "queued": WAITING,
    "refused": (MentionState.REFUSED,),
    "spam": (MentionState.SPAM,),
    "gone": (MentionState.GONE, MentionState.UNREACHABLE, MentionState.BROKEN),
    "": (),
}
"""The states of each tab of the inbox; "" has all."""

_NUMBER = regex(r"[0-9]{1,18}")
_LONGEST = 2_000


class Query(NamedTuple):
    """A list of mentions as its address names it. It is made of what was understood alone."""

    state: str = "held"
    host: str = ""
    author: str = ""
    article: str = ""
    text: str = ""
    after: int = 0

    @classmethod
    def read(cls, fields: Fields) -> Query:
        """Return what a query asks for; what cannot be is left out."""
        state = fields.get("state") if "state" in fields else "held"
        return cls(
            state if state in TABS else "held",
            _host(fields.get("host")),
            _bounded(fields.get("author")),
            _bounded(fields.get("article")),
            _bounded(fields.get("text")),
            number_of(fields.get("after")),
        )

    def search(self) -> Search:
        """Return it as the database is searched."""
        return Search(TABS[self.state], self.article, self.host, self.author, self.text, self.after)

    def link(self, **more: object) -> str:
        """Return the query, "" for that of the inbox itself; ``more`` in place of its fields."""
        fields = {**self._asdict(), **more}
        said = {
            name: value for name, value in fields.items() if value or (name, value) == ("state", "")
        }
        if said.get("state") == "held":
            del said["state"]
        return f"?{urlencode(said)}" if said else ""


def number_of(text: str) -> int:
    """Return the number that a text is; 0 for none, and for one that no database has."""
    return int(text) if _NUMBER.fullmatch(text) else 0


def _host(text: str) -> str:
    try:
        return host_in(rule_of(_bounded(text)))
    except ValueError:
        return ""


def _bounded(text: str) -> str:
    return text.strip()[:_LONGEST]

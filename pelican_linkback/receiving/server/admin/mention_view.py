"""A mention as the pages of the administration show it. Pure."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from pelican_linkback.receiving.entries import entry_of, reason_of
from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.rules import place_of
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.received import Kind, Received
from pelican_linkback.receiving.store.mentions import ModerationAction
from pelican_linkback.receiving.store.records import StoredMention
from pelican_linkback.text.printable import printable

__all__ = ["MentionView", "mention_view_of"]

_DID = {
    Kind.REPLY: "answered",
    Kind.REPOST: "reposted",
    Kind.LIKE: "liked",
    Kind.BOOKMARK: "bookmarked",
    Kind.RSVP: "will come to",
    Kind.QUOTE: "quoted",
    Kind.MENTION: "mentioned",
}
_RSVP = {
    "yes": "will come to",
    "no": "will not come to",
    "maybe": "may come to",
    "interested": "is interested in",
}
_LABELS = {
    ModerationAction.APPROVE: "Approve",
    ModerationAction.REFUSE: "Refuse",
    ModerationAction.SPAM: "Spam",
}
_LONGEST_PLACE = 80


class MentionView(NamedTuple):
    """A mention on a page: all texts are plain, and are escaped by the template.

    ``before`` is the text that is shown while a changed one waits, else None; ``place`` the URL of
    the post without its scheme, ``rule`` what a rule about its author would name, ``acts`` what can
    be done.
    """

    id: int
    state: str
    name: str
    author_url: str
    did: str
    page: str
    article: str
    title: str
    text: str
    before: str | None
    url: str
    place: str
    received: dt.datetime
    why: str
    rule: str
    acts: tuple[tuple[str, str], ...]


def mention_view_of(row: StoredMention, targets: Targets) -> MentionView:
    """Return how a row of the database is shown."""
    mention = entry_of(row, targets).mention
    url = mention.url or mention.source
    return MentionView(
        id=row.id,
        state=row.state.value,
        name=mention.author.name,
        author_url=_on_the_web(mention.author.url),
        did=_did(mention),
        page=targets.title_of(row.article, row.target),
        article=row.article,
        title=mention.title,
        text=mention.text,
        before=_before(row),
        url=_on_the_web(url),
        place=printable(place_of(url), _LONGEST_PLACE),
        received=row.received,
        why=reason_of(row),
        rule=mention.author.url or row.host,
        acts=tuple((act.value, _LABELS[act]) for act in _acts(row)),
    )


def _did(mention: Received) -> str:
    if mention.kind is Kind.RSVP:
        return _RSVP.get(mention.rsvp, _DID[Kind.RSVP])
    return _DID[mention.kind]


def _before(row: StoredMention) -> str | None:
    is_changed = row.shown and row.latest and row.shown.text != row.latest.text
    return row.shown.text if row.shown and is_changed else None


def _acts(row: StoredMention) -> list[ModerationAction]:
    """Return what would change a mention; what was not read cannot be approved."""
    is_shown = row.state is MentionState.SHOWN and row.shown == row.latest
    found = [ModerationAction.APPROVE] if row.latest and not is_shown else []
    if row.state is not MentionState.REFUSED:
        found.append(ModerationAction.REFUSE)
    if row.state is not MentionState.SPAM:
        found.append(ModerationAction.SPAM)
    return found


def _on_the_web(url: str) -> str:
    """Return the URL; "" for one of another scheme."""
    return url if url.startswith(("https://", "http://")) else ""

"""What the answer of a source means for a mention: pure.

A page that has the link says what the mention is. A page without it, 410, and a page that says of
itself that it is gone end the mention; 404 does when it stays. Nothing else does: whatever may be
an outage is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pelican_linkback.exceptions import WebError
from pelican_linkback.net.client import Response
from pelican_linkback.receiving.hosted.jf2 import NotKept
from pelican_linkback.receiving.inbox.policy import Verdict, Visibility, Why
from pelican_linkback.receiving.inbox.states import (
    Event,
    MentionState,
    Missing,
    Outage,
    Removed,
    Verified,
)
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.reading.page import (
    MentionRequest,
    Page,
    ReadItem,
    SourceContent,
    read,
)
from pelican_linkback.receiving.received import Received

__all__ = ["Judge", "event_of"]

Judge = Callable[[Received, Target | None], Verdict]
"""``Policy.judge``."""

_STATES = {
    Visibility.SHOWN: MentionState.SHOWN,
    Visibility.HELD: MentionState.HELD,
    Visibility.HIDDEN: MentionState.REFUSED,
}


def event_of(
    answer: Response | WebError,
    request: MentionRequest,
    targets: Targets,
    judge: Judge,
    read_item: ReadItem,
) -> Event:
    """Return what happened to a mention whose source gave this answer."""
    if isinstance(answer, WebError):
        return Outage(answer.reason)
    if not 200 <= answer.status < 300 or answer.packed:
        return _unread(answer)
    content = read(Page(answer.url, answer.headers, answer.body), request, targets, read_item)
    if isinstance(content.mention, Received):
        return _verified(content.mention, answer.url, targets, judge)
    if answer.truncated and not (content.linked or content.gone):
        return Outage("no link to the page is in its first megabyte")
    return Removed(_why_not(content))


def _unread(answer: Response) -> Event:
    if answer.status == 404:
        return Missing()
    if answer.status == 410:
        return Removed("it answers 410")
    return Outage("its coding is not known" if answer.packed else f"it answers {answer.status}")


def _why_not(content: SourceContent) -> str:
    if content.gone:
        return "it says that it is gone"
    return (
        content.mention.why
        if isinstance(content.mention, NotKept)
        else "it has no link to the page"
    )


def _verified(mention: Received, url: str, targets: Targets, judge: Judge) -> Event:
    """Return the event of a page at ``url``, which its source may only redirect to.

    Then the page's own address says who wrote it, since many sites redirect to wherever somebody
    asks them to; but what is hidden by its source's address is hidden.
    """
    target = targets.of(mention)
    visibility, why = judge(mention, target)
    if visibility is not Visibility.HIDDEN and url != mention.source.partition("#")[0]:
        visibility, why = judge(replace(mention, source=url), target)
    if why is Why.FORGOTTEN:
        return Removed(why)  # which keeps nothing of what it says
    return Verified(mention, _STATES[visibility], why, trusted=why is Why.TRUSTED)

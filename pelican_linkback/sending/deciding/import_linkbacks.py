"""Whom pelican-plugin-linkbacks told: its cache file -> events of our journal. Pure.

The file is one JSON object: for each slug of an article its links, and for each link what came of
the two protocols, with a ``response`` where the receiver took it and an ``error`` where not::

    {"an-answer": {"https://example.org/a-post": {
        "pingback": {"response": "Thank you.", "server_uri": "https://example.org/xmlrpc"},
        "webmention": {"error": "No webmention URI found"}}}}

It has no times and no versions of articles. So what it tells of is recorded as known there in the
present version: nobody hears of that again, and whoever took a webmention hears of the next one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.protocol.mention import Mention, Outcome, Protocol, Verdict
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import Answered, Fact, Queued
from pelican_linkback.text.printable import printable

__all__ = ["FILE", "PastMention", "inherited", "mentions_in"]

FILE = "pelican-plugin-linkbacks.json"
"""What that plugin calls its cache, in the folder of Pelican's CACHE_PATH."""

DETAIL = "sent by pelican-plugin-linkbacks"
REGISTERED = "Pingback already registered"
"""How that plugin's error begins where the receiver answered with fault 48."""


@dataclass(frozen=True, slots=True)
class PastMention:
    """The article with this ``slug`` linked to ``target``, which was told by ``protocol``."""

    slug: str
    target: str
    protocol: Protocol


def mentions_in(cache: bytes) -> list[PastMention]:
    """Return whom the plugin told that wrote ``cache``; a link that both protocols told once.

    Raises LinkbackError, saying what is wrong, where any of it is not as that plugin writes it.
    """
    try:
        articles = json.loads(cache.decode("utf-8"))
    except UnicodeDecodeError:
        raise LinkbackError("it is not UTF-8") from None
    except RecursionError:
        raise LinkbackError("it is not JSON") from None
    except ValueError as error:
        raise LinkbackError(f"it is not JSON: {printable(error)}") from None
    return [
        PastMention(slug, target, protocol)
        for slug, links in _object(articles, "it").items()
        for target, answers in _links(slug, links).items()
        if (protocol := _told_by(_object(answers, printable(target))))
    ]


def inherited(
    past: PastMention, post: Post, known: Mapping[Mention, Delivery]
) -> Iterator[tuple[Mention, Fact]]:
    """Yield what is to be recorded of a ``past`` mention by ``post``: nothing where it is known."""
    mention = Mention(post.source, past.target)
    if mention in known and known[mention].is_known:
        return
    yield mention, Queued(post.article, post.fingerprint)
    outcome = Outcome(Verdict.DELIVERED, "accepted", DETAIL, past.protocol)
    yield mention, Answered(outcome, fingerprint=post.fingerprint)


def _links(slug: str, links: object) -> Mapping[str, object]:
    if isinstance(links, list):
        message = "it is of an old version of that plugin, which did not record what was sent"
        raise LinkbackError(message)
    return _object(links, printable(slug))


def _object(value: object, name: str) -> Mapping[str, object]:
    if isinstance(value, dict):
        return value
    raise LinkbackError(f"{name} is not a JSON object, as that plugin writes one")


def _told_by(answers: Mapping[str, object]) -> Protocol | None:
    """Return by what a link was told: webmention where both did, since that one has updates."""
    for protocol in (Protocol.WEBMENTION, Protocol.PINGBACK):
        answer = answers.get(protocol)
        if isinstance(answer, dict) and _was_taken(answer):
            return protocol
    return None


def _was_taken(answer: Mapping[str, object]) -> bool:
    # A webmention is often taken with an empty response.
    error = str(answer.get("error") or "")
    return REGISTERED in error or ("response" in answer and not error)

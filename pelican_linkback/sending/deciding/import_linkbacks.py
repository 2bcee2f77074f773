"""The cache file of pelican-plugin-linkbacks -> events of our journal. Pure.

The file is one JSON object: for each slug of an article its links, and for each link the results of
the two protocols, with a ``response`` if the receiver accepted it and an ``error`` if not::

    {"an-answer": {"https://example.org/a-post": {
        "pingback": {"response": "Thank you.", "server_uri": "https://example.org/xmlrpc"},
        "webmention": {"error": "No webmention URI found"}}}}

It has no times and no versions of articles. So its mentions are recorded as delivered in the
present version: they are not sent again, and receivers of webmentions are notified of the next
version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.protocol.mention import Mention, Outcome, Traits, Verdict
from pelican_linkback.protocol.registry import BUILT_IN, traits_of
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import Answered, Fact, Queued
from pelican_linkback.text.printable import printable

__all__ = ["FILE", "PastMention", "inherited", "mentions_in"]

FILE = "pelican-plugin-linkbacks.json"
"""The name of that plugin's cache, in the folder of Pelican's CACHE_PATH."""

DETAIL = "sent by pelican-plugin-linkbacks"
REGISTERED = "Pingback already registered"
"""The start of that plugin's error message if the receiver answered with fault 48."""


@dataclass(frozen=True, slots=True)
class PastMention:
    """The article with this ``slug`` linked to ``target``, which was notified by ``protocol``."""

    slug: str
    target: str
    protocol: Traits


def mentions_in(cache: bytes) -> list[PastMention]:
    """Return the mentions that are recorded in ``cache``; a link sent by several protocols once.

    Raises LinkbackError with the reason if any part is not as that plugin writes it.
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
        if (protocol := _sent_by(_object(answers, printable(target))))
    ]


def inherited(
    past: PastMention, post: Post, known: Mapping[Mention, Delivery]
) -> Iterator[tuple[Mention, Fact]]:
    """Yield the events to record for a ``past`` mention by ``post``: none if it is known."""
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


def _sent_by(answers: Mapping[str, object]) -> Traits | None:
    """Return the protocol that a link was sent by: of several, the one that we prefer."""
    for protocol in BUILT_IN:
        answer = answers.get(protocol.name)
        if isinstance(answer, dict) and _was_taken(answer):
            return traits_of(protocol)
    return None


def _was_taken(answer: Mapping[str, object]) -> bool:
    # A webmention is often accepted with an empty response.
    error = str(answer.get("error") or "")
    return REGISTERED in error or ("response" in answer and not error)

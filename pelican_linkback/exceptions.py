"""The errors of pelican_linkback: one tree, and every leaf carries its data.

::

    LinkbackError
    ├── SettingsError       .problems: every setting that is wrong
    ├── FeedError           .feed: a Feed class that cannot be built
    ├── UnreadableFeed      .code: a document that is no Atom or RSS feed
    ├── ProtocolError       a message that is not what its specification says
    ├── JournalError        .path: a state file that cannot be read or written
    ├── StoreError          the database of the receiver cannot be used now
    │   └── QueueFull       it takes no more mentions until some are verified
    ├── SourceError         .source: a source of mentions that cannot be read now
    ├── MailError           .server: a mail server that takes no mail from us now
    └── WebError            .url: an exchange that did not come about
        ├── InvalidURL      not a URL that this program fetches
        ├── Refused         an address, port or redirect that is never followed
        ├── RedirectLoop    too many redirects, or a circle
        ├── LookupFailed    the name server does not answer
        ├── Unreachable     TLS failure, reset
        │   └── NotThere    no such host, connection refused
        └── TimedOut        the exchange took longer than it may

Errors are wrapped once, where they happen. Bugs (``TypeError`` and the like) are let through.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = [
    "FAULTS",
    "FeedError",
    "InvalidURL",
    "JournalError",
    "LinkbackError",
    "LookupFailed",
    "MailError",
    "NotThere",
    "PartialAnswer",
    "ProtocolError",
    "QueueFull",
    "RedirectLoop",
    "Refused",
    "SettingsError",
    "SourceError",
    "StoreError",
    "TimedOut",
    "Unreachable",
    "UnreadableFeed",
    "WebError",
]

FAULTS = (Exception, SystemExit)
"""What is one item's fault where code of others runs, such as a hook of a Feed class or a listener.

``sys.exit`` in a hook is a bug of that hook. KeyboardInterrupt is not among them: the person who
builds the site wants to end the build.
"""


class LinkbackError(Exception):
    """The root of the tree: catch this to catch all errors that are meant to be caught."""


class SettingsError(LinkbackError):
    """One or more settings are wrong; the message lists all of them.

    ``problems`` holds a sentence for each: the setting, what it got, what it takes.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        several = [f"{count} settings are wrong:", *(f"- {each}" for each in self.problems)]
        lines = self.problems if count == 1 else several
        super().__init__("\n".join(["pelican_linkback: " + lines[0], *lines[1:]]))


class FeedError(LinkbackError):
    """A feed cannot be built; ``feed`` names the Feed class, the message what to write instead."""

    def __init__(self, feed: str, message: str) -> None:
        self.feed = feed
        self.message = message
        super().__init__(f"{feed}: {message}")


class UnreadableFeed(LinkbackError):
    """A document that cannot be read as a feed; ``code`` is a stable word for why."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class ProtocolError(LinkbackError):
    """A Pingback or Webmention message that cannot be understood."""


class JournalError(LinkbackError):
    """The journal at ``path`` cannot be read or written; the message says why and what to do."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


class SourceError(LinkbackError):
    """The mentions of ``source`` cannot be listed, or not to the end; the message says why.

    ``hint`` is what the author can do about it, if anything.
    """

    def __init__(self, source: str, message: str, hint: str = "") -> None:
        self.source = source
        self.hint = hint
        super().__init__(f"{source}: {message}" + (hint and f"; {hint}"))


class MailError(LinkbackError):
    """The mail server ``server`` cannot be reached, or takes no mail; the message says why."""

    def __init__(self, server: str, message: str) -> None:
        self.server = server
        super().__init__(f"mail server {server}: {message}")


class StoreError(LinkbackError):
    """The database of the receiver cannot be opened, read or written; the message says why."""


class QueueFull(StoreError):
    """So many mentions wait to be verified, in all or of one host, that no more are taken now."""


class PartialAnswer(NamedTuple):
    """The part of an answer of ``url`` that arrived before it broke off; maybe not all headers."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class WebError(LinkbackError):
    """An exchange with ``url`` failed; ``reason`` says why, in printable words.

    ``partial`` is what the server had answered by then, if its status is meaningful.
    """

    def __init__(self, url: str, reason: str, partial: PartialAnswer | None = None) -> None:
        self.url = url
        self.reason = reason
        self.partial = partial
        super().__init__(f"{url}: {reason}")


class InvalidURL(WebError):
    """Not an absolute http(s) URL without credentials."""


class Refused(WebError):
    """An address, a port, a scheme or a redirect that this program never follows."""


class RedirectLoop(WebError):
    """Too many redirects, or redirects in a circle."""


class LookupFailed(WebError):
    """The name server does not answer, which means nothing about the host."""


class Unreachable(WebError):
    """No such host, connection refused or reset, TLS failure, or bytes that are not HTTP."""


class NotThere(Unreachable):
    """No such host, or no program that listens there: known at once, and for more than a moment."""


class TimedOut(WebError):
    """The exchange in total took longer than its limit."""

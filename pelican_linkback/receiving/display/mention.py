"""A mention as it is displayed, and how it becomes one. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pelican_linkback.receiving.display.people import Person, is_emoji
from pelican_linkback.receiving.display.words import NO_WORDS, Words
from pelican_linkback.receiving.memory.rules import host_in
from pelican_linkback.receiving.received import Kind, Received
from pelican_linkback.text.regex import regex

__all__ = ["ANCHOR", "DisplayOptions", "Mention", "displayed"]

ANCHOR = "mention-"
"""What the id of a mention's element on a page begins with; the mention's own id follows."""

_WEB = ("http://", "https://")
_UNSOUND = regex(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
_EARLIEST = dt.datetime(1991, 8, 6, tzinfo=dt.UTC)
"""The day of the first web page: nothing was published on the web before."""

_MICROFORMATS = {
    Kind.REPLY: "u-comment",
    Kind.REPOST: "u-repost",
    Kind.LIKE: "u-like",
    Kind.BOOKMARK: "u-bookmark",
    Kind.RSVP: "u-rsvp",
    Kind.QUOTE: "u-quote",
    Kind.MENTION: "u-mention",
}


@dataclass(slots=True, eq=False)
class Mention:
    """A mention as it is displayed. Its texts are plain text: a template escapes them (``|e``).

    ``published`` is in the site's time zone, and the time of receipt where nobody knows better.
    ``url`` is where the mention is to be read. ``replies`` are the answers to it, oldest first.
    """

    id: str
    kind: Kind
    author: Person
    text: str
    title: str
    url: str
    source: str
    published: dt.datetime
    received: dt.datetime
    rsvp: str
    parent: str
    options: DisplayOptions
    replies: Sequence[Mention] = ()

    @property
    def host(self) -> str:
        """The host of ``url``, with its port."""
        return host_in(self.url.partition("://")[2])

    @property
    def date(self) -> str:
        """The day on which it was published, as the site writes dates."""
        return self.options.date(self.published)

    @property
    def time(self) -> str:
        """When it was published, as HTML has it."""
        return self.published.isoformat(timespec="seconds")

    @property
    def lines(self) -> Sequence[str]:
        """The text, line by line."""
        return self.text.splitlines()

    @property
    def microformat(self) -> str:
        """The class by which its article's h-entry has it (microformats2, h-cite)."""
        return _MICROFORMATS[self.kind]

    @property
    def is_reaction(self) -> bool:
        """Whether it is an answer that consists of one emoji."""
        return self.kind is Kind.REPLY and is_emoji(self.text)

    @property
    def is_spoken(self) -> bool:
        """Whether it is a part of the conversation: an answer, or an RSVP with a note."""
        if self.kind is Kind.REPLY:
            return not is_emoji(self.text)
        return self.kind is Kind.RSVP and bool(self.text)


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """How mentions are displayed on the pages in one language of a site.

    ``date`` writes a day, and ``picture`` returns the path of our own copy of a picture in the
    output folder, "" if there is none.
    """

    words: Words = NO_WORDS
    zone: dt.tzinfo = dt.UTC
    date: Callable[[dt.datetime], str] = lambda when: f"{when:%Y-%m-%d}"
    picture: Callable[[str], str] = lambda _photo: ""


def displayed(received: Received, options: DisplayOptions) -> Mention:
    """Return a mention as it is displayed with these options."""
    author = received.author
    source = _on_the_web(received.source)
    return Mention(
        received.id,
        received.kind,
        Person(
            _sound(author.name),
            _on_the_web(author.url),
            options.picture(author.photo) if author.photo else "",
        ),
        _sound(received.text),
        _sound(received.title),
        _on_the_web(received.url) or source,
        source,
        _when(received, options.zone),
        received.received,
        received.rsvp,
        received.parent or _answered(received.fragment),
        options,
    )


def _sound(text: str) -> str:
    """Return a text without what no page can have, or what turns the direction of a page.

    A file may have it that somebody edited.
    """
    if text.isprintable():  # most texts are, and what is unsound is not
        return text
    return _UNSOUND.sub("\ufffd", text)


def _on_the_web(url: str) -> str:
    """Return the URL; "" for one of another scheme."""
    return _sound(url) if url.startswith(_WEB) else ""


def _answered(fragment: str) -> str:
    """Return the id of the mention that a fragment of the page leads to, "" for another."""
    return fragment.removeprefix(ANCHOR) if fragment.startswith(ANCHOR) else ""


def _when(received: Received, zone: dt.tzinfo) -> dt.datetime:
    """Return when a mention was published; a date that cannot be is that of its receipt."""
    when = received.published or received.received
    if not _EARLIEST <= when <= received.received:
        when = received.received
    try:
        return when.astimezone(zone)
    except OverflowError:  # at the ends of the calendar
        return when

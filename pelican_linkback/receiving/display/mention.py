"""A mention as it is shown, and how it becomes one. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from pelican_linkback.receiving.display.people import Person, initials_of, is_emoji
from pelican_linkback.receiving.display.words import NO_WORDS, Words
from pelican_linkback.receiving.received import Kind, Received

__all__ = ["ANCHOR", "Look", "Mention", "shown"]

ANCHOR = "mention-"
"""What the id of a mention's element on a page begins with; the mention's own id follows."""

_WEB = ("http://", "https://")
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
    """A mention as it is shown. Its texts are plain text: a template escapes them (``|e``).

    ``published`` is in the site's time zone, and the time of receipt where nobody knows better;
    ``date`` is that day as the site writes dates. ``url`` is where the mention is to be read, on
    ``host``. ``replies`` are the answers to it, oldest first.
    """

    id: str
    kind: Kind
    author: Person
    text: str
    title: str
    url: str
    source: str
    host: str
    published: dt.datetime
    date: str
    received: dt.datetime
    rsvp: str
    parent: str
    replies: list[Mention] = field(default_factory=list)

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
class Look:
    """How mentions are shown on the pages in one language of a site.

    ``date`` writes a day, and ``picture`` returns the path of our own copy of a picture in the
    output folder, "" if there is none.
    """

    words: Words = NO_WORDS
    zone: dt.tzinfo = dt.UTC
    date: Callable[[dt.datetime], str] = lambda when: f"{when:%Y-%m-%d}"
    picture: Callable[[str], str] = lambda _photo: ""


def shown(received: Received, look: Look) -> Mention:
    """Return a mention as it is shown with this look."""
    author = received.author
    url = _on_the_web(received.url) or _on_the_web(received.source)
    published = _when(received, look.zone)
    return Mention(
        id=received.id,
        kind=received.kind,
        author=Person(
            author.name,
            _on_the_web(author.url),
            initials_of(author.name),
            look.picture(author.photo) if author.photo else "",
        ),
        text=received.text,
        title=received.title,
        url=url,
        source=_on_the_web(received.source),
        host=url.partition("://")[2].partition("/")[0],
        published=published,
        date=look.date(published),
        received=received.received,
        rsvp=received.rsvp,
        parent=received.parent or _answered(received.fragment),
    )


def _on_the_web(url: str) -> str:
    """Return the URL; "" for one of another scheme, which a file may have that somebody edited."""
    return url if url.startswith(_WEB) else ""


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

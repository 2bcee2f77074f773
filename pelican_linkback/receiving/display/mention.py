"""A mention as it is displayed, and how it becomes one. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pelican_linkback.receiving.display.people import Person, initials_of
from pelican_linkback.receiving.display.words import NO_WORDS, Words
from pelican_linkback.receiving.memory.rules import host_in
from pelican_linkback.receiving.received import Kind, Received
from pelican_linkback.text.regex import regex

__all__ = ["ANCHOR", "DisplayOptions", "Mention"]

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


class Mention:
    """A mention as it is displayed. Its texts are plain text: a template escapes them (``|e``).

    ``published`` is in the site's time zone, and the time of receipt where nobody knows better.
    ``url`` is where the mention is to be read. ``replies`` are the answers to it, oldest first.
    """

    __slots__ = ("_options", "_said", "kind", "published", "replies", "text")

    def __init__(self, said: Received, options: DisplayOptions) -> None:
        self._said, self._options = said, options
        self.kind = said.kind
        self.text = _sound(said.text) if said.text else ""  # as it is mostly
        self.published = _when(said, options.zone)
        self.replies: Sequence[Mention] = ()

    @property
    def id(self) -> str:
        """Its name on the page, and in commands."""
        return self._said.id

    @property
    def author(self) -> Person:
        """Who wrote it."""
        author = self._said.author
        picture = self._options.picture(author.photo) if author.photo else ""
        return Person(_sound(author.name), _on_the_web(author.url), picture)

    @property
    def title(self) -> str:
        """The title of the page."""
        return _sound(self._said.title)

    @property
    def url(self) -> str:
        """Where it is to be read."""
        said = self._said
        return (said.url and _on_the_web(said.url)) or _on_the_web(said.source)

    @property
    def source(self) -> str:
        """The page that was verified."""
        return _on_the_web(self._said.source)

    @property
    def received(self) -> dt.datetime:
        """When it was received."""
        return self._said.received

    @property
    def rsvp(self) -> str:
        """Whether they come: yes, no, maybe or interested."""
        return self._said.rsvp

    @property
    def parent(self) -> str:
        """The id of the mention that it answers."""
        return self._said.parent or _answered(self._said.fragment)

    @property
    def host(self) -> str:
        """The host of ``url``, with its port."""
        return host_in(self.url.partition("://")[2])

    @property
    def date(self) -> str:
        """The day on which it was published, as the site writes dates."""
        return self._options.date(self.published)

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

    def as_item(self) -> Sequence[str]:
        """Return what a list shows of it.

        ``id``, ``microformat``; ``picture``, ``initials``, ``url`` and ``name`` of its
        author; ``url``, ``time``, ``date``, ``host``, ``title``, ``text``.
        """
        author, options, url = self._said.author, self._options, self.url
        name = _sound(author.name)
        return (
            self._said.id,
            _MICROFORMATS[self.kind],
            options.picture(author.photo) if author.photo else "",
            initials_of(name),
            _on_the_web(author.url),
            name,
            url,
            self.published.isoformat(timespec="seconds"),
            options.date(self.published),
            host_in(url.partition("://")[2]),
            _sound(self._said.title),
            self.text,
        )

    def as_link(self) -> Sequence[str]:
        """Return what a line of reactions shows of it.

        ``microformat``, ``url``, ``text``, the name of its author.
        """
        return _MICROFORMATS[self.kind], self.url, self.text, _sound(self._said.author.name)


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

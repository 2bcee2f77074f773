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

__all__ = ["ANCHOR", "DisplayOptions", "Mention", "item_columns", "link_columns"]

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


class Mention:
    """A mention as it is displayed. Its texts are plain text: a template escapes them (``|e``).

    ``when`` it was published is in UTC, and the time of receipt where nobody knows better. ``url``
    is where the mention is to be read. ``replies`` are the answers to it, oldest first.
    """

    __slots__ = ("kind", "options", "replies", "said", "text", "when")

    def __init__(self, said: Received, options: DisplayOptions) -> None:
        self.said, self.options = said, options
        self.kind = said.kind
        self.text = _sound(said.text) if said.text else ""  # as it is mostly
        self.when = _when(said)
        self.replies: Sequence[Mention] = ()

    @property
    def id(self) -> str:
        """Its name on the page, and in commands."""
        return self.said.id

    @property
    def published(self) -> dt.datetime:
        """When it was published, in the site's time zone."""
        try:
            return self.when.astimezone(self.options.zone)
        except OverflowError:  # at the ends of the calendar
            return self.when

    @property
    def author(self) -> Person:
        """Who wrote it."""
        author = self.said.author
        return Person(_sound(author.name), _on_the_web(author.url), self.picture)

    @property
    def picture(self) -> str:
        """The path of our own copy of the author's picture, "" if there is none."""
        photo = self.said.author.photo
        return self.options.picture(photo) if photo else ""

    @property
    def title(self) -> str:
        """The title of the page."""
        return _sound(self.said.title)

    @property
    def url(self) -> str:
        """Where it is to be read."""
        said = self.said
        return (said.url and _on_the_web(said.url)) or _on_the_web(said.source)

    @property
    def source(self) -> str:
        """The page that was verified."""
        return _on_the_web(self.said.source)

    @property
    def received(self) -> dt.datetime:
        """When it was received."""
        return self.said.received

    @property
    def rsvp(self) -> str:
        """Whether they come: yes, no, maybe or interested."""
        return self.said.rsvp

    @property
    def parent(self) -> str:
        """The id of the mention that it answers."""
        return self.said.parent or _answered(self.said.fragment)

    @property
    def host(self) -> str:
        """The host of ``url``, with its port."""
        return _host(self.url)

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


def item_columns(mentions: Sequence[Mention]) -> Sequence[Sequence[str]]:
    """Return what lists show of mentions, in columns.

    ``id``, ``microformat``; ``picture``, ``initials``, ``url`` and ``name`` of its author;
    ``url``, ``time``, ``date``, ``host``, ``title``, ``text``.
    """
    said = [each.said for each in mentions]
    names = [_sound(each.author.name) for each in said]
    urls = [each.url for each in mentions]
    published = [each.published for each in mentions]
    return (
        [each.id for each in said],
        [_MICROFORMATS[each.kind] for each in said],
        [each.picture for each in mentions],
        [initials_of(name) for name in names],
        [_on_the_web(each.author.url) for each in said],
        names,
        urls,
        [when.isoformat(timespec="seconds") for when in published],
        [each.options.date(when) for each, when in zip(mentions, published, strict=True)],
        [_host(url) for url in urls],
        [_sound(each.title) for each in said],
        [each.text for each in mentions],
    )


def link_columns(mentions: Sequence[Mention]) -> Sequence[Sequence[str]]:
    """Return what lines of reactions show of mentions, in columns.

    ``microformat``, ``url``, ``text``, the name of its author.
    """
    return (
        [_MICROFORMATS[each.kind] for each in mentions],
        [each.url for each in mentions],
        [each.text for each in mentions],
        [_sound(each.said.author.name) for each in mentions],
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


def _host(url: str) -> str:
    return host_in(url.partition("://")[2])


def _answered(fragment: str) -> str:
    """Return the id of the mention that a fragment of the page leads to, "" for another."""
    return fragment.removeprefix(ANCHOR) if fragment.startswith(ANCHOR) else ""


def _when(received: Received) -> dt.datetime:
    """Return when a mention was published; a date that cannot be is that of its receipt."""
    when = received.published or received.received
    return when if _EARLIEST <= when <= received.received else received.received

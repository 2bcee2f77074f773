"""A mention that was received: what is kept of it, and its line in ``received.jsonl``. Pure.

Every text in it is plain text, and every URL is absolute http or https, or empty: what reads a
source of mentions sees to that, so that nothing behind it meets a stranger's markup.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pelican_linkback.journal.fields import Line, Texts, texts, time_of
from pelican_linkback.text.urls import page_key

__all__ = ["ID_LENGTH", "Author", "Kind", "Received", "id_of", "key_of"]

VERSION = 1
ID_LENGTH = 12
"""The number of digits of ``Received.id``, which a key begins with."""


class Kind(StrEnum):
    """What a mention is (the response types of IndieWeb's post type discovery)."""

    REPLY = "reply"
    REPOST = "repost"
    LIKE = "like"
    BOOKMARK = "bookmark"
    RSVP = "rsvp"
    QUOTE = "quote"
    MENTION = "mention"


_KINDS = {each.value: each for each in Kind}


# Nothing changes an Author or a Received. They are not frozen, since to make one would take twice
# as long, and a site may have ten thousand.
@dataclass(slots=True, unsafe_hash=True)
class Author:
    """Who wrote a mention: ``name`` is never empty, nor a URL where a better name is known.

    ``photo`` is the URL of a picture at a stranger's site. It is never shown to a reader: at most a
    copy of our own is (LINKBACK_AVATARS).
    """

    name: str
    url: str = ""
    photo: str = ""


@dataclass(slots=True, unsafe_hash=True)
class Received:
    """A mention of an article, as it is kept.

    ``source`` is the page that was verified to link to ``target``, ``url`` where people go: the
    post itself, not a bridge's copy of it. ``article`` is the id of the target, which is the
    article's entry id, and ``fragment`` the part of the page that is meant. ``rsvp`` is yes, no,
    maybe or interested, ``parent`` the ``id`` of the mention that this one answers. ``published``
    is None where nobody said when. ``via`` is the name of the source of mentions, and ``remote`` by
    what that knows this one. The fields are in RECEIVING's order; their JSON names are their own.
    """

    source: str
    target: str
    article: str
    kind: Kind
    author: Author
    received: dt.datetime
    url: str = ""
    title: str = ""
    text: str = ""
    fragment: str = ""
    rsvp: str = ""
    parent: str = ""
    published: dt.datetime | None = None
    protocol: str = ""
    via: str = ""
    remote: str = ""

    _id: str = field(default="", init=False, compare=False, repr=False)

    @property
    def id(self) -> str:
        """The name of this mention in commands and files, see ``id_of``."""
        if not self._id:
            self._id = id_of(self.source, self.article)
        return self._id

    @property
    def pair(self) -> str:
        """What the ``id`` is a hash of, for those who need to know only whether two are equal."""
        return _pair(self.source, self.article)

    @property
    def said(self) -> tuple[str, ...]:
        """What a reader sees of it: who approved a mention has to look again if this changes."""
        author = self.author
        said = (self.kind, self.rsvp, author.name, author.url, self.title, self.text)
        return (*said, self.url)

    def line(self) -> dict[str, object]:
        """Return the mention as a line of ``received.jsonl``; empty fields are left out."""
        author = {"name": self.author.name, "url": self.author.url, "photo": self.author.photo}
        fields: dict[str, object] = {
            "v": VERSION,
            "id": self.id,
            "source": self.source,
            "url": self.url,
            "title": self.title,
            "target": self.target,
            "fragment": self.fragment,
            "article": self.article,
            "kind": self.kind.value,
            "rsvp": self.rsvp,
            "parent": self.parent,
            "author": {name: value for name, value in author.items() if value},
            "text": self.text,
            "published": _written(self.published),
            "received": _written(self.received),
            "protocol": self.protocol,
            "via": self.via,
            "remote": self.remote,
        }
        return {name: value for name, value in fields.items() if value}

    @classmethod
    def read(cls, line: Mapping[str, object]) -> Received:
        """Return the mention of a line; raise ValueError, with the field, where it is none."""
        author = line.get("author")
        if not isinstance(author, dict):
            raise ValueError("its author is missing")  # noqa: TRY004 (a line is a value)
        others = 1 + (line.get("v") == VERSION)  # the author, and the version
        try:
            return cls._of_texts(texts(line, others=others), texts(author, others=0), line)
        except KeyError as error:
            raise ValueError(f"its {error.args[0]} is missing") from error

    @classmethod
    def _of_texts(cls, fields: Texts, author: Texts, line: Line) -> Received:
        """Return the mention of a ``line`` with these ``fields``; raise KeyError, too."""
        get, of_author = fields.get, author.get
        url, published = get("url", ""), get("published", "")
        home, photo = of_author("url", ""), of_author("photo", "")
        return cls(  # in the order of its fields: names would take a third longer
            _url(fields["source"], "source"),
            fields["target"],
            fields["article"],
            _KINDS.get(fields["kind"]) or Kind(fields["kind"]),
            Author(
                author["name"],
                home and _url(home, "url"),
                photo and _url(photo, "photo"),
            ),
            time_of(line.get("received"), "received"),
            url and _url(url, "url"),
            get("title", ""),
            get("text", ""),
            get("fragment", ""),
            get("rsvp", ""),
            get("parent", ""),
            time_of(published, "published") if published else None,
            get("protocol", ""),
            get("via", ""),
            get("remote", ""),
        )


def id_of(source: str, article: str) -> str:
    """Return the id of the mention of an article by a source: there is one for each pair.

    The spelling of the source does not matter, but its fragment does: it may be one of many notes.
    """
    return key_of(source, article)[:ID_LENGTH]


def key_of(source: str, article: str) -> str:
    """Return all 64 digits of that id: what nobody can find another source or article for."""
    pair = _pair(source, article)
    return hashlib.sha256(pair.encode("utf-8", "surrogatepass")).hexdigest()


def _pair(source: str, article: str) -> str:
    page, _, fragment = source.partition("#")
    return f"{page_key(page)}#{fragment}\0{article}"


def _url(url: str, name: str) -> str:
    """Return a URL; raise ValueError if it is another text.

    A file can be edited by hand, and a page shows the URL as a link.
    """
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"its {name} is not a URL of http or https")
    return url


def _written(when: dt.datetime | None) -> str:
    return when.astimezone(dt.UTC).isoformat() if when else ""

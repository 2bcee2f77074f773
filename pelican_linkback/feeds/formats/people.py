"""Authors and contributors, as every format names them."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from pelican_linkback.feeds.formats.entry_cache import Item
from pelican_linkback.text.regex import regex

__all__ = ["Person", "as_person", "is_email", "single_author"]

_EMAIL = r"[^\s<>@]+@[^\s<>@]+"
_ADDRESS = regex(_EMAIL)
# As in mail (RFC 5322, section 3.4); the name may be in quotes.
_MAILBOX = regex(rf"([^<>]*)<(?:mailto:)?({_EMAIL})>")


@dataclass(frozen=True, slots=True)
class Person:
    """An author or a contributor (RFC 4287, section 3.2): a name, or else an e-mail address.

    ``Person("Ann Lee", "ann@harbour.example", "https://harbour.example/ann")``.
    """

    name: str | None
    """The name; what is written as ``Ann Lee <ann@harbour.example>`` is a name and an address."""

    email: str | None = None
    """The e-mail address; it stands in the document, for everybody to read."""

    link: str | None = None
    """An absolute URL of the person."""


def as_person(author: Person | str) -> Person:
    """Return ``author`` as a Person; a string is a name.

    An address that stands in the name (``Ann Lee <ann@example.org>``) is taken out of it, and is
    the person's where no other is known.
    """
    person = author if isinstance(author, Person) else Person(str(author))
    if not person.name or "<" not in person.name:
        return person
    found = _MAILBOX.fullmatch(person.name.strip())
    if found is None:
        return person
    name = found[1].strip().strip('"').strip()
    return replace(person, name=name or None, email=person.email or found[2])


def is_email(text: str) -> bool:
    """Return whether ``text`` may stand as an address in feeds (RFC 4287, section 3.2.3)."""
    return _ADDRESS.fullmatch(text) is not None


def single_author(item: Item) -> list[Person]:
    """Return the author that the single-author arguments give to a feed or an item, if any."""
    name, email = item["author_name"], item["author_email"]
    return [_person(name, email, item["author_link"])] if name or email else []


@functools.lru_cache(maxsize=1000, typed=True)
def _person(name: str | None, email: str | None, link: str | None) -> Person:
    return as_person(Person(name, email, link))

"""Checks values of items: a script as address, a negative length. Left out with a warning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from pelican_linkback.feeds.formats.extensions import Enclosure, InReplyTo
from pelican_linkback.feeds.formats.people import Person, is_email
from pelican_linkback.feeds.framework.resolver import shown
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import is_script

__all__ = ["sound_address", "sound_answered", "sound_email", "sound_enclosures", "sound_people"]

T = TypeVar("T")

LARGEST = 2**63 - 1
"""The maximum size of a file in bytes: systems use 63 bits."""

_DIGITS = regex(r"[0-9]{1,19}")
_NAME = r"[A-Za-z0-9!#$&^_.+-]+"
# RFC 6838, section 4.2, and parameters (RFC 9110, section 5.6.6).
_MEDIA_TYPE = regex(rf'{_NAME}/{_NAME}(?:\s*;\s*{_NAME}=(?:{_NAME}|"[^"\\]*"))*')


def sound_address(site: Site, what: str, url: T, item: object) -> T | None:
    """Return ``url``, which is the ``what`` of ``item``; None for a script."""
    if not is_script(str(url)):
        return url
    site.warn("{} has {} as its {}, which readers refuse; fix it", *_names(item, url), what)
    return None


def sound_people(
    site: Site, what: str, people: Iterable[Person | str], item: object
) -> list[Person | str]:
    """Return ``people``, each without an address that is a script, or an e-mail that is none."""
    return [
        replace(
            person,
            link=person.link and sound_address(site, f"{what}'s address", person.link, item),
            email=person.email and sound_email(site, what, person.email, item),
        )
        if isinstance(person, Person) and (person.link or person.email)
        else person
        for person in people
    ]


def sound_email(site: Site, what: str, email: T, item: object) -> T | None:
    """Return ``email``, the address of ``what`` of ``item``; None for what is no address."""
    if not email or is_email(str(email)):
        return email
    site.warn(
        "{} has {} as the e-mail address of its {}, which is left out; "
        "write one like ann@example.org",
        *_names(item, email),
        what,
    )
    return None


def sound_answered(
    site: Site, answered: Iterable[InReplyTo | str] | InReplyTo | str, item: object
) -> tuple[InReplyTo, ...]:
    """Return what an item answers, each with its id; an address that is a script is left out."""
    several = [answered] if isinstance(answered, InReplyTo | str) else answered
    found = (each if isinstance(each, InReplyTo) else InReplyTo(str(each)) for each in several)
    return tuple(
        each
        if sound_address(site, "answered page", each.href, item) is not None
        else InReplyTo(each.ref)
        for each in found
        if each.ref
    )


def sound_enclosures(site: Site, enclosures: Iterable[Enclosure], item: object) -> list[Enclosure]:
    """Return the files of an item; invalid lengths become 0, invalid types are guessed."""
    return [
        _sound(site, each, item)
        for each in enclosures
        if sound_address(site, "enclosure", each.url, item) is not None
    ]


def _sound(site: Site, enclosure: Enclosure, item: object) -> Enclosure:
    length, kind = str(enclosure.length or 0), str(enclosure.mime_type or "")
    is_length = _DIGITS.fullmatch(length) and int(length) <= LARGEST
    if not is_length:
        site.warn(
            "{} has {} as the length of its enclosure, which is no number of bytes; fix it, or "
            "leave it out",
            *_names(item, length),
        )
    is_type = _MEDIA_TYPE.fullmatch(kind)
    if not is_type:
        site.warn(
            "{} has {} as the type of its enclosure, which is no media type, such as audio/mpeg; "
            "fix it, or leave it out",
            *_names(item, kind),
        )
    if is_length and is_type:
        return enclosure
    return Enclosure(enclosure.url, length if is_length else None, kind if is_type else None)


def _names(item: object, value: object) -> tuple[str, str]:
    return shown(item), repr(printable(value))

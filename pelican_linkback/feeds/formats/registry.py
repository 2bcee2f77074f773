"""Which formats there are. A format is a generator class that says what is to be known of it.

::

    name            "twtxt": with it come FEED_ALL_TWTXT, CATEGORY_FEED_TWTXT and their like
    label           what people call it; else the name
    content_type    its media type, as feedgenerator's classes have it
    extension       how names of its documents end: ".txt"
    archive_links   how a document leads to other archive documents: "previous", "following"
    summary_first   whether an item's description is what readers show, as in RSS
    setting         the end of its settings where that is not the name

What a class does not say it has from the format that it is a subclass of, or whose media type it
has; else it is taken as RSS is, but without links to archives. So every generator has a format.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.formats.atom import Atom1Feed
from pelican_linkback.feeds.formats.jsonfeed import JsonFeed
from pelican_linkback.feeds.formats.podcast import PodcastRss
from pelican_linkback.feeds.formats.rss import Rss201rev2Feed, RssUserland091Feed
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.regex import regex

__all__ = [
    "Faulty",
    "Format",
    "Reader",
    "faulty",
    "format_of",
    "formats",
    "media_type",
    "register_format",
]

Class = TypeVar("Class", bound=type)
Reader = Callable[[bytes], Any]
"""Returns what a document says, as a ``pelican_linkback.feedcheck.FeedDocument``."""

_NAME = regex("[a-z][a-z0-9]*")
_LINKS = frozenset({"previous", "following"})
_NO_GENERATOR = "it is no subclass of feedgenerator's SyndicationFeed"


class Format(NamedTuple):
    """A format of feeds, as its generator class declares it; ``name`` is "" for a nameless one."""

    generator: type[SyndicationFeed]
    name: str
    label: str
    setting: str
    media_type: str
    extension: str
    archive_links: tuple[str, ...]
    summary_first: bool
    reader: Reader | None = None

    @property
    def has_settings(self) -> bool:
        """Whether its settings are its own, and not those of another format (RSS 0.91: of RSS)."""
        return self.setting == self.name.upper()


class Faulty(NamedTuple):
    """A format that is left out: its class, the name that it has or would have, and why."""

    place: str
    name: str
    problem: str


_formats: dict[str, Format] = {}
_faulty: dict[str, Faulty] = {}
_described_before: dict[type[SyndicationFeed], Format] = {}


def register_format(generator: Class, *, reader: Reader | None = None) -> Class:
    """Make ``generator``, a class that declares itself as above, a format of this site.

    It returns the class, and so can decorate it. ``reader`` is what ``pelican-linkback check``
    reads its documents with. Nothing is raised: what is wrong with a format is said by the build,
    and costs this format. A class that is declared again, as when Pelican reads the settings again,
    takes its own place.
    """
    place = _place(generator)
    _faulty.pop(place, None)
    _described_before.clear()
    name = ""
    try:
        name = _text(generator, "name")
        is_generator = isinstance(generator, type) and issubclass(generator, SyndicationFeed)
        problem = next(_problems(generator, reader), None) if is_generator else _NO_GENERATOR
        if not problem:
            _formats[name] = _described(generator, vars(generator), None, reader)
    except FAULTS as error:  # whatever the class raises where it is asked
        problem = f"it cannot be asked what it is ({described(error)})"
    if problem:
        _faulty[place] = Faulty(place, name, problem)
    return generator


def formats() -> tuple[Format, ...]:
    """Return the registered formats in their order."""
    return tuple(_formats.values())


def faulty() -> tuple[Faulty, ...]:
    """Return the formats that are left out."""
    return tuple(_faulty.values())


def format_of(generator: type[SyndicationFeed]) -> Format:
    """Return the format of any generator class: its own, or what is known of the nearest one."""
    if generator not in _described_before:
        _described_before[generator] = _nearest(generator)
    return _described_before[generator]


def _nearest(generator: type[SyndicationFeed]) -> Format:
    by_class = {each.generator: each for each in formats()}
    known = next((by_class[cls] for cls in generator.__mro__ if cls in by_class), None)
    if known and known.generator is generator:
        return known
    by_type = {each.media_type: each for each in reversed(formats())}
    like = known or by_type.get(_media_type(generator))
    return _described(generator, {}, like, like.reader if like else None)


def _described(generator: type, own: Any, like: Format | None, reader: Reader | None) -> Format:
    """Return the format of a class; ``own`` are the facts that it has from nobody else."""
    name = str(own.get("name", like.name if like else ""))
    media_type = _media_type(generator)
    return Format(
        generator,
        name,
        label=_text(generator, "label") or (like.label if like else name) or media_type,
        setting=str(own.get("setting") or (like.setting if like else name.upper()) or "RSS"),
        media_type=media_type or (like.media_type if like else ""),
        extension=_text(generator, "extension") or (like.extension if like else ""),
        archive_links=tuple(getattr(generator, "archive_links", ())),
        summary_first=bool(getattr(generator, "summary_first", not like or like.summary_first)),
        reader=reader,
    )


def media_type(form: Format, path: str) -> str:
    """Return the media type of a document; where its format says none, that of its name."""
    return form.media_type or mimetypes.guess_type(path)[0] or ""


def _media_type(generator: type) -> str:
    """Return the media type that a class declares; feedgenerator's base class declares none."""
    declared = _text(generator, "content_type") or _text(generator, "mime_type")
    return declared.partition(";")[0].strip().lower()


def _text(generator: type, name: str) -> str:
    value = getattr(generator, name, "")
    return value if isinstance(value, str) else ""


def _problems(generator: Any, reader: Any) -> Iterator[str]:
    """Yield what is wrong with a generator class as a format."""
    name, extension = vars(generator).get("name"), getattr(generator, "extension", "")
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        yield f'its name is {name!r}; write a word of small letters and digits: name = "twtxt"'
    elif (known := _formats.get(name)) and _place(known.generator) != _place(generator):
        yield f"there is a format of this name, {_place(known.generator)}; give it another name"
    if not _media_type(generator):
        yield 'it has no media type; write content_type = "text/plain; charset=utf-8"'
    if extension and not (isinstance(extension, str) and re.fullmatch(r"\.[\w.-]+", extension)):
        yield f'its extension is {extension!r}; write it as ".txt"'
    links = getattr(generator, "archive_links", ())
    if not isinstance(links, tuple) or not _LINKS.issuperset(links):
        yield f'its archive_links are {links!r}; write a tuple of "previous" and "following"'
    if reader is not None and not callable(reader):
        yield f"its reader is {reader!r}; write a function of a document's bytes"


def _place(cls: Any) -> str:
    return f"{cls.__module__}.{cls.__qualname__}" if isinstance(cls, type) else printable(cls)


for _generator in (Atom1Feed, Rss201rev2Feed, JsonFeed, RssUserland091Feed, PodcastRss):
    register_format(_generator)

"""The feeds that settings ask for: those of each kind in each format.

Those in Atom 1.0 and JSON Feed 1.1 are classes to import; those of a stranger's format are made.
"""

from __future__ import annotations

from collections.abc import Iterator

from pelican_linkback.exceptions import FAULTS, FeedError
from pelican_linkback.feeds.articles.articles import ArticleFeed
from pelican_linkback.feeds.articles.kinds import (
    KINDS,
    AllFeed,
    AuthorFeed,
    CategoryFeed,
    SiteFeed,
    TagFeed,
    TranslationFeed,
)
from pelican_linkback.feeds.formats.atom import Atom1Feed
from pelican_linkback.feeds.formats.jsonfeed import JsonFeed
from pelican_linkback.feeds.formats.registry import Format, faulty, formats
from pelican_linkback.feeds.framework.catalogue import FeedClasses
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.settings.pelican import PelicanSettings

__all__ = [
    "STOCK_FEEDS",
    "AtomAllFeed",
    "AtomAuthorFeed",
    "AtomCategoryFeed",
    "AtomSiteFeed",
    "AtomTagFeed",
    "AtomTranslationFeed",
    "JsonAllFeed",
    "JsonAuthorFeed",
    "JsonCategoryFeed",
    "JsonSiteFeed",
    "JsonTagFeed",
    "JsonTranslationFeed",
    "stock_feed",
    "with_registered_formats",
]


class AtomSiteFeed(SiteFeed):
    """SiteFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomAllFeed(AllFeed):
    """AllFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomCategoryFeed(CategoryFeed):
    """CategoryFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomAuthorFeed(AuthorFeed):
    """AuthorFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomTagFeed(TagFeed):
    """TagFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomTranslationFeed(TranslationFeed):
    """TranslationFeed in Atom 1.0."""

    feed_type = Atom1Feed


class JsonSiteFeed(SiteFeed):
    """SiteFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonAllFeed(AllFeed):
    """AllFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonCategoryFeed(CategoryFeed):
    """CategoryFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonAuthorFeed(AuthorFeed):
    """AuthorFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonTagFeed(TagFeed):
    """TagFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonTranslationFeed(TranslationFeed):
    """TranslationFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


def stock_feed(kind: type[ArticleFeed], form: Format) -> type[ArticleFeed]:
    """Return the feed of a kind in a format: one of the classes of this module, or a new one."""
    if kind.feed_type is form.generator:
        return kind
    name = _name(kind, form.name)
    known: type[ArticleFeed] | None = globals().get(name)
    if known is not None:
        return known
    doc = f"{kind.__name__} in {form.label}."
    return type(name, (kind,), {"feed_type": form.generator, "__doc__": doc})


def _name(kind: type[Feed], form: str) -> str:
    return f"{form.capitalize()}{kind.__name__}"


def _stock_feeds() -> Iterator[type[ArticleFeed]]:
    """Yield the feeds of all kinds in all formats that have settings of their own."""
    for kind in KINDS:
        for form in formats():
            if form.has_settings:
                yield stock_feed(kind, form)


STOCK_FEEDS: tuple[type[Feed], ...] = tuple(_stock_feeds())
"""The feeds of Pelican's settings and of those for JSON, in the order in which paths are given
away. Formats that are registered later have theirs, too: see ``with_registered_formats``."""


def with_registered_formats(listed: FeedClasses, settings: PelicanSettings) -> FeedClasses:
    """Return the feeds that an author has ``listed``, and those of the formats of strangers.

    One of Pelican's ``settings`` such as TAG_FEED_TWTXT asks for them. One that is listed takes the
    place of that of its kind. Those of a format that is faulty, or not there, are missing, so that
    what was published of them stays.
    """
    more = [cls for cls in _stock_feeds() if cls not in STOCK_FEEDS]
    more = [cls for cls in more if not any(_replaces(each, cls) for _, each in listed.classes)]
    missing, errors = _of_missing_formats(settings)
    return FeedClasses(
        [*listed.classes, *((cls.__name__, cls) for cls in more)],
        [*listed.errors, *errors],
        [*listed.missing, *missing],
    )


def _replaces(listed: type[Feed], stock: type[Feed]) -> bool:
    try:
        return issubclass(listed, stock.__bases__) and listed.feed_type is stock.feed_type
    except FAULTS:  # what its class raises is reported where its documents are made
        return False


def _of_missing_formats(settings: PelicanSettings) -> tuple[list[str], list[FeedError]]:
    """Return the names of the feeds of formats that are faulty or not there, and what to do."""
    left_out, known = faulty(), {form.name for form in formats()}
    unknown = [each.name for each in left_out if each.name not in known]
    missing = [_name(kind, name) for kind in KINDS for name in unknown]
    errors = [FeedError(f"format {each.place}", f"{each.problem}; {_COST}") for each in left_out]
    named = {each.name.upper() for each in left_out}
    for setting, kind, form in _in_unknown_formats(settings):
        if form not in named:
            missing.append(_name(kind, form))
            errors.append(FeedError(setting, _UNKNOWN.format(form.lower())))
    return missing, errors


_COST = "until then its feeds are left as they are"
_UNKNOWN = (
    "asks for the format {!r}, which is not registered; see whether its plugin is loaded, and how "
    "the setting is spelt"
)


def _in_unknown_formats(
    settings: PelicanSettings,
) -> Iterator[tuple[str, type[ArticleFeed], str]]:
    """Yield each setting that asks for a feed in a format that is not registered, and its parts."""
    known = {"DOMAIN", *(form.setting for form in formats())}
    of_kind = {kind.setting: kind for kind in KINDS}
    for setting in sorted(settings):
        prefix, _, form = setting.rpartition("_")
        asks = isinstance(settings[setting], str) and settings[setting]
        if asks and prefix in of_kind and form.isalnum() and form not in known:
            yield setting, of_kind[prefix], form

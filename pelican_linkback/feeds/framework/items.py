"""Reads the ``item_`` aspects of a feed, as the arguments of ``add_item``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeAlias, cast

from pelican_linkback.exceptions import FAULTS, FeedError
from pelican_linkback.feeds.formats.extensions import CommentsFeed
from pelican_linkback.feeds.framework.aspects import Extras
from pelican_linkback.feeds.framework.contents import Template
from pelican_linkback.feeds.framework.item_values import (
    sound_address,
    sound_answered,
    sound_email,
    sound_enclosures,
    sound_people,
)
from pelican_linkback.feeds.framework.resolver import Hook, bound, explain, is_silent, shown
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.text.printable import add_place, printable
from pelican_linkback.text.urls import is_plain, is_script
from pelican_linkback.text.xml_characters import clean, is_clean

__all__ = ["ARGUMENTS_OF", "ITEM_ASPECTS", "ItemReader", "as_date", "item_date"]

# The aspects (here without item_) and the arguments of add_item that take them, in the order in
# which hooks are asked.
_ALWAYS = {
    "link": "link",
    "title": "title",
    "description": "description",
    "guid": "unique_id",
    "pubdate": "pubdate",
    "updateddate": "updateddate",
    "enclosures": "enclosures",
    "comments": "comments",
    "categories": "categories",
    "copyright": "item_copyright",
    "guid_is_permalink": "unique_id_is_permalink",
    "author_name": "author_name",
}
# feedgenerator has no argument for these, or few feeds have them: passed only if given.
_WHERE_SAID = (
    *("authors", "comment_count", "content", "contributors", "image", "language", "replies"),
    *("comments_feed", "comments_updated", "in_reply_to"),
)
_TEXTS = ("description", "content")
# Read if there is an author.
_OF_AUTHOR = ("author_email", "author_link")
# Read by ``item_enclosures``, unless a feed has its own.
_OF_ENCLOSURE = ("item_enclosure_length", "item_enclosure_mime_type", "item_enclosure_url")
_FILES = frozenset({"item_enclosures", *_OF_ENCLOSURE})

ITEM_ASPECTS = tuple(f"item_{name}" for name in (*_ALWAYS, *_WHERE_SAID, *_OF_AUTHOR))
"""The aspects of an item that are read."""

ARGUMENTS_OF = {
    **{f"item_{aspect}": (argument,) for aspect, argument in _ALWAYS.items()},
    **{f"item_{aspect}": (aspect,) for aspect in _WHERE_SAID},
    **{f"item_{aspect}": ("author_name", aspect) for aspect in _OF_AUTHOR},
    **dict.fromkeys(_OF_ENCLOSURE, ("enclosures",)),
    "item_description": _TEXTS,
    "description_template": ("description",),
    "title_template": ("title",),
    "get_context_data": ("description", "title"),
}
"""The arguments of ``add_item`` that follow from what a Feed class declares of these names."""

_ALL = frozenset({*_ALWAYS.values(), *_WHERE_SAID, *_OF_AUTHOR})

_LINK = object()
"""Stands for the item's link, which is its id if the feed gives none."""


# Any: a value is what the author returns, and each function takes what it is for.
Finish: TypeAlias = Callable[[Any, object], object]  # type: ignore[explicit-any]
"""A function that makes of a value and its item what the format takes."""

_Step: TypeAlias = tuple[str, str, Hook, Finish | None]
"""An argument, the aspect that it follows from, and its hook; a tuple is taken apart soonest."""


class OfSite(Protocol):
    """A feed, as far as its site is needed."""

    @property
    def site(self) -> Site: ...


class ItemFeed(OfSite, Protocol):
    """A feed, as far as reading its items needs it."""

    def aspect(self, name: str, subject: object, default: object = None) -> object: ...
    def get_context_data(self, **kwargs: object) -> dict[str, object]: ...


class _Plan(NamedTuple):
    """What is asked for, in order: some arguments of ``add_item``, or all of them."""

    always: Sequence[_Step]
    where_said: Sequence[_Step]
    of_author: Sequence[_Step]
    has_extras: bool
    unsaid: Mapping[str, None]


class _Rows:
    """Items that are read together, each with its arguments so far; one that fails is left out."""

    def __init__(self, items: Iterable[object], arguments: Mapping[str, object]) -> None:
        self._rows = {id(item): (item, {**arguments}) for item in items}

    def ask(self, steps: Iterable[_Step]) -> None:
        """Ask one aspect of all items, then the next."""
        for argument, _, hook, finish in steps:
            failed = []
            for item, arguments in self._rows.values():
                try:
                    value = hook(item)
                    if value is not None:
                        arguments[argument] = finish(value, item) if finish else value
                except FAULTS:
                    failed.append(item)
            self._leave_out(failed)

    def each(self, do: Callable[[object, dict[str, object]], object]) -> None:
        """Call a function for each item and its arguments."""
        failed = []
        for item, arguments in self._rows.values():
            try:
                do(item, arguments)
            except FAULTS:
                failed.append(item)
        self._leave_out(failed)

    def _leave_out(self, failed: Iterable[object]) -> None:
        for item in failed:
            del self._rows[id(item)]

    def arguments(self) -> dict[int, dict[str, object]]:
        """Return the arguments of each item, by its ``id()``."""
        return {key: arguments for key, (_, arguments) in self._rows.items()}


class ItemReader:
    """Reads the items of ``feed`` for ``obj``; the declarations of the class are resolved once."""

    def __init__(self, feed: ItemFeed, obj: object) -> None:
        self._feed, self._obj = feed, obj
        self._attributes: tuple[str, ...] = ()
        self._plans: dict[frozenset[str], _Plan] = {}

    def _plan(self, names: frozenset[str]) -> _Plan:
        attributes = tuple(vars(self._feed))  # there are some, and a hook may set another
        if attributes != self._attributes:
            self._attributes = attributes
            self._plans.clear()
        if names not in self._plans:
            always = {name: each for name, each in _ALWAYS.items() if each in names}
            self._plans[names] = _Plan(
                self._steps(always.items()),
                self._steps((name, name) for name in _WHERE_SAID if name in names),
                self._steps((name, name) for name in _OF_AUTHOR if name in names),
                not is_silent(self._feed, "item_extra_kwargs"),
                dict.fromkeys(always.values()),
            )
        return self._plans[names]

    def _steps(self, aspects: Iterable[tuple[str, str]]) -> list[_Step]:
        site = self._feed.site
        finish: dict[str, Finish] = {
            "link": self._link,
            "image": partial(self._address, "picture"),
            "replies": partial(self._address, "page of replies"),
            "comments": partial(sound_address, site, "page of comments"),
            "author_link": partial(sound_address, site, "author's address"),
            "author_email": partial(sound_email, site, "author"),
            "authors": partial(sound_people, site, "author"),
            "contributors": partial(sound_people, site, "contributor"),
            "enclosures": partial(sound_enclosures, site),
            "pubdate": partial(self._date, "pubdate"),
            "updateddate": partial(self._date, "updateddate"),
            "comments_updated": partial(self._date, "comments_updated"),
            "comments_feed": self._feeds_of_comments,
            "in_reply_to": partial(sound_answered, site),
        }
        hooks = ((name, argument, self._hook(name)) for name, argument in aspects)
        return [
            (argument, f"item_{name}", hook, finish.get(name))
            for name, argument, hook in hooks
            if hook is not None
        ]

    def _hook(self, name: str) -> Hook | None:
        if name in {"title", "description"} and bound(self._feed, f"{name}_template"):
            return partial(self._text, name)
        if name == "enclosures" and is_silent(self._feed, "item_enclosures"):
            return self._files
        return bound(self._feed, f"item_{name}", _LINK if name == "guid" else None)

    def read(self, item: object) -> dict[str, object]:
        """Return what the feed says of ``item``, as arguments of ``add_item``."""
        plan = self._plan(_ALL)
        arguments = self._asked(plan, item)
        self._add_extras(plan, item, arguments)
        return self.mend(item, arguments)

    def read_some(self, item: object, names: frozenset[str]) -> dict[str, object]:
        """Return the arguments of these ``names``, as ``read`` does."""
        return self.mend(item, self._asked(self._plan(names), item))

    def read_each(
        self, items: Iterable[object], names: frozenset[str] = _ALL
    ) -> dict[int, dict[str, object]]:
        """Return what ``read`` returns of each item, or ``read_some``, by the item's ``id()``.

        One aspect is asked of all items, then the next: processors do the same again sooner than
        something else. An item that fails is left out; it fails again when it is read alone. This
        is for classes whose hooks do not depend on the order in which they are asked.
        """
        plan = self._plan(names)
        rows = _Rows(items, plan.unsaid)
        rows.ask(plan.always)
        rows.each(self._settle)
        rows.ask(plan.where_said)
        if plan.of_author:
            rows.each(partial(self._ask_of_author, plan.of_author))
        if names is _ALL:
            rows.each(partial(self._add_extras, plan))
        rows.each(self.mend)
        return rows.arguments()

    def asking(self, names: frozenset[str]) -> Callable[[object], dict[str, object]]:
        """Return the function that returns an item's arguments as the hooks give them.

        They are to be corrected by ``mend``. The function is valid as long as the feed has the
        attributes that it has now.
        """
        return partial(self._asked, self._plan(names))

    def _asked(self, plan: _Plan, item: object) -> dict[str, object]:
        arguments: dict[str, object] = {**plan.unsaid}
        self._ask(plan.always, item, arguments)
        self._settle(item, arguments)
        if plan.where_said:
            self._ask(plan.where_said, item, arguments)
        if plan.of_author:
            self._ask_of_author(plan.of_author, item, arguments)
        return arguments

    def _settle(self, item: object, arguments: dict[str, object]) -> None:
        """Give an item its link for an id where it has no other."""
        if arguments.get("link", item) is None:
            message = f"item_link of {shown(item)} is None; return its URL"
            raise FeedError(type(self._feed).__name__, message)
        if arguments.get("unique_id") is _LINK:
            arguments["unique_id"] = arguments["link"]

    def _ask_of_author(
        self, steps: Iterable[_Step], item: object, arguments: dict[str, object]
    ) -> None:
        if arguments["author_name"] is not None:
            self._ask(steps, item, arguments)

    def _add_extras(self, plan: _Plan, item: object, arguments: dict[str, object]) -> None:
        # A hook may have set them since the plan was made.
        if plan.has_extras or "item_extra_kwargs" in vars(self._feed):
            arguments.update(cast("Extras", self._feed.aspect("item_extra_kwargs", item)))

    def mend(self, item: object, arguments: dict[str, object]) -> dict[str, object]:
        """Take out of ``arguments`` what no format can say."""
        if (language := arguments.get("language")) is not None:
            arguments["language"] = self._feed.site.language_tag(
                language, lambda: f"item_language of {shown(item)}"
            )
        self._clean(item, arguments)
        return arguments

    def _ask(self, steps: Iterable[_Step], item: object, arguments: dict[str, object]) -> None:
        for argument, aspect, hook, finish in steps:
            try:
                value = hook(item)
                if value is not None:
                    arguments[argument] = finish(value, item) if finish else value
            except FAULTS as error:
                explain(error, aspect, hook, item)
                raise

    def _files(self, item: object) -> object:
        """Return the files of an item where the class says nothing of any.

        A hook may have set an attribute that does.
        """
        if vars(self._feed).keys().isdisjoint(_FILES):
            return []
        return self._feed.aspect("item_enclosures", item)

    def _text(self, name: str, item: object) -> object:
        """Return the item's ``title`` or ``description``; a template wins over the method."""
        feed, aspect = self._feed, f"{name}_template"
        template = feed.aspect(aspect, self._obj)
        if template is None:
            return feed.aspect(f"item_{name}", item)
        try:
            context = feed.get_context_data(item=item, obj=self._obj, site=feed.site)
            return self._template(aspect, cast("str", template)).render(context)
        except FAULTS as error:
            add_place(error, f"{aspect} {template!r} of {shown(item)}")
            raise

    def _template(self, aspect: str, name: str) -> Template:
        try:
            return self._feed.site.template(name)
        except LookupError as error:
            message = (
                f"there is no template {name!r}, which {aspect} names; put it into the theme's "
                "templates or into a folder of THEME_TEMPLATES_OVERRIDES"
            )
            raise FeedError(type(self._feed).__name__, message) from error

    def _link(self, url: object, item: object) -> str:
        if type(url) is str and is_plain(url):  # as most are; it is no script
            return url
        if is_script(str(url)):
            message = f"item_link of {shown(item)} is {printable(url)!r}; return its URL"
            raise FeedError(type(self._feed).__name__, message)
        return self._feed.site.absolute_uri(url)

    def _address(self, what: str, url: object, item: object) -> str | None:
        sound = sound_address(self._feed.site, what, url, item)
        return None if sound is None else self._link(sound, item)

    def _feeds_of_comments(self, said: object, item: object) -> tuple[CommentsFeed, ...]:
        feeds = said if isinstance(said, Mapping) else {"": said}
        found = (
            (kind, self._address("feed of comments", url, item)) for kind, url in feeds.items()
        )
        return tuple((str(kind), url) for kind, url in found if url)

    def _date(self, name: str, date: object, item: object) -> dt.datetime | None:
        return item_date(self._feed, name, date, item)

    def _clean(self, item: object, arguments: dict[str, object]) -> None:
        """Remove the characters that XML forbids from ``arguments``, and warn where they are."""
        texts = {
            name: clean(value)
            for name, value in arguments.items()
            if isinstance(value, str) and not is_clean(value)
        }
        if not texts:
            return
        arguments.update(texts)
        self._feed.site.warn(
            "{} holds control characters, which feeds cannot hold; they are left out there, and "
            "should be removed from the source",
            _name(item),
        )


def item_date(feed: OfSite, name: str, date: object, item: object) -> dt.datetime | None:
    """Return what ``item_<name>`` gave for ``item``, as ``as_date`` does."""
    if isinstance(date, dt.datetime) and date.tzinfo:
        return date
    # A valid date, or none, needs no message.
    is_date = not date or isinstance(date, dt.date)
    return as_date(feed, "" if is_date else f"item_{name} of {shown(item)}", date)


def as_date(feed: OfSite, place: str, date: object) -> dt.datetime | None:
    """Return a date that a hook gave, with a zone; None for what is no date at all.

    Raises FeedError where it is something else; ``place`` says whose it is.
    """
    if not date:
        return None
    if isinstance(date, dt.date):
        return feed.site.aware(date)
    raise FeedError(type(feed).__name__, f"{place} is {date!r}; return a datetime, or None")


def _name(item: object) -> str:
    """Return the name of ``item`` in messages: its source file if it has one."""
    return str(getattr(item, "relative_source_path", None) or printable(item))

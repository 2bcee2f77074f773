"""What feeds use of Pelican's articles, pages, categories, authors and tags.

Pelican's classes have no types of their own; these protocols name what each object of a kind is
sure to have. Use them to annotate hooks: ``def item_title(self, article: Article) -> str``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from pelican_linkback.settings.pelican import PelicanSettings

__all__ = [
    "Article",
    "Content",
    "Group",
    "Mention",
    "Mentions",
    "Metadata",
    "StaticFile",
    "Template",
    "Warn",
]

# Any: a field is text, or what a reader or a plugin has made of it.
Metadata: TypeAlias = Mapping[str, Any]  # type: ignore[explicit-any]
"""What stands in the head of an article, by the names of its fields in lower case."""


class Group(Protocol):
    """A category, an author or a tag: one of Pelican's objects. ``str(group)`` is its name."""

    @property
    def name(self) -> str:
        """The name, as it is written in articles."""

    @property
    def slug(self) -> str:
        """The name as it stands in URLs; two names may share one."""

    @property
    def url(self) -> str:
        """The URL of the page of the group, relative to SITEURL."""

    @property
    def save_as(self) -> str:
        """The path of that page below the output folder, "" where Pelican writes none."""

    def __lt__(self, other: object) -> bool: ...


class Content(Protocol):
    """An article or a page: one of Pelican's objects.

    Named here is what each of them has. For the rest (``authors``, ``tags``, ``modified``, fields
    of your own) ask ``getattr(article, "tags", ())``, or the ``metadata``.
    """

    @property
    def title(self) -> str:
        """The title, which may hold HTML."""

    @property
    def slug(self) -> str:
        """The title as it stands in URLs."""

    @property
    def lang(self) -> str:
        """The language, as the author wrote it; DEFAULT_LANG where nothing is said."""

    @property
    def url(self) -> str:
        """The URL relative to SITEURL."""

    @property
    def save_as(self) -> str:
        """The path below the output folder, "" where Pelican writes no page."""

    @property
    def summary(self) -> str:
        """The summary, as HTML."""

    @property
    def content(self) -> str:
        """All of it, as HTML; links to files are relative. See ``get_content``."""

    @property
    def metadata(self) -> Metadata:
        """What stands in its head, by the names of the fields in lower case."""

    @property
    def settings(self) -> PelicanSettings:
        """Pelican's settings."""

    @property
    def source_path(self) -> str:
        """The file that it was read from, "" where a plugin made it of something else."""

    @property
    def relative_source_path(self) -> str | None:
        """The path of that file below the content folder."""

    def get_content(self, siteurl: str) -> str:
        """Return all of it as HTML, with links to the site's files that begin with ``siteurl``."""


class Article(Content, Protocol):
    """An article: what a ``Content`` is, with a date and a category."""

    @property
    def date(self) -> dt.datetime:
        """When it is, or was, published; with a zone where TIMEZONE is set."""

    @property
    def category(self) -> Group:
        """The category: by default that of the file's folder."""

    @property
    def translations(self) -> Sequence[Article]:
        """The same article in other languages."""


class Mention(Protocol):
    """What somebody says of an article at a site of their own. Its texts are plain text."""

    @property
    def id(self) -> str:
        """Its id among the mentions of its article: letters and digits."""

    @property
    def kind(self) -> str:
        """``reply``, ``repost``, ``like``, ``bookmark``, ``rsvp``, ``quote`` or ``mention``."""

    @property
    def author(self) -> MentionAuthor:
        """Who says it."""

    @property
    def text(self) -> str:
        """What they say; "" for a like."""

    @property
    def title(self) -> str:
        """The title of their page, "" without one."""

    @property
    def url(self) -> str:
        """The address at which it is to be read: absolute http or https."""

    @property
    def published(self) -> dt.datetime:
        """When it was published, with a zone."""

    @property
    def parent(self) -> str:
        """The id of the mention that it answers, "" for one that answers the article."""

    @property
    def rsvp(self) -> str:
        """Whether they come: ``yes``, ``no``, ``maybe`` or ``interested``; "" for other kinds."""


class MentionAuthor(Protocol):
    """The author of a mention."""

    @property
    def name(self) -> str:
        """The name, which is never empty."""

    @property
    def url(self) -> str:
        """The address of their own page, "" for an unknown one."""


class Mentions(Protocol):
    """The mentions of an article or a page: ``article.mentions``."""

    @property
    def count(self) -> int:
        """How many there are."""

    @property
    def updated(self) -> dt.datetime | None:
        """When the last of them came; None if there are none."""

    @property
    def is_unread(self) -> bool:
        """Whether they could not be read in this build: there are none then."""

    def __iter__(self) -> Iterator[Mention]: ...


class StaticFile(Protocol):
    """A file of the site that is copied as it is: one of Pelican's objects."""

    @property
    def url(self) -> str:
        """The URL relative to SITEURL."""

    @property
    def source_path(self) -> str:
        """The file that is copied."""

    def attach_to(self, content: Content) -> None:
        """Publish the file beside ``content``, as ``{attach}`` asks."""


class Warn(Protocol):
    """A function that tells the author something."""

    def __call__(self, words: str, *names: object) -> None:
        """Log ``words`` as a warning, each ``{}`` replaced by one of ``names``.

        Of many with the same words one is shown, with a count.
        """


class Template(Protocol):
    """A template of the theme, as Jinja2 has them."""

    def render(self, context: Mapping[str, object]) -> str:
        """Return the text that it makes of ``context``."""

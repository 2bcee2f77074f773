"""What the plugin uses of Pelican's own objects, as protocols: Pelican has no types.

``feeds/framework/contents.py`` has what feeds use of articles, pages, categories, authors and tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from pelican_linkback.feeds.framework.contents import (
    Article,
    Content,
    Group,
    Template,
)
from pelican_linkback.settings.pelican import PelicanSettings

__all__ = [
    "ArticlesGenerator",
    "Context",
    "Generator",
    "Listener",
    "PagesGenerator",
    "Pelican",
    "ReadContent",
    "Signal",
    "Templates",
    "Writer",
]

# Any: their values are of all kinds, and other plugins bring some.
Context: TypeAlias = dict[str, Any]  # type: ignore[explicit-any]
"""The variables that templates get, by their names; all generators of a site share one."""

Listener: TypeAlias = Callable[..., object]  # type: ignore[explicit-any]
"""A function that another plugin has connected to a signal."""


class Pelican(Protocol):
    """The run of ``pelican``."""

    settings: Context
    delete_outputdir: bool

    def run(self) -> None:
        """Build the site."""


class Templates(Protocol):
    """The theme's templates: Jinja2's environment."""

    def get_template(self, name: str) -> Template:
        """Return a template; raises LookupError for a name that there is not."""


class Writer(Protocol):
    """What writes pages, and remembers which."""


class Generator(Protocol):
    """What reads the sources of one kind, and writes their pages."""

    settings: PelicanSettings
    context: Context
    output_path: str
    env: Templates
    generate_output: Callable[[Writer], None]
    translations: Sequence[ReadContent]


class ArticlesGenerator(Generator, Protocol):
    """The generator of articles, and of the pages of categories, authors and tags."""

    articles: Sequence[ReadArticle]
    translations: Sequence[ReadArticle]
    categories: Iterable[tuple[Group, Sequence[Article]]]
    authors: Iterable[tuple[Group, Sequence[Article]]]
    tags: Mapping[Group, Sequence[Article]]
    generate_feeds: Callable[[Writer], None]


class PagesGenerator(Generator, Protocol):
    """The generator of pages."""

    pages: Sequence[ReadContent]


class ReadContent(Content, Protocol):
    """An article or a page as a generator has it; what is written to it, themes can read."""

    _content: str
    status: str
    linkbacks: Sequence[object]
    mentions: Iterable[object]

    def get_relative_source_path(self) -> str | None:
        """Return the path of the source file below the content folder."""


class ReadArticle(ReadContent, Article, Protocol):
    """An article as its generator has it."""


class Signal(Protocol):
    """One of Pelican's signals."""

    is_muted: bool

    def receivers_for(self, sender: object) -> Iterable[Listener]:
        """Yield the functions that are connected for ``sender``."""

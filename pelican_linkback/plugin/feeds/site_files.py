"""The other files that a site writes: no feed may take their paths."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from posixpath import normpath, splitext

from pelican.contents import Article, Content, Static

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.output.files import is_file
from pelican_linkback.plugin.contents import name_of
from pelican_linkback.plugin.pelican_types import ArticlesGenerator, Generator, Writer
from pelican_linkback.settings.pelican import PelicanSettings

__all__ = ["has_unread_sources", "taken"]

_KINDS: Mapping[str, str] = {"static": "file"}


def taken(
    paths: Collection[str], generator: ArticlesGenerator, writer: Writer, output: Path
) -> dict[str, str]:
    """Return those of ``paths`` in the ``output`` folder that are no feeds, and what they are.

    Pelican writes the articles' pages before the feeds. Other pages, static files, TEMPLATE_PAGES,
    OUTPUT_SOURCES and the files of the theme come after them. Where one of these needs a folder,
    no feed can be.
    """
    written = getattr(writer, "_written_files", ())
    found = {path: "a page of the site" for path in paths if str(output / path) in written}
    if found:  # articles are many, and Pelican computes each path on access
        articles = _contents(generator, lambda content: isinstance(content, Article))
        found |= {path: name for path, name in articles if path in found}
    others = _contents(generator, lambda content: not isinstance(content, Article))
    later = chain(
        others, _templates(generator), _sources(generator), _of_theme(paths, generator.settings)
    )
    for path, name in later:
        if path in paths:
            found[path] = name
        found |= {each: f"the folder of {name}" for each in _folders(path) if each in paths}
    return found


def _folders(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def has_unread_sources(generator: Generator) -> bool:
    """Return whether Pelican could not read a source file, so that something may be missing."""
    contents = generator.context["generated_content"].values()
    return any(content is None for content in contents)


def _contents(
    generator: ArticlesGenerator, of: Callable[[Content], bool]
) -> Iterator[tuple[str, str]]:
    """Yield the path and the name of each content that is ``of`` a kind."""
    context = generator.context
    contents = chain(context["generated_content"].values(), context["static_content"].values())
    for content in contents:
        if content is not None and of(content):
            kind = type(content).__name__.lower()
            name = f"the {_KINDS.get(kind, kind)} {name_of(content)}"
            with suppress(*FAULTS):  # one that cannot be read is reported elsewhere
                yield _normal(_save_as(content)), name


def _save_as(content: Content) -> str:
    """Return the path that Pelican will write a content to, without side effects.

    A static file whose path was requested is not moved to the page that attaches it any more.
    """
    path: str = Content.save_as.fget(content)
    return path


def _templates(generator: ArticlesGenerator) -> Iterator[tuple[str, str]]:
    for template, path in generator.settings["TEMPLATE_PAGES"].items():
        yield _normal(path), f"what TEMPLATE_PAGES makes of {template}"


def _sources(generator: ArticlesGenerator) -> Iterator[tuple[str, str]]:
    settings = generator.settings
    if settings["OUTPUT_SOURCES"]:
        for path, name in _contents(generator, lambda content: not isinstance(content, Static)):
            yield splitext(path)[0] + settings["OUTPUT_SOURCES_EXTENSION"], f"the source of {name}"


def _of_theme(paths: Collection[str], settings: PelicanSettings) -> Iterator[tuple[str, str]]:
    folder = _normal(settings["THEME_STATIC_DIR"] or ".") + "/"
    folder = "" if folder == "./" else folder
    copied = [Path(settings["THEME"], name) for name in settings["THEME_STATIC_PATHS"]]
    single = {folder + each.name for each in copied if is_file(each)}
    for path in (path for path in paths if path.startswith(folder)):
        if path in single or any(is_file(each / path.removeprefix(folder)) for each in copied):
            yield path, "a file of the theme"


def _normal(path: object) -> str:
    return normpath(str(path).replace("\\", "/"))

"""Which of an article's links are worth telling. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from pelican_linkback.protocol.extraction import Hyperlink, Marks
from pelican_linkback.text.urls import host_of, normalise, same_site

__all__ = ["choose"]


def choose(
    marks: Marks,
    links: Sequence[Hyperlink],
    source: str,
    *,
    find: bool = False,
    exclude: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the targets of the article at ``source``, as they stand there, each page once.

    Those that the metadata mark come first; with ``find``, or where the metadata say "all", the
    article's links follow, but none that its author disowns (``rel="nofollow"``) and none in a
    code listing. Never a page of the same site, nor what ``exclude`` names: hosts, ``*.`` hosts and
    the beginnings of URLs, in their normal forms.
    """
    if marks.none:
        return ()
    found = [_as_told(link) for link in links if "nofollow" not in link.rels and not link.in_code]
    wanted = [*marks.urls, *(found if marks.all or (find and not marks.urls) else ())]
    targets: dict[str, str] = {}
    for target in wanted:
        if not same_site(source, target) and not _excluded(target, exclude):
            targets.setdefault(normalise(target), target)
    return tuple(targets.values())


def _as_told(link: Hyperlink) -> str:
    """Return the link as it stands on the page, made absolute if need be."""
    return link.href if urlsplit(link.href).scheme else link.url


def _excluded(url: str, exclude: Sequence[str]) -> bool:
    host, page = host_of(url), normalise(url)
    return any(_names(entry, host, page) for entry in exclude)


def _names(entry: str, host: str, page: str) -> bool:
    if "/" in entry:
        return page.startswith(entry)
    return host.endswith(entry[1:]) if entry.startswith("*.") else host == entry

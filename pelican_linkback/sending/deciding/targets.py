"""Which of an article's links are targets of linkbacks. Pure."""

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
    """Return the targets of the article at ``source``, as written there, each page once.

    Those marked in the metadata come first. With ``find``, or if the metadata say "all", the links
    of the article follow, except those with ``rel="nofollow"`` and those in code listings. Pages of
    the same site are never targets, nor is what ``exclude`` names: hosts, ``*.`` hosts and prefixes
    of URLs, in normal form.
    """
    if marks.none:
        return ()
    found = [_written(link) for link in links if "nofollow" not in link.rels and not link.in_code]
    wanted = [*marks.urls, *(found if marks.all or (find and not marks.urls) else ())]
    targets: dict[str, str] = {}
    for target in wanted:
        if not same_site(source, target) and not _excluded(target, exclude):
            targets.setdefault(normalise(target), target)
    return tuple(targets.values())


def _written(link: Hyperlink) -> str:
    """Return the link as written on the page, made absolute if necessary."""
    return link.href if urlsplit(link.href).scheme else link.url


def _excluded(url: str, exclude: Sequence[str]) -> bool:
    host, page = host_of(url), normalise(url)
    return any(_names(entry, host, page) for entry in exclude)


def _names(entry: str, host: str, page: str) -> bool:
    if "/" in entry:
        return page.startswith(entry)
    return host.endswith(entry[1:]) if entry.startswith("*.") else host == entry

"""What our own template shows of mentions: texts that are escaped, of many articles at once. Pure.

::

    groups of mentions | columns of texts | each column escaped in one call | rows

To escape a text by itself takes ten times as long, most of it to call Jinja's filter. And a
processor takes half of the time for what it has just done: while a page is written it forgets how
the mentions of the page before were made. What is left are tuples of texts: Python's garbage
collector looks at those once, and at the objects that they are made of again and again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from markupsafe import escape

from pelican_linkback.receiving.display.groups import Groups
from pelican_linkback.receiving.display.mention import Mention, item_columns, link_columns
from pelican_linkback.receiving.display.reactions import ReactionLine

__all__ = ["Shown", "escaped", "shown_of"]

Row = tuple[object, ...]

_BETWEEN = "\0"
"""Stands between texts that are escaped together: no text of a mention has it in it."""


class Shown(NamedTuple):
    """What our template shows of the mentions of an article, all of it escaped.

    A line of reactions is its name, its label, the number, how many are not named, and of each that
    is what stands before it, and its ``mention.link_columns``. An item of ``replies`` and
    ``elsewhere`` is its ``mention.item_columns``, and the items that answer it.
    """

    lines: Sequence[Row] = ()
    replies: Sequence[Row] = ()
    elsewhere: Sequence[Row] = ()


def shown_of(articles: Sequence[Groups]) -> Sequence[Shown]:
    """Return what is shown of each article."""
    listed = [mention for each in articles for mention in each.listed]
    rows = zip(*map(escaped, item_columns(listed)), strict=True)
    texts = dict(zip(map(id, listed), rows, strict=True))
    lines = iter(_lines([line for each in articles for line in each.lines]))
    return [
        Shown(
            tuple(islice(lines, len(each.lines))),
            _items(each.replies, texts),
            _items(each.elsewhere, texts),
        )
        for each in articles
    ]


def _items(mentions: Iterable[Mention], texts: Mapping[int, Row]) -> tuple[Row, ...]:
    return tuple(
        [(texts[id(each)], each.replies and _items(each.replies, texts)) for each in mentions]
    )


def _lines(lines: Sequence[ReactionLine]) -> list[Row]:
    commas = ["," if number else "" for line in lines for number in range(len(line.some))]
    named = [each for line in lines for each in line.some]
    links = zip(commas, *map(escaped, link_columns(named)), strict=True)
    labels = escaped([line.label for line in lines])
    return [
        (line.name, label, line.count, line.more, tuple(islice(links, len(line.some))))
        for line, label in zip(lines, labels, strict=True)
    ]


def escaped(texts: Sequence[str]) -> Sequence[str]:
    """Return the ``texts`` as a template has them with ``|e``."""
    together = _BETWEEN.join(texts)
    found = escape(together)
    if len(found) == len(together):  # nothing was to be escaped
        return texts
    apart = str(found).split(_BETWEEN)
    return apart if len(apart) == len(texts) else [str(escape(each)) for each in texts]

"""What our own template shows of mentions: every text escaped, many of them at once. Pure.

To escape a text by itself takes ten times as long, most of it to call Jinja's filter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import escape

from pelican_linkback.receiving.display.mention import Mention
from pelican_linkback.receiving.display.reactions import ReactionLine

__all__ = ["escaped", "shown_items", "shown_lines"]

_BETWEEN = "\0"
"""Stands between texts that are escaped together: no text of a mention has it in it."""


def shown_items(
    mentions: Sequence[Mention],
) -> Iterator[tuple[Sequence[str], Sequence[Mention]]]:
    """Yield what a list shows of each mention: ``Mention.as_item``, escaped; and its replies."""
    texts: list[str] = []
    for each in mentions:
        texts += each.as_item()
    parts = _parts(escaped(texts), len(mentions))
    return zip(parts, [each.replies for each in mentions], strict=True)


def shown_lines(lines: Sequence[ReactionLine]) -> list[tuple[object, ...]]:
    """Return what is shown of lines of reactions.

    Of each its name, its label, escaped, the number, how many are not named, and of each that is
    what stands before it, and ``Mention.as_link``, escaped.
    """
    texts = [line.label for line in lines]
    for line in lines:
        for each in line.some:
            texts += each.as_link()
    done = escaped(texts)
    shown = sum(len(line.some) for line in lines)
    labels, links = done[: len(lines)], _parts(done[len(lines) :], shown)
    return [
        (
            line.name,
            label,
            line.count,
            line.more,
            [("," if number else "", *next(links)) for number in range(len(line.some))],
        )
        for line, label in zip(lines, labels, strict=True)
    ]


def _parts(texts: Sequence[str], number: int) -> Iterator[tuple[str, ...]]:
    """Yield so many parts of ``texts``, all of one size."""
    size = len(texts) // max(number, 1)
    return zip(*[iter(texts)] * size, strict=True)


def escaped(texts: Sequence[str]) -> Sequence[str]:
    """Return the ``texts`` as a template has them with ``|e``."""
    together = _BETWEEN.join(texts)
    found = escape(together)
    if len(found) == len(together):  # nothing was to be escaped
        return texts
    apart = str(found).split(_BETWEEN)
    return apart if len(apart) == len(texts) else [str(escape(each)) for each in texts]

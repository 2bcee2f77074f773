"""Answers to answers: a list of mentions as a conversation. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pelican_linkback.receiving.display.mention import Mention

__all__ = ["DEEPEST", "threaded"]

DEEPEST = 4
"""How many levels a conversation has; deeper answers stand beside what they answer."""


def threaded(spoken: Sequence[Mention]) -> list[Mention]:
    """Return those of ``spoken`` that answer no other; the others are in ``replies`` now.

    ``spoken`` is in order, and each list of answers is, too.
    """
    if not any(each.parent for each in spoken):  # few answer another
        return [*spoken]
    by_id = {each.id: each for each in spoken}
    answers: dict[str, list[Mention]] = defaultdict(list)
    tops = []
    roots: dict[str, str] = {}
    for each in spoken:
        parent = by_id.get(each.parent)
        # A circle of answers begins with the one that would close it.
        if parent is None or _root(parent.id, roots) == each.id:
            tops.append(each)
        else:
            answers[parent.id].append(each)
            roots[each.id] = parent.id
    if answers:
        order = {each.id: number for number, each in enumerate(spoken)}
        for top in tops:
            for holder, below in _placed(top, answers).items():
                by_id[holder].replies = sorted(below, key=lambda answer: order[answer.id])
    return tops


def _root(id_: str, roots: dict[str, str]) -> str:
    """Return what a mention answers in the end; the way there is shortened for the next time."""
    path = []
    while id_ in roots:
        path.append(id_)
        id_ = roots[id_]
    for each in path:
        roots[each] = id_
    return id_


def _placed(
    top: Mention, answers: Mapping[str, Sequence[Mention]]
) -> Mapping[str, Sequence[Mention]]:
    """Return every answer below ``top``, by the id of the one above under which it stands."""
    placed: dict[str, list[Mention]] = defaultdict(list)
    waiting = [(top, 1, top)]
    while waiting:
        said, level, above = waiting.pop()
        holder = said if level < DEEPEST else above
        for answer in answers.get(said.id, ()):
            placed[holder.id].append(answer)
            waiting.append((answer, min(level + 1, DEEPEST), holder))
    return placed

"""Which mentions of a site are shown, by their pages. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from pelican_linkback.receiving.display.deduplication import without_duplicates
from pelican_linkback.receiving.inbox.policy import Policy, Visibility
from pelican_linkback.receiving.memory.decisions import Decisions
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.received import Received

__all__ = ["shown_by_page"]


def shown_by_page(
    mentions: Iterable[Received],
    targets: Targets,
    decisions: Decisions,
    kinds: Collection[str],
    approved: Collection[str] = (),
) -> Mapping[str, Sequence[Received]]:
    """Return the mentions that are shown, by the id of the page that each is about.

    Those of a page are there once each, see ``without_duplicates``.
    """
    policy = Policy(decisions, kinds, targets.is_own, approved=approved)
    found: dict[str, list[Received]] = defaultdict(list)
    for each in mentions:
        target = targets.of(each)
        if target is not None and policy.judge(each, target).visibility is Visibility.SHOWN:
            found[target.id].append(each)
    return {page: without_duplicates(about) for page, about in found.items()}

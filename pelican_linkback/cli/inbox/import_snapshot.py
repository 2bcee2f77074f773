"""``inbox import received.jsonl``: a receiver takes over what came before there was one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.hosted.export import name_of
from pelican_linkback.receiving.hosted.sources import exports_of, services_of
from pelican_linkback.receiving.inbox.listing import Entry, Inbox
from pelican_linkback.receiving.inbox.policy import Visibility
from pelican_linkback.receiving.inbox.states import MentionState, Standing
from pelican_linkback.receiving.memory.decisions import Decisions
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.received import Kind, Received, key_of
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.rules import Rules
from pelican_linkback.receiving.store.upkeep.adding import add_mentions
from pelican_linkback.settings.model import Settings

__all__ = ["SnapshotImport", "import_snapshot"]


class SnapshotImport(NamedTuple):
    """How many mentions the files have, how many of them are new to the receiver, problems."""

    known: int
    new: int
    problems: list[str]


def import_snapshot(
    settings: Settings, store: Store, targets: Targets, state: Path, by: str
) -> SnapshotImport:
    """Add the mentions in the folder ``state`` that the database lacks, and what was decided.

    In the file they are the receiver's then, as if a pull had brought them from it. Raises
    LinkbackError while a service that listed one of them is asked: it would list it again.
    """
    snapshot = Snapshot(state)
    known = snapshot.read()
    decisions, problems = Moderation(state).read()
    entries = Inbox.of(known.mentions, targets, decisions, tuple(Kind)).entries
    asked = services_of(settings) & {each.mention.via for each in entries}
    if asked:
        raise LinkbackError(
            f"{', '.join(sorted(asked))} is still asked for mentions, and would list again what "
            "the receiver takes over: first take it out of LINKBACK_PULL"
        )
    rules = decisions.rules
    for act in set(rules.values()):
        Rules(store).set([each for each in rules if rules[each] is act], act, by)
    here = [_at_home(each) for each in entries if each.target]
    numbers = add_mentions(store, [(each.mention, _standing(each, decisions)) for each in here])
    own = name_of(f"{settings.receive}export")
    if numbers and own in exports_of(settings):
        snapshot.change(lambda mentions: _handed_over(mentions, targets, numbers, own))
    return SnapshotImport(len(entries), len(numbers), [*known.problems, *problems])


def _at_home(entry: Entry) -> Entry:
    """Return an entry whose mention has the id that its page has now."""
    mention, page = entry.mention, entry.target
    return entry._replace(mention=replace(mention, article=page.id) if page else mention)


def _handed_over(
    mentions: Iterable[Received], targets: Targets, numbers: Mapping[str, int | None], own: str
) -> Iterator[Received]:
    """Yield the mentions as a pull from the receiver would leave them: it lists what is shown."""
    for each in mentions:
        page = targets.of(each)
        name = key_of(each.source, page.id) if page else ""
        if name not in numbers:
            yield each
        elif page and (number := numbers[name]):
            yield replace(each, article=page.id, via=own, remote=str(number))


def _standing(entry: Entry, decisions: Decisions) -> Standing:
    """Return how a mention of the files stands in the database: nobody has to look at it again."""
    visibility, why = entry.verdict
    mention = entry.mention
    is_decided = decisions.about(mention) is not None
    if visibility is Visibility.HIDDEN:
        return Standing(MentionState.REFUSED, due=None, latest=mention, why=why, decided=is_decided)
    if visibility is Visibility.HELD:
        return Standing(MentionState.HELD, due=None, latest=mention, why=why)
    return Standing(
        MentionState.SHOWN, due=None, shown=mention, latest=mention, why=why, decided=is_decided
    )

"""The results of ``inbox``, and mentions: printed for people, and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pelican_linkback.cli.terminal import Screen
from pelican_linkback.receiving.inbox.listing import Entry
from pelican_linkback.receiving.inbox.policy import REASONS, Visibility
from pelican_linkback.receiving.memory.decisions import Act
from pelican_linkback.receiving.received import Received

__all__ = ["Result", "entry_as_json", "show", "show_entry"]

EXCERPT = 200
"""How much of a text the list has, in characters."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an action of ``inbox`` has found or changed.

    ``entries`` are the mentions that it is about, ``counts`` those of the whole inbox, ``rules``
    the hosts and URLs with what is decided of each (None: nothing any more), ``problems`` sentences
    about files. ``is_whole``: with all that is known of a mention; ``is_done``: something was
    decided. ``numbers`` are those of an action on the whole inbox, and ``summary`` says the same.
    """

    entries: Sequence[Entry]
    counts: Mapping[Visibility, int]
    rules: Mapping[str, Act | None]
    problems: Sequence[str] = ()
    is_whole: bool = False
    is_done: bool = False
    numbers: Mapping[str, int] = field(default_factory=dict)
    summary: str = ""


def show(result: Result, screen: Screen) -> None:
    """Print the result of an action."""
    if screen.json:
        screen.data(_as_json(result))
        return
    for problem in result.problems:
        screen.insist(problem)
    for entry in result.entries:
        # What was approved may be another text than the one that was listed: all of it is said.
        excerpt = None if result.is_done else EXCERPT
        show_entry(entry, screen, is_whole=result.is_whole or screen.verbose, excerpt=excerpt)
    for rule, act in result.rules.items():
        screen.entry(_OF_RULES[act], [rule])
    if result.summary:
        screen.say(result.summary)
    counts = ", ".join(f"{count} {state.value}" for state, count in result.counts.items())
    screen.say(f"Mentions: {counts}{_next_step(result)}")


_OF_RULES = {Act.BLOCK: "blocked", Act.HOLD: "held", Act.TRUST: "trusted", None: "released"}


def _next_step(result: Result) -> str:
    if result.is_done:
        return "; the next build shows it so"
    if result.counts[Visibility.HELD] and not result.is_whole:
        return "; decide with pelican-linkback inbox approve ID, or refuse ID"
    return ""


def show_entry(
    entry: Entry, screen: Screen, *, is_whole: bool, excerpt: int | None = EXCERPT
) -> None:
    """Print a mention, its page and its state; ``is_whole``: all that is known of it."""
    mention, verdict = entry.mention, entry.verdict
    when = mention.published or mention.received
    head = f"{mention.id}  {when:%Y-%m-%d %H:%M}  {mention.author.name}: {_kind(mention)}"
    text = mention.text or mention.title
    if not is_whole and excerpt and len(text) > excerpt:
        text = f"{text[:excerpt].rstrip()}…"
    notes = [f"on {entry.page}", mention.source, REASONS[verdict.why]]
    screen.entry(verdict.visibility.value, [head, *filter(None, text.splitlines())], notes)
    if is_whole:
        for name, value in _details(entry):
            screen.say(f"{name}: {value}", " " * 11, "dim")


def _kind(mention: Received) -> str:
    return f"{mention.kind.value} {mention.rsvp}".strip()


def _details(entry: Entry) -> Sequence[tuple[str, str]]:
    mention = entry.mention
    known = {
        "title": mention.title if mention.text else "",
        "shown": (entry.before.text or entry.before.title) if entry.before else "",
        "post": mention.url if mention.url != mention.source else "",
        "author": mention.author.url,
        "target": mention.target,
        "answers": mention.parent,
        "received": f"{mention.received:%Y-%m-%d %H:%M} {mention.protocol}".strip(),
        "from": f"{mention.via} {mention.remote}".strip(),
    }
    return [(name, value) for name, value in known.items() if value]


def _as_json(result: Result) -> dict[str, object]:
    printed: dict[str, object] = {
        "mentions": [entry_as_json(each) for each in result.entries],
        "counts": {state.value: count for state, count in result.counts.items()},
        "rules": [{"rule": rule, "act": act and act.value} for rule, act in result.rules.items()],
        "problems": list(result.problems),
    }
    return printed | ({"numbers": dict(result.numbers)} if result.numbers else {})


def entry_as_json(entry: Entry) -> dict[str, object]:
    """Return a mention as mention.schema.json has it."""
    mention, target = entry.mention, entry.target
    return {
        "id": mention.id,
        "state": entry.verdict.visibility.value,
        "why": entry.verdict.why.value,
        "kind": mention.kind.value,
        "rsvp": mention.rsvp or None,
        "author": {"name": mention.author.name, "url": mention.author.url or None},
        "title": mention.title,
        "text": mention.text,
        "source": mention.source,
        "url": mention.url or mention.source,
        "target": mention.target,
        "article": target and {"id": target.id, "url": target.url, "title": target.title},
        "published": mention.published and mention.published.isoformat(),
        "received": mention.received.isoformat(),
        "protocol": mention.protocol or None,
        "via": mention.via or None,
    }

"""``pelican-linkback plan | status | compact``: what was sent, and what the next run would do."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path, PurePath

from pelican_linkback.cli import labels
from pelican_linkback.cli.context import must_publish, read_posts_and_topics
from pelican_linkback.cli.json_output import delivery_as_json, plan_as_json
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.sending import Sending
from pelican_linkback.sending.deciding.changes import vanished
from pelican_linkback.sending.deciding.decider import Ask, Decision, GiveUp, Send, Skip
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.urls import site_key

__all__ = ["run_compact", "run_plan", "run_status", "show_plan"]

Row = tuple[Delivery, Decision]


def run_plan(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Show what the next build would do. Status 1 if an article vanished that was sent before."""
    must_publish(settings, arguments)
    posts, topics = read_posts_and_topics(settings, arguments)
    planned = Sending(settings).sender().plan(posts, topics)
    gone = vanished({delivery.mention: delivery for delivery, _ in planned}, posts)
    if screen.json:
        screen.data(plan_as_json(planned, gone))
    else:
        show_plan(planned, screen)
        for source, count in Counter(each.mention.source for each in gone).items():
            screen.insist(
                f"{source} is not part of the site any more, and {count} of its targets were "
                f"notified of it; if it is gone for good: pelican-linkback retract {source}"
            )
    return 1 if gone else 0


def show_plan(planned: Sequence[Row], screen: Screen) -> None:
    """Show what is not settled, article by article, and the totals; everything with -v."""
    shown = [row for row in planned if screen.verbose or not _is_settled(row)]
    shown.sort(key=lambda row: (labels.name(row[0]), row[0].mention))
    for article, rows in groupby(shown, key=lambda row: labels.name(row[0])):
        screen.say(article, style="bold")
        for delivery, decision in rows:
            verb, why = labels.intent(delivery, decision)
            screen.entry(verb, [delivery.mention.target], [why])
    due = sum(isinstance(what, Send | Ask) for _, what in planned)
    settled = sum(map(_is_settled, planned))
    hint = " (-v shows them)" if settled and not screen.verbose else ""
    screen.say(
        f"Linkbacks: {due} due, {len(planned) - due - settled} later or never, "
        f"{settled} settled{hint}"
    )
    of_mentions = [
        delivery
        for delivery, what in planned
        if isinstance(what, Send) and labels.is_for_mentions(delivery)
    ]
    if of_mentions:
        articles = len(set(map(labels.name, of_mentions)))
        screen.say(
            f"{len(of_mentions)} of them because mentions changed, under {articles} articles "
            "(LINKBACK_SALMENTION)"
        )


def _is_settled(row: Row) -> bool:
    """Return whether nothing is left to send; what an unregistered protocol began is left open."""
    delivery, decision = row
    return isinstance(decision, Skip) and not delivery.is_open


def run_status(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """List the deliveries, newest first. Status 1 if one of the listed ones failed.

    A failed removal does not count: its author can do nothing about it.
    """
    if arguments.article:
        arguments.article = _as_listed(arguments.article, settings)
    known = [row for row in Sending(settings).sender().plan() if _is_asked_for(*row, arguments)]
    known.sort(key=lambda row: (row[0].at, row[0].mention), reverse=True)
    if screen.json:
        screen.data([delivery_as_json(*row) for row in known])
    elif known:
        show_known(known, screen)
        counts = Counter(labels.standing(*row)[0] for row in known)
        screen.say(
            "Linkbacks: " + ", ".join(f"{n} {_IN_A_SUM[word]}" for word, n in counts.items())
        )
    else:
        screen.say(_nothing(arguments))
    failed = [delivery for delivery, decision in known if _has_failed(delivery, decision)]
    return 0 if all(each.is_removal for each in failed) else 1


_IN_A_SUM = {word: word for word in labels.STANDING.values()} | {
    "none": "without an endpoint",
    "new": "new to their hubs",
    "later": "to be tried again",
}


def show_known(rows: Iterable[tuple[Delivery, Decision | None]], screen: Screen) -> None:
    """Show the state of each delivery; with -v its source, endpoint and attempts, too."""
    for delivery, decision in rows:
        word, why = labels.standing(delivery, decision)
        when = f"{delivery.at:%Y-%m-%d %H:%M}  " if delivery.at else ""
        more = (
            f"{delivery.mention.source}; endpoint {delivery.endpoint or 'unknown'}; "
            f"attempts {delivery.attempts}"
        )
        texts = [when + labels.name(delivery), delivery.mention.target]
        screen.entry(word, texts, [why, more if screen.verbose else ""])


def _nothing(arguments: argparse.Namespace) -> str:
    asked = arguments.failed or arguments.waiting or arguments.target or arguments.article
    return "Linkbacks: none like that" if asked else "No linkbacks yet: nothing is recorded."


def _has_failed(delivery: Delivery, decision: Decision) -> bool:
    return delivery.state is State.REFUSED or isinstance(decision, GiveUp)


def _is_asked_for(delivery: Delivery, decision: Decision, arguments: argparse.Namespace) -> bool:
    failed, waits = _has_failed(delivery, decision), not isinstance(decision, Skip | GiveUp)
    if (arguments.failed or arguments.waiting) and not (
        (arguments.failed and failed) or (arguments.waiting and waits)
    ):
        return False
    if arguments.article and delivery.article != arguments.article:
        return False
    return not arguments.target or _is_at(delivery.mention.target, _host(arguments.target))


def _as_listed(article: str, settings: Settings) -> str:
    """Return the name in the list of an article that is given by this name, or by its file."""
    file = Path(article).absolute()
    # Not Path.is_file, which raises if the name is too long.
    is_file = os.path.isfile(file)  # noqa: PTH113
    inside = is_file and file.is_relative_to(settings.content)
    return (file.relative_to(settings.content) if inside else PurePath(article)).as_posix()


def _host(asked: str) -> str:
    """Return the host of a URL, or of a name as it is typed, in normal form if it has one."""
    return site_key(asked if "://" in asked else f"http://{asked}/") or asked.lower()


def _is_at(target: str, host: str) -> bool:
    """Return whether ``target`` is on ``host`` or a subdomain; without a port, on any port.

    A target in the journal may be no valid URL: then it is on no host.
    """
    actual = site_key(target)
    without_port = actual if ":" in host else actual.rpartition(":")[0] or actual
    return without_port == host or without_port.endswith(f".{host}")


def run_compact(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:  # noqa: ARG001
    """Rewrite the journal without the lines that are not needed any more."""
    before, after = Sending(settings).compact()
    if screen.json:
        screen.data({"before": before, "after": after})
    else:
        screen.say(f"Linkbacks: {before} lines before, {after} after")
    return 0

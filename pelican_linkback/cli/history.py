"""``pelican-linkback plan | status | compact``: what is known, and what would be done about it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pelican import Pelican
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pelican_linkback.delivery import Post, courier_for, journal_of
from pelican_linkback.delivery.compaction import compact
from pelican_linkback.delivery.decider import Ask, Decision, GiveUp, Send, Skip, Wait
from pelican_linkback.delivery.events import GONE, UNLINKED
from pelican_linkback.delivery.record import Delivery, State
from pelican_linkback.exceptions import SettingsError
from pelican_linkback.posts import first_day, posts_of, read_site
from pelican_linkback.settings import Settings
from pelican_linkback.text import harmless

__all__ = [
    "must_publish",
    "posts_as_they_are",
    "run_compact",
    "run_plan",
    "run_status",
    "say",
    "show_plan",
]


def run_plan(settings: Settings, arguments: argparse.Namespace) -> int:
    """Show what the next build would do. Status 1 when an article vanished that was told of."""
    must_publish(settings)
    courier, posts = courier_for(settings), posts_as_they_are(settings, arguments)
    planned, vanished = courier.plan(posts), courier.vanished(posts)
    if arguments.json:
        rows = [_as_json(delivery) | _decision_as_json(what) for delivery, what in planned]
        gone = sorted({each.mention.source for each in vanished})
        print(json.dumps({"planned": rows, "vanished": gone}, indent=2))  # noqa: T201
    else:
        show_plan(planned)
        for source, count in Counter(each.mention.source for each in vanished).items():
            say(
                f"{source} is not part of the site any more, and {count} of its targets were told "
                f"of it; if it is gone for good: pelican-linkback retract {source}"
            )
    return 1 if vanished else 0


def must_publish(settings: Settings) -> None:
    """Raise SettingsError where the settings are not those that publish the site."""
    if not settings.publishes:
        problem = (
            f"SITEURL = {settings.site_url!r} is not public, so nothing is sent; "
            "name the settings that publish the site with -s"
        )
        raise SettingsError([problem])


def posts_as_they_are(settings: Settings, arguments: argparse.Namespace) -> list[Post]:
    """Read the site as a build would, and return what it would hand to the courier."""
    now = dt.datetime.now(dt.UTC)
    contents = read_site(Pelican(arguments.pelican), now)
    since = first_day(settings, now.date(), remember=False)
    return list(posts_of(contents, settings, since))


def show_plan(planned: Sequence[tuple[Delivery, Decision]]) -> None:
    """Show what is not settled, as a table and a line."""
    open_ones = [(each, what) for each, what in planned if not isinstance(what, Skip)]
    if open_ones:
        rows = [
            (each.article or each.mention.source, each.mention.target, _intent(each, what))
            for each, what in open_ones
        ]
        _table(("Article", "Target", "What"), rows)
    due = sum(isinstance(what, Send | Ask) for _, what in planned)
    say(
        f"Linkbacks: {due} due, {len(open_ones) - due} later or never, "
        f"{len(planned) - len(open_ones)} settled"
    )


def _intent(delivery: Delivery, what: Decision) -> str:
    match what:
        case Wait(until, reason):
            return f"try again after {until:%Y-%m-%d %H:%M} UTC ({reason})"
        case GiveUp(reason):
            return f"given up ({reason})"
        case Ask():
            return "ask what became of it"
        case _ if delivery.fingerprint in {UNLINKED, GONE}:
            return f"tell that {'the page' if delivery.fingerprint == GONE else 'the link'} is gone"
        case _:
            return "tell of the new version" if delivery.told is not None else "tell"


def _decision_as_json(what: Decision) -> dict[str, Any]:
    until = getattr(what, "until", None)
    return {"decision": type(what).__name__.lower(), "until": until and until.isoformat()}


_WORDS = {
    State.DELIVERED: "sent",
    State.NOTHING: "no endpoint",
    State.REFUSED: "failed",
    State.LATER: "to be tried again",
    State.ATTEMPTED: "to be tried again",
    State.QUEUED: "due",
    State.WAITING: "waiting",
    State.DROPPED: "dropped",
}


def run_status(settings: Settings, arguments: argparse.Namespace) -> int:
    """List the deliveries, newest first. Status 1 when one of them failed."""
    known = [delivery for delivery, _ in courier_for(settings).plan()]
    known.sort(key=lambda delivery: (delivery.at, delivery.mention), reverse=True)
    if arguments.json:
        print(json.dumps([_as_json(delivery) for delivery in known], indent=2))  # noqa: T201
    else:
        _show_known(known)
    return 1 if any(each.state is State.REFUSED for each in known) else 0


def _show_known(known: Sequence[Delivery]) -> None:
    if not known:
        say("No linkbacks yet: nothing is recorded.")
        return
    rows = [
        (
            f"{each.at:%Y-%m-%d %H:%M}" if each.at else "",
            each.article or each.mention.source,
            each.mention.target,
            _state(each),
        )
        for each in known
    ]
    _table(("When (UTC)", "Article", "Target", "State"), rows)
    counts = Counter(_WORDS[each.state] for each in known)
    say("Linkbacks: " + ", ".join(f"{n} {word}" for word, n in counts.items()))


def _state(delivery: Delivery) -> str:
    words = [_WORDS[delivery.state]]
    if delivery.state is State.DELIVERED and delivery.protocol:
        words.append(f"by {delivery.protocol}")
    elif why := delivery.detail or delivery.reason:
        words.append(f"({why})")
    return " ".join(words)


def _as_json(delivery: Delivery) -> dict[str, Any]:
    return {
        "source": delivery.mention.source,
        "target": delivery.mention.target,
        "article": delivery.article,
        "fingerprint": delivery.fingerprint,
        "state": delivery.state.value,
        "reason": delivery.reason,
        "detail": delivery.detail,
        "protocol": delivery.protocol,
        "endpoint": delivery.endpoint,
        "attempts": delivery.attempts,
        "at": delivery.at and delivery.at.isoformat(),
        "retry_at": delivery.retry_at and delivery.retry_at.isoformat(),
    }


def run_compact(settings: Settings, arguments: argparse.Namespace) -> int:
    """Rewrite the journal without the lines that say nothing any more."""
    before, after = compact(journal_of(settings))
    if arguments.json:
        print(json.dumps({"before": before, "after": after}))  # noqa: T201
    else:
        say(f"Linkbacks: {before} lines before, {after} after")
    return 0


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(harmless(cell, 1000)) for cell in row))
    Console().print(table)


def say(text: str) -> None:
    """Print one line as it is."""
    Console(soft_wrap=True).print(text, markup=False, highlight=False)

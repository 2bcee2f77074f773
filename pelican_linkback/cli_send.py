"""``pelican-linkback send | retract``: tell now what is due, without building the site."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import time
from dataclasses import replace
from functools import partial

from pelican_linkback.cli_deliveries import must_publish, posts_as_they_are, say, show_plan
from pelican_linkback.delivery import Courier, beginning_of, built_site, courier_for
from pelican_linkback.delivery.decider import Ask, Send
from pelican_linkback.delivery.patience import run_until_ready
from pelican_linkback.delivery.report import Report
from pelican_linkback.exceptions import LinkbackError, SettingsError
from pelican_linkback.settings import Settings
from pelican_linkback.text import harmless
from pelican_linkback.urls import normalise

__all__ = ["retract_options", "run_retract", "run_send", "send_options"]

UNITS = {"s": 1, "m": 60, "h": 3600}


def send_options(parser: argparse.ArgumentParser) -> None:
    """Add what only ``send`` takes."""
    parser.add_argument(
        "--wait",
        metavar="TIME",
        type=duration,
        default=0.0,
        help="wait so long for the pages to be online: 90s, 10m, 1h",
    )
    parser.add_argument(
        "--since",
        metavar="DAY",
        type=dt.date.fromisoformat,
        help='from now on tell what articles from this day on link to (LINKBACK_TARGETS = "all")',
    )
    parser.add_argument("--dry-run", action="store_true", help="show what is due, send nothing")


def duration(text: str) -> float:
    """Return the seconds of a time such as 90s, 10m or 1h."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS else (text, "s")
    if not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 90s, 10m or 1h")
    return float(number) * UNITS[unit]


def run_send(settings: Settings, arguments: argparse.Namespace) -> int:
    """Send what is due. Status 1 when something needs the author: a failure, a missing link."""
    must_publish(settings)
    posts = None
    if arguments.since:
        settings = _since(settings, arguments.since, remember=not arguments.dry_run)
        posts = posts_as_they_are(settings, arguments)
    courier = _courier(settings)
    if arguments.dry_run:
        show_plan([row for row in courier.plan(posts) if isinstance(row[1], Send | Ask)])
        return 0
    report = run_until_ready(
        partial(courier.run, posts), arguments.wait, monotonic=time.monotonic, sleep=time.sleep
    )
    return _tell(report, arguments)


def _courier(settings: Settings) -> Courier:
    """Return a courier that takes its time: nobody waits for a build to end."""
    return courier_for(replace(settings, deadline=math.inf))


def _since(settings: Settings, day: dt.date, *, remember: bool) -> Settings:
    """Return the settings with found links told from ``day`` on, now and in later builds."""
    if settings.targets != "all":
        problem = '--since is about links that are found: it needs LINKBACK_TARGETS = "all"'
        raise SettingsError([problem])
    if remember:
        beginning_of(settings).record(day)
    return replace(settings, since=day)


def retract_options(parser: argparse.ArgumentParser) -> None:
    """Add what only ``retract`` takes."""
    parser.add_argument("url", metavar="URL", help="the page that is gone, as it was online")


def run_retract(settings: Settings, arguments: argparse.Namespace) -> int:
    """Bury a page and tell all that were told of it; status 1 where nobody was."""
    must_publish(settings)
    source, courier = normalise(arguments.url), _courier(settings)
    told = [each for each, _ in courier.plan() if each.mention.source == source]
    if not any(each.is_shown for each in told):
        raise LinkbackError(f"nobody was told of {source} by webmention, so nobody is to be told")
    try:
        grave = built_site(settings).bury(source)
    except OSError as error:
        message = f"the page that says it is gone cannot be written: {harmless(error)}"
        raise LinkbackError(message) from error
    if not arguments.json:
        say(
            f"{grave} says that the page is gone: upload it."
            if grave
            else f"Something else is at {source} in the output, and is left as it is."
        )
    return _tell(courier.retract(source), arguments)


def _tell(report: Report, arguments: argparse.Namespace) -> int:
    warnings = [notice.text for notice in report.notices if notice.level == "warning"]
    if arguments.json:
        data = {"summary": report.summary(), "warnings": warnings}
        print(json.dumps(data, indent=2))  # noqa: T201
    else:
        for text in [*warnings, report.summary()]:
            say(text)
    return 1 if warnings else 0

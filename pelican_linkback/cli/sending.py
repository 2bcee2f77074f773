"""``pelican-linkback send | retract``: tell now what is due, without building the site."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import time
from dataclasses import replace
from functools import partial

from pelican_linkback.cli.history import must_publish, posts_as_they_are, say, show_plan
from pelican_linkback.delivery import Courier, beginning_of, built_site, courier_for
from pelican_linkback.delivery.decider import Ask, Send
from pelican_linkback.delivery.patience import run_until_ready
from pelican_linkback.delivery.report import Report
from pelican_linkback.exceptions import LinkbackError, SettingsError
from pelican_linkback.settings import Settings
from pelican_linkback.text import harmless
from pelican_linkback.urls import normalise

__all__ = ["run_retract", "run_send"]


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

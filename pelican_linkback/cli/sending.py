"""``pelican-linkback send | retry | retract``: sends what is due, without building the site."""

from __future__ import annotations

import argparse
import datetime as dt
import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from pelican_linkback.cli import labels
from pelican_linkback.cli.context import must_publish, read_posts
from pelican_linkback.cli.history import show_known, show_plan
from pelican_linkback.cli.json_output import plan_as_json, report_as_json, warnings_of
from pelican_linkback.cli.markdown import append, as_text
from pelican_linkback.cli.terminal import Bar, Screen
from pelican_linkback.exceptions import InvalidURL, LinkbackError, SettingsError
from pelican_linkback.sending import Sending
from pelican_linkback.sending.deciding.decider import Ask, Send
from pelican_linkback.sending.deciding.site import is_about
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.running.report import Report
from pelican_linkback.sending.running.sender import Sender
from pelican_linkback.sending.running.wait import run_until_ready
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import printable
from pelican_linkback.text.summarise import summarised
from pelican_linkback.text.urls import normalise

__all__ = ["as_markdown", "run_retract", "run_retry", "run_send"]


def run_send(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Send what is due. Status 1 when something needs the author: a failure, a missing link."""
    must_publish(settings, arguments)
    posts = None
    if arguments.since:
        settings = _since(settings, arguments.since, remember=not arguments.dry_run)
        posts = read_posts(settings, arguments)
    sender, again = _sender(settings), arguments.retry_failed
    if arguments.dry_run:
        planned = sender.plan(posts, failed_too=again)
        due = [row for row in planned if isinstance(row[1], Send | Ask)]
        screen.data(plan_as_json(due)) if screen.json else show_plan(due, screen)
        return 0
    with screen.progress("Sending") as bar:
        sender = replace(sender, progress=bar.show, sleep=_sleep(bar, FOR_HOSTS))
        # What failed is tried again only in the first of the runs that --wait makes.
        anew = iter([again])

        def run(left: float) -> Report:
            in_time = replace(sender, deadline=left, wait=left) if arguments.wait else sender
            return in_time.run(posts, failed_too=next(anew, False))

        sleep = _sleep(bar, "for the pages to be online")
        report = run_until_ready(run, arguments.wait, monotonic=time.monotonic, sleep=sleep)
    return _show_report(report, arguments, screen)


FOR_HOSTS = "for hosts that ask to be left alone"


def _sleep(bar: Bar, what: str) -> Callable[[float], None]:
    """Return a function that sleeps, and shows what it waits for."""

    def sleep(seconds: float) -> None:
        bar.wait(what)
        time.sleep(seconds)

    return sleep


def _sender(settings: Settings) -> Sender:
    """Return a sender without a deadline, which does not wait for pages or hosts."""
    return replace(Sending(settings).sender(), deadline=math.inf, wait=0.0)


def _since(settings: Settings, day: dt.date, *, remember: bool) -> Settings:
    """Return the settings with ``day`` as start date; ``remember`` it for later builds."""
    if settings.targets != "all":
        problem = '--since is about links that are found: it needs LINKBACK_TARGETS = "all"'
        raise SettingsError([problem])
    if remember:
        Sending(settings).start_date.record(day)
    return settings._replace(since=day)


def run_retry(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Send again what did not arrive from or at a URL. Status 1 if there is none, or it fails."""
    must_publish(settings, arguments)
    sender, url = _sender(settings), arguments.url
    with suppress(InvalidURL):  # what is recorded may be no URL that can be fetched
        url = normalise(url)
    if not any(is_about(delivery, url) for delivery, _ in sender.plan()):
        raise LinkbackError(
            f"no linkback from or to {url} is recorded; pelican-linkback status lists all"
        )
    with screen.progress("Sending") as bar:
        report = replace(sender, progress=bar.show).retry(url)
    if not (report.ended or report.left or screen.json):
        screen.say(f"Nothing from or to {url} failed, or waits to be tried again.")
    return _show_report(report, arguments, screen)


def run_retract(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Write a tombstone page, and notify all receivers that were notified of the page before.

    Status 1 if there was no receiver to notify, or one could not be notified.
    """
    must_publish(settings, arguments)
    sender = _sender(settings)
    known = [delivery for delivery, _ in sender.plan()]
    source = _source(arguments.url, known)
    if not any(each.is_shown for each in known if each.mention.source == source):
        raise LinkbackError(
            f"nothing that can be retracted was sent for {source}; "
            "pelican-linkback status -v shows what was sent for which page"
        )
    try:
        tombstone = Sending(settings).pages.write_tombstone(source)
    except OSError as error:
        message = f"the page that says it is gone cannot be written: {printable(error)}"
        raise LinkbackError(message) from error
    if not screen.json:
        screen.say(
            f"{tombstone} says that the page is gone: upload it."
            if tombstone
            else f"A page is at {source} in the output, and is left: take it away, and upload."
        )
    with screen.progress("Retracting") as bar:
        report = replace(sender, progress=bar.show).retract(source)
    page = str(tombstone) if tombstone else None
    return _show_report(report, arguments, screen, page=page)


def _source(url: str, known: Sequence[Delivery]) -> str:
    """Return the source with this ``url``: its own, or the one that receivers were sent."""
    try:
        address = normalise(url)
    except InvalidURL as error:
        problem = f"{error}; name the page that is gone by its address, as it was online"
        raise SettingsError([problem]) from error
    if any(each.mention.source == address for each in known):
        return address
    served = (each.mention.source for each in known if each.sent_source == address)
    return next(served, address)


def _show_report(
    report: Report, arguments: argparse.Namespace, screen: Screen, **more: str | None
) -> int:
    if getattr(arguments, "summary", None):
        append(arguments.summary, as_markdown(report))
    if screen.json:
        screen.data(report_as_json(report) | more)
    else:
        _show(report, screen)
    if report.interrupted:
        raise KeyboardInterrupt
    return 1 if warnings_of(report) else 0


def _show(report: Report, screen: Screen) -> None:
    warnings = [(each.kind or each.text, each.text) for each in report.notices if each.is_warning]
    for text, others in summarised(warnings):
        screen.insist(text)
        for other in others if screen.verbose else ():
            screen.say(other)
    for notice in report.notices:
        if not notice.is_warning:
            screen.say(notice.text)
    if screen.verbose:
        show_known([(each, None) for each in report.ended], screen)
    screen.say(report.summary())


def as_markdown(report: Report) -> str:
    """Return the result of a run as Markdown: the totals, and a table of the deliveries."""
    lines = ["### Linkbacks", "", as_text(report.summary().removeprefix("Linkbacks: "))]
    if report.ended:
        lines += ["", "| Article | Target | State | Why |", "| --- | --- | --- | --- |"]
    for delivery in report.ended:
        cells = (labels.name(delivery), delivery.mention.target, *labels.standing(delivery))
        lines.append("| " + " | ".join(map(as_text, cells)) + " |")
    lines += [f"\n{as_text(warning)}" for warning in warnings_of(report)]
    return "\n".join(lines) + "\n\n"

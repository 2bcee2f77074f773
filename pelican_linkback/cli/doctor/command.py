"""The command: facts to checks, and their results to people or programs."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from pelican import DEFAULT_CONFIG_NAME

from pelican_linkback.cli.config_edits import merge_line
from pelican_linkback.cli.context import (
    build_command,
    file_with,
    path_from_here,
    publishing_instead,
)
from pelican_linkback.cli.doctor import checks
from pelican_linkback.cli.doctor.checks import Level, Result
from pelican_linkback.cli.doctor.facts import (
    loaded_plugins,
    oldest_versions,
    read_pages,
    repository_of,
    state_of_database,
    write_error,
)
from pelican_linkback.cli.feeds.built_feeds import asks_for_feeds
from pelican_linkback.cli.receiver.opening import NAME, has_database
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.receiving.endpoints import endpoints_of
from pelican_linkback.receiving.hosted.service import TOKEN
from pelican_linkback.receiving.probe import probe
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.next_steps import with_options

__all__ = ["run"]


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Say how the site is set up, check by check. Status 1 where there is a problem."""
    file = Path(arguments.settings or DEFAULT_CONFIG_NAME)
    results = [*_results(settings, arguments, file)]
    problems = [each for each in results if each.level is Level.PROBLEM]
    if screen.json:
        options = screen.options
        found = [
            asdict(each) | {"remedy": with_options(each.remedy, options) or None}
            for each in results
        ]
        screen.data({"settings": str(file), "problems": len(problems), "checks": found})
    else:
        _show(results, len(problems), file, screen)
    return 1 if problems else 0


def _results(settings: Settings, arguments: argparse.Namespace, file: Path) -> Iterator[Result]:
    pelican, name = arguments.pelican, file.name
    loaded, others, error = loaded_plugins(pelican)
    where = file_with("PLUGINS", arguments)
    used = {"Python": python_version(), "Pelican": version("pelican")}
    yield checks.versions(used, oldest_versions())
    yield checks.plugin(pelican.get("PLUGINS"), where, loaded=loaded, error=error)
    yield checks.other_plugins(others)
    yield checks.address(
        settings.site_url,
        name,
        problem=settings.address_problem,
        instead=publishing_instead(settings, arguments),
    )
    folder = path_from_here(settings.state)
    yield checks.state(folder, write_error(settings.state))
    repository = repository_of(settings.state)
    yield checks.memory(folder, repository)
    yield checks.merging(repository, merge_line(settings.state, file.absolute().parent))
    yield checks.feeds(name, asked_for=asks_for_feeds(settings, pelican))
    yield checks.pages(
        read_pages(settings.output),
        name,
        build=build_command(settings, arguments),
        autodiscovery=settings.autodiscovery,
    )
    to = endpoints_of(settings)
    yield checks.mentions(settings.receive, to.server_lines() if to else ())
    if settings.publishes and settings.has_own_receiver:
        found = probe(settings, os.environ.get(TOKEN, "").strip())
        yield checks.receiver(settings.receive, *found)
    if has_database(settings):
        where = "LINKBACK_INBOX" if settings.inbox else path_from_here(settings.state / NAME)
        is_current, error = state_of_database(settings)
        yield checks.database(where, error, is_current=is_current)


def _show(results: list[Result], problems: int, file: Path, screen: Screen) -> None:
    for each in results:
        said = f"{each.check}: {each.message}"
        notes = [f"to do: {each.remedy}"] if each.remedy else []
        if screen.quiet and each.level is Level.PROBLEM:
            screen.insist("; ".join([said, *notes]))
        screen.entry(each.level.value, [said], [*notes, *each.lines])
    sum_of = {0: "nothing to fix", 1: "1 problem"}.get(problems, f"{problems} problems")
    screen.say(f"{file}: {sum_of}")

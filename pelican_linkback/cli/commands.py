"""The commands by name: each reads the site's settings, runs, and returns an exit status."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from rich.console import Console

from pelican_linkback.cli.context import (
    PUBLISHING,
    file_with,
    is_enabled,
    publishing_instead,
    settings_of,
)
from pelican_linkback.cli.parser import parser
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.cli.usage import WrongUsage
from pelican_linkback.exceptions import LinkbackError, SettingsError
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.next_steps import in_use, with_options

__all__ = ["run"]

NEEDS_AUTHOR, WRONG_USAGE = 1, 2

RUN = {
    "plan": "history.run_plan",
    "send": "sending.run_send",
    "retry": "sending.run_retry",
    "retract": "sending.run_retract",
    "status": "history.run_status",
    "feeds": "feeds.feed_list.run",
    "inbox": "inbox.command.run",
    "forget": "inbox.forget.run",
    "login": "receiver.login.run",
    "pull": "inbox.pull.run",
    "serve": "receiver.serve.run",
    "work": "receiver.work.run",
    "import-mentions": "inbox.import_mentions.run",
    "check": "feeds.checking.run",
    "doctor": "doctor.command.run",
    "compact": "history.run_compact",
    "init": "init.run",
    "import-linkbacks": "import_linkbacks.run",
}
"""The function of each command, by its place in this folder: only that of the command in use is
imported, with what it needs."""


ABOUT_THE_SITE = frozenset(
    {
        *("check", "doctor", "feeds", "forget", "import-mentions", "inbox", "login", "pull"),
        *("serve", "work"),
    }
)
"""The commands that are about the site as it is published, and find its settings by themselves."""

ABOUT_BUILDS = frozenset({"plan", "status", "check", "feeds"})
"""The commands about what builds do: they warn if the plugin is not enabled."""

NOT_ENABLED = (
    "PLUGINS in {} does not name this plugin, so a build sends nothing and writes Pelican's own "
    "feeds; run pelican-linkback init"
)


def run(argv: Sequence[str] | None) -> int:
    """Run the command of ``argv`` (None: of the process); return the exit status."""
    _escape_unprintable_output()
    words = sys.argv[1:] if argv is None else [*argv]
    if not words:
        parser().print_help()
        return WRONG_USAGE
    try:
        arguments = parser().parse_args(words)
    except WrongUsage as error:
        if "--json" in words:
            _print_error(error.message, WRONG_USAGE)
        raise
    if arguments.command in ABOUT_THE_SITE and Path(PUBLISHING).is_file():
        arguments.settings = arguments.settings or PUBLISHING
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    options = in_use(arguments.settings, arguments.overrides)
    try:
        settings = settings_of(arguments)
        options = options or publishing_instead(settings, arguments)
        if arguments.command in ABOUT_BUILDS and not is_enabled(arguments.pelican):
            _complain(with_options(NOT_ENABLED.format(file_with("PLUGINS", arguments)), options))
        screen = Screen(
            quiet=arguments.quiet, verbose=arguments.verbose, json=arguments.json, options=options
        )
        return _function(arguments.command)(settings, arguments, screen)
    except LinkbackError as error:
        status = WRONG_USAGE if isinstance(error, SettingsError) else NEEDS_AUTHOR
        message = with_options(str(error), options)
        _complain(message)
        if arguments.json:
            _print_error(message, status)
        return status


def _print_error(message: str, status: int) -> None:
    Screen(json=True).data({"error": message, "status": status})


def _function(command: str) -> Callable[[Settings, argparse.Namespace, Screen], int]:
    module, _, name = RUN[command].rpartition(".")
    function = getattr(importlib.import_module(f"pelican_linkback.cli.{module}"), name)
    return cast("Callable[[Settings, argparse.Namespace, Screen], int]", function)


def _escape_unprintable_output() -> None:
    """Print characters that the encoding of the output lacks (an é in ASCII) as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _complain(error: object) -> None:
    Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)

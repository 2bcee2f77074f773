"""The arguments of ``pelican-linkback``, and their help texts."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from platform import python_version

import shtab
from pelican import DEFAULT_CONFIG_NAME
from pelican import __version__ as PELICAN  # noqa: N812

from pelican_linkback import __version__
from pelican_linkback.cli.inbox.options import (
    ACTIONS,
    file_option,
    forget_options,
    inbox_options,
    summary_option,
)
from pelican_linkback.cli.receiver.options import serve_options, work_options
from pelican_linkback.cli.usage import Overrides, Parser, add_actions

__all__ = ["COMMANDS", "Command", "day", "duration", "parser"]

UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Command:
    """The help text of a command, an example for its last line, and the command's own options."""

    summary: str
    example: str
    options: Callable[[argparse.ArgumentParser], object] = lambda _: None
    actions: Mapping[str, str] = field(default_factory=dict)
    """What the first word may say that is to be done, and what stands after it ("" for nothing)."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; wrong usage ends the program with status 2."""
    main = Parser(
        prog="pelican-linkback",
        description="Feeds and linkbacks of a Pelican site: what is sent, what waits, and why.",
    )
    main.add_argument("--version", action="version", version=_versions())
    shtab.add_argument_to(
        main, "--print-completion", help="print the completion script for this shell"
    )
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=command.summary,
            description=command.summary,
            epilog=f"example: {command.example}",
        )
        _add_common(sub)
        command.options(sub)
        add_actions(sub, command.actions)
    return main


def _versions() -> str:
    return f"pelican-linkback {__version__}, Pelican {PELICAN}, Python {python_version()}"


def duration(text: str) -> float:
    """Return the seconds of a time such as 90s, 10m or 1h."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS else (text, "s")
    if not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 90s, 10m or 1h")
    return float(number) * UNITS[unit]


def day(text: str) -> dt.date:
    """Return the day of a date such as 2026-01-31."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-01-31") from None


def _add_common(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "-s",
        "--settings",
        metavar="FILE",
        help=f"the settings that publish the site (default: {DEFAULT_CONFIG_NAME})",
    )
    sub.add_argument(
        "-e",
        "--extra-settings",
        dest="overrides",
        nargs="*",
        action=Overrides,
        default={},
        metavar="KEY=VALUE",
        help="settings to override, with values in JSON, as for pelican",
    )
    output = sub.add_mutually_exclusive_group()
    output.add_argument("-q", "--quiet", action="store_true", help="print only what needs you")
    output.add_argument("-v", "--verbose", action="store_true", help="print more than usual")
    output.add_argument("--json", action="store_true", help="print JSON, for machines")


def _send_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--wait",
        metavar="TIME",
        type=duration,
        default=0.0,
        help="wait so long for the pages to be online and for hosts that ask for a pause, and "
        "start nothing afterwards: 90s, 10m, 1h",
    )
    sub.add_argument(
        "--since",
        metavar="DAY",
        type=day,
        help='from now on send for all links of articles since this day (LINKBACK_TARGETS = "all")',
    )
    sub.add_argument("--dry-run", action="store_true", help="show what is due, send nothing")
    sub.add_argument(
        "--retry-failed", action="store_true", help="try again what failed permanently"
    )
    summary_option(sub)


def _status_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--failed", action="store_true", help="only what failed permanently")
    sub.add_argument("--waiting", action="store_true", help="only what is still to be sent")
    sub.add_argument("--target", metavar="HOST", help="only targets on this host or below it")
    sub.add_argument(
        "--article", metavar="PATH", help="only this article: its file, or what the list calls it"
    )


def _retry_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("url", metavar="URL", help="the target, or the page that links to it")


def _retract_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("url", metavar="URL", help="the page that is gone, as it was online")


def _init_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--yes", action="store_true", help="write without a question")
    sub.add_argument(
        "--ci",
        choices=["github", "gitlab"],
        help="add the recipe for this service (default: that of which there are files)",
    )


def _check_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--import",
        dest="published",
        nargs="+",
        metavar="FEED",
        help="import the ids of these feeds (files or URLs) that the site published before",
    )


def _import_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "cache",
        metavar="CACHE",
        nargs="?",
        type=Path,
        help="the cache file of that plugin (default: where that plugin keeps it)",
    )


COMMANDS = {
    "plan": Command(
        "show what the next build would send, and send nothing",
        "pelican-linkback plan -s publishconf.py",
    ),
    "send": Command(
        "send what is due, without building the site",
        "pelican-linkback send -s publishconf.py --wait 10m",
        _send_options,
    ),
    "retry": Command(
        "try again what failed or waits to be tried again, for one page or target",
        "pelican-linkback retry -s publishconf.py https://blog.example/a-post",
        _retry_options,
    ),
    "retract": Command(
        "notify the sites that an article mentioned that its page is gone",
        "pelican-linkback retract -s publishconf.py https://your.site/old/",
        _retract_options,
    ),
    "status": Command(
        "list what was sent, what waits and what failed",
        "pelican-linkback status -s publishconf.py --failed",
        _status_options,
    ),
    "feeds": Command(
        "list the feeds of the built site: address, entries, newest entry, size "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback feeds -s publishconf.py",
    ),
    "inbox": Command(
        "list the mentions that wait for you, and decide which are shown "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback inbox -s publishconf.py approve 3f2a91c07b5d",
        inbox_options,
        ACTIONS,
    ),
    "forget": Command(
        "erase what was said at a URL or on a host, so that it does not come back "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback forget -s publishconf.py https://blog.example/a-post",
        forget_options,
    ),
    "login": Command(
        "print a link that lets one browser moderate, where a receiver of your own runs "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback login -s publishconf.py",
    ),
    "pull": Command(
        "ask the sources of mentions what is new, without building the site "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback pull -s publishconf.py",
        summary_option,
    ),
    "serve": Command(
        "receive mentions of the site on the web, and verify them "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback serve -s publishconf.py --port 8017",
        serve_options,
    ),
    "work": Command(
        "verify the mentions that were received, beside serve or in its place "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback work -s publishconf.py --once",
        work_options,
    ),
    "import-mentions": Command(
        "add the mentions in an export of webmention.io (JF2) or of WordPress (WXR) "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback import-mentions -s publishconf.py mentions.jf2.json",
        file_option,
    ),
    "check": Command(
        "read the feeds of the built site, and say what is wrong with them "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback check -s publishconf.py",
        _check_options,
    ),
    "doctor": Command(
        "say whether the site is set up for the plugin, and if not, what to do "
        "(-s is publishconf.py where there is one)",
        "pelican-linkback doctor -s publishconf.py",
    ),
    "compact": Command(
        "remove the lines of the journal that are not needed any more",
        "pelican-linkback compact -s publishconf.py",
    ),
    "init": Command(
        "add to an existing site what the plugin needs: shows the difference, and asks first",
        "pelican-linkback init --ci github",
        _init_options,
    ),
    "import-linkbacks": Command(
        "record what pelican-plugin-linkbacks sent, so that it is not sent again",
        "pelican-linkback import-linkbacks -s publishconf.py",
        _import_options,
    ),
}

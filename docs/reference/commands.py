"""Write commands.rst, beside this file, from the parser: ``python docs/reference/commands.py``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from pelican_linkback.cli.parser import COMMANDS, parser

PAGE = Path(__file__).with_suffix(".rst")
HEAD = """\
Commands
========

.. This page is made by commands.py from the parser; a test holds it to that.

What ``--json`` prints is described by :doc:`JSON Schemas <schemas>`. Colours are left out
for ``NO_COLOR``, and in files and pipes no line is broken. ``pelican-linkback --print-completion
SHELL`` prints the completion script for bash, zsh or tcsh.

Exit statuses
-------------

0
    All is well.
1
    Something needs you: see below; or a file of the state folder cannot be read or written.
    Everything else was done.
2
    Wrong usage or settings: one message says what. Nothing was done. Commands about linkbacks also
    end so if ``SITEURL`` is not public.
130
    Ctrl-C. What was sent is recorded, and what was due is still due.

With ``--json`` a command that could not do what it was asked prints an object with ``error`` and
``status`` in place of its own document, and says it on standard error, too. ``man
docs/man/pelican-linkback.1`` shows this page in a terminal.
"""

NEEDS = {
    "plan": "an article vanished after linkbacks were sent for it",
    "send": "something was refused, or waits for more than an upload; the output says what to do",
    "retry": "nothing from or to that URL is recorded, or it failed again",
    "retract": "nothing was sent for that page, or one of its receivers could not be notified",
    "status": "one of the listed deliveries failed permanently, and is no removal",
    "feeds": "a feed cannot be read, or there is none though the settings ask for feeds",
    "inbox": "no mention, host or URL has that name, or a file or the database cannot be used",
    "forget": "that is neither a host nor a URL, or a file or the database cannot be used",
    "login": "the site has no receiver of its own, or its database cannot be used from here",
    "check": "a feed has a fault, or there is none; or one that is to be imported cannot be read",
    "doctor": "a check found a problem; notes do not count",
    "pull": "a source could not be read to its end, or lacks much of what it had",
    "serve": "the port or the database cannot be opened, or the extra ``receive`` is missing",
    "work": "the database cannot be opened or, with ``--once``, not be used",
    "import-mentions": "the file cannot be used, or a mention in it cannot be read",
    "compact": "another process is writing to the journal, or it cannot be written",
    "init": "something is left for you to do by hand, or was not agreed to",
    "import-linkbacks": "the cache is missing or cannot be used; nothing was imported",
}

PICTURES = {
    "plan": {"plan": "plan, in a terminal"},
    "send": {
        "send": "what send has done, in a terminal",
        "send-under-way": "the bar of send, while it is under way",
        "send-dry-run": "send --dry-run, in a terminal",
    },
    "status": {
        "status": "status, in a terminal",
        "status-failed": "status --failed, in a terminal",
    },
}


def page() -> str:
    """Return the page."""
    (commands,) = (
        action.choices
        for action in parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    sections = (_section(name, sub) for name, sub in commands.items())
    return "\n".join([HEAD, *sections])


def _section(name: str, sub: argparse.ArgumentParser) -> str:
    lines = [name, "-" * len(name), "", f"{sub.description[:1].upper()}{sub.description[1:]}.", ""]
    lines += ["::", "", f"    {COMMANDS[name].example}", "", f"Exit status 1: {NEEDS[name]}.", ""]
    for picture, shows in PICTURES.get(name, {}).items():
        lines += [f".. image:: ../screens/{picture}.svg", f"   :alt: {shows}", ""]
    for action in sub._actions:
        lines += _option(action)
    return "\n".join(lines)


def _option(action: argparse.Action) -> Iterator[str]:
    value = action.metavar or ("|".join(action.choices) if action.choices else "")
    value = value if action.nargs != 0 else ""
    names = [f"{name} {value}".strip() for name in action.option_strings]
    names = names or [f"[{value}]" if action.nargs == "?" else value]
    yield f"``{', '.join(names)}``"
    yield f"    {action.help}"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""How Pelican was started: neither its settings nor a signal say so.

So the words it was started with are read anew, by its own parser. A build that another program
starts in its process (invoke, pytest) has none.
"""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Sequence
from pathlib import Path, PurePath

from pelican import parse_arguments

from pelican_linkback.text.next_steps import in_use

__all__ = ["is_preview", "options_in_use"]

PUBLISHING = "publishconf.py"
"""What pelican-quickstart calls the settings that publish a site."""


def is_preview(argv: Sequence[str]) -> bool:
    """Tell whether ``argv``, as in ``sys.argv``, is a pelican that watches or serves."""
    arguments = _arguments(argv)
    return arguments is not None and bool(arguments.autoreload or arguments.listen)


def options_in_use(argv: Sequence[str]) -> str:
    """Return the options with which a command of ours is about the site that is being published.

    Where ``argv`` is none of Pelican's, the file that such settings usually have is taken.
    """
    arguments = _arguments(argv)
    if arguments is not None:
        return in_use(arguments.settings, arguments.overrides or {})
    return in_use(PUBLISHING, {}) if Path(PUBLISHING).is_file() else ""


def _arguments(argv: Sequence[str]) -> argparse.Namespace | None:
    program = PurePath(argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.stem
    if name != "pelican":
        return None
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            arguments: argparse.Namespace = parse_arguments(list(argv[1:]))
    except SystemExit:  # not Pelican's words after all
        return None
    return arguments

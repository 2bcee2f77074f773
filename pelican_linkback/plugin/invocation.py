"""How Pelican was started, which neither its settings nor a signal says.

So its arguments are parsed again, by its own parser. A build that another program starts in its
process (invoke, pytest) has none.
"""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Sequence
from pathlib import Path, PurePath

from pelican import parse_arguments

from pelican_linkback.text.next_steps import in_use

__all__ = ["PUBLISHING", "is_preview", "options_in_use"]

PUBLISHING = "publishconf.py"
"""The name that pelican-quickstart gives to the settings that publish a site."""


def is_preview(argv: Sequence[str]) -> bool:
    """Return whether ``argv``, as in ``sys.argv``, is a pelican that watches or serves."""
    arguments = _arguments(argv)
    return arguments is not None and bool(arguments.autoreload or arguments.listen)


def options_in_use(argv: Sequence[str]) -> str:
    """Return the options that make one of our commands use the settings of this build.

    If ``argv`` is not Pelican's, the usual file of such settings is taken.
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
    except SystemExit:  # not Pelican's arguments
        return None
    return arguments

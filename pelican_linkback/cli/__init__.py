"""The command line: ``pelican-linkback COMMAND``. Only this folder prints.

::

    commands          one function for each command
    parser            the arguments, and what --help says
    context           the settings they name, the articles as they are
    history           plan, status, compact
    sending           send, retract
    checking          check
    init              init, with config_edits of files that others wrote
    import_linkbacks  import-linkbacks
    labels            where a delivery stands, for people
    terminal          lines for people
    json_output       JSON for programs
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status.

    0 all well, 1 something needs the author, 2 wrong usage or settings, 130 Ctrl-C.
    """
    try:
        # Imported here, since Ctrl-C may come while all that a command needs is read.
        from pelican_linkback.cli.commands import run  # noqa: PLC0415

        return run(argv)
    except KeyboardInterrupt:
        words = "Interrupted. What is on record stays, and what was due is still due."
        sys.stderr.write(f"{words}\n")
        return INTERRUPTED

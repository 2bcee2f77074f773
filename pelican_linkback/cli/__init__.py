"""The command line: ``pelican-linkback COMMAND``. Only this folder prints.

::

    commands          one function for each command
    parser            the arguments and their help
    context           the settings and the articles of the site
    history           plan, status, compact
    usage             how words become arguments: did you mean
    sending           send, retry, retract
    feeds/            feeds, check
    inbox/            inbox, forget, pull, import-mentions
    receiver/         serve, work; wsgi has the application for web servers that start it
    doctor/           doctor
    init              init; config_edits changes the files of the site
    import_linkbacks  import-linkbacks
    labels            the states of deliveries, in words for people
    terminal          text output
    json_output       JSON output
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from pelican_linkback.plugin.garbage import modules_set_aside, put_back

__all__ = ["main"]

NOBODY_READS, INTERRUPTED = 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status.

    0 all well, 1 something needs the author, 2 wrong usage or settings, 130 Ctrl-C.
    """
    try:
        run = _import_run()  # here, so that Ctrl-C during the import is handled, too
        try:
            return run(argv)
        finally:
            if argv is not None:  # a program has called, and goes on
                put_back()
            sys.stdout.flush()  # while a reader that is gone can still be seen to be
    except KeyboardInterrupt:
        message = "Interrupted. What was recorded is kept, and what was due is still due."
        sys.stderr.write(f"{message}\n")
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS


def _import_run() -> Callable[[Sequence[str] | None], int]:
    """Import the commands, and return ``commands.run``.

    The garbage collector does not look at them, now or when the process ends: that was a fifth of
    the time of ``status``.
    """
    with modules_set_aside():
        from pelican_linkback.cli.commands import run  # noqa: PLC0415 (see above)
    return run

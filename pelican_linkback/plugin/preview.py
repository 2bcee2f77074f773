"""Whether Pelican is only looking: ``pelican --autoreload`` and ``pelican --listen``.

Its settings do not say so, and no signal does, so the words it was started with are read anew, by
its own parser. A build that another program starts in its process (invoke, pytest) is no preview.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import PurePath

from pelican import parse_arguments

__all__ = ["is_preview"]


def is_preview(argv: Sequence[str]) -> bool:
    """Tell whether ``argv``, as in ``sys.argv``, is a pelican that watches or serves."""
    program = PurePath(argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.stem
    if name != "pelican":
        return False
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            arguments = parse_arguments(list(argv[1:]))
    except SystemExit:  # not Pelican's words after all
        return False
    return bool(arguments.autoreload or arguments.listen)

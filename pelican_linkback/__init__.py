"""Feeds that every reader accepts, and linkbacks that arrive once, for the Pelican site generator.

Use it by adding ``"pelican_linkback"`` to ``PLUGINS`` in pelicanconf.py. ``register`` is the
function that Pelican calls; everything else has its own room, see the design document.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__", "register"]


def register() -> None:
    """Connect the plugin to Pelican's signals (Pelican calls this once)."""
    from pelican_linkback.plugin import connect  # noqa: PLC0415 (keeps the import of this package cheap)

    connect()

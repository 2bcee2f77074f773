"""Feeds that every reader accepts, and linkbacks that arrive once, for the Pelican site generator.

Use it by adding ``"pelican_linkback"`` to ``PLUGINS`` in pelicanconf.py. ``register`` is the
function that Pelican calls; everything else has its own room, see the design document.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__", "register"]


def register() -> None:
    """Wait for a build to begin (Pelican calls this once).

    The rooms are opened only then: to name the plugin costs a command that builds nothing little.
    """
    from pelican import signals  # noqa: PLC0415 (keeps the import of this package cheap)

    signals.initialized.connect(_begin)


def _begin(pelican: object) -> None:
    from pelican_linkback.plugin import signals as plugin  # noqa: PLC0415

    plugin.connect()
    plugin.read_settings(pelican)

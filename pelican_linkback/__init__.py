"""A Pelican plugin: feeds that every reader accepts, and linkbacks that are sent once.

Pelican finds it in its namespace, as ``pelican.plugins.linkback``; a site whose pelicanconf.py sets
``PLUGINS`` adds ``"pelican_linkback"`` to it. ``register`` is the function that Pelican calls.
``docs/design.rst`` shows the modules.
"""

from __future__ import annotations

TYPE_CHECKING = False  # without typing, whose import takes longer than this one
if TYPE_CHECKING:
    from pelican_linkback.plugin.pelican_types import Pelican

__version__ = "0.1.0"

__all__ = ["__version__", "register"]


def register() -> None:
    """Connect the plugin to Pelican (Pelican calls this once).

    The other modules are imported only when a build starts, so that commands that build nothing
    stay fast.
    """
    from pelican import signals  # noqa: PLC0415 (keeps the import of this package cheap)

    signals.initialized.connect(_begin)


def _begin(pelican: Pelican) -> None:
    from pelican_linkback.plugin.garbage import modules_set_aside  # noqa: PLC0415 (see register)

    with modules_set_aside():
        from pelican_linkback.plugin import signals as plugin  # noqa: PLC0415 (see register)
    plugin.connect()
    plugin.read_settings(pelican)

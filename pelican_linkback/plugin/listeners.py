"""Pelican's signals, sent so that a listener that fails costs itself and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["name_of", "notify"]

Listener = Callable[..., Any]


def notify(
    signal: Any, sender: Any, failed: Callable[[Listener, Exception], None], **arguments: Any
) -> None:
    """Call each listener of ``signal``, and ``failed`` with one that raises and its error."""
    if signal.is_muted:
        return
    for listener in signal.receivers_for(sender):
        try:
            listener(sender, **arguments)
        except Exception as error:  # noqa: BLE001 (whatever another plugin may raise)
            failed(listener, error)


def name_of(listener: Listener) -> str:
    """Return how a message names a listener: by its module and its name there."""
    name = getattr(listener, "__qualname__", type(listener).__qualname__)
    return f"{getattr(listener, '__module__', '?')}.{name}"

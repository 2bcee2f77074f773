"""Sends Pelican's signals, so that a listener that fails costs itself only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from pelican import signals

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.journal.atomic import replacing
from pelican_linkback.plugin.pelican_types import Listener, Signal

__all__ = ["name_of", "notify", "notify_of_document"]


def notify(
    signal: Signal,
    sender: object,
    failed: Callable[[Listener, BaseException], None],
    **arguments: object,
) -> None:
    """Call each listener of ``signal``, and ``failed`` with one that raises and its error."""
    for listener in _listeners(signal, sender):
        _call(listener, sender, failed, **arguments)


def notify_of_document(
    name: str,
    failed: Callable[[Listener, BaseException], None],
    damaged: Callable[[Listener, str], None],
    **arguments: object,
) -> bool:
    """Send ``feed_written`` for the document ``name``; return whether a listener changed it.

    A document stays as a listener leaves it. But if the listener raises, if it removes the
    document, or if it makes XML or JSON unreadable (most take every feed for XML), the document is
    restored. ``damaged`` is called with the listener and with the damage.
    """
    listeners = _listeners(signals.feed_written, name)
    if not listeners:
        return False
    path = Path(name)
    ours = document = path.read_bytes()
    for listener in listeners:
        is_well = _call(listener, name, failed, **arguments)
        after = _bytes_of(path)
        if after == document:
            continue
        damage = _damage(document, after)
        if is_well and damage:
            damaged(listener, damage)
        if is_well and after is not None and not damage:
            document = after
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as file:
                file.write(document)
    return document != ours


def _call(
    listener: Listener,
    sender: object,
    failed: Callable[[Listener, BaseException], None],
    **arguments: object,
) -> bool:
    """Call a listener, and ``failed`` with it and its error if it raises; return False then."""
    try:
        listener(sender, **arguments)
    except FAULTS as error:  # whatever another plugin may raise
        failed(listener, error)
        return False
    return True


def _listeners(signal: Signal, sender: object) -> list[Listener]:
    return [] if signal.is_muted else list(signal.receivers_for(sender))


def _damage(before: bytes, after: bytes | None) -> str:
    """Return the damage of a document that no reader can read now; "" if there is none."""
    if after is None:
        return "is not there"
    for name, can_be_read in (("XML", _is_xml), ("JSON", _is_json)):
        if can_be_read(before):
            return "" if can_be_read(after) else f"is no {name}"
    return ""


def _is_xml(data: bytes) -> bool:
    try:
        expat.ParserCreate().Parse(data, True)  # noqa: FBT003
    except expat.ExpatError:
        return False
    return True


def _is_json(data: bytes) -> bool:
    """Return whether ``data`` is JSON in UTF-8, as it has to be (RFC 8259, section 8.1)."""
    try:
        json.loads(data.decode())
    except (ValueError, RecursionError):
        return False
    return True


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def name_of(listener: Listener) -> str:
    """Return the name of a listener for messages: its module and its name there."""
    try:
        name = getattr(listener, "__qualname__", type(listener).__qualname__)
        return f"{getattr(listener, '__module__', '?')}.{name}"
    except FAULTS:  # whatever an object with a __getattr__ of its own may raise
        return type(listener).__qualname__

"""The reader of LINKBACK_PROTOCOLS, opened by sites that set it."""

from __future__ import annotations

import typing

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.protocol.interface import Protocol
from pelican_linkback.protocol.registry import BUILT_IN, Registry, traits_of
from pelican_linkback.settings.validators import imported, instance, is_list
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.regex import regex

__all__ = ["protocols"]

_BY_NAME = {each.name: each for each in BUILT_IN if not each.of_feeds}
_PROTOCOLS = "takes a list of {}, and protocols of your own or their dotted names".format(
    ", ".join(f'"{name}"' for name in _BY_NAME)
)
_NAME = regex(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_NEEDED = ("name", "updates", "find", "request", "read")


def protocols(value: object) -> Registry:
    """Take protocols, the preferred one first: objects, their dotted names, or those built in."""
    if not is_list(value, object):
        raise ValueError(_PROTOCOLS)
    chosen = [_protocol(entry) for entry in value]
    if len({each.name for each in chosen}) < len(chosen):
        raise ValueError(f"it has one twice; {_PROTOCOLS}")
    return Registry(chosen)


def _protocol(entry: object) -> Protocol:
    if isinstance(entry, str):
        entry = _BY_NAME.get(entry.strip()) or _imported(entry.strip())
    protocol = typing.cast(Protocol, instance(entry, _NEEDED, _PROTOCOLS))
    try:
        name = traits_of(protocol).name
    except FAULTS as error:  # whoever wrote it, its attributes can do anything
        raise ValueError(f"{described(error)}; {_PROTOCOLS}") from error
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{printable(name)} is not a name in kebab-case, such as my-protocol")
    return protocol


def _imported(name: str) -> object:
    if "." not in name:
        raise ValueError(_PROTOCOLS)
    return imported(name)

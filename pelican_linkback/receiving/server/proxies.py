"""Who asks: the address of a client behind the proxies that are trusted. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pelican_linkback.settings.receiver import Network

__all__ = ["client_of", "is_unknown_proxy", "network_of"]

Address = IPv4Address | IPv6Address

_LOCAL = "127.0.0.1"
_PREFIXES = {4: 24, 6: 48}


def client_of(environ: Mapping[str, object], trusted: Sequence[Network]) -> str:
    """Return the address of the client: that of the last proxy that is not ``trusted``.

    ``X-Forwarded-For`` is read from its end, where the nearest proxy wrote what it saw; what stands
    before that could be written by anybody. Who connects by a socket of this machine, as proxies
    do, has the address 127.0.0.1.
    """
    nearest = _address(str(environ.get("REMOTE_ADDR") or "")) or ip_address(_LOCAL)
    forwarded = str(environ.get("HTTP_X_FORWARDED_FOR") or "").split(",")
    while forwarded and _is_in(nearest, trusted):
        further = _address(forwarded.pop())
        if further is None:
            break
        nearest = further
    return str(nearest)


def is_unknown_proxy(environ: Mapping[str, object], trusted: Sequence[Network]) -> bool:
    """Return whether who asks may be a proxy of ours that nobody said is to be trusted.

    It is near, and says for whom it asks. All whom it asks for share one limit then.
    """
    nearest = _address(str(environ.get("REMOTE_ADDR") or "")) or ip_address(_LOCAL)
    says = "HTTP_X_FORWARDED_FOR" in environ
    return says and not nearest.is_global and not _is_in(nearest, trusted)


def network_of(address: str) -> str:
    """Return the network of a client that shares one limit: /24 of IPv4, /48 of IPv6."""
    client = ip_address(address)
    return str(ip_network((client, _PREFIXES[client.version]), strict=False))


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in each for each in networks)


def _address(text: str) -> Address | None:
    """Return the address that a text is, perhaps with a port; None if it is none."""
    written = text.strip().removeprefix("[")
    host = written.partition("]")[0] if "]" in written else written
    if host.count(":") == 1:  # IPv4 and a port
        host = host.partition(":")[0]
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found

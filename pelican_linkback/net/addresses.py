"""Which hosts, addresses and ports may be connected to. Pure: no lookups.

``is_global`` judges an address that is about to be connected to, ``is_public_host`` a name that has
not been looked up yet, and an ``AllowEntry`` is an exception that an author makes.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from pelican_linkback.text.idna import NUMBER, to_ascii
from pelican_linkback.text.regex import regex

__all__ = ["BAD_PORTS", "Address", "AllowEntry", "is_global", "is_public_host", "reserved_suffix"]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The "bad ports" of the Fetch standard, section 2.9, and two more text protocols that an HTTP
# request can be made to speak: Redis and Memcached.
# fmt: off
BAD_PORTS = frozenset((
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
    6379, 11211,
))
# fmt: on

# IANA's special-purpose registries, written out because the tables of ``ipaddress`` differ between
# the Python versions that we support.
NOT_GLOBAL_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's metadata service, on a public address
        "169.254.0.0/16",  # link-local, and most clouds' metadata services
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
GLOBAL_V6 = IPv6Network("2000::/3")  # the only part from which public addresses are assigned
NOT_GLOBAL_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
NAT64 = IPv6Network("64:ff9b::/96")

# RFC 6761, 6762, 7686, 8375 and 9476, names used by home routers, and IANA's examples.
RESERVED_NAMES = (
    *("local", "localhost", "test", "example", "invalid", "internal", "home.arpa", "lan"),
    *("localdomain", "onion", "alt", "example.com", "example.net", "example.org"),
)
_NAME = regex(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_WITH_PORT = regex(r"\[(?P<ipv6>[^\]]*)\](:(?P<port6>.*))?|(?P<host>[^:]*):(?P<port>[^:/]*)")


def is_global(ip: Address) -> bool:
    """Return whether ``ip`` is an address of the public internet, in any form.

    An IPv4 address inside an IPv6 one is judged by itself if networks really route it so
    (IPv4-mapped; NAT64, RFC 6052); 6to4 and Teredo are never global.
    """
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_global(ip.ipv4_mapped)
        if ip in NAT64:
            return is_global(IPv4Address(int(ip) & 0xFFFFFFFF))
        return ip in GLOBAL_V6 and not any(ip in network for network in NOT_GLOBAL_V6)
    return not any(ip in network for network in NOT_GLOBAL_V4)


def is_public_host(host: str) -> bool:
    """Return whether ``host`` (a name or an address, no port) looks like the public internet.

    Names of one label, reserved names and forms of an address that only some programs understand
    (``2130706433``, ``0x7f.1``, ``0177.0.0.1``) do not.
    """
    address = _address(host)
    if address is not None:
        return is_global(address)
    name = _name(host)
    if name is None:
        return False
    labels = name.split(".")
    if len(labels) == 1 or NUMBER.fullmatch(labels[-1]):
        return False
    return not reserved_suffix(name)


def reserved_suffix(name: str) -> str:
    """Return the reserved name that a host's ``name`` is or ends in; empty if there is none."""
    found = (each for each in RESERVED_NAMES if name == each or name.endswith(f".{each}"))
    return next(found, "")


class AllowEntry(NamedTuple):
    """An exception: a host name, or a network; on one port, or (None) on every allowed one.

    Exactly one of ``host`` (lower case, A-labels) and ``network`` is set.
    """

    host: str | None
    network: Network | None
    port: int | None

    @classmethod
    def parse(cls, text: str) -> AllowEntry:
        """Parse ``localhost``, ``10.0.0.0/8:8080``, ``::1`` or ``[::1]:8080``.

        Raises ValueError with a sentence for the author who wrote ``text``.
        """
        host, port = _split_port(text.strip())
        try:
            network = ip_network(host.removeprefix("[").removesuffix("]"))
        except ValueError:
            if "/" in host or ":" in host:
                raise ValueError(
                    f"{text!r} is not a host name, an address or a network such as 10.0.0.0/8 "
                    "(no scheme, no path, no bits after the network's length)"
                ) from None
            return cls(_host_name(host, text), None, port)
        return cls(None, network, port)

    def opens(self, host: str, address: Address | None, port: int) -> bool:
        """Return whether this entry allows a connection to ``host``, at ``address``, on ``port``.

        ``address`` None means that it is not known yet, unless ``host`` is itself an address.
        """
        if self.port not in (None, port):
            return False
        if self.network is not None:
            address = address or _address(host)
            return address is not None and address in self.network
        return self.host == _name(host)


def _address(host: str) -> Address | None:
    """Return ``host`` as an address, if it is one in its usual form (or in brackets)."""
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _name(host: str) -> str | None:
    """Return ``host`` in A-labels without the final dot; None if it is not a host name."""
    try:
        return to_ascii(host).removesuffix(".")
    except ValueError:
        return None


def _split_port(text: str) -> tuple[str, int | None]:
    found = _WITH_PORT.fullmatch(text)
    if found is None:
        return text, None
    written = found["port"] if found["ipv6"] is None else found["port6"]
    if written is None:
        return found["ipv6"], None
    if not (written.isascii() and written.isdigit() and 0 < int(written[:6]) < 65536):
        raise ValueError(f"{text!r}: the port is a number from 1 to 65535, not {written!r}")
    if int(written) in BAD_PORTS:
        raise ValueError(f"{text!r}: port {written} is never used for the web, and stays closed")
    return found["host"] if found["ipv6"] is None else found["ipv6"], int(written)


def _host_name(host: str, text: str) -> str:
    name = _name(host) or ""
    if not _NAME.fullmatch(name) or NUMBER.fullmatch(name.rpartition(".")[2]):
        raise ValueError(f"{text!r} is neither a host name nor an address in its usual spelling")
    return name

"""Opens a socket to an untrusted host.

The address that was checked is the one that is connected to. There is no second lookup, so a name
server that gives another answer the next time gains nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, ip_address

from pelican_linkback.exceptions import Refused, WebError
from pelican_linkback.net.addresses import BAD_PORTS, Address, AllowEntry, is_global
from pelican_linkback.net.deadline import Deadline

__all__ = ["Connector", "MayAsk", "Resolver", "system_resolver"]

Resolver = Callable[[str], Sequence[str]]
MayAsk = Callable[[str], bool]
"""Returns whether an address may be asked now."""


def system_resolver(host: str) -> list[str]:
    """Return the addresses of ``host`` in the system's order; raise OSError if there are none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # such a name cannot even be looked up
        raise socket.gaierror(socket.EAI_NONAME, str(error)) from error
    return [str(sockaddr[0]) for *_, sockaddr in found]


class Connector:
    """Connects to the public internet, and to what ``allow`` names besides.

    ``may_ask`` is asked about public addresses; None: any may be asked, at any time.
    """

    def __init__(
        self,
        allow: Sequence[AllowEntry],
        resolver: Resolver,
        may_ask: MayAsk | None = None,
    ) -> None:
        self._allow = tuple(allow)
        self._resolver = resolver
        self._may_ask = may_ask

    def connect(self, url: str, host: str, port: int, deadline: Deadline) -> socket.socket:
        """Return a socket that is connected to the first address that is allowed and reachable.

        It is closed with the block of ``deadline``.
        Raises Refused (which names ``url``) if none is allowed, WebError if one may not be asked
        now, and OSError if none is reachable.
        """
        if port in BAD_PORTS:
            raise Refused(url, f"port {port} is never used for the web")
        found = self._look_up(host, deadline)
        chosen = [address for address in found if self._admits(host, address, port)]
        if not chosen:
            raise Refused(url, f"its address {found[0]} is not on the public internet")
        may_ask = self._may_ask
        if may_ask and not all(may_ask(str(each)) for each in chosen if is_global(each)):
            raise WebError(url, "its address is asked for other pages now")
        return _open_one_of(chosen, port, deadline)

    def _look_up(self, host: str, deadline: Deadline) -> list[Address]:
        try:
            return [ip_address(host)]
        except ValueError:
            found = [ip_address(text) for text in self._ask(host, deadline)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return found

    def _ask(self, host: str, deadline: Deadline) -> Sequence[str]:
        deadline.left()  # no fault of the name server if earlier requests took all of it
        try:
            return deadline.ask(lambda: self._resolver(host))
        except TimeoutError as error:
            raise socket.gaierror(socket.EAI_AGAIN, "no answer in time") from error

    def _admits(self, host: str, address: Address, port: int) -> bool:
        return is_global(address) or any(entry.opens(host, address, port) for entry in self._allow)


def _open_one_of(addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
    """Try each in turn; one that does not answer takes no more than its share of the time."""
    *others, last = addresses
    for waiting, address in zip(range(len(addresses), 1, -1), others, strict=True):
        try:
            sock = _open(address, port, deadline, deadline.left() / waiting)
        except OSError:
            continue
        sock.settimeout(deadline.left())
        return sock
    return _open(last, port, deadline, deadline.left())


def _open(address: Address, port: int, deadline: Deadline, timeout: float) -> socket.socket:
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    deadline.watch(sock)
    sock.settimeout(timeout)
    sock.connect((str(address), port))
    return sock

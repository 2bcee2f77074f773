"""The receiver's web server: waitress, with limits for slow clients, and an end without loss.

A socket is read as bytes come and by one thread for all of them, so that who sends slowly takes no
thread from others. What waitress lacks is a limit for a whole request: a client that sends a byte
from time to time is never idle.
"""

from __future__ import annotations

import logging
import socket
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.server.application import MAX_BODY
from pelican_linkback.text.printable import described, system_reason

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["WebServer"]

THREADS = 64
"""Who sends a mention waits for the disk, together with others: the more, the fewer flushes."""

CONNECTIONS = 500
REQUEST_TIME = 20.0
"""Seconds in which a request has to be here as a whole."""

IDLE_TIME = 20
MAX_HEADERS = 16_384
SENT_TOGETHER = 65_536
FINISHED_IN = 20.0
"""Seconds that are given to requests under way when the server stops."""


logger = logging.getLogger(__name__)


class _Parser(HTTPRequestParser):
    """A parser that answers a request line of which Python makes no URL: ``http://[x``.

    It refuses a request of two lengths (RFC 9112, section 6.3): where a proxy believes the other
    one, a part of its body would be a request that the proxy has not seen.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request."""
        try:
            super().parse_header(header_plus)
        except ValueError:
            raise ParsingError("The request line has no address.") from None
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("It has a Content-Length, and is sent in chunks.")


class _Channel(HTTPChannel):
    """A connection that knows since when its request is incomplete."""

    parser_class = _Parser
    begun: float | None = None

    def handle_error(self) -> None:
        """Close after what nobody foresaw; the log does not say who it was, as waitress's does."""
        error = sys.exc_info()[1] or RuntimeError()
        logger.error("A connection was closed: %s", described(error))
        self.handle_close()

    def received(self, data: bytes) -> bool:
        """Take bytes that came."""
        has_read: bool = super().received(data)
        if self.request is None:
            self.begun = None
        elif self.begun is None:
            self.begun = self.last_activity
        return has_read


class WebServer:
    """Serves an application on ``host`` and ``port`` (0: any); raises LinkbackError if it cannot.

    ``request_time`` is how long a request may take to come, in seconds.
    """

    def __init__(
        self,
        application: WSGIApplication,
        host: str,
        port: int,
        *,
        request_time: float = REQUEST_TIME,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._map: dict[int, object] = {}
        self._monotonic, self._request_time = monotonic, request_time
        self._is_stopping = False
        for name in ("waitress", "waitress.queue"):  # they name paths, and a queue that is meant
            logging.getLogger(name).setLevel(logging.ERROR)
        self._server = create_server(
            application,
            map=self._map,
            sockets=[_opened(host, port)],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_TIME,
            cleanup_interval=1,
            max_request_body_size=MAX_BODY + 1,  # what it refuses begins there
            max_request_header_size=MAX_HEADERS,
            clear_untrusted_proxy_headers=False,  # see proxies
            ident="",
            asyncore_use_poll=True,
            log_socket_errors=False,
        )
        self._server.channel_class = _Channel
        # An answer is sent as a whole, by the thread of the sockets, and not by that of the
        # handler, first the head and then the rest: a fifth less work for each.
        self._server.adj.send_bytes = SENT_TOGETHER
        self.port = int(self._server.effective_port)

    def run(self) -> None:
        """Serve until ``stop`` is called; then finish what is under way."""
        while not self._is_stopping:
            self._turn(min(1.0, self._request_time))
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()
        end = self._monotonic() + FINISHED_IN
        while any(map(_is_busy, self._channels())) and self._monotonic() < end:
            self._turn(0.05)
        self._server.task_dispatcher.shutdown(timeout=0.2)  # threads without work end at once
        wasyncore.close_all(self._map, ignore_all=True)

    def stop(self) -> None:
        """Have ``run`` return soon; any thread or signal handler may call it, also again."""
        if not self._is_stopping:  # when it has returned, what would be woken is closed
            self._is_stopping = True
            self._server.pull_trigger()

    def _turn(self, seconds: float) -> None:
        """Wait so long for something to do, and do it."""
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)
        late = time.time() - self._request_time
        for each in self._channels():
            if each.begun is not None and each.begun < late:
                each.will_close = True

    def _channels(self) -> Iterable[_Channel]:
        return list(self._server.active_channels.values())


def _opened(host: str, port: int) -> socket.socket:
    """Return a socket that listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        why, _, _ = system_reason(error).partition(" (while")  # the address is said already
        raise LinkbackError(
            f"port {port} of {host} cannot be opened: {why}; --port and --host name others"
        ) from error


def _is_busy(channel: _Channel) -> bool:
    """Return whether a connection has a request that is answered, or an answer on its way."""
    return bool(channel.requests or channel.total_outbufs_len)

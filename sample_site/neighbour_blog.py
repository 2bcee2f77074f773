"""The blog across the river: every address is a post, and it takes pingbacks.

    python sample_site/neighbour_blog.py

prints the address it listens on, and then a line for each request (``asked``) and for each ping
(``accepted`` or ``refused``). Like a real blog it fetches the page that is said to link here and
looks for the link. It is the standard library's XML-RPC server and nothing of this package.
"""

from __future__ import annotations

import urllib.request
from html.parser import HTMLParser
from http import HTTPStatus
from xmlrpc.client import Fault
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

PAGE = "<!DOCTYPE html><title>The Other Bank</title><h1>The Other Bank</h1><p>A post.</p>"


class Blog(SimpleXMLRPCRequestHandler):
    """Posts for who reads, XML-RPC for who posts."""

    rpc_paths = ("/xmlrpc",)

    def do_GET(self) -> None:  # noqa: N802 (http.server's name)
        """Show a post, and say where it takes pingbacks."""
        body = PAGE.encode()
        host, port = self.server.server_address[:2]
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Pingback", f"http://{host}:{port}/xmlrpc")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Print each request."""
        print("asked", self.command, self.path, flush=True)


class Links(HTMLParser):
    """Gathers the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str | None] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where an ``a`` points."""
        if tag == "a":
            self.found.add(dict(attrs).get("href"))


def main() -> None:
    """Serve until the process is ended."""
    server = SimpleXMLRPCServer(("127.0.0.1", 0), Blog)
    known: set[tuple[str, str]] = set()

    def ping(source: str, target: str) -> str:
        if (source, target) in known:
            raise Fault(0x30, "That mention is here already.")
        page = Links()
        with urllib.request.urlopen(source, timeout=5) as answer:  # noqa: S310
            page.feed(answer.read().decode())
        if target not in page.found:
            print("refused", source, target, flush=True)
            raise Fault(0x11, "The page does not link here.")
        known.add((source, target))
        print("accepted", source, target, flush=True)
        return "Thank you."

    server.register_function(ping, "pingback.ping")
    print("http://{}:{}".format(*server.server_address), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

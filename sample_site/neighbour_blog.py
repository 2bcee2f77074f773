"""The blog across the river: it takes pingbacks, and can answer a page by a post of its own.

    python sample_site/neighbour_blog.py

prints the address it listens on, and then a line for each request (``asked``) and for each ping
(``accepted`` or ``refused``). Like a real blog it fetches the page that is said to link here and
looks for the link. A line ``webmention URL`` or ``pingback URL`` on its standard input makes it
write a post that links to that page, look there for who takes mentions, and notify it: then it
prints ``answered``. Every other address is a post, too. It is the standard library, and nothing of
this package.
"""

from __future__ import annotations

import sys
import threading
import urllib.request
from html import escape
from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import urlencode
from xmlrpc.client import Fault, ServerProxy
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

PAGE = "<!DOCTYPE html><title>The Other Bank</title><h1>The Other Bank</h1><p>A post.</p>"
NOTE = """<!DOCTYPE html>
<title>The Other Bank</title>
<article class="h-entry">
<p class="p-author h-card"><a class="p-name u-url" href="/">Marta on the other bank</a></p>
<p>In answer to <a class="u-in-reply-to" href="{}">what they wrote in the harbour</a>:</p>
<p class="e-content">We hear your bell buoy at night, too. It is half a tone flat when it rains.</p>
</article>
"""
LINK = """<!DOCTYPE html>
<title>Seen from the other bank</title>
<p>Across the river they keep <a href="{}">a book of what the sea does</a>. Ours was lost.</p>
"""
POSTS = {"webmention": NOTE, "pingback": LINK}


class Blog(SimpleXMLRPCRequestHandler):
    """Posts for who reads, XML-RPC for who posts."""

    rpc_paths = ("/xmlrpc",)
    written: dict[str, str] = {}  # noqa: RUF012 (one blog a process)

    def do_GET(self) -> None:  # noqa: N802 (http.server's name)
        """Show a post, and say where it takes pingbacks."""
        body = self.written.get(self.path, PAGE).encode()
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
    """Gathers the links of a page: where each ``a`` points, and each ``link`` by its rel."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str | None] = set()
        self.named: dict[str | None, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where it points."""
        said = dict(attrs)
        if tag == "a":
            self.found.add(said.get("href"))
        elif tag == "link":
            self.named[said.get("rel")] = said.get("href") or ""


def links_of(page: str) -> Links:
    """Fetch a page; return its links."""
    with urllib.request.urlopen(page, timeout=5) as answer:  # noqa: S310
        return Links(answer.read().decode())


def answer(address: str, how: str, page: str) -> None:
    """Write a post that links to ``page``, and notify whoever that names."""
    path = f"/{how}/{len(Blog.written) + 1}/"
    Blog.written[path] = POSTS[how].format(escape(page))
    endpoint = links_of(page).named[how]
    if how == "pingback":
        ServerProxy(endpoint).pingback.ping(address + path, page)
    else:
        form = urlencode({"source": address + path, "target": page}).encode()
        urllib.request.urlopen(endpoint, form, timeout=5).close()  # noqa: S310
    print("answered", how, address + path, page, flush=True)


def main() -> None:
    """Serve, and answer what is asked for, until the process is ended."""
    server = SimpleXMLRPCServer(("127.0.0.1", 0), Blog)
    known: set[tuple[str, str]] = set()

    def ping(source: str, target: str) -> str:
        if (source, target) in known:
            raise Fault(0x30, "That mention is here already.")
        if target not in links_of(source).found:
            print("refused", source, target, flush=True)
            raise Fault(0x11, "The page does not link here.")
        known.add((source, target))
        print("accepted", source, target, flush=True)
        return "Thank you."

    server.register_function(ping, "pingback.ping")
    address = "http://{}:{}".format(*server.server_address)
    print(address, flush=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    for line in sys.stdin:
        answer(address, *line.split())
    serving.join()


if __name__ == "__main__":
    main()

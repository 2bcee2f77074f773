"""Real servers on loopback: a web host for the built site, and a blog that takes pingbacks."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from functools import partial
from html import escape
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen
from xmlrpc.client import Fault
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer


@contextmanager
def serving(server):
    # The default poll of half a second would be half a second for each test.
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class WebHost(ThreadingHTTPServer):
    """Serves a folder. ``requests`` are the paths asked for; offline, every page is 404."""

    def __init__(self, folder):
        class Files(SimpleHTTPRequestHandler):
            def do_GET(self):
                self.server.requests.append(self.path)
                if self.path in self.server.redirects:
                    self.send_response(301)
                    self.send_header("Location", self.server.redirects[self.path])
                    self.end_headers()
                elif self.server.online:
                    super().do_GET()
                else:
                    self.send_error(404)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), partial(Files, directory=folder))
        self.requests, self.redirects = [], {}
        self.online = True

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Blog(SimpleXMLRPCServer):
    """Every page is a post. ``pings`` are the calls that came; ``answer`` may be a Fault.

    ``page_status`` and ``endpoint_status`` with ``endpoint_body`` play a blog that is unwell.
    """

    def __init__(self):
        class Posts(SimpleXMLRPCRequestHandler):
            rpc_paths = ("/xmlrpc",)

            def do_GET(self):
                blog = self.server
                blog.requests.append(("GET", self.path))
                body = blog.page.encode()
                self.send_response(blog.page_status)
                for name, value in blog.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                blog = self.server
                blog.requests.append(("POST", self.path))
                if blog.endpoint_status == 200 and blog.endpoint_body is None:
                    super().do_POST()
                    return
                self.rfile.read(int(self.headers["Content-Length"]))
                body = (blog.endpoint_body or "").encode()
                self.send_response(blog.endpoint_status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        super().__init__(("127.0.0.1", 0), Posts, logRequests=False)
        self.register_function(self._ping, "pingback.ping")
        self.requests, self.pings = [], []
        self.answer = "Thank you."
        self.page, self.page_status = "<!DOCTYPE html><title>A post</title>", 200
        self.endpoint_status, self.endpoint_body = 200, None
        self.headers = [("Content-Type", "text/html"), ("X-Pingback", f"{self.url}/xmlrpc")]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def _ping(self, source, target):
        self.pings.append((source, target))
        if isinstance(self.answer, Fault):
            raise self.answer
        return self.answer


class Receiver(ThreadingHTTPServer):
    """A site that takes webmentions as careful receivers do.

    Each visit to a page gives a key to the endpoint that is good for one webmention. The source
    is fetched: ``mentions`` keeps what it says, by source and target, and forgets what links to
    the target no more or is gone. ``log`` has what was answered to each webmention.
    """

    def __init__(self):
        class Pages(BaseHTTPRequestHandler):
            def do_GET(self):
                self.server.requests.append(self.path)
                key = str(len(self.server.requests))
                self.server.keys.add(key)
                self.reply(200, [("Link", f"</webmention?key={key}>; rel=webmention")])

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                key = parse_qs(urlsplit(self.path).query)["key"][0]
                known = key in self.server.keys
                self.server.keys.discard(key)
                verdict = self.server.take(form["source"][0], form["target"][0]) if known else 403
                self.server.log.append(verdict)
                self.reply(verdict)

            def reply(self, status, headers=()):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Pages)
        self.requests, self.keys, self.mentions, self.log = [], set(), {}, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def take(self, source, target):
        try:
            with urlopen(source) as reply:
                page = reply.read().decode()
        except HTTPError as error:
            with error:  # It holds the answer's file.
                page = "" if error.code in {404, 410} else None
        if page is None:
            return 400
        gone = re.search('<meta http-equiv="Status" content="410', page)
        if not gone and f'href="{escape(target)}"' in page:
            self.mentions[source, target] = page
            return 202
        return 200 if self.mentions.pop((source, target), None) else 400


class Hub(ThreadingHTTPServer):
    """A WebSub hub that fetches each feed that it is notified of, as hubs do.

    ``pings`` are the feeds' URLs in order, ``fetched`` what it found there at that time. ``status``
    with ``headers`` is what it answers.
    """

    def __init__(self):
        class Publications(BaseHTTPRequestHandler):
            def do_POST(self):
                hub = self.server
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                assert form["hub.mode"] == ["publish"]
                (topic,) = form["hub.url"]
                assert form["hub.topic"] == [topic]
                hub.pings.append(topic)
                if hub.status < 300:
                    with urlopen(topic) as reply:
                        hub.fetched[topic] = reply.read()
                self.send_response(hub.status)
                body = b"" if hub.status == 204 else b"we say so"
                for name, value in {"Content-Type": "text/plain", **hub.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Publications)
        self.pings, self.fetched = [], {}
        self.status, self.headers = 204, {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"

"""A miniature webmention.io: its listing by the API's documentation, with the faults of a real one.

``mentions`` are JF2 items by their ids. ``faults`` are answered to the next requests, each once: a
status with headers and a body, or None for a connection that breaks in the midst of the answer.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

__all__ = ["TOKEN", "Fault", "WebmentionService", "item"]

TOKEN = "tok-3n/&="

Fault = tuple[int, dict[str, str], bytes] | None


def item(number: int, **fields: Any) -> dict[str, Any]:
    """An item as the service lists it: the like of a reader, unless ``fields`` say otherwise."""
    reader = f"https://reader{number}.example/"
    target = fields.pop("target", "https://blog.example/walls/")
    known = {
        "type": "entry",
        "author": {"type": "card", "name": f"Reader {number}", "photo": "", "url": reader},
        "url": f"{reader}note",
        "published": None,
        "wm-received": "2025-04-05T08:01:00Z",
        "wm-id": number,
        "wm-source": f"{reader}note",
        "wm-target": target,
        "wm-protocol": "webmention",
        "like-of": target,
        "wm-property": "like-of",
        "wm-private": False,
    }
    return known | {name.replace("_", "-"): value for name, value in fields.items()}


class WebmentionService(ThreadingHTTPServer):
    """Serves ``/api/mentions.jf2``; ``requests`` are the queries that came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Api)
        self.mentions: dict[int, dict[str, Any]] = {}
        self.faults: deque[Fault] = deque()
        self.requests: list[dict[str, str]] = []
        self.says_total = False
        self.most = 1000
        self.newest_first = False
        self.lock = threading.Lock()

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api"

    def add(self, *numbers: int, **fields: Any) -> None:
        self.mentions |= {number: item(number, **fields) for number in numbers}

    def listing(self, query: dict[str, str]) -> dict[str, Any]:
        """The feed for a query, as the service reads it."""
        newest_first = self.newest_first or query.get("sort-dir", "down") == "down"
        since = int(query.get("since_id", 0))
        numbers = sorted((each for each in self.mentions if each > since), reverse=newest_first)
        size = min(int(query.get("per-page", 20)), self.most)
        start = int(query.get("page", 0)) * size
        children = [self.mentions[number] for number in numbers[start : start + size]]
        feed: dict[str, Any] = {"type": "feed", "name": "Webmentions", "children": children}
        if self.says_total:
            feed["paging"] = {"per-page": size, "total": len(numbers)}
        return feed


class _Api(BaseHTTPRequestHandler):
    server: WebmentionService

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self.server.lock:
            self.server.requests.append(query)
            fault = self.server.faults.popleft() if self.server.faults else (0, {}, b"")
        if fault is None:
            self.break_off()
        elif fault[0]:
            self.say(*fault)
        elif query.get("token") != TOKEN:
            self.say(401, {}, b'{"error": "forbidden", "error_description": "not valid"}')
        elif parts.path != "/api/mentions.jf2":
            self.say(404, {}, b"")
        else:
            self.say(200, {}, json.dumps(self.server.listing(query)).encode())

    def say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def break_off(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(b'{"type": "feed", "chil')
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep the terminal clean."""

"""Requests to the receiver's WSGI application, without a socket."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


def ask(
    application: Callable,
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | list[tuple[str, str]] | None = None,
    body: bytes = b"",
    client: str = "203.0.113.9",
    **headers: str,
) -> Answer:
    """What the application answers; the words of a header's name are joined by ``_``."""
    path, _, query = url.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "REMOTE_ADDR": client,
    }
    if form is not None:
        body = urlencode(form).encode()
        headers = {"content_type": "application/x-www-form-urlencoded"} | headers
    if method == "POST":
        environ["CONTENT_LENGTH"] = str(len(body))
    environ["CONTENT_TYPE"] = headers.pop("content_type", "text/plain")
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    environ["wsgi.input"] = io.BytesIO(body)
    setup_testing_defaults(environ)
    found: list[Answer] = []

    def start_response(status: str, sent: list[tuple[str, str]], exc_info: object = None):
        found.append(Answer(int(status[:3]), sent, b""))
        return lambda _: None

    answer = validator(application)(environ, start_response)
    whole = b"".join(answer)
    answer.close()
    return found[0]._replace(body=whole)

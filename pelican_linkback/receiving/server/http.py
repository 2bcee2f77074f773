"""HTTP as the handlers of the receiver have it: a request that was read, and an answer. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

__all__ = [
    "FORM",
    "Fields",
    "Refusal",
    "Request",
    "Response",
    "html",
    "json_document",
    "see_other",
    "text",
]

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000
"""A form has no more: a page of the inbox, with a box for each of its mentions, has 100."""

Headers = tuple[tuple[str, str], ...]


class Refusal(Exception):
    """A request that is answered by a sentence: a status, the sentence, and further headers."""

    def __init__(self, status: int, sentence: str, *headers: tuple[str, str]) -> None:
        self.status, self.sentence, self.headers = status, sentence, headers
        super().__init__(sentence)


class Fields:
    """The fields of a form or of a query: each name with its values, in order."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str) -> str:
        """Return the first value of a field; "" if there is none."""
        return next(iter(self._values.get(name, ())), "")

    def all(self, name: str) -> Sequence[str]:
        """Return the values of a field."""
        return self._values.get(name, ())

    @classmethod
    def read(cls, encoded: bytes) -> Fields:
        """Return the fields of a form in ASCII or in raw UTF-8; raise ValueError if it is none."""
        return cls(
            parse_qs(
                encoded.decode("utf-8"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_FIELDS,
            )
        )


@dataclass(frozen=True, slots=True)
class Request:
    """A request, read and bounded.

    ``path`` is below the address of the receiver, decoded, and begins with a slash; ``path_params``
    has the values of the names in its route (``/status/{token}``). ``base`` is the public address
    of the receiver, with a slash at its end: it comes from the settings and never from the request.
    ``headers`` are by names in lower case. ``client`` is the IP address of the client, behind the
    proxies that are trusted.
    """

    method: str
    path: str
    base: str
    query: Fields = field(default_factory=lambda: Fields({}))
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = ""
    path_params: Mapping[str, str] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """Return the absolute URL of a path of the receiver: ``/status/x``."""
        return self.base + path.lstrip("/")

    @property
    def origin(self) -> str:
        """The origin of the receiver, as a browser names it in ``Origin``."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def media_type(self) -> str:
        """The media type of the body, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def form(self) -> Fields:
        """Return the fields of the body, which has to be a form; raise Refusal."""
        if self.media_type != FORM:
            raise Refusal(415, f"The request has to be a form: Content-Type {FORM}.")
        try:
            return Fields.read(self.body)
        except ValueError as error:
            raise Refusal(400, "The form cannot be read.") from error

    def cookie(self, name: str) -> str:
        """Return the value of a cookie; "" if there is none."""
        # Not by http.cookies, which gives up where another program of the site wrote an odd one.
        for pair in self.headers.get("cookie", "").split(";"):
            written, _, value = pair.strip().partition("=")
            if written == name:
                return value
        return ""

    def preferred(self, *offered: str) -> str:
        """Return which of the media types ``offered`` the client wants; the first if any will do.

        RFC 9110, section 12.5.1: by the weights in ``Accept``, of which the most specific counts.
        """
        ranges = dict(map(_weighed, self.headers.get("accept", "").split(",")))
        return max(offered, key=lambda each: _weight(ranges, each))


def _weighed(media_range: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in media_range.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0


def _weight(ranges: Mapping[str, float], media_type: str) -> float:
    kind = media_type.partition("/")[0]
    named = (ranges.get(each) for each in (media_type, f"{kind}/*", "*/*"))
    return next((weight for weight in named if weight is not None), 0.0)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. ``headers`` are besides those that every answer has, or in place of them."""

    body: bytes = b""
    status: int = 200
    media_type: str = "text/plain; charset=utf-8"
    headers: Headers = ()

    def having(self, name: str, value: str) -> Response:
        """Return the answer with one more header.

        Raises ValueError for a value that would be more than one header, or is not ASCII.
        """
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"the header {name} cannot have the value {value!r}")
        return replace(self, headers=(*self.headers, (name, value)))


def text(sentence: str, status: int = 200) -> Response:
    """Return an answer in plain text."""
    return Response(f"{sentence}\n".encode("utf-8", "replace"), status)


def html(page: str, status: int = 200) -> Response:
    """Return an answer that is a page."""
    return Response(page.encode("utf-8", "replace"), status, "text/html; charset=utf-8")


def json_document(
    value: Mapping[str, object], status: int = 200, media_type: str = "application/json"
) -> Response:
    """Return an answer in JSON, of which ``media_type`` may be a kind."""
    document = json.dumps(value, ensure_ascii=False) + "\n"
    return Response(document.encode("utf-8", "replace"), status, media_type)


def see_other(url: str) -> Response:
    """Return an answer that leads a browser to another page after a POST."""
    return Response(b"", 303).having("Location", url)

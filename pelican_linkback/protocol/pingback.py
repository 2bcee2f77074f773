"""Pingback 1.0: its XML-RPC messages, in both directions, and the meaning of its faults.

Specification: https://www.hixie.ch/specs/pingback/pingback
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple
from xml.etree.ElementTree import Element

from pelican_linkback.exceptions import ProtocolError
from pelican_linkback.protocol import xmlrpc
from pelican_linkback.protocol.answer import HEADER, Answer, Found
from pelican_linkback.protocol.interface import Message, Protocol
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict, received
from pelican_linkback.protocol.response import failure, is_passing, pause, retry_after
from pelican_linkback.text import markup
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = [
    "FAULTS",
    "Calls",
    "Fault",
    "Pingback",
    "Refusal",
    "fault",
    "read_calls",
    "replies",
    "success",
]

METHOD = "pingback.ping"
MULTICALL = "system.multicall"


@dataclass(frozen=True, slots=True)
class Fault:
    """The meaning of a fault code for the delivery, and in words."""

    verdict: Verdict
    meaning: str


FAULTS = {
    0: Fault(Verdict.REFUSED, "it gives no reason, as WordPress does for nearly every refusal"),
    16: Fault(Verdict.LATER, "it does not find your page"),
    17: Fault(Verdict.REFUSED, "it finds no link to the target on your page"),
    32: Fault(Verdict.REFUSED, "it has no page at the target's address"),
    33: Fault(Verdict.REFUSED, "that page accepts no pingbacks"),
    48: Fault(Verdict.DELIVERED, "already registered"),
    49: Fault(Verdict.REFUSED, "it denies access"),
    50: Fault(Verdict.LATER, "it could not reach another server"),
    429: Fault(Verdict.LATER, "it accepts no more at the moment"),
    -32300: Fault(Verdict.LATER, "its connection failed"),
    -32400: Fault(Verdict.LATER, "its system failed"),
    -32500: Fault(Verdict.LATER, "its software failed"),
    -32601: Fault(Verdict.REFUSED, "it has no method pingback.ping"),
    -32603: Fault(Verdict.LATER, "its software failed"),
    -32700: Fault(Verdict.REFUSED, "it could not read the request"),
}
"""Section 3, the codes that XML-RPC servers agreed on for errors of their own, and 429: WordPress
accepts one pingback in 15 seconds from an address, and answers the next with HTTP's code."""

UNKNOWN = Fault(Verdict.REFUSED, "it uses a code of its own")
UNKNOWN_PASSING = Fault(Verdict.LATER, UNKNOWN.meaning)

LENIENT = "link element, read leniently"

# Section 2.3, exactly; and the only entities that section 2.2 expands.
_STRICT = regex(r'<link rel="pingback" href="([^"]+)" ?/?>')
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}
_ENTITY = regex("|".join(_ENTITIES))

_LISTED = regex(r",\s+")
_INTEGER = regex(r"([+-]?\d{1,9})(?:\.0*+)?", re.ASCII)
_HEXADECIMAL = regex(r"0x[0-9a-f]{1,8}", re.IGNORECASE)


class Pingback(Protocol):
    """Pingback, which has no updates: a mention is sent once."""

    name = "pingback"
    updates = False
    answers_in_body = True
    preflight = True

    def find(self, answer: Answer) -> Found | None:
        """Return the first endpoint (section 2): X-Pingback, then the specification's expression.

        A page without an exact match is then read leniently, and the result says so.
        """
        if not answer.is_success:
            return None
        # Proxies join repeated headers to a list.
        values = (value for each in answer.fields("X-Pingback") for value in _LISTED.split(each))
        headers = ((value, HEADER) for value in values if value)
        if found := next(answer.usable(headers), None):
            return found
        page = answer.page("pingback")
        return next(answer.usable(_elements(page, answer.html), page), None)

    def request(self, mention: Mention) -> Message:
        """Return the call ``pingback.ping(source, target)``, exactly as they are (section 2)."""
        params = "".join(map(_param, (mention.source, mention.target)))
        call = f"<methodName>{METHOD}</methodName><params>{params}</params>"
        return Message("text/xml", _document("methodCall", call))

    def read(self, answer: Answer) -> Outcome:
        """Return what a reply means; never raises (section 3).

        The body may be truncated anywhere, be surrounded by anything and be no XML at all.
        """
        if failed := failure(answer.status, answer.headers, answer.at):
            return failed
        reply = xmlrpc.read_leniently(answer.body, "methodResponse")
        if isinstance(reply, xmlrpc.Unreadable):
            # It is no reply of XML-RPC, and so no refusal: an error page, most of the time.
            return Outcome(Verdict.LATER, reply.reason, printable(reply.detail))
        if (refusal := reply.find("fault")) is not None:
            return _read_fault(refusal, retry_after(answer.headers, answer.at))
        if (params := reply.find("params")) is not None:
            return Outcome(Verdict.DELIVERED, "accepted", _harmless(xmlrpc.words(params)))
        return Outcome(Verdict.LATER, "not-xml-rpc", "the reply holds neither params nor a fault")


def _elements(page: markup.Page, html: str) -> Iterator[Found]:
    for match in _STRICT.finditer(html):
        yield _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], match[1]), "link element"
    for link in page.links:
        if link.name == "link" and "pingback" in link.rels and link.href:
            yield link.href, LENIENT


class Refusal(NamedTuple):
    """Why a call is refused: a code of ``FAULTS`` and a text for people."""

    code: int
    text: str


class Calls(NamedTuple):
    """The calls of one request: each its mention, or why it is none.

    ``is_multicall`` is whether they came in a ``system.multicall``, whose reply is a list.
    """

    calls: Sequence[Mention | Refusal]
    is_multicall: bool = False


def read_calls(body: bytes) -> Calls:
    """Return the calls of a request; never raises."""
    call = xmlrpc.read(body, "methodCall")
    if isinstance(call, xmlrpc.Unreadable):
        return Calls([Refusal(0, call.detail)])
    method, values = xmlrpc.words(call.find("methodName")), call.findall("params/param/value")
    if method != MULTICALL:
        return Calls([_of_call(method, values)])
    listed = values[0].findall("array/data/value") if values else []
    return Calls([_of_call(*_members(each)) for each in listed], is_multicall=True)


def _members(call: Element) -> tuple[str, Sequence[Element]]:
    """Return the method and the values of a call within a ``system.multicall``."""
    members = {xmlrpc.words(each.find("name")): each for each in call.findall("struct/member")}
    method, params = (members.get(name, Element("member")) for name in ("methodName", "params"))
    return xmlrpc.words(method.find("value")), params.findall("value/array/data/value")


def _of_call(method: str, values: Sequence[Element]) -> Mention | Refusal:
    try:
        return _pinged(method, values)
    except ProtocolError as error:
        return Refusal(0, str(error))


def _pinged(method: str, values: Sequence[Element]) -> Mention:
    """Return the mention of a call of a method with these values; raises ProtocolError."""
    if method != METHOD:
        raise ProtocolError(f"there is no method {printable(method)!r} here, only {METHOD}")
    if len(values) != 2 or not all(map(_is_string, values)):
        raise ProtocolError(f"{METHOD} takes two strings")
    return received(*map(xmlrpc.words, values))


def success(text: str) -> bytes:
    """Return the reply to an accepted call; ``text`` is for people."""
    return _document("methodResponse", f"<params>{_param(text)}</params>")


def fault(code: int, text: str) -> bytes:
    """Return the reply to a refused call: a code of ``FAULTS`` and a text for people."""
    return _document("methodResponse", f"<fault>{_fault(code, text)}</fault>")


def replies(results: Sequence[str | Refusal], *, is_multicall: bool) -> bytes:
    """Return the reply to the calls of a request: of each the text of its success, or a refusal."""
    if not is_multicall:
        (result,) = results
        return success(result) if isinstance(result, str) else fault(*result)
    values = (_array(_string(each)) if isinstance(each, str) else _fault(*each) for each in results)
    inside = _array("".join(values))
    return _document("methodResponse", f"<params><param>{inside}</param></params>")


def _fault(code: int, text: str) -> str:
    members = (
        f"<member><name>faultCode</name><value><int>{code}</int></value></member>"
        f"<member><name>faultString</name>{_string(text)}</member>"
    )
    return f"<value><struct>{members}</struct></value>"


def _array(values: str) -> str:
    return f"<value><array><data>{values}</data></array></value>"


def _read_fault(said: Element, asked: float | None) -> Outcome:
    members = {
        xmlrpc.words(member.find("name")).lower(): xmlrpc.words(member.find("value"))
        for member in said.findall("value/struct/member")
    }
    number = _number(members.get("faultcode", ""))
    if number is None:
        # Nobody knows whether it is about the mention; and it may have been cut off.
        return Outcome(Verdict.LATER, "malformed-fault", _harmless(xmlrpc.words(said)))
    # Other servers use a status of HTTP as fault code, too.
    other = UNKNOWN_PASSING if number < 600 and is_passing(number) else UNKNOWN
    known = FAULTS.get(number, other)
    reason = "already-registered" if number == 48 else f"fault-{number}"
    text = members.get("faultstring", "")
    detail = _harmless(f"{known.meaning}: {text}" if text else known.meaning)
    return Outcome(known.verdict, reason, detail, retry_after=asked or pause(number))


def _number(code: str) -> int | None:
    """Return a fault code: an integer, in the specification's own spelling (``0x0011``), or 17.0.

    None if it is none.
    """
    if _HEXADECIMAL.fullmatch(code):
        return int(code, 16)
    found = _INTEGER.fullmatch(code)
    return int(found[1]) if found else None


def _harmless(words: str) -> str:
    """Return a server's message as text: WordPress escapes them twice."""
    return printable(unescape(words[:2000]))


def _is_string(value: Element) -> bool:
    return [kind.tag for kind in value] in ([], ["string"])


def _param(text: str) -> str:
    return f"<param>{_string(text)}</param>"


def _string(text: str) -> str:
    return f"<value><string>{xmlrpc.quote(text)}</string></value>"


def _document(name: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}>{inside}</{name}>\n'.encode()

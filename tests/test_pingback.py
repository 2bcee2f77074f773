"""Pingback messages: what is sent, what any reply means, what a receiver would accept."""

from __future__ import annotations

import subprocess
import sys
import xmlrpc.client
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.protocol.pingback import (
    FAULTS,
    Calls,
    Pingback,
    Refusal,
    fault,
    read_calls,
    replies,
    success,
)

SOURCE = "https://blog.example/post"
MENTION = Mention(SOURCE, "https://example.org/a?b=1&c='2'&amp;#d")

XML = '<?xml version="1.0" encoding="UTF-8"?>'
OK = success("Thank you").decode()
NO = fault(17, "No link").decode()

NO_XML = "the message cannot be read as XML"

DELIVERED, REFUSED, LATER = Verdict.DELIVERED, Verdict.REFUSED, Verdict.LATER


def request(mention: Mention) -> bytes:
    return Pingback().request(mention).body


def read_reply(
    status: int, headers: list[tuple[str, str]], body: bytes, now: datetime | None = None
) -> Outcome:
    return Pingback().read(Answer(SOURCE, status, headers, body, now))


def reply(body: str | bytes, status: int = 200) -> Outcome:
    return read_reply(status, [], body if isinstance(body, bytes) else body.encode())


def fault_with(members: str) -> str:
    struct = f"<struct>{members}</struct>"
    return f"{XML}<methodResponse><fault><value>{struct}</value></fault></methodResponse>"


def code(value: str) -> str:
    return f"<member><name>faultCode</name><value>{value}</value></member>"


# Requests


def test_a_request_is_a_call_of_two_strings_as_any_xmlrpc_server_reads_it() -> None:  # PB-C9
    params, method = xmlrpc.client.loads(request(MENTION).decode())
    assert (params, method) == ((MENTION.source, MENTION.target), "pingback.ping")


def test_the_target_is_sent_as_it_stands_on_the_page() -> None:  # PB-C10
    assert b"https://example.org/a?b=1&amp;c='2'&amp;amp;#d" in request(MENTION)


# All that check() lets pass, but for the two characters that XML has no way to write.
letters = st.characters(
    exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters='<>"\\\ufffe\uffff'
)


@given(st.text(letters), st.text(letters))
def test_a_request_is_read_as_it_was_written(one: str, other: str) -> None:
    mention = Mention(f"https://blog.example/{one}", f"https://example.org/{other}")
    assert read_calls(request(mention)) == Calls([mention])


def test_a_request_by_the_standard_library_is_read() -> None:
    call = xmlrpc.client.dumps((SOURCE, "https://example.org/"), "pingback.ping")
    assert read_calls(call.encode()) == Calls([Mention(SOURCE, "https://example.org/")])


def call(*params: str, method: str = "pingback.ping", before: str = XML, after: str = "") -> bytes:
    inside = "".join(f"<param><value>{param}</value></param>" for param in params)
    name = f"<methodName>{method}</methodName>"
    return f"{before}<methodCall>{name}<params>{inside}</params></methodCall>{after}".encode()


A, B = f"<string>{SOURCE}</string>", "<string>https://example.org/</string>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(call(SOURCE, "https://example.org/"), id="bare values are strings"),
        pytest.param(call(A, B, before=f"\ufeff\n{XML}\n"), id="mark and newline before"),
        pytest.param(call(A, B, after="\0\n junk"), id="junk behind"),
        pytest.param(call(A, B, method="\n pingback.ping "), id="white space"),
        pytest.param(call(A, "<string><![CDATA[https://example.org/]]></string>"), id="CDATA"),
        pytest.param(call(A, "<string>https:&#47;&#x2f;example.org/</string>"), id="numeric"),
    ],
)
def test_a_sound_request_is_read(body: bytes) -> None:
    assert read_calls(body) == Calls([Mention(SOURCE, "https://example.org/")])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"source=a&target=b", "no methodCall", id="a form"),
        pytest.param(b"<html><body>", "HTML page", id="a page"),
        pytest.param(OK.encode(), "no methodCall", id="a reply"),
        pytest.param(call(A, B)[:-20], "read as XML", id="cut off"),
        pytest.param(call(A, "<string>&laquo;</string>"), "read as XML", id="entity"),
        pytest.param(
            call(A, B, before='<!DOCTYPE x [<!ENTITY a "b">]>'), "document type", id="doctype"
        ),
        pytest.param(call(A, B, before='<!entity a "b">'), "document type", id="entity, bare"),
        pytest.param(call(A, B, method="system.\x1b"), "read as XML", id="control character"),
        pytest.param(call(A, B, method="x" * 999), "there is no method", id="another method"),
        pytest.param(call(A), "two strings", id="one string"),
        pytest.param(call(A, B, A), "two strings", id="three strings"),
        pytest.param(call(A, "<int>7</int>"), "two strings", id="a number"),
        pytest.param(call(A, f"{B}{B}"), "two strings", id="two in one"),
        pytest.param(call(A, "<string>/post</string>"), "not absolute", id="relative"),
        pytest.param(call(A, "<string>file:///etc</string>"), "scheme is file", id="scheme"),
        pytest.param(call(A, A), "the same", id="of itself"),
        pytest.param(
            call(A, B, after="<a>").replace(b"</pa", b"<a/>" * 1000 + b"</pa"),
            "1000 elements",
            id="endless",
        ),
    ],
)
def test_any_other_request_is_refused(body: bytes, why: str) -> None:
    (refusal,) = read_calls(body).calls
    assert isinstance(refusal, Refusal)
    assert why in refusal.text
    assert len(refusal.text) < 500


@given(st.binary())
def test_any_bytes_are_a_request_or_refused(body: bytes) -> None:
    (refusal,) = read_calls(body).calls
    assert isinstance(refusal, Refusal)


# Several calls


PING = {"methodName": "pingback.ping", "params": [SOURCE, "https://example.org/"]}
PINGED = Mention(SOURCE, "https://example.org/")


def multicall(*calls: object) -> bytes:
    return xmlrpc.client.dumps(([*calls],), "system.multicall").encode()


def test_the_calls_of_a_multicall_are_read_each_for_itself() -> None:
    nonsense = [{"methodName": "system.listMethods", "params": []}, {"params": [SOURCE]}, {}]
    calls, is_multicall = read_calls(multicall(PING, *nonsense, 7, PING))
    assert is_multicall
    assert calls[0] == calls[-1] == PINGED
    assert calls[1] == Refusal(
        0, "there is no method 'system.listMethods' here, only pingback.ping"
    )
    nothing = Refusal(0, "there is no method '' here, only pingback.ping")
    assert calls[2:5] == [nothing] * 3
    assert len(calls) == 6


def test_a_multicall_of_nothing_has_no_calls() -> None:
    empty = "<methodCall><methodName>system.multicall</methodName><params/></methodCall>"
    assert read_calls(empty.encode()) == Calls([], is_multicall=True)


def test_one_call_is_read_as_it_is() -> None:
    assert read_calls(call(A, B)) == Calls([PINGED])
    assert read_calls(b"nonsense") == Calls([Refusal(0, "the message has no methodCall element")])
    assert read_calls(call(A)) == Calls([Refusal(0, "pingback.ping takes two strings")])


def test_the_replies_are_those_of_the_standard_library() -> None:
    results = ["Thank <you>", Refusal(33, "no & never")]
    (said,), _ = xmlrpc.client.loads(replies(results, is_multicall=True))
    assert said == [["Thank <you>"], {"faultCode": 33, "faultString": "no & never"}]
    assert xmlrpc.client.loads(replies([], is_multicall=True))[0] == ([],)
    assert replies(["Yes"], is_multicall=False) == success("Yes")
    assert replies([Refusal(48, "known")], is_multicall=False) == fault(48, "known")


# Replies


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        pytest.param(OK, Outcome(DELIVERED, "accepted", "Thank you"), id="success"),
        pytest.param(
            xmlrpc.client.dumps(("Fine",), methodresponse=True),
            Outcome(DELIVERED, "accepted", "Fine"),
            id="by the standard library",
        ),
        pytest.param(
            f"{XML}<methodResponse><params><param><value><boolean>1</boolean></value></param>"
            "</params></methodResponse>",
            Outcome(DELIVERED, "accepted", "1"),
            id="no string",
        ),
        pytest.param(
            "<methodResponse><params/></methodResponse>", Outcome(DELIVERED, "accepted"), id="none"
        ),
        pytest.param(f"\n\n{OK}", Outcome(DELIVERED, "accepted", "Thank you"), id="newline before"),
        pytest.param(f"\ufeff{OK}", Outcome(DELIVERED, "accepted", "Thank you"), id="BOM before"),
        pytest.param(
            f"<br />\n<b>Warning</b>: Undefined variable in <b>x.php</b> on line <b>3</b>{OK}",
            Outcome(DELIVERED, "accepted", "Thank you"),
            id="PHP warning before",
        ),
        pytest.param(
            f"{OK}\n<!-- cached --></html>\0",
            Outcome(DELIVERED, "accepted", "Thank you"),
            id="junk behind",
        ),
        pytest.param(
            OK.replace("Thank", "Merci à").encode("latin-1"),
            Outcome(DELIVERED, "accepted", "Merci \ufffd you"),
            id="Latin-1 declared as UTF-8",
        ),
        pytest.param(
            OK.replace("UTF-8", "ISO-8859-1").replace("Thank", "à").encode("latin-1"),
            Outcome(DELIVERED, "accepted", "à you"),
            id="Latin-1 declared as such",
        ),
        pytest.param(
            fault_with(
                "<member><name>faultString</name><value>&laquo;No&raquo; &amp;gt; R&D</value>"
                f"</member>{code('<int>17</int>')}"
            ),
            Outcome(REFUSED, "fault-17", "it finds no link to the target on your page: «No» > R&D"),
            id="undeclared entities, before the code",
        ),
        pytest.param(
            fault_with(f"{code('<int>33</int>')}<member><oops></member>"),
            Outcome(REFUSED, "fault-33", "that page accepts no pingbacks"),
            id="not well-formed behind the code",
        ),
        pytest.param(
            OK.replace("Thank", "\x1b[31m\0"),
            Outcome(DELIVERED, "accepted", "\ufffd[31m\ufffd you"),
            id="control characters",
        ),
        pytest.param(
            OK.replace("Thank", "&#27;[2J&#155;").replace("&#27;", "&amp;#155;"),
            Outcome(DELIVERED, "accepted", "›[2J\\x9b you"),
            id="terminal escapes, escaped",
        ),
        pytest.param(
            OK.replace("Thank", "&amp;#32;" * 400 + "x"),
            Outcome(DELIVERED, "accepted"),
            id="entities of 2000 characters and more, of which no more are read",
        ),
        pytest.param(
            "<!DOCTYPE html><html><body>Welcome</body></html>",
            Outcome(LATER, "html-page", "the message is an HTML page"),
            id="an HTML page",
        ),
        pytest.param(
            "<head><title>Just a moment</title>",
            Outcome(LATER, "html-page", "the message is an HTML page"),
            id="an HTML page of sorts",
        ),
        pytest.param("", Outcome(LATER, "empty", "the message is empty"), id="empty"),
        pytest.param(" \n", Outcome(LATER, "empty", "the message is empty"), id="white space"),
        pytest.param(
            "OK",
            Outcome(LATER, "not-xml-rpc", "the message has no methodResponse element"),
            id="words",
        ),
        pytest.param(
            b"\x1f\x8b\x08" + bytes(range(256)),
            Outcome(LATER, "not-xml-rpc", "the message has no methodResponse element"),
            id="bytes",
        ),
        pytest.param(
            f"{XML}<rss/>",
            Outcome(LATER, "not-xml-rpc", "the message has no methodResponse element"),
            id="other XML",
        ),
        pytest.param(
            f"{XML}<methodResponse ></methodResponse>",
            Outcome(LATER, "not-xml-rpc", "the reply holds neither params nor a fault"),
            id="neither params nor fault",
        ),
        pytest.param(
            "<methodResponse a='",
            Outcome(LATER, "not-xml", f"{NO_XML}: it ends in its first tag"),
            id="cut off in the first tag",
        ),
        pytest.param(
            OK[: OK.index("Thank")] + "x" * 1_000_000,
            Outcome(DELIVERED, "accepted"),
            id="a string too long, cut off",
        ),
        pytest.param(
            NO[: NO.index("</methodResponse>")],
            Outcome(REFUSED, "fault-17", "it finds no link to the target on your page: No link"),
            id="a fault, cut off",
        ),
        pytest.param(
            NO.replace("No link", "x" * 500_000),
            Outcome(
                REFUSED, "fault-17", f"it finds no link to the target on your page: {'x' * 154}…"
            ),
            id="a fault with too many words",
        ),
        pytest.param(
            '<!DOCTYPE r [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]>' + OK.replace("Thank", "&b;"),
            Outcome(
                LATER,
                "doctype",
                "the message declares a document type, which XML-RPC does not know",
            ),
            id="a DOCTYPE with entities",
        ),
        pytest.param(
            f'{XML}<!DOCTYPE r SYSTEM "file:///etc/passwd">{OK}',
            Outcome(
                LATER,
                "doctype",
                "the message declares a document type, which XML-RPC does not know",
            ),
            id="a DOCTYPE of a file",
        ),
        pytest.param(
            OK.replace("<params>", '<!DOCTYPE r [<!ENTITY a "aaa">]><params>'),
            Outcome(LATER, "not-xml-rpc", "the reply holds neither params nor a fault"),
            id="a DOCTYPE within",
        ),
    ],
)
def test_a_reply_has_a_named_outcome(body: str | bytes, outcome: Outcome) -> None:
    assert reply(body) == outcome


def test_a_reply_that_is_no_xml_from_the_start() -> None:
    outcome = reply("<methodResponse <")
    assert (outcome.verdict, outcome.reason) == (LATER, "not-xml")
    assert outcome.detail.startswith(NO_XML)


@pytest.mark.parametrize(
    ("number", "verdict", "reason"),
    [
        (0, REFUSED, "fault-0"),
        (0x10, LATER, "fault-16"),
        (0x11, REFUSED, "fault-17"),
        (0x20, REFUSED, "fault-32"),
        (0x21, REFUSED, "fault-33"),
        (0x30, DELIVERED, "already-registered"),
        (0x31, REFUSED, "fault-49"),
        (0x32, LATER, "fault-50"),
        (-32601, REFUSED, "fault--32601"),
        (-32700, REFUSED, "fault--32700"),
        (-32603, LATER, "fault--32603"),
        (-32500, LATER, "fault--32500"),
        (-32400, LATER, "fault--32400"),
        (-32300, LATER, "fault--32300"),
        (429, LATER, "fault-429"),
        (4711, REFUSED, "fault-4711"),
    ],
)
def test_a_fault_has_a_verdict(number: int, verdict: Verdict, reason: str) -> None:
    outcome = reply(fault(number, "words"))
    assert (outcome.verdict, outcome.reason) == (verdict, reason)
    assert outcome.detail.endswith(": words")


def test_the_table_of_faults_is_the_one_tested() -> None:
    rows = test_a_fault_has_a_verdict.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {row[0] for row in rows} - {4711} == set(FAULTS)


@pytest.mark.parametrize(
    ("number", "verdict", "pause"),
    [
        (403, REFUSED, None),
        (404, REFUSED, None),
        (408, LATER, None),
        (429, LATER, 20.0),
        (500, LATER, None),
        (503, LATER, 60.0),
        (600, REFUSED, None),
    ],
)
def test_a_fault_that_is_a_status_of_http_is_read_as_one(
    number: int, verdict: Verdict, pause: float | None
) -> None:
    outcome = reply(fault(number, "words"))
    assert (outcome.verdict, outcome.retry_after) == (verdict, pause)


def test_a_fault_may_come_with_a_pause() -> None:
    outcome = read_reply(200, [("Retry-After", "3600")], fault(429, "Slow down."))
    assert (outcome.verdict, outcome.retry_after) == (LATER, 3600.0)
    outcome = read_reply(200, [("Retry-After", "0")], fault(429, "Slow down."))
    assert (outcome.verdict, outcome.retry_after) == (LATER, 20.0)


def test_wordpress_refuses_without_a_word() -> None:
    detail = "it gives no reason, as WordPress does for nearly every refusal"
    assert reply(fault(0, "")) == Outcome(REFUSED, "fault-0", detail)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        pytest.param(
            f"{XML}<methodResponse><fault><value><string>No!</string></value></fault>"
            "</methodResponse>",
            Outcome(LATER, "malformed-fault", "No!"),
            id="no struct",
        ),
        pytest.param(
            f"{XML}<methodResponse><fault/></methodResponse>",
            Outcome(LATER, "malformed-fault"),
            id="nothing in it",
        ),
        pytest.param(
            fault_with("<member/><member><name>faultString</name></member>"),
            Outcome(LATER, "malformed-fault", "faultString"),
            id="no code",
        ),
        pytest.param(
            fault_with(code("<int>seventeen</int>")),
            Outcome(LATER, "malformed-fault", "faultCodeseventeen"),
            id="no number",
        ),
        pytest.param(
            fault_with(code("9" * 5000)),
            Outcome(LATER, "malformed-fault", f"faultCode{'9' * 190}…"),
            id="no number of this world",
        ),
        pytest.param(
            f"{XML}<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1",
            Outcome(LATER, "malformed-fault", "faultCode"),
            id="cut off",
        ),
        *(
            pytest.param(
                fault_with(code(f"<string>{number}</string>")),
                Outcome(DELIVERED, "already-registered", "already registered"),
                id=number,
            )
            for number in ("0x0030", "0X30", "48.0", "48.")
        ),
        pytest.param(
            fault_with(code("48").replace("faultCode", "FaultCode")),
            Outcome(DELIVERED, "already-registered", "already registered"),
            id="its name in another case",
        ),
        pytest.param(
            fault_with(code("48")).replace("<methodResponse", '<methodResponse xmlns="urn:x"'),
            Outcome(DELIVERED, "already-registered", "already registered"),
            id="a namespace",
        ),
        pytest.param(
            fault_with(code("<string> 048 </string>")),
            Outcome(DELIVERED, "already-registered", "already registered"),
            id="a number as a string",
        ),
    ],
)
def test_a_fault_that_is_not_as_it_should_be(body: str, outcome: Outcome) -> None:
    assert reply(body) == outcome


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (301, REFUSED),
        (308, REFUSED),
        (403, REFUSED),
        (405, REFUSED),
        (418, REFUSED),
        (429, LATER),
        (500, LATER),
        (503, LATER),
    ],
)
def test_a_status_speaks_before_the_body(status: int, verdict: Verdict) -> None:
    outcome = reply(OK, status)
    assert (outcome.verdict, outcome.reason) == (verdict, f"http-{status}")


def test_retry_after_is_kept() -> None:
    now = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
    seconds = read_reply(429, [("Retry-After", "15")], b"", now)
    date = read_reply(503, [("Retry-After", "Wed, 01 May 2024 12:00:30 GMT")], b"", now)
    assert (seconds.retry_after, date.retry_after) == (15.0, 30.0)


@given(st.text())
def test_success_is_read_as_it_was_written(text: str) -> None:
    assert reply(success(text)).reason == "accepted"


@given(st.integers(-99_999, 99_999), st.text())
def test_a_fault_is_read_as_it_was_written(number: int, text: str) -> None:
    outcome = reply(fault(number, text))
    assert outcome.reason in {f"fault-{number}", "already-registered"}
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xmlrpc.client.loads(fault(number, text).decode())
    assert caught.value.faultCode == number


@given(
    st.lists(
        st.sampled_from(
            [
                "<methodResponse>",
                "</methodResponse>",
                "<fault>",
                "<value>",
                "<struct>",
                "<member>",
                "<name>",
                "faultCode",
                "</name>",
                "17",
                "</member>",
                "&laquo;",
                "&#0;",
                "<![CDATA[",
                "<!DOCTYPE",
                "\0",
                "'",
                "<params>",
                "\ud800",
            ]
        )
    ).map("".join)
)
def test_any_text_is_a_reply(text: str) -> None:
    outcome = reply(text.encode("utf-8", "surrogatepass"))
    assert outcome.reason
    assert outcome.detail.isprintable()


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        pytest.param("<a>" * 100_000, "not-xml-rpc", id="100,000 nested elements"),
        pytest.param("<params>" + "<a/>" * 100_000, "accepted", id="100,000 elements"),
        pytest.param(
            "<a " + " ".join(f"a{i}=''" for i in range(100_000)) + "/>",
            "not-xml-rpc",
            id="100,000 attributes",
        ),
        pytest.param("<![CDATA[" * 100_000, "not-xml-rpc", id="100,000 CDATA begun"),
        pytest.param("&" * 1_000_000, "not-xml-rpc", id="1,000,000 ampersands"),
        pytest.param("<methodResponse>" * 60_000, "not-xml-rpc", id="60,000 beginnings"),
    ],
)
def test_a_hostile_reply_costs_little(inside: str, reason: str) -> None:
    assert reply(f"<methodResponse>{inside}").reason == reason


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
@pytest.mark.parametrize("read", ["read", "read_leniently"])
def test_a_megabyte_of_start_tags_is_not_kept(read):
    program = f"""
from pathlib import Path
from pelican_linkback.protocol.xmlrpc import {read} as read
def peak():
    return int(Path("/proc/self/status").read_text("ascii").partition("VmHWM:")[2].split()[0])
read(b"<methodResponse>", "methodResponse")
before = peak()
read(b"<methodResponse>" + b"<i>" * 345_000, "methodResponse")
print(peak() - before)
"""
    run = [sys.executable, "-c", program]
    kilobytes = int(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    assert kilobytes < 10_000

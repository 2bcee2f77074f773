"""Discovery of endpoints: every situation a page of its own, with the reason it is there.

The numbers are those of the list of situations; PB and WS number the rules of the two
specifications.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.discovery import Discovery, discover
from pelican_linkback.protocol.mention import Endpoint, Traits
from tests import spoken

PAGE = "https://blog.example.org/2024/post"
WM = "https://blog.example.org/wm"
XMLRPC = "https://blog.example.org/xmlrpc"
HTML = ("Content-Type", "text/html; charset=utf-8")
FALSE = "https://false.example.org/never"


@dataclass(frozen=True)
class Situation:
    """A response, the endpoint that it offers, and why it is in the table."""

    rule: str
    reason: str
    body: str | bytes = ""
    headers: tuple[tuple[str, str], ...] = ()
    url: str | None = WM
    found: str = "HTTP header"
    page: str = PAGE
    type: str | None = "text/html; charset=utf-8"
    unread: str = ""

    def discover(self) -> Discovery:
        body = self.body if isinstance(self.body, bytes) else self.body.encode()
        content_type = () if self.type is None else (("Content-Type", self.type),)
        answer = Answer(self.page, 200, (*content_type, *self.headers), body)
        return discover(answer, spoken.SPOKEN)

    def expected(self, protocol: Traits) -> Discovery:
        endpoints = [] if self.url is None else [Endpoint(protocol, self.url, self.found)]
        return Discovery(tuple(endpoints), self.unread)


def found_in(headers: list[tuple[str, str]], body: bytes) -> Discovery:
    return discover(Answer(PAGE, 200, headers, body), spoken.SPOKEN)


def link(value: str) -> tuple[tuple[str, str], ...]:
    return (("Link", value),)


OLD = "http://webmention.org/"
LINK = "link element"
A = "a element"

WEBMENTION = [
    Situation(
        "1",
        "a header's URL may be relative and its rel unquoted",
        headers=link("</wm>; rel=webmention"),
    ),
    Situation("2", "a header's URL may be absolute", headers=link(f"<{WM}>; rel=webmention")),
    Situation(
        "3",
        "a link element's URL may be relative",
        '<link rel="webmention" href="/wm">',
        found=LINK,
    ),
    Situation(
        "4", "attributes come in any order", f'<link href="{WM}" rel="webmention">', found=LINK
    ),
    Situation(
        "5",
        "an a element counts, in the body",
        '<p>I take <a rel="webmention" href="/wm">mentions</a>',
        found=A,
    ),
    Situation(
        "6", "an a element, absolute, href first", f'<a href="{WM}" rel="webmention">x</a>', found=A
    ),
    Situation("7", "names of headers know no case", headers=(("LinK", f"<{WM}>; rel=webmention"),)),
    Situation("8", "rel may be quoted", headers=link(f'<{WM}>; rel="webmention"')),
    Situation(
        "9",
        "rel is a list of words",
        '<link rel="me webmention somethingelse" href="/wm">',
        found=LINK,
    ),
    Situation(
        "10",
        "rel is a list of words in a header too",
        headers=link(f'<{WM}>; rel="me webmention x"'),
    ),
    Situation(
        "11",
        "the header wins over the elements",
        headers=link("</wm>; rel=webmention"),
        body=f'<link rel="webmention" href="{FALSE}"><a rel="webmention" href="{FALSE}">x</a>',
    ),
    Situation(
        "12",
        "another word is no webmention",
        found=LINK,
        body=f'<link rel="not-webmention" href="{FALSE}"><link rel="webmention" href="/wm">',
    ),
    Situation(
        "13",
        "a comment is no element",
        found=A,
        body='<!-- <a rel="webmention" href="/x"> --><a rel="webmention" href="/wm">x</a>',
    ),
    Situation(
        "14",
        "escaped markup is text",
        found=A,
        body='&lt;a rel="webmention" href="/x"&gt; <a rel="webmention" href="/wm">x</a>',
    ),
    Situation(
        "15",
        "an empty href is the page itself",
        '<link rel="webmention" href="">',
        url=PAGE,
        found=LINK,
    ),
    Situation(
        "16",
        "the first in the document, an a",
        found=A,
        body=f'<a rel="webmention" href="/wm">x</a><link rel="webmention" href="{FALSE}">',
    ),
    Situation(
        "17",
        "the first in the document, a link",
        found=LINK,
        body=f'<link rel="webmention" href="/wm"><a rel="webmention" href="{FALSE}">x</a>',
    ),
    Situation(
        "18",
        "Link may be repeated",
        headers=link(f'<{FALSE}>; rel="other"') + link(f"<{WM}>; rel=webmention"),
    ),
    Situation(
        "8-single",
        "some servers quote with single marks",
        headers=link(f"<{WM}>; rel='me webmention'; title='x'"),
    ),
    Situation("8-open", "a quotation may have no end", headers=link(f'<{WM}>; rel="webmention')),
    Situation(
        "8-open-pair",
        "a quotation may have no end, and a backslash there",
        headers=link(f'<{WM}>; rel="webmention' + "\\"),
    ),
    Situation(
        "8-pair",
        "a backslash in a quotation says nothing about the next character (RFC 9110, 5.6.4)",
        headers=link(f'<{WM}>; rel="web\\mention"'),
    ),
    Situation(
        "8-title",
        "a single mark within a word quotes nothing",
        headers=link(f"<{WM}>; title*=UTF-8''a; title=it's; rel=webmention"),
    ),
    Situation(
        "19",
        "a Link header is a list",
        headers=link(f'<{FALSE}>; rel="other", <{WM}>; rel="webmention"'),
    ),
    Situation(
        "20",
        "an element without href is passed over",
        found=A,
        body='<link rel="webmention"><a rel="webmention" href="/wm">x</a>',
    ),
    Situation(
        "21",
        "the query string stays in the URL",
        found=LINK,
        url=f"{WM}?key=1&b=2",
        body='<link rel="webmention" href="/wm?key=1&amp;b=2">',
    ),
    Situation(
        "22",
        "relative to the path of the page",
        found=LINK,
        url="https://blog.example.org/2024/wm",
        body='<link rel="webmention" href="wm">',
    ),
    Situation(
        "23",
        "relative to where the redirects ended",
        found=LINK,
        page="https://blog.example.org/go/once-7f3a",
        url="https://blog.example.org/go/wm?key=7f3a",
        body='<link rel="webmention" href="wm?key=7f3a">',
    ),
    Situation(
        "23-header",
        "a header's URL too is relative to where the redirects ended",
        headers=link("<wm>; rel=webmention"),
        url="https://blog.example.org/2024/wm",
    ),
    Situation(
        "base",
        "base href moves relative URLs of elements",
        found=LINK,
        url="https://cdn.example.org/x/wm",
        body='<base href="https://cdn.example.org/x/"><link rel="webmention" href="wm">',
    ),
    Situation(
        "base-header",
        "but not those of headers",
        headers=link("</wm>; rel=webmention"),
        body='<base href="https://cdn.example.org/x/">',
    ),
    Situation(
        "xhtml",
        "XHTML is HTML",
        type="application/xhtml+xml",
        found=LINK,
        body='<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head>'
        '<link rel="webmention" href="/wm"/></head></html>',
    ),
    Situation(
        "type-case",
        "media types know no case",
        '<link rel="webmention" href="/wm">',
        type="Text/HTML",
        found=LINK,
    ),
    Situation(
        "no-type",
        "a page that does not say what it is",
        '<link rel="webmention" href="/wm">',
        type=None,
        found=LINK,
    ),
    Situation(
        "charset",
        "a charset that lies",
        found=LINK,
        type="text/html; charset=utf-8",
        body='<title>Café</title><link rel="webmention" href="/wm">'.encode("latin-1"),
    ),
    Situation(
        "charset-16",
        "a charset that lies more boldly",
        '<link rel="webmention" href="/wm">',
        type="text/html; charset=utf-16",
        found=LINK,
    ),
    Situation(
        "charset-mark",
        "UTF-16 with its mark",
        found=LINK,
        body=b"\xff\xfe" + '<link rel="webmention" href="/wm">'.encode("utf-16-le"),
    ),
    Situation(
        "long",
        "a page over the size limit, cut behind the endpoint",
        found=LINK,
        body='<link rel="webmention" href="/wm"><p>' + "words " * 160_000 + "<p class='cut",
    ),
    Situation(
        "cut",
        "a page cut in the middle of the endpoint",
        '<p><link rel="webmention" href="/wm',
        url=None,
    ),
    Situation(
        "pdf",
        "only headers count for a PDF",
        b"%PDF-1.7\n",
        link("</wm>; rel=webmention"),
        type="application/pdf",
        unread="its page is no HTML (application/pdf)",
    ),
    Situation(
        "text",
        "plain text has no elements",
        '<link rel="webmention" href="/wm">',
        type="text/plain",
        url=None,
        unread="its page is no HTML (text/plain)",
    ),
    Situation(
        "no-body",
        "what says nothing at all is read to its end",
        type="application/json",
        url=None,
    ),
    Situation(
        "template",
        "what a template holds is no part of the page",
        '<template><code><link rel="webmention" href="/no"></code><template></template>'
        '<base href="/no/"><a rel="webmention" href="/no">x</a></template>'
        '<a rel="webmention" href="wm">x</a>',
        found=A,
        url="https://blog.example.org/2024/wm",
    ),
    Situation(
        "old",
        "the rel of the first drafts",
        f'<link rel="{OLD}" href="/wm">',
        found=LINK,
    ),
    Situation(
        "old-a",
        "that rel without its slash, among others",
        f'<a rel="nofollow {OLD.rstrip("/")}" href="/wm">x</a>',
        found=A,
    ),
    Situation("old-header", "that rel in a header", "x", link(f'</wm>; rel="{OLD}"')),
    Situation(
        "old-last",
        "today's rel goes before it, wherever it stands",
        f'<link rel="{OLD}" href="/no"><link rel="webmention" href="/wm">',
        link(f'</no>; rel="{OLD}"'),
        found=LINK,
    ),
    Situation(
        "old-header-first",
        "of two old ones the header's, whatever the page's base is",
        f'<base href="/a/b/"><link rel="{OLD}" href="no">',
        link(f'</wm>; rel="{OLD}"'),
    ),
    Situation(
        "old-useless",
        "nor is one missed because today's is no URL",
        f'<link rel="webmention" href="x:"><link rel="{OLD}" href="/wm">',
        found=LINK,
    ),
    Situation(
        "old-other",
        "the rest of that host is no rel of webmentions",
        f'<link rel="{OLD}test" href="/wm">',
        url=None,
    ),
    Situation(
        "anchor",
        "a link with an anchor is about another resource",
        headers=link('</no>; rel=webmention; anchor="/other", </wm>; rel=webmention'),
    ),
    Situation(
        "anchor-part",
        "or about a part of this one",
        headers=link('</no>; anchor="#comments"; rel=webmention'),
        url=None,
    ),
    Situation(
        "anchor-none",
        "an anchor that is no URL is not this page",
        headers=link('</no>; rel=webmention; anchor="http://[x"'),
        url=None,
    ),
    Situation(
        "anchor-itself",
        "unless it names the page itself",
        headers=link(f'</wm>; rel=webmention; anchor="{PAGE}"'),
    ),
    Situation(
        "anchor-empty",
        "or is empty, which is the page",
        headers=link('</wm>; rel=webmention; anchor=""'),
    ),
    Situation("none", "no endpoint, though the word occurs", "<p>I like webmention</p>", url=None),
    Situation("none-at-all", "a page that never heard of it", "<p>Hello</p>", url=None),
    Situation(
        "script",
        "a script is no element",
        "<script>'<link rel=webmention href=/x>'</script>",
        url=None,
    ),
    Situation(
        "other-elements",
        "only link and a count",
        '<form rel="webmention" href="/x"></form>',
        url=None,
    ),
    Situation(
        "upper-case", "rel words know no case", '<LINK REL="WebMention" HREF="/wm">', found=LINK
    ),
    Situation(
        "ftp",
        "what is no http URL is passed over",
        found=A,
        body='<link rel="webmention" href="ftp://x.org/"><a rel="webmention" href="/wm">x</a>',
    ),
    Situation(
        "user",
        "credentials are never sent",
        headers=link("<https://u:p@example.org/>; rel=webmention"),
        url=None,
    ),
    Situation(
        "header-empty",
        "an empty target is the page itself",
        headers=link("<>; rel=webmention"),
        url=PAGE,
    ),
    Situation(
        "header-comma",
        "a comma belongs to the URL within <>",
        headers=link("</wm?a,b>; rel=webmention"),
        url=f"{WM}?a,b",
    ),
    Situation(
        "header-params",
        "parameters come in any order",
        headers=link(f'<{WM}>; title="a, <b>; rel=x"; rel = "webmention"'),
    ),
    Situation(
        "header-rel-twice",
        "the first rel counts",
        headers=link(f"<{FALSE}>; rel=other; rel=webmention"),
        url=None,
    ),
    Situation("header-case", "rel in a header knows no case", headers=link("</wm>;REL=WebMention")),
    Situation(
        "header-none",
        "parameters without a target",
        headers=link("rel=webmention; rel=webmention, <"),
        url=None,
    ),
    Situation(
        "header-no-rel",
        "a target without parameters",
        headers=link(f"<{FALSE}>, <{FALSE}>; rel"),
        url=None,
    ),
    Situation(
        "header-bad",
        "a header that is no URL does not hide the element",
        '<a rel="webmention" href="/wm">x</a>',
        link("<http://[bad>; rel=webmention"),
        found=A,
    ),
]

XP = (("X-Pingback", XMLRPC),)

PINGBACK = [
    Situation("PB-C2", "the header names the server", headers=XP, url=XMLRPC),
    Situation(
        "PB-C2-image",
        "for any content type",
        b"\x89PNG\r\n",
        XP,
        url=XMLRPC,
        type="image/png",
        unread="its page is no HTML (image/png)",
    ),
    Situation(
        "PB-C2-case", "names of headers know no case", headers=(("x-PINGBACK", XMLRPC),), url=XMLRPC
    ),
    Situation("PB-C2-first", "the first of two", headers=(*XP, ("X-Pingback", FALSE)), url=XMLRPC),
    Situation(
        "PB-C2-list",
        "the first of two that a proxy has joined",
        headers=(("X-Pingback", f"{XMLRPC}, {FALSE}"),),
        url=XMLRPC,
    ),
    Situation(
        "PB-C2-comma",
        "a comma in a URL separates nothing",
        headers=(("X-Pingback", f"{XMLRPC}?a=1,2"),),
        url=f"{XMLRPC}?a=1,2",
    ),
    Situation(
        "PB-C2-relative",
        "a relative header breaks the spec, and is resolved",
        headers=(("X-Pingback", "/xmlrpc"),),
        url=XMLRPC,
    ),
    Situation(
        "PB-C2-empty",
        "an empty header names nobody",
        f'<link rel="pingback" href="{XMLRPC}">',
        (("X-Pingback", " "),),
        url=XMLRPC,
        found=LINK,
    ),
    Situation(
        "PB-C3",
        "the element to the letter",
        f'<link rel="pingback" href="{XMLRPC}">',
        url=XMLRPC,
        found=LINK,
    ),
    Situation(
        "PB-C3-xhtml",
        "with a slash",
        f'<link rel="pingback" href="{XMLRPC}" />',
        url=XMLRPC,
        found=LINK,
    ),
    Situation(
        "PB-C3-slash",
        "with a slash and no space",
        f'<link rel="pingback" href="{XMLRPC}"/>',
        url=XMLRPC,
        found=LINK,
    ),
    Situation(
        "PB-C3-first",
        "the first match",
        f'<link rel="pingback" href="{XMLRPC}"><link rel="pingback" href="{FALSE}">',
        url=XMLRPC,
        found=LINK,
    ),
    Situation(
        "PB-C3-relative",
        "a relative element breaks the spec, and is resolved",
        '<link rel="pingback" href="../xmlrpc">',
        url=XMLRPC,
        found=LINK,
    ),
    Situation(
        "PB-C3-base",
        "with base href, as for any element",
        url="https://cdn.example.org/x/rpc",
        found=LINK,
        body='<base href="https://cdn.example.org/x/"><link rel="pingback" href="rpc">',
    ),
    Situation(
        "PB-C4",
        "four entities, once",
        url=f"{XMLRPC}?a=1&b=%3C%3E%22&lt;&copy;",
        found=LINK,
        body=f'<link rel="pingback" href="{XMLRPC}?a=1&amp;b=&lt;&gt;&quot;&amp;lt;&copy;">',
    ),
    Situation(
        "PB-C5",
        "the header wins over the element",
        f'<link rel="pingback" href="{FALSE}">',
        XP,
        url=XMLRPC,
    ),
    Situation(
        "PB-C6-strict",
        "the letter of the spec knows no comments",
        f'<!-- <link rel="pingback" href="{XMLRPC}"> --><link href="{FALSE}" rel="pingback">',
        url=XMLRPC,
        found=LINK,
    ),
    *(
        Situation(f"PB-C6-{name}", reason, body, url=XMLRPC, found="link element, read leniently")
        for name, reason, body in [
            ("order", "attributes in another order", f'<link href="{XMLRPC}" rel="pingback">'),
            ("single", "single quotes", f"<link rel='pingback' href='{XMLRPC}'>"),
            ("bare", "no quotes", "<link rel=pingback href=/xmlrpc>"),
            ("rels", "more than one rel token", f'<link rel="me pingback" href="{XMLRPC}">'),
            ("upper", "upper case", f'<LINK REL="Pingback" HREF="{XMLRPC}">'),
            ("more", "further attributes", f'<link rel="pingback" type="x" href="{XMLRPC}">'),
            (
                "empty",
                "an empty href is nobody",
                f'<link rel="pingback" href><link rel="pingback"><link rel=pingback href={XMLRPC}>',
            ),
            (
                "bad",
                "a match that is no URL",
                f'<link rel="pingback" href="ftp:x"><link href="{XMLRPC}" rel="pingback">',
            ),
            (
                "comment",
                "comments are passed over",
                f"<!-- <link rel='pingback' href='/x'> --><link rel='pingback' href='{XMLRPC}'>",
            ),
        ]
    ),
    Situation(
        "PB-C6-comment-only",
        "comments are passed over",
        f"<!-- <link href='{FALSE}' rel='pingback'> -->",
        url=None,
    ),
    Situation(
        "PB-C6-script",
        "scripts are passed over",
        f"<script>'<link href={FALSE} rel=pingback>'</script>",
        url=None,
    ),
    Situation(
        "PB-C6-a",
        "an a element never names a pingback server",
        f'<a rel="pingback" href="{FALSE}">x</a>',
        url=None,
    ),
    Situation(
        "PB-C13", "never in the Link header", headers=link(f"<{FALSE}>; rel=pingback"), url=None
    ),
    Situation(
        "PB-C3-text",
        "plain text has no elements",
        f'<link rel="pingback" href="{FALSE}">',
        url=None,
        type="text/plain",
        unread="its page is no HTML (text/plain)",
    ),
    Situation("PB-none", "no endpoint", "<p>Hello</p>", url=None),
]


def rows(situations: list[Situation]) -> list[object]:
    return [pytest.param(row, id=f"{row.rule} {row.reason}") for row in situations]


@pytest.mark.parametrize("situation", rows(WEBMENTION))
def test_webmention(situation: Situation) -> None:
    assert situation.discover() == situation.expected(spoken.WEBMENTION)


@pytest.mark.parametrize("situation", rows(PINGBACK))
def test_pingback(situation: Situation) -> None:
    assert situation.discover() == situation.expected(spoken.PINGBACK)


def test_the_table_has_all_situations() -> None:
    rules = [row.rule for row in WEBMENTION]
    assert len(set(rules)) == len(rules)
    assert {str(number) for number in range(1, 24)} <= set(rules)


def test_one_response_offers_both() -> None:
    body = b'<link rel="pingback" href="/xmlrpc"><a href="/wm" rel="webmention">x</a>'
    both = Discovery((Endpoint(spoken.WEBMENTION, WM, A), Endpoint(spoken.PINGBACK, XMLRPC, LINK)))
    assert found_in([HTML], body) == both


def test_headers_that_say_everything_spare_the_page() -> None:
    headers = [HTML, *link("</wm>; rel=webmention"), *XP]
    found = found_in(headers, f'<a rel="webmention" href="{FALSE}">'.encode())
    assert found.endpoints == (
        Endpoint(spoken.WEBMENTION, WM, "HTTP header"),
        Endpoint(spoken.PINGBACK, XMLRPC, "HTTP header"),
    )


@pytest.mark.parametrize(
    "value",
    [
        "<" * 300_000,
        ';a="' * 100_000,
        "; " * 200_000,
        "<a>;rel=x," * 30_000,
        '<a>;t="' + "\\a" * 200_000,
        ';a="\\' * 80_000,
        ";a='" * 100_000,
    ],
    ids=["targets", "quotes", "semicolons", "links", "escapes", "open quotes", "single quotes"],
)
def test_a_hostile_header_costs_little(value: str) -> None:
    assert found_in([("Link", value)], b"") == Discovery()


@pytest.mark.parametrize(
    ("base", "href"),
    [
        pytest.param("a/" * 250_000, "x:", id="a base of half a megabyte"),
        pytest.param("a/" * 3_980, "a" * 40, id="links that become too long"),
    ],
)
def test_a_page_of_useless_endpoints_costs_little(base: str, href: str) -> None:
    """Found by timing: twenty thousand links upon a long base took a minute and a half."""
    links = f"<a rel=webmention href={href}>" * (450_000 // (len(href) + 27))
    assert found_in([], f'<base href="/{base}">{links}'.encode()) == Discovery()


def test_a_page_is_given_a_hundred_chances() -> None:
    useless, good = "<a rel=webmention href=x:>", f"<a rel=webmention href={WM}>"
    assert found_in([], (useless * 99 + good).encode()).endpoints
    assert not found_in([], (useless * 100 + good).encode()).endpoints


@given(
    st.lists(st.tuples(st.sampled_from(["Link", "X-Pingback", "Content-Type"]), st.text())),
    st.lists(
        st.sampled_from(
            [
                b"<link ",
                b"rel=",
                b"'",
                b'"',
                b"pingback",
                b"webmention ",
                b"href=",
                b"//[",
                b">",
                b"\xff",
            ]
        )
    ).map(b"".join),
)
def test_any_response_is_an_answer(headers: list[tuple[str, str]], body: bytes) -> None:
    for endpoint in found_in(headers, body).endpoints:
        assert endpoint.url.startswith(("http://", "https://"))

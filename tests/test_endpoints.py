"""LINKBACK_RECEIVE: pages that take mentions say where these are sent to, once each."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib
import pytest

from pelican_linkback.plugin.mentions.endpoints import (
    FIRST,
    EndpointLinks,
    named_in,
    with_endpoints,
)
from pelican_linkback.plugin.mentions.targets import SiteTargets
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.discovery import discover
from pelican_linkback.receiving.endpoints import Endpoints, endpoints_of
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.settings.model import Settings
from tests.spoken import PINGBACK, SPOKEN, WEBMENTION, offered

OURS = Endpoints("https://r.example/webmention", "https://r.example/pingback")
OF_PINGBACK = re.compile(r'<link rel="pingback" href="([^"]+)" ?/?>')
"""What a client may search for: Pingback 1.0, section 2.2."""


def settings(receive, site="https://me.example"):
    return Settings(site_url=site, content=Path("content"), receive=receive)


@pytest.mark.parametrize(
    ("receive", "site", "expected"),
    [
        ("", "https://me.example", None),
        (
            "webmention.io",
            "https://Me.example:8080/blog",
            (
                "https://webmention.io/me.example/webmention",
                "https://webmention.io/me.example/xmlrpc",
            ),
        ),
        ("webmention.io", "", None),
        (
            "https://me.example/m/",
            "",
            ("https://me.example/m/webmention", "https://me.example/m/pingback"),
        ),
        (
            "https://b\u00fccher.example/\u00fc/",
            "",
            (
                "https://xn--bcher-kva.example/%C3%BC/webmention",
                "https://xn--bcher-kva.example/%C3%BC/pingback",
            ),
        ),
    ],
)
def test_where_mentions_are_sent_to(receive, site, expected):
    assert endpoints_of(settings(receive, site)) == expected


def test_a_server_can_say_the_same_in_header_fields():
    assert OURS.headers() == (
        ("Link", '<https://r.example/webmention>; rel="webmention"'),
        ("X-Pingback", "https://r.example/pingback"),
    )
    answer = Answer("https://me.example/", 200, OURS.headers())
    assert [each.url for each in discover(answer, SPOKEN).endpoints] == [*OURS]


def found(html: str) -> list[str]:
    answer = Answer("https://me.example/a/", 200, [("Content-Type", "text/html")], html.encode())
    offers = discover(answer, SPOKEN)
    return [getattr(offered(offers, each), "url", "") for each in (WEBMENTION, PINGBACK)]


LONG = f"<style>{'p{}' * FIRST}</style>"
PAGES = {
    "a head": "<!DOCTYPE html><html><head><title>x</title></head><body>x</body></html>",
    "an end tag with white space": "<!DOCTYPE html><head><title>x</title></HEAD\n><p>x",
    "no end tag": "<!DOCTYPE html><html><head><meta charset=utf-8><title>x</title><body>x",
    "no head": '<!DOCTYPE html><meta charset="utf-8"><title>x</title><p>x',
    "a title alone": "<!DOCTYPE html><title>x</title><p>x",
    "a head without a title": "<!DOCTYPE html><html lang=en><head lang=en><link rel=a href=b><p>x",
    "no title": "<!DOCTYPE html><html lang=en><p>x",
    "a doctype alone": "<!DOCTYPE html><p>x",
    "XHTML": '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">'
    "<html><head><title>x</title></head><body><p>x</p></body></html>",
    "a long head": f"<!DOCTYPE html><head><meta charset=utf-8><title>x</title>{LONG}</head><p>x",
    "a long head without charset": f"<!DOCTYPE html><head><title>x</title>{LONG}</head><p>x",
    "a long head and no title": f"<!DOCTYPE html><head>{LONG}<title>x</title></head><p>x",
    "a head in a comment": "<!-- <head> --><!DOCTYPE html><html><!-- <title>x</title> --><p>x",
    "a head in a script": "<!DOCTYPE html><html><script>'<head><title></title>'</script><p>x",
    "a title of a drawing": "<!DOCTYPE html><html><body><svg><title>x</title></svg>",
    "a body alone": "<BODY><p>x</p></BODY>",
    "an empty rel": '<!DOCTYPE html><head><link rel><link rel="" href="x"><title>x</title></head>',
    "one in a comment": "<!DOCTYPE html><head><!-- <link rel=webmention href=/x> -->"
    "<title>x</title></head>",
    "an end tag in a comment": "<!DOCTYPE html><head><!-- </head> --><title>x</title></head><p>x",
    "an end tag in a script": "<!DOCTYPE html><head><script>'</head>'</script><title>x</title>",
    "an end tag in an attribute": "<!DOCTYPE html><head><meta name=description "
    """content="How a </head> ends"><title>x</title></head><p>x""",
    "text about webmentions": "<!DOCTYPE html><head><title>x</title></head><p>A webmention to you",
    "code of one": "<!DOCTYPE html><title>x</title></head><pre>&lt;link rel=webmention href=x>",
    "a link without address": "<!DOCTYPE html><head><link rel=webmention><title>x</title></head>",
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_a_page_names_each_endpoint_once(html):
    page = with_endpoints(html, OURS)
    assert found(page) == [*OURS]
    assert OF_PINGBACK.findall(page) == [OURS.pingback]
    assert OF_PINGBACK.search(page).start() < FIRST
    assert page.count(OURS.webmention) == page.count(OURS.pingback) == 1
    # Nothing else has changed.
    added = "".join(f"{each}\n" for each in OURS.elements().values())
    assert page.replace(added, "") == html
    assert with_endpoints(page, OURS) == page


@pytest.mark.parametrize("html", [html for name, html in PAGES.items() if name != "XHTML"])
def test_a_page_stays_valid_and_the_links_are_in_its_head(html):
    def errors_of(text):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        tree = parser.parse(text)
        return [code for _, code, _ in parser.errors], tree

    before, _ = errors_of(html)
    after, tree = errors_of(with_endpoints(html, OURS))
    assert after == before
    links = [each.get("rel") for each in tree.find("head").iter("link")]
    assert [rel for rel in links if rel in {"webmention", "pingback"}][-2:] == [
        "webmention",
        "pingback",
    ]


def test_the_form_is_that_of_pingback():
    assert OURS.elements()["pingback"] == (
        '<link rel="pingback" href="https://r.example/pingback" />'
    )


def test_the_rest_of_a_page_stays_as_it_is():
    page = with_endpoints("<head>\r\n\udcff</head>\r\n", OURS)
    first, second = OURS.elements().values()
    assert page == f"<head>\r\n\udcff{first}\r\n{second}\r\n</head>\r\n"


def test_an_ampersand_and_an_apostrophe_are_written_as_pingback_asks():
    odd = Endpoints("https://r.example/it's/webmention", "https://r.example/a&b/pingback")
    page = with_endpoints("<head></head>", odd)
    assert 'href="https://r.example/it\'s/webmention"' in page
    assert 'href="https://r.example/a&amp;b/pingback"' in page
    assert found(page) == [*odd]


THEIRS = {
    "both": ('<link href="/wm" rel="webmention"><link rel="pingback" href="/pb">', 0),
    "ours": (f'<link rel="webmention pingback" href="{OURS.webmention}">', 0),
    "webmentions only": ("<LINK REL=WebMention HREF=/wm>", 1),
    "pingbacks only": ('<link rel="pingback" href="/pb"/>', 1),
    "the page itself": ('<link rel="webmention" href=""><link rel=pingback href="/pb">', 0),
    "an old rel": ('<link rel="http://webmention.org/" href="/wm">', 2),
}


@pytest.mark.parametrize(("head", "added"), THEIRS.values(), ids=THEIRS)
def test_a_theme_that_names_endpoints_keeps_them(head, added):
    html = f"<!DOCTYPE html><html><head>{head}</head><body>x</body></html>"
    page = with_endpoints(html, OURS)
    assert sum(page.count(element) for element in OURS.elements().values()) == added
    assert head in page


def test_an_endpoint_in_the_text_of_a_page_counts():
    html = '<head></head><p><a rel="webmention" href="/wm">x</a>, <a rel=pingback href=/p>x</a>'
    assert [*named_in(html)] == [("webmention", "/wm")]
    assert with_endpoints(html, OURS).count("<link") == 1


def test_what_has_no_head_stays_as_it_is():
    for text in ("", "no page", "<p>x", "a" * 2 * FIRST):
        assert with_endpoints(text, OURS) == text


def test_a_head_that_ends_late_and_begins_nowhere_gets_the_links_at_its_end():
    html = f"{'x' * FIRST}</head>"
    assert with_endpoints(html, OURS) == html.replace(
        "</head>", "\n".join([*OURS.elements().values(), "</head>"])
    )


def test_only_targets_are_edited_and_our_own_links_are_no_others(tmp_path, caplog):
    home = Target("home", "https://me.example/")
    pages = SiteTargets(Targets([home]), home, is_whole=True, _by_content={})
    links = EndpointLinks(OURS, pages, tmp_path)
    page = f"<head>{OURS.elements()['webmention']}</head>"
    edit = links.edit_of(tmp_path / "index.html", {})
    assert edit
    assert OURS.pingback in edit(page)
    assert links.edit_of(tmp_path / "other.html", {}) is None
    assert caplog.records == []


def test_servers_are_given_whole_lines():
    lines = OURS.server_lines()
    assert len(lines) == 6
    assert "nginx: add_header X-Pingback 'https://r.example/pingback';" in lines
    link = "<https://r.example/webmention>"
    assert f"Apache: Header add Link '{link}; rel=\"webmention\"'" in lines

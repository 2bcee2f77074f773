"""Whether a page links to a target, as receivers ask it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.protocol.verification import links_to, preflight

PAGE = "https://blog.example/post/"
TARGET = "https://example.org/a?b=1&c=2"
HREF = "https://example.org/a?b=1&amp;c=2"


@pytest.mark.parametrize(
    ("html", "linked"),
    [
        pytest.param(f'<a href="{HREF}">x</a>', True, id="to the letter"),
        pytest.param(f'<a href="{TARGET}">x</a>', True, id="a raw ampersand is read all the same"),
        pytest.param(f"<A HREF='{HREF}'>x</A>", True, id="upper case"),
        pytest.param('<a href="//example.org/a?b=1&amp;c=2">x</a>', True, id="without scheme"),
        pytest.param('<base href="https://example.org/"><a href="a?b=1&c=2">', True, id="base"),
        pytest.param(f'<a href="{HREF}#d">x</a>', False, id="a fragment more"),
        pytest.param(f'<a href="{HREF.replace("https", "http")}">x</a>', False, id="scheme"),
        pytest.param(f'<a href="{HREF}/">x</a>', False, id="slash"),
        pytest.param(f'<link href="{HREF}">', False, id="no a element"),
        pytest.param(f"<p>{HREF}</p>", False, id="text"),
        pytest.param(f'<!-- <a href="{HREF}">x</a> -->', False, id="comment"),
        pytest.param('<a>x</a><a href="http://[bad">x</a>', False, id="other links"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_links_to(html: str, linked: bool) -> None:
    assert links_to(html.encode(), PAGE, TARGET) is linked


def test_links_to_reads_the_charset() -> None:
    body = '<a href="https://example.org/é">x</a>'.encode("latin-1")
    headers = [("Content-Type", "text/html; charset=iso-8859-1")]
    assert links_to(body, PAGE, "https://example.org/é", headers)
    in_utf_8 = [("Content-Type", "text/html; charset=utf-8")]
    assert not links_to(body, PAGE, "https://example.org/é", in_utf_8)


def test_what_is_not_html_has_no_links() -> None:
    body = f'<a href="{HREF}">x</a>'.encode()
    assert not links_to(body, PAGE, TARGET, [("Content-Type", "text/plain")])


@given(st.binary(), st.text(), st.text())
def test_any_page_has_an_answer(body: bytes, base: str, target: str) -> None:
    assert links_to(body, base, target) in {True, False}


def page(body: str, title: str = "<title>A post</title>") -> str:
    return f"<!DOCTYPE html><html><head>{title}</head><body>{body}</body></html>"


GOOD = f'<p>See <a class="x" href="{HREF}"><em>this</em></a>.</p>'


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(page(GOOD), id="a link with words"),
        pytest.param(page(f"<a href='{HREF}'>x</a>"), id="single quotes"),
        pytest.param(page(f"<a href={HREF}>x</a>"), id="no quotes"),
        pytest.param(page(f"<a\nhref='{HREF}' rel=x><img src=x> x</a>"), id="image and words"),
        pytest.param(page(f'<a href="{HREF}"><img></a>{GOOD}'), id="one good link is enough"),
        pytest.param(page(GOOD + "<i>" * 100_000), id="long, the link in the beginning"),
        pytest.param(page(GOOD, "<TITLE>A\npost</TITLE>"), id="title in upper case"),
    ],
)
def test_wordpress_would_take_it(html: str) -> None:
    assert preflight(html, TARGET) == ()


@pytest.mark.parametrize(
    ("html", "code"),
    [
        pytest.param(page(GOOD, ""), "no-title", id="no title"),
        pytest.param(page(GOOD, "<title></title>"), "no-title", id="an empty title"),
        pytest.param(page(GOOD, "<title lang=en>A post</title>"), "no-title", id="no plain title"),
        pytest.param(page(GOOD, "<title>A <b>post</b></title>"), "no-title", id="markup in it"),
        pytest.param(page(f'<a href="{HREF}"><img alt="x"></a>'), "no-text", id="only an image"),
        pytest.param(page(f'<a href="{HREF}"> </a>'), "no-text", id="nothing in it"),
        pytest.param(page(f'<a href="{HREF}"><h2>x</h2></a>'), "block-in-link", id="a heading"),
        pytest.param(page(f'<a href="{HREF}"><p>x</p></a>'), "block-in-link", id="a paragraph"),
        pytest.param(page(f'<a href="{HREF}"><div>x</div></a>'), "block-in-link", id="a div"),
        pytest.param(page(f'<a href="{TARGET}">x</a>'), "raw-ampersand", id="a raw &"),
        pytest.param(
            page(f'<a href="{HREF.replace("&amp;", "&#38;")}">x</a>'),
            "raw-ampersand",
            id="a numeric &",
        ),
        pytest.param(
            page(f'<a href="{HREF.replace("https", "http")}">x</a>'), "differs", id="another scheme"
        ),
        pytest.param(
            page('<a href="https://Example.org/a/?b=1&amp;c=2">x</a>'),
            "differs",
            id="a slash within",
        ),
        pytest.param(
            page('<a href="https://example.org/b?b=1&amp;c=2">x</a>'),
            "not-linked",
            id="another page",
        ),
        pytest.param(page(f'<a href="{HREF}#c">x</a>'), "differs", id="a fragment"),
        pytest.param(page(f'<a href="{HREF}/">x</a>'), "differs", id="a slash"),
        pytest.param(page("x" * 153_600 + GOOD), "too-far-down", id="behind 150 KB"),
        pytest.param(page("ä" * 76_800 + GOOD), "too-far-down", id="150 KB, not characters"),
        pytest.param(
            page(f"<script>document.write('<a href={TARGET}>x</a>')</script>"),
            "by-script",
            id="made by a script",
        ),
        pytest.param(
            page('<script>"https:\\/\\/example.org\\/a?b=1&c=2"</script>'),
            "by-script",
            id="JSON in a script",
        ),
        pytest.param(
            page("", f'<title>x</title><meta name="pingback" content="{HREF}">'),
            "not-a-link",
            id="only in metadata",
        ),
        pytest.param(page(f"<!-- {GOOD} -->"), "not-a-link", id="only in a comment"),
        pytest.param(page(f"<p>{HREF}</p>"), "not-a-link", id="only as text"),
        pytest.param(page("<a>x</a> <a href=''>x</a><abbr>x</abbr>"), "not-linked", id="nowhere"),
        pytest.param(page("<a href='http://[bad'>x</a>"), "not-linked", id="a bad link"),
    ],
)
def test_wordpress_would_refuse(html: str, code: str) -> None:
    (objection,) = preflight(html, TARGET)
    assert objection.code == code
    assert objection.sentence
    assert objection.remedy


def test_a_slash_that_differs_is_shown() -> None:
    (objection,) = preflight(page('<a href="http://Example.org/p/">x</a>'), "https://example.org/p")
    assert "links to http://Example.org/p/," in objection.sentence


def test_all_that_is_wrong_is_reported() -> None:
    codes = [objection.code for objection in preflight("<p>nothing</p>", TARGET)]
    assert codes == ["no-title", "not-linked"]


@given(
    st.lists(
        st.sampled_from(
            [
                "<a ",
                "href=",
                HREF,
                TARGET,
                "'",
                '"',
                ">",
                "</a>",
                "<!--",
                "-->",
                "<script>",
                "</script",
                "<p>",
                "<title>",
                "words",
                "\ud800",
            ]
        )
    ).map("".join)
)
def test_any_page_is_examined(html: str) -> None:
    assert all(objection.remedy for objection in preflight(html, TARGET))


def test_a_page_of_unclosed_tags_costs_little() -> None:
    hostile = "<!--<script><a href='" * 7_000
    assert [objection.code for objection in preflight(hostile, TARGET)] == [
        "no-title",
        "not-linked",
    ]

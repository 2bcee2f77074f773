"""Which of an article's links are worth telling."""

import pytest

from pelican_linkback.protocol.extraction import links, read_marks
from pelican_linkback.sending.deciding.targets import choose

SOURCE = "https://me.example/blog/post/"
HTML = """
<a href="https://one.example/a">one</a> <a href="https://one.example/a#again">again</a>
<a href="/other">mine</a> <a href="https://me.example/">mine too</a>
<a rel="nofollow" href="https://ad.example/">ad</a>
<code><a href="https://code.example/">code</a></code>
<a href="//two.example/b?x=1">two</a>
"""
FOUND = ("https://one.example/a", "https://two.example/b?x=1")


@pytest.mark.parametrize(
    ("marks", "options", "expected"),
    [
        pytest.param("", {}, (), id="nothing marked"),
        pytest.param(
            "https://x.example/; https://y.example/",
            {},
            ("https://x.example/", "https://y.example/"),
            id="marked, whether linked or not",
        ),
        pytest.param(
            "https://x.example/#a\nhttps://X.example:443/#b",
            {},
            ("https://x.example/#a",),
            id="one page once",
        ),
        pytest.param(
            "https://code.example/", {}, ("https://code.example/",), id="marked, though in code"
        ),
        pytest.param("https://me.example/elsewhere", {}, (), id="never a page of the same site"),
        pytest.param(
            "http://me.example.evil.example/",
            {},
            ("http://me.example.evil.example/",),
            id="same origin, not same prefix",
        ),
        pytest.param("all", {}, FOUND, id="all"),
        pytest.param(
            "all; https://x.example/", {}, ("https://x.example/", *FOUND), id="all, and one more"
        ),
        pytest.param("", {"find": True}, FOUND, id="found"),
        pytest.param(
            "https://x.example/",
            {"find": True},
            ("https://x.example/",),
            id="marks say which, though links are found",
        ),
        pytest.param("none", {"find": True}, (), id="none"),
        pytest.param("none; https://x.example/", {}, (), id="none wins"),
        pytest.param("all", {"exclude": ["one.example"]}, FOUND[1:], id="a host is excluded"),
        pytest.param("all", {"exclude": ["*.example"]}, (), id="hosts below are excluded"),
        pytest.param("all", {"exclude": ["*.one.example"]}, FOUND, id="a host is not below itself"),
        pytest.param(
            "all", {"exclude": ["https://two.example/b"]}, FOUND[:1], id="a prefix is excluded"
        ),
        pytest.param(
            "https://one.example/", {"exclude": ["one.example"]}, (), id="marked and excluded"
        ),
    ],
)
def test_choose(marks, options, expected):
    assert choose(read_marks(marks), links(HTML, SOURCE), SOURCE, **options) == expected

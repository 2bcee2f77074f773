"""Where there is no wheel of turbohtml: Beautiful Soup and html5lib read the content."""

from __future__ import annotations

import random
import sys

import pytest

from pelican_linkback.feeds.content import parser, sanitizer
from pelican_linkback.feeds.content.tree import text_of, write
from tests.html_judge import alive
from tests.test_content_fuzz import BASE, soup

ORDINARY = [
    "<p>One <b>two</b>, three</p><!-- four -->",
    "<p>One <b>two <i>three</b> four</i>",
    '<ul><li>a<li class="x y" rel="u v">b</ul>',
    "<pre>\n\nx</pre><table><tr><td>1</table>",
    '<svg viewBox="0 0 1 1"><path d="M0"/><use xlink:href="#a"/></svg><p>x',
    "<math><mi>x</mi></math>&amp;&lt;&nbsp;&eacute;",
    "</p>text</div><br/>",
    "<style>a>b{}</style><script>x</script><p onclick=y>z",
    "\ud800x",
]


@pytest.fixture
def without_turbohtml(monkeypatch):
    monkeypatch.setitem(sys.modules, "turbohtml", None)
    parser._parser.cache_clear()
    yield
    parser._parser.cache_clear()


@pytest.fixture(scope="module")
def usual():
    return {html: parser.parse(html) for html in ORDINARY}


@pytest.mark.parametrize("html", ORDINARY)
def test_it_reads_what_is_ordinary_alike(usual, without_turbohtml, html):
    tree = parser.parse(html)
    assert write(tree.children) == write(usual[html].children)
    assert text_of(tree) == text_of(usual[html])


def test_nothing_alive_comes_through(without_turbohtml):
    chance = random.Random(14)
    for _ in range(150):
        html = soup(chance)
        assert not alive(sanitizer.clean(html, BASE)), html


def test_deep_and_wide_elements_have_the_same_limits(without_turbohtml):
    assert write(parser.parse("<div>" * 260).children).count("<div>") == parser.MOST_LEVELS
    many = " ".join(f"a{n}=1" for n in range(300))
    (element,) = parser.parse(f"<p {many}>").children
    assert len(element.attributes) == parser.MOST_ATTRIBUTES

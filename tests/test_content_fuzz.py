"""Any HTML at all: what goes into feeds is what a browser makes of it, the same for all, and dead.

html5lib is the judge. ``make test-hostile`` takes many times as much as the suite does.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from pelican_linkback.feeds.content import parser, sanitizer
from pelican_linkback.feeds.content.cleaning import fit
from pelican_linkback.feeds.content.parser import parse
from pelican_linkback.feeds.content.scanner import Order, scan
from tests.html_judge import alive, as_judged, judged

BASE = "https://ex.org/2024/a.html"

# Soups: pieces without any order.

PIECES = (
    *("<p>", "</p>", "<p class=x>", '<a href="/x">', '<a href="https://a.org/">', "</a>", "<b>"),
    *("</b>", "<i>", "</i>", "<div>", "</div>", "<ul>", "<li>", "</li>", "</ul>", "<ol>", "</ol>"),
    *("<table>", "</table>", "<tr>", "<td>", "</td>", "</tr>", "<tbody>", "<thead>", "<caption>"),
    *("<col>", "<colgroup>", "<th>", "<h2>", "</h2>", '<h2 id="a">', "<pre>", "</pre>", "<pre>\n"),
    *("<code>", "</code>", "<br>", "</br>", "<br/>", "<hr>", "<img src='i.png' src=j alt=x>"),
    *("<img src=x onerror=alert(1)>", "<img width=3/>", "<svg>", "</svg>", "<style>", "</style>"),
    *("<svg viewBox='0 0 1 1'>", "<style>a>b{}</style>", "<math>", "</math>", "<mi>", "</mi>"),
    *("<mtext>", "</mtext>", "<mglyph>", '<annotation-xml encoding="text/html">', "<desc>"),
    *("</annotation-xml>", "<foreignObject>", "</foreignObject>", "</desc>", "<title>", "</title>"),
    *("<g>", "</g>", '<path d="M0"/>', '<use xlink:href="#a"/>', "<malignmark>", "<mtable>"),
    *("<animate attributeName=href values=javascript:alert(1)>", '<a xlink:href="javascript:x">'),
    *('<set attributeName="xlink:href" to="javascript:x"/>', '<a href="java&#10;script:x">'),
    *('<a href="data:text/html,<script>">', "<script>", "</script>", "<iframe src=x>", "</iframe>"),
    *('<iframe src="/x"/>', '<iframe srcdoc="<p onx=y>">', "<noscript>", "</noscript>"),
    *("<template>", "</template>", "<textarea>", "</textarea>", "<select>", "<option>"),
    *("</select>", "<button>", "</button>", "<form>", "</form>", "<input type=checkbox disabled>"),
    *("<label>", "<x-foo>", "</x-foo>", "<font color=red>", "</font>", "<nobr>", "<center>"),
    *("<dl>", "<dt>", "<dd>", "</dl>", "<ruby>", "<rt>", "<rp>", "<rb>", "<rtc>", "</ruby>"),
    *("<video src=v>", "<source src=v>", "</video>", "<object data=x>", "</object>"),
    *("<embed src=x>",),
    *("<!-- c -->", "<!--", "-->", "<![CDATA[", "]]>", "<?php ?>", "<!DOCTYPE html>", "<html>"),
    *("<body>", "<head>", "</body>", "</html>", "<frameset>", "<marquee>", "<image src=x>"),
    *("&amp;", "&lt;", "&", "&copy", "&nbsp;", "&#x80;", "&section=1", "<", ">", '"', "'", "="),
    *(" ",),
    *("\n", "\n\n", "text", "a < b", "x>y", '<span class="headerlink">', '<span class="katex">'),
    *('<a class="headerlink" href="#x">¶</a>', '<p style="background:url(x)">', "<p onclick=x()>"),
    *('<p style="color:red">', '<p style="width:expression(alert(1))">', "<details>", "<summary>"),
    *("</summary>", "</details>", "<figure>", "<figcaption>", "<dialog>", "<search>", "<main>"),
    *("<menu>", "<listing>", "<xmp>", "</xmp>", "<plaintext>", '<a name="x"/>', '<i class="y"/>'),
    *("<div/>", "<P>", "</P >", "<B CLASS='y'>", "<td colspan=2>", "\x00", "\r", "\r\n", "é"),
    *("<span style='a\"b'>", '<p title="a<b">', "<p title='\"'>", '<p a"b=c>', "<p =x>"),
    *("<p x y z=1>", "<mtr>", "<semantics>", "<tt>", "<u>", "<s>", "<blockquote>", "<section>"),
)


def soup(chance: random.Random) -> str:
    """Pieces of HTML in any order; some of a few, some of many."""
    return "".join(chance.choices(PIECES, k=chance.choice([2, 4, 8, 14, 25])))


# Trees: elements in their places, most of them in order, and some with one thing displaced.

INLINE = (
    *("a", "abbr", "b", "code", "em", "i", "span", "strong", "sub", "kbd", "q", "u", "font"),
    *("nobr", "x-y", "button", "label"),
)
BLOCKS = (
    *("p", "h1", "h2", "pre", "div", "blockquote", "section", "ul", "ol", "dl", "table", "figure"),
    *("figcaption", "summary", "details", "li", "dd", "dt", "td", "tr", "tbody", "thead"),
    *("caption", "main", "hr", "center", "address", "form"),
)
CHILDREN = {
    "ul": ["li"],
    "ol": ["li"],
    "dl": ["dt", "dd"],
    "table": ["tbody", "thead"],
    "tbody": ["tr"],
    "thead": ["tr"],
    "tr": ["td", "th"],
    **dict.fromkeys([*INLINE, "p", "h1", "h2", "pre"], INLINE),
}
ATTRIBUTES = (
    *('class="x"', 'class="a b"', 'id="x"', 'href="https://a.org/"', 'href="/x"', 'href="#x"'),
    *('src="https://a.org/i.png"', 'src="i.png"', 'src="../i?a=1"', 'alt="x"', 'title="a &amp; b"'),
    *('title="&lt;"', 'style="color: red"', 'style="background: url(x)"', 'onclick="x"'),
    *('class="headerlink"', 'class="linenos"', 'width="3"', "width=3", 'data-src="x"', "rel='me'"),
    *('colspan="2"', 'srcset="a 1x"', 'href="javascript:x"', 'href="https://a.org/ b"'),
    *('aria-hidden="true"', 'lang="en"', 'value="1"', 'href=" https://a.org/"', 'href="//"'),
    *('src="data:image/png;base64,AA"', 'href="data:image/svg+xml,x"', 'style="behavior: x"'),
    *('href="mailto:a@b.org"', 'href="x/../y"', 'href="?a=1"', 'src="a%20b"', 'href="a:b"'),
)
TEXTS = ("x", "a & b", "&amp;", "&lt;", "\n", " ", "¶", "> y", "&copy", ' href="q"', "12", "\xa0")
VOID = ("br", "hr", "img", "wbr")


def tree(chance: random.Random) -> str:
    """HTML as people and programs write it."""
    pieces = list(_branches(chance, chance.randint(0, 5), BLOCKS + INLINE))
    fault = chance.random()
    if pieces and fault < 0.4:
        place = chance.randrange(len(pieces))
        piece = pieces.pop(place)
        if fault < 0.2:
            pieces.insert(chance.randrange(len(pieces) + 1), piece)
        elif fault < 0.3:
            pieces[place:place] = [piece, piece]
    return "".join(pieces)


def _branches(chance, depth, names):
    for _ in range(chance.randint(0, 3)):
        kind = chance.random()
        chosen = chance.sample(ATTRIBUTES, chance.choice([0, 0, 1, 2]))
        said = "".join(f" {each}" for each in chosen)
        if kind < 0.35:
            yield chance.choice(TEXTS)
        elif kind < 0.45:
            yield f"<{chance.choice(VOID)}{said}{chance.choice(['', '/', ' /'])}>"
        elif (name := chance.choice(names)) != "hr":
            yield f"<{name}{said}>"
            if depth:
                yield from _branches(chance, depth - 1, CHILDREN.get(name, BLOCKS + INLINE))
            yield f"</{name}>"


def assert_kept_or_cleaned(html: str) -> str:
    """Hold what is promised for ``html``; return what was done with it."""
    fitting = fit(html, BASE)
    seen = judged(fitting)
    assert fit(fitting, BASE) == fitting, html
    assert as_judged(parse(fitting)) == seen, html
    assert not alive(seen), html
    cleaned = sanitizer.clean_tree(html, BASE)
    assert sanitizer.clean(html, BASE) == cleaned, html
    assert seen == judged(cleaned), html
    order = scan(html)
    if order is Order.IN_ORDER:
        assert fitting is html
        return "in order"
    if order is Order.BUT_FOR_URLS:
        return "URLs"
    return "spelling" if fitting is html else "cleaned"


UNTIDY = (
    *(
        "<p>",
        "</p>",
        "<P class=x>",
        "<ul>",
        "<li>",
        "<li>",
        "</ul>",
        "<em>",
        "</em>",
        "<b>",
        "</b>",
    ),
    *("<h2>", "</h2>", "<dl>", "<dt>", "<dd>", "</dl>", "<table>", "<tr>", "<td>", "</table>"),
    *("<pre>", "<pre>\n", "</pre>", "<code>", "</code>", "<br>", "<br/>", "<div>", "</div>"),
    *('<a href="https://a.org/?x=1&y">', "</a>", "<img src='https://a.org/i.png' alt='a\"b'>"),
    *('<span title="a&nbsp;b">', "</span>", "text", "&nbsp;", "\xa0", "&amp;nbsp;", "&quot;", "&"),
    *("<", ">", "\n", "\r\n", "&#13;", "\x00", "<!-- c -->"),
)


def untidy(chance: random.Random) -> str:
    """What people write by hand, and a parser repairs."""
    return "".join(chance.choices(UNTIDY, k=chance.randint(1, 14)))


def test_what_a_parser_repairs_is_what_cleaning_gives():
    chance, repaired = random.Random(2026), 0
    for _ in range(1_500):
        html = untidy(chance)
        assert_kept_or_cleaned(html)
        tidy = parser.repaired(html)
        repaired += tidy is not None and tidy != html and scan(tidy) is Order.IN_ORDER
    assert repaired > 100


@pytest.mark.parametrize("html", ["<p>x<pre>\n\ny</pre>", "<p>x&#13;", "<p>&nbsp;&amp;nbsp;"])
def test_what_a_browser_writes_otherwise_than_we_do(html):
    assert sanitizer.clean(html, BASE) == sanitizer.clean_tree(html, BASE)


def test_no_tree_is_made_of_what_a_parser_repairs(monkeypatch):
    monkeypatch.setattr(sanitizer, "parse", None)
    html = "<ul><li>a&nbsp;b<li>\ud800c</ul>"
    assert fit(html, BASE) == "<ul><li>a\xa0b</li><li>c</li></ul>"


@pytest.mark.parametrize("make", [soup, tree])
def test_any_html(make):
    chance = random.Random(2026)
    done = Counter(assert_kept_or_cleaned(make(chance)) for _ in range(1_500))
    assert done["cleaned"] > 100
    assert make is soup or min(done["in order"], done["spelling"], done["URLs"]) > 10


@pytest.mark.hostile
@pytest.mark.parametrize("make", [soup, tree, untidy])
@pytest.mark.parametrize("seed", range(4))
def test_much_more_of_any_html(make, seed):
    chance = random.Random(seed)
    for _ in range(5_000):
        assert_kept_or_cleaned(make(chance))

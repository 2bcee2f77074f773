"""An article's text, made fit for a reader far from the site (P16, P24)."""

from __future__ import annotations

from html import escape

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import markdown

from pelican_linkback.feeds.content import cleaning as content
from pelican_linkback.feeds.content import sanitizer as mending
from pelican_linkback.feeds.content.cleaning import fit

BASE = "https://ex.org/2024/a.html"

URLS = [
    ('<a href="/x">t</a>', '<a href="https://ex.org/x">t</a>', "from the root"),
    ('<a href="../x">t</a>', '<a href="https://ex.org/x">t</a>', "P24: up"),
    ('<a href="?p=1&amp;q">t</a>', f'<a href="{BASE}?p=1&amp;q">t</a>', "query"),
    ('<a href="?a=1&section=2">t</a>', f'<a href="{BASE}?a=1&amp;section=2">t</a>', "no §"),
    ('<a href="#fn:1">t</a>', f'<a href="{BASE}#fn:1">t</a>', "fragment"),
    ('<a href="">t</a>', f'<a href="{BASE}">t</a>', "the page itself"),
    ('<a href="//cdn.org/x">t</a>', '<a href="https://cdn.org/x">t</a>', "no scheme"),
    ("<A HREF=/x>t</A>", '<a href="https://ex.org/x">t</a>', "upper case, no quotes"),
    ("<a\nhref =\n'/x'\n>t</a\n>", '<a href="https://ex.org/x">t</a>', "newlines in tags"),
    ('<a href=" /x\n">t</a>', '<a href="https://ex.org/x">t</a>', "white space around"),
    ('<a href="/a b">t</a>', '<a href="https://ex.org/a%20b">t</a>', "a space"),
    ('<a href="{filename}x">t</a>', '<a href="https://ex.org/2024/{filename}x">t</a>', "left-over"),
    ('<a href=" https://a.org/">t</a>', '<a href="https://a.org/">t</a>', "absolute, trimmed"),
    ('<a href="xmpp:a@b">t</a>', '<a href="xmpp:a@b">t</a>', "another scheme"),
    ('<a href="//[x">t</a>', "<a>t</a>", "no URL at all"),
    ('<a href="javascript:x()">t</a>', "<a>t</a>", "javascript"),
    ('<a href=" Java&#10;Script:x">t</a>', "<a>t</a>", "javascript in disguise"),
    ('<a href="vbscript:x">t</a>', "<a>t</a>", "vbscript"),
    ('<a href="/x" href="/y">t</a>', '<a href="https://ex.org/x">t</a>', "the first counts"),
    ('<a href="/x" ping="/p">t</a>', '<a href="https://ex.org/x">t</a>', "no ping"),
    ('<img src="i.png">', '<img src="https://ex.org/2024/i.png">', "src"),
    ('<img src="">', "<img>", "no image at all"),
    (
        '<img src="i.png" longdesc="d">',
        '<img src="https://ex.org/2024/i.png" longdesc="https://ex.org/2024/d">',
        "longdesc",
    ),
    (
        '<img src="data:image/png;base64,AA=="><br/>x<!-- -->',
        '<img src="data:image/png;base64,AA=="><br>x',
        "data: image kept",
    ),
    (
        '<blockquote cite="/c">q</blockquote>',
        '<blockquote cite="https://ex.org/c">q</blockquote>',
        "cite",
    ),
    (
        '<table background="/b"><tr><td colspan=2>x</td></tr></table>',
        '<table background="https://ex.org/b"><tr><td colspan="2">x</td></tr></table>',
        "table",
    ),
    (
        '<p action="/a" formaction="/b">x</p>',
        '<p action="https://ex.org/a" formaction="https://ex.org/b">x</p>',
        "action, formaction",
    ),
    (
        '<video poster="/p.png" controls><source src="/v.mp4"><track src="/t"></video>',
        (
            '<video poster="https://ex.org/p.png" controls=""><source src="https://ex.org/v.mp4">'
            '<track src="https://ex.org/t"></video>'
        ),
        "video",
    ),
    (
        '<picture><source srcset="/a.webp"><img src="/a.png"></picture>',
        '<picture><source srcset="https://ex.org/a.webp"><img src="https://ex.org/a.png"></picture>',
        "picture",
    ),
    (
        '<img srcset="/a 1x, /b 2x,/c">',
        '<img srcset="https://ex.org/a 1x, https://ex.org/b 2x, https://ex.org/c">',
        "srcset",
    ),
    (
        '<img srcset="/a,/b , /c, 3x">',
        '<img srcset="https://ex.org/a,/b, https://ex.org/c, https://ex.org/2024/3x">',
        "srcset: URLs with commas",
    ),
    (
        '<img srcset="data:image/png;base64,A,B= 1x, /b 100w">',
        '<img srcset="data:image/png;base64,A,B= 1x, https://ex.org/b 100w">',
        "srcset: data",
    ),
    (
        '<img srcset="/a x(1,2), /b">',
        '<img srcset="https://ex.org/a x(1,2), https://ex.org/b">',
        "srcset: parentheses",
    ),
    ('<img srcset=" , ">', "<img>", "srcset: nothing"),
    (
        '<img srcset="javascript:x 1x, /b 2x">',
        '<img srcset="https://ex.org/b 2x">',
        "srcset: javascript",
    ),
    (
        '<p style="background: URL( /b.png )">x</p>',
        """<p style='background: url("https://ex.org/b.png")'>x</p>""",
        "style url()",
    ),
    (
        """<p style="background:url('b.png'),url(#g),url(),url(data:,)">x</p>""",
        """<p style='background:url("https://ex.org/2024/b.png"),url(#g),url(),url(data:,)'>x</p>""",
        "style: some urls",
    ),
    (
        '<style>@import "a.css"; p > a { background: url(b.png) }</style>',
        (
            '<style>@import "https://ex.org/2024/a.css"; p > a '
            '{ background: url("https://ex.org/2024/b.png") }</style>'
        ),
        "style element",
    ),
    (
        (
            '<svg viewBox="0 0 1 1"><image href="/i.png"/><use xlink:href="#u"/>'
            '<a href="#a">t</a></svg>'
        ),
        (
            '<svg viewbox="0 0 1 1"><image href="https://ex.org/i.png"></image>'
            f'<use xlink:href="#u"></use><a href="{BASE}#a">t</a></svg>'
        ),
        "SVG",
    ),
]

HYGIENE = [
    ("a<script>x<y</script>b", "ab", "script"),
    ("a<SCRIPT src=/x></SCRIPT>b", "ab", "upper case script"),
    ("<svg><script>x</script><g></g></svg>", "<svg><g></g></svg>", "script in SVG"),
    ("<noscript><b>x</b></noscript>", "<b>x</b>", "noscript's content is for readers"),
    ('<p onclick="x()" class="a  b" onLoad>t</p>', '<p class="a  b">t</p>', "event handlers"),
    ("a<template><p>x</p></template>b", "ab", "template is never shown"),
    ("<base href=/><meta charset=x><link rel=x href=/y>t", "t", "base, meta, link"),
    ("a<!-- c -->b<!--[if IE]>x<![endif]-->c", "abc", "comments"),
    ("<![if !IE]>a<![endif]>", "a", "conditional comments that show"),
    ("<!DOCTYPE html><?php x ?>t", "t", "declarations and instructions"),
    ('<?xml version="1.0"?><p>t</p>', "<p>t</p>", "an XML declaration"),
    ("<![if IE]>https://a.org/", "https://a.org/", "what is left looks like a URL"),
    ("<p><![CDATA[a<b]]></p>", "<p>a&lt;b</p>", "CDATA is text"),
    (
        (
            '<form action="/s" class="f"><p><label for="e">Your name</label> <input id="e"></p>'
            "<fieldset><legend>L</legend><select><option>o</select></fieldset>"
            "<textarea>x</textarea><button>Go</button><output>1</output></form>"
        ),
        "<div><p>Your name </p><div><div>L</div></div>1</div>",
        "a form leaves its prose",
    ),
    (
        (
            '<li><input type="checkbox" disabled checked> a</li>'
            '<li><input type="checkbox" disabled> b</li>'
        ),
        "<li>☑ a</li><li>☐ b</li>",
        "task list",
    ),
    ('<input type="checkbox">t', "t", "a box to tick is a control"),
    (
        '<iframe src="/f" title="A &amp; B">old</iframe>',
        '<a href="https://ex.org/f">A &amp; B</a>',
        "iframe with a title",
    ),
    (
        '<iframe src="//v.org/1?a&amp;b"></iframe>',
        '<a href="https://v.org/1?a&amp;b">https://v.org/1?a&amp;b</a>',
        "iframe without",
    ),
    (
        "a<iframe></iframe><iframe src=about:blank></iframe><iframe src=javascript:x></iframe>b",
        "ab",
        "iframe of nothing",
    ),
    ('<iframe src="/f" />t', '<a href="https://ex.org/f">https://ex.org/f</a>t', "iframe as XHTML"),
    ('<embed src="/e" title="E">', '<a href="https://ex.org/e">E</a>', "embed"),
    (
        '<object data="/o.svg"> <param name="a"> </object>',
        '<a href="https://ex.org/o.svg">https://ex.org/o.svg</a>',
        "object without a fall-back",
    ),
    (
        '<object data="/o"><img src="https://a.org/i"></object>',
        '<img src="https://a.org/i">',
        "object with a fall-back",
    ),
    ('<object data="/o">Sorry</object>', "Sorry", "object with words"),
    (
        '<object data="/o.svg" type="image/svg+xml">A boat</object>',
        '<img alt="A boat" src="https://ex.org/o.svg">',
        "object that is a picture",
    ),
    (
        '<object data="/o.svg" type="image/svg+xml"><img src="https://a.org/o.png"></object>',
        '<img src="https://a.org/o.png">',
        "object that is a picture, with a fall-back",
    ),
    (
        '<embed src="/o.png" type="image/png">',
        '<img alt="" src="https://ex.org/o.png">',
        "embed that is a picture",
    ),
    ('<applet code="x">Sorry</applet>', "Sorry", "applet"),
    (
        '<img src="wait.gif" data-src="/b.png" data-srcset="/b.png 1x, /c.png 2x">',
        (
            '<img src="https://ex.org/b.png" '
            'srcset="https://ex.org/b.png 1x, https://ex.org/c.png 2x">'
        ),
        "a picture that a script would load",
    ),
    (
        '<iframe data-src="/f"></iframe>',
        '<a href="https://ex.org/f">https://ex.org/f</a>',
        "late frame",
    ),
    ('<p data-src="/f">x</p>', '<p data-src="/f">x</p>', "no picture at all"),
    ('<img src="/a.png" data-src="">', '<img src="https://ex.org/a.png">', "no later picture"),
    ("<xmp>a</xmp>", "<pre>a</pre>", "xmp"),
]

MALFORMED = [
    ("a < b & c <!-- -->", "a &lt; b &amp; c ", "signs are text"),
    ("<p>a<p>b<br/ x>", '<p>a<p>b<br x=""></p></p>', "end tags left out"),
    ("</b>a<i onx>b", "a<i>b</i>", "a stray end and a lost one"),
    ("&unknown; &copy; &nbsp;<!-- -->", "&amp;unknown; © \xa0", "references are characters"),
    ("<p onx>a</p>  \n <p>b</p>", "<p>a</p>  \n <p>b</p>", "white space stays"),
    ("<![odd<i>x</i>", "&lt;![odd<i>x</i>", "a section without an end"),
    ("<p a\"b=c 'd title=x>t</p>", '<p title="x">t</p>', "attributes of no name"),
    (
        "<math><mfrac><mn>1</mn><mspace/></mfrac></math><!-- -->",
        "<math><mfrac><mn>1</mn><mspace></mspace></mfrac></math>",
        "MathML",
    ),
]


@pytest.mark.parametrize(
    ("html", "fitting"),
    [pytest.param(a, b, id=why) for a, b, why in URLS + HYGIENE + MALFORMED],
)
def test_what_is_mended(html, fitting):
    assert mending.mended(html, BASE) == fitting
    assert shape(fit(html, BASE)) == fitting
    assert fit(fitting, BASE) == fitting


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("", id="nothing"),
        pytest.param("Words & more &amp; &unknown; > x", id="words"),
        pytest.param('<p class="a">x</p>\n<hr/><br>', id="paragraphs"),
        pytest.param('<a href="https://a.org/?a=1&amp;b=2" rel=me>x</a>', id="an absolute link"),
        pytest.param("<A HREF='mailto:a@b.org' TITLE='t'>x</A >", id="upper case"),
        pytest.param('<a href="tel:1">x</a><img src="data:image/png;base64,AA==">', id="no page"),
        pytest.param('<td style="color: red" colspan=2>x</td>', id="style without a URL"),
        pytest.param('<p data-x="on" lang="en">switch on one</p>', id="no event handler"),
        pytest.param("<p>a<p>b</i>", id="not balanced, as browsers allow"),
        pytest.param("x" * 1_000_000, id="long"),
        pytest.param("<b>" * 100_000, id="deep"),
    ],
)
def test_what_is_in_order_is_not_touched(html):
    assert fit(html, BASE) is html


@pytest.mark.parametrize("base", ["", "a.html", "/2024/a.html", "file:///a.html"])
def test_without_a_site_urls_stay_and_the_rest_is_mended(base):
    html = '<a href="../x" onclick="y">t</a><img srcset="a 1x" style="b:url(c)">'
    fitting = '<a href="../x">t</a><img srcset="a 1x" style="b:url(c)">'
    assert fit(html, base) == fitting


def test_listings_keep_every_character():
    source = "if a < b && c > \"d\":\n\n    print('&amp;')  \n  # <script>"
    html = markdown(f"``` html\n{source}\n```\n\n[x](y)", extensions=["fenced_code"])
    fitting = fit(html, BASE)
    assert fitting != html
    assert BeautifulSoup(fitting, "html.parser").code.get_text() == source + "\n"


def test_footnotes_of_markdown_lead_to_the_article():
    html = markdown("Text[^1].\n\n[^1]: Note.", extensions=["extra"])
    links = BeautifulSoup(fit(html, BASE), "html.parser").find_all("a")
    assert [link["href"] for link in links] == [f"{BASE}#fn:1", f"{BASE}#fnref:1"]
    assert 'id="fn:1"' in fit(html, BASE)


@pytest.mark.parametrize("name", ["b", "form", "label", "object", "button", "svg"])
def test_deep_nesting_is_survived(name):
    html = f"<{name}>" * 20_000 + '<i onclick="x">' + f"</{name}>" * 20_000 + "words"
    assert fit(html, BASE).endswith("words")


PIECES = st.sampled_from(
    [
        *("<a href=", "<img src=", "<img srcset=", "<p style=", "<p onx=", "<b ", "<br/", "<svg "),
        *("<iframe src=", "<object data=", "<form>", "<input>", "<pre>", "<style>", "</style>"),
        *("<script>", "</script>", "<!--", "-->", "<![", "<![CDATA[", "]]>", "<?", "<!", "</", "<"),
        *(">", '"', "'", "/", "=", "&", "&amp;", "&lt;", "&#x6a;", "#f", "//", "../x", " ", "\n"),
        *("https://a.org/", "javascript:", "data:image/png,", "url(", "(", ")", ",", " 2x", "\\"),
        *("<p>", "</p>", "</a>", "</b>", "<title>", "<textarea>", "<noscript>", "<p\tclass=x>"),
        *('<a href="https://a.org/?a&b">', "<p class='x' id=y>", "words", "\x00", "\xa0", "\ud800"),
    ]
)
HTML = st.lists(PIECES | st.text(max_size=5), max_size=25).map("".join)


@settings(max_examples=300)
@given(HTML | st.text(), st.sampled_from([BASE, "", "https://[", 'http://x/"(\\']))
@example("<a\xa0href=x>", BASE)
@example("<a/href=x>", BASE)
@example("<![\ud800", BASE)
@example("<p on=x>", BASE)
@example("<a href='https://a' HREF=x>", BASE)
def test_it_never_raises_and_a_second_time_changes_nothing(html, base):
    once = fit(html, base)
    assert fit(once, base) == once


def shape(html):
    """What a reader gets to see of it."""
    tree = mending._parse(html)
    return tree.decode(formatter=mending._AS_HTML)


CLEAN = st.sampled_from(
    [
        *("<p>", "</p>", "<br/>", "<b class=x>", "</b>", " title='on'", "<i", ">", "\n", "words"),
        *(
            '<a href="https://a.org/?a=1&b=2">',
            "</a >",
            '<td style="color: red">',
            "&lt;",
            "&",
            " ",
        ),
        *(" on", "=x", '"', "<A HREF='TEL:1'", " onx", " src", " style=", "/", "<form", "<svg>"),
        *("<title>", "</title>", "&section=1", "<b\x0c", "\x0b", "ſ", "K", "<o", "n", "href", ":"),
    ]
)


@settings(max_examples=500)
@given(st.lists(CLEAN, max_size=12).map("".join))
def test_what_the_scan_lets_pass_the_parser_would_not_change(html):
    if content._IN_ORDER.fullmatch(html):
        assert mending.mended(html, BASE) == shape(html)


CASES = st.sampled_from(
    [
        *(
            '<p style="background:{}(x)">',
            "<{}>",
            "<p {}='x'>",
            "<p {}Click='x'>",
            '<a href="{}://b">',
        ),
        *("</{}>", '<img {}="https://x.org/">', "{}"),
    ]
)
WORDS = st.sampled_from(["url", "script", "style", "on", "href", "http", "srcset", "p"])


@given(CASES, WORDS, st.sampled_from([str.lower, str.upper, str.title]))
def test_what_the_scan_of_lower_case_lets_pass_the_other_does(html, word, case):
    html = html.format(case(word))
    if content._IN_ORDER_AND_LOWER_CASE.fullmatch(html):
        assert content._IN_ORDER.fullmatch(html)
    if content._BUT_FOR_URLS_IN_LOWER_CASE.fullmatch(html):
        assert content._BUT_FOR_URLS.fullmatch(html)


RELATIVE = st.sampled_from(
    [
        *('<a href="/x/?a=1">', "<img src='../a.png' title=' href=\"y\"' alt=b>", '<a href="#f">'),
        *('<use xlink:href="#f"/>', '<A HREF="x" HREF="y">', '<q cite="//b.org/">', " href='z'"),
        *('<image href="a.svg#b"/>', '<img src="#c"', 'href="in.prose"'),
    ]
)


@settings(max_examples=500)
@given(
    st.lists(CLEAN | RELATIVE, max_size=12).map("".join),
    st.sampled_from([BASE, "", "https://x.org", "https://x.org/a&b/", 'http://x/"']),
)
def test_urls_made_absolute_by_the_scan_are_those_of_the_parser(html, base):
    if content._lacks_only_urls(html):
        assert shape(fit(html, base)) == mending.mended(html, base)


@given(st.text())
def test_escaped_text_survives(text):
    fitting = fit(f'<pre onclick="x">{escape(text)}</pre>', BASE)
    assert fitting.startswith("<pre>")
    assert mending._parse(fitting).get_text() == text

"""Titles and names as plain text (P16), and entries that would have no text at all."""

from __future__ import annotations

import json

import pytest

from pelican_linkback.feeds.content.cleaning import fit, is_blank
from pelican_linkback.text.titles import plain_text

TITLES = [
    ("vector<int>", "vector<int>", "P16: an unknown tag is text"),
    ("map<string, vector<int>>", "map<string, vector<int>>", "nested templates are text"),
    ("A & B", "A & B", "a bare ampersand"),
    ("A &amp; B", "A & B", "a reference"),
    ("&amp;lt;", "&lt;", "unescaped once"),
    ("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>", "escaped markup is text"),
    ("<em>Very</em> good", "Very good", "reST emphasis"),
    ('<code class="docutils literal">x = 1</code>', "x = 1", "reST literal"),
    ('The <span class="caps">BBC</span>', "The BBC", "typogrify caps"),
    ('A <span class="amp">&amp;</span> B', "A & B", "typogrify ampersand"),
    ("&#8220;Hi&#8221;&#8230;", "“Hi”…", "smart quotes"),
    ("so&nbsp;far", "so far", "typogrify widont"),
    ("<b><b>x</b> y</b>", "x y", "nested in itself"),
    ("<STRONG>x</STRONG >", "x", "upper case"),
    ("a<br/>b<br>c<img src='x' alt='y'>", "a b c", "elements without an end"),
    ("a<b and c>d", "a<b and c>d", "a comparison is text"),
    ("Option<s>", "Option<s>", "a tag without an end is text"),
    ("x</b>", "x</b>", "an end without a tag is text"),
    ("  a\n\tb ", "a b", "white space folded"),
    ("", "", "nothing"),
    ("<p>The <em>first</em> of <code>x</code></p>", "The first of x", "Markdown in a title"),
    ("<h1>Old</h1> import", "Old import", "a heading"),
    ("<p class='lead'>Lead</p>", "Lead", "a paragraph"),
    ("<center><font color=red>Loud</font></center>", "Loud", "as it was once done"),
    ("<marquee><blink>Louder</blink></marquee>", "Louder", "as it was never done"),
    ("<p>One</p><p>two</p>", "One two", "blocks end words"),
    ("<ul>\n<li>One</li>\n<li>two</li>\n</ul>", "One two", "a list"),
    ("<p>Why <code>vector&lt;int&gt;</code></p>", "Why vector<int>", "escaped within blocks"),
    ("<b>bold <i>both</b> italic</i>", "bold both italic", "ends that cross"),
    ("<b>1</b>2</b>", "12</b>", "one end too many"),
    ('<svg viewBox="0 0 1 1"><title>x</title><path d="M0"/></svg> Map', "Map", "a drawing"),
    ("<svg><a href=x><text>y</text></a></svg> Map", "Map", "a drawing with links"),
    ("<math><msup><mi>x</mi><mn>2</mn></msup></math>", "x2", "a formula"),
    ("a<!-- <b> -->b<!-- c --><!-->d", "abd", "comments"),
    ("a <!-- b", "a <!-- b", "a comment without an end is text"),
    ("<script>x()</script><style>a</style>T", "T", "what is for programs"),
    ("<b a='>'>x</b>", "x", "a sign in an attribute"),
    ("<details open><p hidden>x</p></details>", "x", "attributes without values"),
    ("<my-tag>x</my-tag> <no-tag>", "x <no-tag>", "custom elements"),
    ("List<Object>", "List<Object>", "a type with the name of an element"),
    ("Ann Lee <ann@example.org>", "Ann Lee <ann@example.org>", "an address"),
]


@pytest.mark.parametrize(("title", "text"), [pytest.param(a, b, id=why) for a, b, why in TITLES])
def test_titles(title, text):
    assert plain_text(title) == text


@pytest.mark.parametrize(
    "html",
    [
        *("", " \n\t", "&nbsp;", "\xa0", "&#160;&#xA0;", "\u200b&zwnj;", "<p></p>", "<br><br/>"),
        *("<div><p class='x'>&nbsp;</p></div>", "<!-- nothing -->", "<script>x</script>", "<p>"),
        *("<ul><li></li></ul>", "<hr>", "&#8203;", "<p>&#xFEFF;&ensp;</p>"),
    ],
)
def test_what_shows_nothing_is_blank(html):
    assert is_blank(fit(html, "https://ex.org/"))


@pytest.mark.parametrize(
    "html",
    [
        *("x", "<p>x</p>", "&amp;", "…", "&lt;", "<img src='https://ex.org/i.png'>"),
        *("<svg><circle r='1'/></svg>", "<video src='https://ex.org/v'></video>"),
        "<iframe src='https://ex.org/f'></iframe>",
    ],
)
def test_what_shows_something_is_not_blank(html):
    assert not is_blank(fit(html, "https://ex.org/"))


TEXTS = ("FEED_ATOM", "FEED_RSS", "FEED_JSON")


def texts(build, title):
    """What each format says of the article with this title: summary and content."""
    [atom] = [each for each in build.parse("a.xml").entries if each.title == title]
    [rss] = [each for each in build.parse("r.xml").entries if each.title == title]
    [item] = [each for each in json.loads(build.read("j.json"))["items"] if each["title"] == title]
    return {
        "atom": (atom.get("summary"), [each.value for each in atom.get("content", [])]),
        "rss": (rss.get("summary"), [each.value for each in rss.get("content", [])]),
        "json": (item.get("summary"), item["content_html"]),
    }


@pytest.fixture
def blog(site):
    site.settings |= {"FEED_ATOM": "a.xml", "FEED_RSS": "r.xml", "FEED_JSON": "j.json"}
    site.settings |= {"FEED_ALL_ATOM": None}
    return site


@pytest.mark.parametrize("blank", ["", "&nbsp;", "<p></p>", "<!-- -->"])
@pytest.mark.parametrize("only", [True, False])
def test_a_blank_summary_is_none_and_the_text_takes_its_place(blog, blank, only):
    blog.article("blank", "The text.", summary=blank)
    found = texts(blog.build(RSS_FEED_SUMMARY_ONLY=only), "blank")
    text = "<p>The text.</p>"
    assert found["atom"][1] == [text]
    assert found["rss"] == (text, [])
    assert found["json"] == (None, text)


def test_summaries_of_no_length_are_none(blog):
    blog.article("long", "The text.")
    found = texts(blog.build(SUMMARY_MAX_LENGTH=0), "long")
    assert found["rss"] == ("<p>The text.</p>", [])
    assert found["json"] == (None, "<p>The text.</p>")


def test_an_article_without_a_text_has_its_summary(blog):
    blog.article("short", "", summary="In short.")
    found = texts(blog.build(RSS_FEED_SUMMARY_ONLY=False), "short")
    assert "In short." in found["atom"][0]
    assert "In short." in found["rss"][0]
    assert "In short." in found["json"][1]


def test_an_entry_never_has_neither_title_nor_text(blog):
    blog.article("picture", "", title="<span></span>", summary="", slug="the-slug")
    build = blog.build()
    assert build.parse("a.xml").entries[0].title == "the-slug"
    assert build.parse("r.xml").entries[0].title == "the-slug"
    assert json.loads(build.read("j.json"))["items"][0]["title"] == "the-slug"


def test_names_of_sites_and_groups_are_plain_text(blog):
    blog.article(
        "a", "x", category="<b>Bold</b> moves", tags="<p>Tag</p>", authors="<b>Ann</b> Lee"
    )
    build = blog.build(
        SITENAME="<p>My <em>site</em></p>",
        SITESUBTITLE="<div>Said</div>",
        CATEGORY_FEED_ATOM="{slug}.xml",
    )
    feed = build.parse("a.xml")
    assert (feed.feed.title, feed.feed.subtitle) == ("My site", "Said")
    entry = feed.entries[0]
    assert {each.term for each in entry.tags} == {"Bold moves", "Tag"}
    assert entry.author == "Ann Lee"
    assert build.parse("bold-moves.xml").feed.title == "My site - Bold moves"


def test_an_entry_without_a_slug_too_is_known_by_its_url(blog):
    blog.article("nothing", "", title="", slug="", summary="", url="n.html", save_as="n.html")
    build = blog.build()
    assert build.parse("a.xml").entries[0].title == "https://me.example.io/n.html"
    assert build.parse("r.xml").entries[0].title == "https://me.example.io/n.html"

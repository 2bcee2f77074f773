"""What a page says of one of ours: links by media type, and the mention that it is."""

from __future__ import annotations

import datetime as dt
import json
import sys
from random import Random
from typing import Any

import pytest

from pelican_linkback.receiving.hosted.jf2 import NotKept, WhyNotKept
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.reading import tree
from pelican_linkback.receiving.reading.links import LOOKED_AT, TargetPage, links_of
from pelican_linkback.receiving.reading.microformats import item_of
from pelican_linkback.receiving.reading.page import MentionRequest, Page, SourceContent, read
from pelican_linkback.receiving.reading.xhtml import as_html
from pelican_linkback.receiving.received import Author, Kind, Received
from tests.pages_corpus import CASES, NOW, SITE, asked, page, wrong

WALLS = "https://blog.example/walls/"
SOURCE = "https://ann.example/notes/1"
TARGETS = Targets(
    [
        Target("walls", WALLS, former=("https://old.example/w",)),
        Target("moss", "https://blog.example/moss"),
    ],
    "https://blog.example",
)
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}: {case['why']}")
@pytest.mark.parametrize("parser", ["turbohtml", "html5lib"])
def test_a_page_of_the_corpus_is_read_as_expected(
    case: dict[str, Any], parser: str, monkeypatch: pytest.MonkeyPatch
):
    if parser == "html5lib" and case["id"] in {"P157", "P158"}:
        pytest.skip("it takes seconds; the process that reads pages ends then")
    monkeypatch.setattr(tree, "_parser", getattr(tree, f"_{parser}"))
    said = read(page(case), asked(case), SITE, item_of)
    mention = said.mention if isinstance(said.mention, Received) else None
    assert wrong(case, linked=said.linked, gone=said.gone, mention=mention) == []


def test_html5lib_reads_pages_where_turbohtml_has_no_wheel(monkeypatch: pytest.MonkeyPatch):
    tree._parser.cache_clear()
    monkeypatch.setitem(sys.modules, "turbohtml", None)
    assert tree.tree_of("<p class=h-entry>x<!-- y -->", ()).soup.get_text() == "x"
    tree._parser.cache_clear()


def said_by(
    body: str, kind: str = HTML, *, source: str = SOURCE, url: str = "", **more: Any
) -> SourceContent:
    request = MentionRequest(source, WALLS, "walls", NOW, **more)
    answer = Page(url or source, [("Content-Type", kind)], body.encode())
    return read(answer, request, TARGETS, item_of)


def mention_in(body: str, **more: Any) -> Received:
    mention = said_by(body, **more).mention
    assert isinstance(mention, Received), mention
    return mention


def entry(inside: str) -> Received:
    return mention_in(f'<div class="h-entry">{inside}<a href="{WALLS}"></a></div>')


@pytest.mark.parametrize(
    ("kind", "body", "linked"),
    [
        pytest.param(HTML, f'<video poster="{WALLS}">', True, id="the poster of a video"),
        pytest.param(HTML, f'<object data="{WALLS}">', True, id="an object"),
        pytest.param(HTML, f'<img src=x srcset="a.png 1x,{WALLS} 2x">', True, id="a srcset"),
        pytest.param(HTML, f'<picture><source srcset="{WALLS}">', True, id="a picture's source"),
        pytest.param(HTML, f'<img srcset="https://x.example/?{WALLS}">', False, id="no srcset"),
        pytest.param(HTML, f'<svg><image href="{WALLS}"/></svg>', True, id="a picture in SVG"),
        pytest.param(HTML, f'<input type=image src="{WALLS}">', True, id="a button's picture"),
        pytest.param(HTML, f'<iframe src="{WALLS}"></iframe>', True, id="a frame"),
        pytest.param(HTML, '<a href="https://old.example/w">', True, id="a former address"),
        pytest.param(HTML, '<a href="//blog.example/walls">', True, id="without scheme"),
        pytest.param(HTML, '<a href="/\\blog.example/walls">', False, id="a backslash"),
        pytest.param(
            HTML, '<a href="https://blog.example/moss">', False, id="another page of ours"
        ),
        pytest.param(HTML, '<a href="/walls/">', False, id="the same path elsewhere"),
        pytest.param(HTML, f'<form action="{WALLS}">', False, id="a form"),
        pytest.param(HTML, f'<meta content="{WALLS}">', False, id="a meta element"),
        pytest.param(HTML, f'<template><a href="{WALLS}"></template>', False, id="a template"),
        pytest.param(
            HTML, f'<template></template><a href="{WALLS}">', True, id="behind a template"
        ),
        pytest.param(HTML, f'<textarea><a href="{WALLS}"></textarea>', False, id="a text area"),
        pytest.param(HTML, '<a href="https://[blog.example/walls/">', False, id="no URL"),
        pytest.param(HTML, '<a href="https://bl%6Fg.example/walls/">', False, id="an escaped host"),
        pytest.param(HTML, '<a href="https://blog.example./walls/">', True, id="a final dot"),
        pytest.param(HTML, '<base href="https://blog.example"><a href="walls">', True, id="a base"),
        pytest.param(HTML, '<base href="http://["><a href="walls">', False, id="no base"),
        pytest.param("", f'<a href="{WALLS}">', True, id="no media type is HTML"),
        pytest.param("text/plain", f"(see {WALLS}.)", True, id="a text with punctuation"),
        pytest.param("text/plain", f"看{WALLS}。很好", True, id="a text in Chinese"),
        pytest.param("text/plain", f"the “{WALLS}”", True, id="a text in curly quotes"),
        pytest.param("text/plain", f"{WALLS}—so", True, id="a text with a dash"),
        pytest.param("text/org", f"[[{WALLS}][walls]]", True, id="a text in Org"),
        pytest.param("text/plain", f"see {WALLS}more", False, id="a text with a longer URL"),
        pytest.param("text/plain", "blog.example/walls/", False, id="a text without scheme"),
        pytest.param("application/ld+json", json.dumps([[{"a": WALLS}]]), True, id="any JSON"),
        pytest.param(
            "application/json", json.dumps({"a": f"see {WALLS}"}), False, id="JSON's text"
        ),
        pytest.param("application/json", json.dumps("/walls/"), False, id="JSON's path"),
        pytest.param("application/json", "[" * 100_000, False, id="JSON too deep"),
        pytest.param("application/json", f'{{"a": "{WALLS}"', False, id="JSON cut short"),
        pytest.param(
            "application/json",
            f'[null, {"1" * 10_000}, "{WALLS}"]',
            True,
            id="JSON with a great number",
        ),
        pytest.param("application/json", f'\ufeff["{WALLS}"]', True, id="JSON with a mark"),
        pytest.param("application/pdf", WALLS, False, id="another type"),
    ],
)
def test_a_link_is_what_the_media_type_says(kind: str, body: str, linked: bool):
    assert said_by(body, kind).linked is linked


@pytest.mark.parametrize(
    ("xhtml", "html"),
    [
        ('<script src="x.js"/>', '<script src="x.js"></script>'),
        ("<iframe\nsrc='a/b'\n/>x<br/>", "<iframe\nsrc='a/b'\n></iframe>x<br/>"),
        ("<!-- <i/> --><i/><!-- <i/>", "<!-- <i/> --><i></i><!-- <i/>"),
        ('<p title="/>">x</p>', '<p title="/>">x</p>'),
        ("a <![CDATA[<b/> & c]]> d", "a &lt;b/&gt; &amp; c d"),
        ("a <![CDATA[<b/>", "a &lt;b/&gt;"),
    ],
)
def test_xhtml_is_written_as_html(xhtml: str, html: str):
    assert as_html(xhtml) == html


def test_an_empty_script_of_xhtml_does_not_hide_the_post():
    post = f'<p class="h-entry"><a href="{WALLS}"/><i class="e-content"><![CDATA[<b>]]></i></p>'
    page = f"<html><head><title/><script src='x.js'/></head><body>{post}</body></html>"
    assert mention_in(page, kind="application/xhtml+xml").text == "<b>"
    assert mention_in(page).text == ""


def test_json_that_is_not_in_utf_8_has_its_links():
    target_page = TargetPage(WALLS, "walls", TARGETS)
    kind = [("Content-Type", "application/json; charset=iso-8859-1")]
    for body in (f'["Zoë", "{WALLS}"]'.encode("latin-1"), f'["Zoë", "{WALLS}"]'.encode("utf-16")):
        assert links_of(body, kind, SOURCE, target_page).links == {WALLS}


def test_a_post_links_by_the_picture_that_it_has_for_large_screens():
    page = f'<p class=h-entry>One</p><p class=h-entry>Two <img srcset="/a 1x, {WALLS} 2x"></p>'
    assert mention_in(page).text == "Two"


GONE = '<meta http-equiv="Status" content="410 Gone">'


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        (GONE, True),
        (f"<body><p>{GONE}<a href={WALLS}>", True),
        ("<meta http-equiv=status content=' 410'>", True),
        ("<meta http-equiv=status content=4100>", False),
        ("<meta http-equiv=status content='200 OK'>", False),
        ("<meta name=status content=410>", False),
        (f"<!-- {GONE} -->", False),
        (f"<script>'{GONE}'</script>", False),
        (f"<template>{GONE}</template>", False),
        ("<meta name=x content='http-equiv=status content=410'>", False),
    ],
)
def test_a_page_may_say_that_it_is_gone(body: str, gone: bool):
    assert said_by(body).gone is gone


def test_references_are_looked_at_within_limits():
    many = "".join(f'<a href="https:{n}">' for n in range(LOOKED_AT))
    assert not said_by(f'{many}<a href="{WALLS}">').linked
    elsewhere = "".join(f'<a href="https://else.example/{n}">' for n in range(LOOKED_AT))
    assert said_by(f'{elsewhere}<a href="{WALLS}">').linked


def test_a_page_of_our_own_site_may_link_by_its_path():
    target_page = TargetPage(WALLS, "walls", TARGETS)
    found = links_of(b'<a href="../walls/#b">', [], "https://blog.example/moss/", target_page)
    assert found.links == {"../walls/#b"}


def test_what_the_sender_said_is_a_part_of_the_mention():
    found = mention_in(
        f'<div class="h-entry"><a href="{WALLS}">w</a></div>', fragment="gate", protocol="pingback"
    )
    assert found == Received(
        source=SOURCE,
        target=WALLS,
        article="walls",
        fragment="gate",
        kind=Kind.MENTION,
        author=Author("ann.example"),
        url=SOURCE,
        text="w",
        received=NOW,
        protocol="pingback",
    )


def test_a_source_that_links_to_itself_is_no_mention():
    page = f'<a href="{WALLS}">'
    assert said_by(page, source=f"{WALLS}?utm_source=x").mention == NotKept(
        WhyNotKept.ITSELF, "", f"{WALLS}?utm_source=x"
    )


@pytest.mark.parametrize("said", ["p-visibility value=private", "p-audience value=friends"])
def test_a_private_post_is_not_kept(said):
    body = f'<p class=h-entry><data class={said}></data><a href="{WALLS}">'
    read = said_by(body)
    assert read.linked
    assert isinstance(read.mention, NotKept)
    assert read.mention.why is WhyNotKept.PRIVATE


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param('<a class="u-url" href="/n/2">#</a>', "https://ann.example/n/2", id="its own"),
        pytest.param(
            f'<a class="u-url" href="/n/2">#</a><a class="u-url" href="{SOURCE}"></a>',
            SOURCE,
            id="the source among several",
        ),
        pytest.param(f'<a class="u-url" href="{WALLS}"></a>', SOURCE, id="ours"),
        pytest.param('<a class="u-url" href="javascript:x"></a>', SOURCE, id="a script"),
    ],
)
def test_where_people_go_is_the_post_itself(inside: str, expected: str):
    assert entry(inside).url == expected


@pytest.mark.parametrize(
    "inside",
    [
        '<p class="e-content">So <a class="p-category" href="/tag">#so</a> <a href="/x">x</a></p>',
        '<a href="https://else.example/">x</a>',
        '<p class="h-cite u-comment"><a class="u-url" href="/c">x</a></p>',
    ],
)
def test_a_link_in_a_post_is_not_where_people_go(inside: str):
    page = f'<div class="h-entry">{inside}</div><a href="{WALLS}"></a>'
    assert mention_in(page).url == SOURCE


def test_an_old_post_has_a_url():
    page = f'<div class="hentry"><a rel="bookmark" href="/n/2">#</a></div><a href="{WALLS}"></a>'
    assert mention_in(page).url == "https://ann.example/n/2"


def test_of_a_redirected_source_either_url_is_the_post():
    one = '<p class="h-entry"><a class="u-url" href="/a">A</a></p>'
    other = f'<p class="h-entry"><a class="u-url p-name" href="/b">B</a><a href="{WALLS}"></a></p>'
    assert mention_in(one + other, source=SOURCE, url="https://ann.example/b").text == "B"


POSTS = """
<div class="h-feed"><h1 class="p-name">Notes</h1><p class="p-author">Feed</p>
<article class="h-entry" id="one"><p class="p-content">One</p></article>
<article class="h-entry" id="two"><p class="p-content">Two</p><a href="https://blog.example/walls/"></a></article>
</div>"""


@pytest.mark.parametrize(
    ("source", "text"),
    [(SOURCE, "Two"), (f"{SOURCE}#one", "One"), (f"{SOURCE}#three", "Two")],
)
def test_of_many_posts_the_named_one_counts_or_that_which_links(source: str, text: str):
    found = mention_in(POSTS, source=source, url=SOURCE)
    assert (found.text, found.author.name) == (text, "Feed")


def test_the_entries_of_a_feed_may_be_its_properties():
    inside = f'<p class="p-entry h-entry"><a class=p-name href="{WALLS}">E</a></p>'
    assert mention_in(f'<div class="h-feed">{inside}</div>').text == "E"


def test_without_a_link_in_a_post_the_first_entry_counts():
    page = f'<p class=h-item>I</p><p class=h-entry>E</p><a href="{WALLS}">w</a>'
    assert mention_in(page).text == "E"


@pytest.mark.parametrize(
    ("inside", "author"),
    [
        pytest.param('<p class="p-author"> </p>', Author("ann.example"), id="nothing"),
        pytest.param('<p class="p-author">&lt;b> & co</p>', Author("<b> & co"), id="a name"),
        pytest.param(
            '<p class="p-author">https://bo.example/</p>',
            Author("bo.example", "https://bo.example/"),
            id="a URL as a text",
        ),
        pytest.param(
            '<p class="p-author h-card"><b class="p-note">x</b></p>', Author("x"), id="words"
        ),
        pytest.param(
            '<div class="p-author h-card"><img class="u-photo" src="/f" alt="F">'
            '<i class="p-name">Fi</i></div>',
            Author("Fi", "", "https://ann.example/f"),
            id="a photo with a description",
        ),
        pytest.param(
            '<a rel="author" href="http://[">x</a>', Author("ann.example"), id="rel=author, no URL"
        ),
        pytest.param(
            '<b rel="author" href="/me">x</b>', Author("ann.example"), id="rel=author, no link"
        ),
        pytest.param(
            '<a rel="Author" href="/me">x</a><p class="h-cite"><a class="h-card" href="/me">Me</a>',
            Author("Me", "https://ann.example/me"),
            id="rel=author, and a card with that URL anywhere",
        ),
    ],
)
def test_the_author_is_found_on_the_page(inside: str, author: Author):
    assert entry(inside).author == author


@pytest.mark.parametrize(
    "address", ["mailto:ann@x.example", "acct:ann@x.example", "tel:+1", "javascript:x", "ftp://x/"]
)
def test_an_address_that_is_no_page_is_nobody(address: str):
    nobody = Author("ann.example")
    assert entry(f'<a class="u-author" href="{address}">x</a>').author == nobody
    assert entry(f'<a rel="author" href="{address}">x</a>').author == nobody
    assert entry(f'<a class="p-author h-card" href="{address}">{address}</a>').author == nobody
    bo = '<a {} href="https://bo.example/"></a>'
    for more in ('rel="author"', 'class="u-author"'):
        found = entry(f'<a {more} href="{address}">x</a>{bo.format(more)}')
        assert found.author == Author("bo.example", "https://bo.example/")


@pytest.mark.parametrize("card", ["http://bo.example/me/", "HTTPS://BO.example:443/me"])
def test_a_card_is_known_by_its_url_in_any_spelling(card: str):
    page = f'<a class="h-card" href="{card}">Bo</a><a class="h-card" href="/">x</a>'
    post = '<p class="h-entry"><a class="u-author" href="https://bo.example/me"></a>'
    assert mention_in(f'{page}{post}<a href="{WALLS}">').author.name == "Bo"


def test_a_post_is_known_by_its_url_in_any_spelling():
    post = (
        '<p class="h-entry"><a class="u-url p-name" href="{}">{}</a><a href="'
        + WALLS
        + '"></a></p>'
    )
    other = SOURCE.replace("https", "http") + "/"
    assert mention_in(post.format("/n/2", "A") + post.format(other, "B")).text == "B"


def test_two_cards_that_stand_by_themselves_are_nobodys():
    cards = '<a class="h-card" href="/">A</a><a class="h-card" href="/b">B</a>'
    assert mention_in(f'{cards}<a href="{WALLS}">').author == Author("ann.example")


def test_a_card_of_the_site_may_stand_above_and_below():
    cards = '<a class="h-card" href="/">A</a><a class="h-card" href="https://ann.example">Ann</a>'
    assert mention_in(f'{cards}<a href="{WALLS}">').author == Author("A", "https://ann.example/")


def test_a_card_alone_says_who_but_not_what():
    page = f'<title>T</title><a class="h-card" href="/">A</a><a href="{WALLS}">w</a>'
    found = mention_in(page)
    assert (found.author, found.text) == (Author("A", "https://ann.example/"), "")


def test_a_card_of_another_site_that_stands_by_itself_is_no_author():
    page = f'<a class="h-card" href="https://bo.example/">B</a><a href="{WALLS}">'
    assert mention_in(page).author == Author("ann.example")


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        (f'<a class="u-in-reply-to" href="{WALLS}">', Kind.REPLY),
        (f'<a class="u-reply-to" href="{WALLS}">', Kind.REPLY),
        (f'<a class="u-repost" href="{WALLS}">', Kind.REPOST),
        (f'<a class="u-like-of" href="{WALLS}">', Kind.LIKE),
        (f'<a class="u-bookmark-of" href="{WALLS}">', Kind.BOOKMARK),
        (f'<a class="u-in-reply-to" href="{WALLS}"></a><b class="p-rsvp">no</b>', Kind.RSVP),
        (f'<a class="u-in-reply-to" href="{WALLS}"></a><b class="p-rsvp">so</b>', Kind.REPLY),
        (
            '<a class="u-in-reply-to" href="https://x.example/"></a><b class="p-rsvp">no</b>',
            Kind.MENTION,
        ),
        ('<a class="u-in-reply-to" href="http://[">', Kind.MENTION),
        (f'<div class="e-content"><a class="u-like-of" href="{WALLS}"></a></div>', Kind.LIKE),
        (f'<div class="h-x u-like-of"><a class="u-url" href="{WALLS}"></a></div>', Kind.LIKE),
    ],
)
def test_the_kind_is_what_the_post_is_to_our_page(inside: str, kind: Kind):
    assert entry(inside).kind is kind


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        pytest.param('<p class="p-name e-content">A <b>b</b></p>', "A b", id="a name is content"),
        pytest.param('<p class="e-summary">S</p><p class="e-content">C', "S", id="a summary"),
        pytest.param("<h1>T</h1><div>Some <i>t</i>ext</div>", "T Some text", id="blocks"),
        pytest.param('<div class="p-name"><div>A</div>B</div>', "A B", id="a name of blocks"),
        pytest.param('<p class="p-content">&lt;b>', "<b>", id="a text that looks like markup"),
        pytest.param('<p class="p-name">&lt;b>', "<b>", id="a name that looks like markup"),
        pytest.param('<p class="e-content">a<i>b<p>c</p>', "ab", id="inline"),
        pytest.param('<p class="e-content"><img alt="\U0001f44d">', "\U0001f44d", id="a picture"),
        pytest.param('<div class="e-content h-item"><p>a</p><p>b</p>', "a\nb", id="also an item"),
        pytest.param('<data class="p-name" value="\x00 0\x00">', "\ufffd 0\ufffd", id="a mark"),
    ],
)
def test_the_text_is_plain(inside: str, text: str):
    assert entry(inside).text == text


def test_no_more_markup_is_kept_than_is_read():
    long = tree.tree_of(f'<div class="h-entry e-content">{"x" * 300_000}</div>', ())
    assert [len(each) for each in long.markup] == [tree._LONGEST_CONTENT]
    within = '<div class="e-content">' * 100 + "x" * 300_000
    kept = tree.tree_of(f'<div class="h-entry">{within}</div>', ()).markup
    assert sum(map(len, kept)) == tree._CONTENTS


def test_the_last_of_many_posts_has_its_content():
    post = '<div class="h-entry"><p class="e-content">{}</p></div>'
    posts = post.format("x") * 200 + post.format(f'<a href="{WALLS}">the last</a>')
    assert mention_in(posts).text == "the last"


def test_markup_in_a_text_counts_as_its_words():
    author = '<p class="p-author h-card">Ann <i class="e-note">of <b>old</b></i></p>'
    assert entry(author).author.name == "Ann of old"
    assert entry('<p class="p-summary">So <b class="e-x">it</b> is.</p>').text == "So it is."


def test_deep_elements_lose_their_tags_and_no_text():
    deep = '<p class="h-entry">' + "<b>" * 400 + "x"
    assert tree.tree_of(deep, ()).soup.get_text() == "x"
    assert len(tree.tree_of(deep, ()).soup.find_all("b")) == tree._DEEPEST - 1
    beside = deep.replace("<b>", '<i class="value-title"></i>' * 300 + "<b>", 1)
    assert len(tree.tree_of(beside, ()).soup.find_all("b")) == tree._DEEPEST - 1


def test_the_classes_of_style_sheets_are_no_microformats():
    assert item_of('<div class="h-full h-screen">x</div>', SOURCE, [SOURCE], ()) is None


def test_a_page_without_words_and_microformats_is_the_host():
    found = mention_in(f'<a href="{WALLS}"></a>')
    assert (found.author.name, found.text, found.title) == ("ann.example", "", "")


def test_a_title_is_that_of_the_page_and_only_the_first():
    page = f'<title>A &lt;b></title><title>B</title><a href="{WALLS}">'
    assert mention_in(page).text == "A <b>"


def test_old_microformats_are_read_by_their_rules():
    page = (
        f'<div class="hentry"><b class="author">Sam</b><i class="entry-title">T</i>'
        f'<p class="entry-content">As <a href="{WALLS}">he</a> says.</p></div>'
    )
    found = mention_in(page)
    assert (found.author.name, found.text, found.title) == ("Sam", "As he says.", "T")


def test_a_base_in_an_entry_is_the_pages_and_not_mf2pys():
    page = '<base href="https://b.example/"><p class=h-entry><base href="http://["><a class=u-url'
    assert mention_in(f'{page} href="/n"></a><a href="{WALLS}">').url == "https://b.example/n"


@pytest.mark.parametrize("title", ["", ' title="2025-04-03T14:05Z"'])
def test_a_value_may_be_in_a_title(title: str):
    page = f'<b class="dt-published"><i class="value-title"{title}> </i>in spring</b>'
    expected = dt.datetime(2025, 4, 3, 14, 5, tzinfo=dt.UTC) if title else None
    assert entry(page).published == expected


NAMES = ("a", "abbr", "base", "data", "div", "img", "p", "table", "template", "time", "title")
CLASSES = (
    *(
        "h-entry",
        "h-card",
        "h-feed",
        "h-cite",
        "h-adr",
        "hentry",
        "vcard",
        "vevent",
        "author",
        "fn",
    ),
    *("p-author", "u-author", "p-name", "e-content", "entry-content", "u-url", "dt-published"),
    *("u-in-reply-to", "u-like-of", "p-rsvp", "p-summary", "value", "value-title", "published"),
)
VALUES = (
    WALLS,
    "/x",
    "http://[",
    "javascript:1",
    "",
    "yes",
    "2025-13-40",
    "0001-01-01",
    "12:60",
    "é",
)
ATTRIBUTES = ("alt", "cite", "datetime", "href", "id", "lang", "rel", "src", "title", "value")


def any_page(random: Random, depth: int = 0) -> str:
    pieces = []
    for _ in range(random.randint(1, 4)):
        classes = " ".join(random.choices(CLASSES, k=random.randint(0, 3)))
        said = " ".join(
            f'{name}="{random.choice(VALUES)}"' for name in random.sample(ATTRIBUTES, 3)
        )
        name = random.choice(NAMES)
        inside = any_page(random, depth + 1) if depth < 4 else "words"
        end = f"</{name}>" if random.random() < 0.8 else ""
        pieces.append(f'<{name} class="{classes}" {said}>{random.choice(VALUES)}{inside}{end}')
    return "".join(pieces)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_a_page_holds_it_is_a_mention(seed: int):
    page = f'<a href="{WALLS}">w</a>{any_page(Random(seed))}'
    said = said_by(page)
    assert said.linked
    assert isinstance(said.mention, Received)
    assert Received.read(said.mention.line()) == said.mention


@pytest.mark.parametrize(
    ("inside", "time"),
    [
        ('<time class="dt-published" datetime="2025-04-03T10:05:06.123Z">', "10:05:06.123"),
        ('<time class="dt-published" datetime="2025-04-03 12:05:06.5+0200">', "10:05:06.5"),
        (
            '<p class="dt-published"><time class="value" datetime="2025-04-03T10:05:06.1Z"></time>',
            "10:05:06",
        ),
        (
            '<p class="dt-published"><b class="value">2025-04-03</b> <b class="value">2:05am',
            "02:05",
        ),
        (
            '<p class="dt-published"><b class="value">2025-04-03</b> <b class="value">12:05am',
            "00:05",
        ),
        ('<p class="dt-published"><b class="value">2025-093</b>', "00:00"),
    ],
)
def test_a_time_is_kept_as_exact_as_it_is_said(inside: str, time: str):
    expected = dt.datetime.combine(dt.date(2025, 4, 3), dt.time.fromisoformat(time), dt.UTC)
    assert entry(inside).published == expected


@pytest.mark.parametrize(
    "dates",
    [
        '<time class="dt-published" datetime="2025-04-03t08:00:00z">',
        '<time class="dt-published">in spring</time><b class="dt-published">2025-04-03 08:00Z</b>',
        '<b class="dt-updated">2025-04-03T10:00+0200</b><time class="dt-published">x</time>',
    ],
)
def test_the_first_date_that_can_be_read_counts(dates: str):
    assert entry(dates).published == dt.datetime(2025, 4, 3, 8, tzinfo=dt.UTC)


def test_a_date_after_the_receipt_is_the_receipt():
    found = entry('<time class="dt-published" datetime="2031-01-01T00:00Z">')
    assert found.published == NOW
    assert entry('<time class="dt-updated" datetime="2025-01-01">').published == dt.datetime(
        2025, 1, 1, tzinfo=dt.UTC
    )

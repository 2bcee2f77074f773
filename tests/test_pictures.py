"""Pictures of articles and of the site, in each format."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.feeds import Atom1Feed, Category, JsonFeed, Rss201rev2Feed
from pelican_linkback.feeds.content.pictures import attributes_of, first_picture
from pelican_linkback.feeds.content.srcset import candidates
from pelican_linkback.text import markup
from tests.test_formats import add, make, parse


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>none</p>", None),
        (
            '<p><img alt="a > b" src="https://a.example/1.png"> <img src="2.png">',
            "https://a.example/1.png",
        ),
        ('<img src="data:image/png;base64,AA"><IMG SRC=" b.png ">', "b.png"),
        ('<img src="count.gif" width="1" height="1"><img src="c.png" width="10">', "c.png"),
        ('<img><img src=""><img src="d.png?a=1&amp;b=2">', "d.png?a=1&b=2"),
        ("<pre>&lt;img src='e.png'&gt;</pre>", None),
        ('<img src="unfinished', None),
        ("<imgs src='f.png'>", None),
        ('<img srcset="g.png, h.png 2x">', "g.png"),
        ('<img srcset=" ,g.png 2x">', "g.png"),
        ('<img src="data:image/png;base64,AA" srcset="g.png"><img srcset="">', None),
        ('<img src="http://[x/i.png"><img srcset="//[y 2x"><img src="j.png">', "j.png"),
    ],
)
def test_the_first_picture_of_an_article(html, expected):
    assert first_picture(html) == expected


NAMES = st.sampled_from(["src", "alt", "width", "data-src", "SRC", "src2"])
VALUES = st.text(st.sampled_from("ab =&;\n'/1"), max_size=5)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=4), st.sampled_from([">", "/>", " />"]))
def test_a_plain_tag_is_read_as_a_parser_reads_it(attributes, end):
    html = "<img" + "".join(f' {name}="{value}"' for name, value in attributes) + end
    tag = next(tag for tag in markup.tags(html) if tag.name == "img")
    assert attributes_of(html) == dict(tag.attributes)


@pytest.mark.parametrize("form", [Atom1Feed, Rss201rev2Feed])
def test_a_picture_is_read(form):
    (entry,) = parse(add(make(form), image="https://a.example/p.jpg?w=1")).entries
    assert entry.media_thumbnail == [{"url": "https://a.example/p.jpg?w=1"}]
    assert entry.media_content == [
        {"url": "https://a.example/p.jpg?w=1", "medium": "image", "type": "image/jpeg"}
    ]


def test_what_has_an_unknown_type_has_none():
    (entry,) = parse(add(make(Atom1Feed), image="https://a.example/p.mp4")).entries
    assert entry.media_content == [{"url": "https://a.example/p.mp4", "medium": "image"}]


PICTURES = {"icon": "https://a.example/i.png", "logo": "https://a.example/l.png"}


def test_pictures_of_the_site():
    atom = parse(make(Atom1Feed, **PICTURES)).feed
    assert (atom.icon, atom.logo) == ("https://a.example/i.png", "https://a.example/l.png")
    rss = parse(make(Rss201rev2Feed, **PICTURES)).feed
    assert rss.image == {
        "href": "https://a.example/l.png",
        "title": "T",
        "title_detail": rss.image.title_detail,
        "link": "https://me.example/",
        "links": rss.image.links,
    }
    only = parse(make(Rss201rev2Feed, icon="https://a.example/i.png")).feed
    assert only.image.href == "https://a.example/i.png"
    found = json.loads(make(JsonFeed, **PICTURES).writeString("utf-8"))
    assert (found["icon"], found["favicon"]) == ("https://a.example/i.png",) * 2


def test_a_category_has_a_scheme_and_a_label_where_the_format_has_them():
    mark = Category("387.1", "https://a.example/shelves", "Harbours")
    atom = parse(add(make(Atom1Feed, categories=[mark]), categories=[mark, "plain"]))
    named = {"term": "387.1", "scheme": "https://a.example/shelves", "label": "Harbours"}
    assert atom.feed.tags == [named]
    assert atom.entries[0].tags == [named, {"term": "plain", "scheme": None, "label": None}]
    rss = add(make(Rss201rev2Feed, categories=[mark]), categories=[mark]).writeString("utf-8")
    assert rss.count('<category domain="https://a.example/shelves">387.1</category>') == 2
    found = json.loads(add(make(JsonFeed), categories=[mark, "b"]).writeString("utf-8"))
    assert found["items"][0]["tags"] == ["Harbours", "b"]


def test_the_number_of_comments():
    assert parse(add(make(Rss201rev2Feed), comment_count=0)).entries[0].slash_comments == "0"
    text = add(make(Atom1Feed), comment_count=12).writeString("utf-8")
    assert '<thr:total xmlns:thr="http://purl.org/syndication/thread/1.0">12</thr:total>' in text


# On a site


@pytest.fixture
def blog(site):
    site.settings |= {
        "FEED_ATOM": "a.xml",
        "FEED_RSS": "r.xml",
        "FEED_JSON": "j.json",
        "FEED_ALL_ATOM": None,
        "STATIC_PATHS": ["images"],
    }
    site.content.joinpath("images").mkdir()
    site.content.joinpath("images", "b.png").write_bytes(b"")
    site.article("none", "No picture.", date="2026-01-01")
    site.article("first", "![A]({static}/images/b.png)", date="2026-01-02")
    site.article("named", "![A](/images/b.png)", image="images/c.png", date="2026-01-03")
    site.article("static", image="{static}/images/b.png", date="2026-01-04")
    site.article("lost", image="{photo}b.png", date="2026-01-05")
    site.article(
        "late",
        '<img src="data:image/gif;base64,R0" data-src="{static}/images/b.png" class="lazy">',
        date="2026-01-06",
    )
    site.article("sizes", '<img srcset="/images/b.png 1x, /images/c.png 2x">', date="2026-01-07")
    site.article("inside", '<img src="data:image/png;base64,AA">', date="2026-01-08")
    site.article("beside", '<img src="images/b.png">', date="2026-01-09", category="Boats")
    site.article(
        "drawing", '<object type="image/svg+xml" data="/images/d.svg"></object>', date="2026-01-10"
    )
    return site


def test_the_stock_feeds_name_each_articles_picture(blog):
    build = blog.build(
        LINKBACK_ICON=" images/i.png ", LINKBACK_LOGO="https://cdn.example.io/l.png\n"
    )
    expected = {
        "lost": "https://me.example.io/%7Bphoto%7Db.png",
        "static": "https://me.example.io/images/b.png",
        "named": "https://me.example.io/images/c.png",
        "first": "https://me.example.io/images/b.png",
        "none": None,
        "late": "https://me.example.io/images/b.png",
        "sizes": "https://me.example.io/images/b.png",
        "inside": None,
        "beside": "https://me.example.io/images/b.png",
        "drawing": "https://me.example.io/images/d.svg",
    }
    for name in ("a.xml", "r.xml"):
        feed = build.parse(name)
        assert {
            each.title: each.get("media_thumbnail", [{"url": None}])[0]["url"]
            for each in feed.entries
        } == expected
    found = json.loads(build.read("j.json"))
    assert {each["title"]: each.get("image") for each in found["items"]} == expected
    assert found["icon"] == "https://me.example.io/images/i.png"
    assert build.parse("a.xml").feed.logo == "https://cdn.example.io/l.png"


def test_without_settings_the_site_has_no_pictures(blog):
    assert not {"icon", "logo"} & set(blog.build().parse("a.xml").feed)


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("/a 1x, /b 2x,/c", [("/a", "1x"), ("/b", "2x"), ("/c", "")]),
        ("/a,/b , /c, 3x", [("/a,/b", ""), ("/c", ""), ("3x", "")]),
        (
            "data:image/png,A,B= 1x, /b 9w",
            [("data:image/png,A,B=", "1x"), ("/b", "9w")],
        ),
        ("/a x(1,2), /b", [("/a", "x(1,2)"), ("/b", "")]),
        ("/a x(1,2, /b", [("/a", "x(1,2, /b")]),
        (" , ,\n", []),
        ("/a\t480w\n,\n/b\r640w", [("/a", "480w"), ("/b", "640w")]),
        (",,/a,,", [("/a", "")]),
        ("", []),
    ],
)
def test_the_candidates_of_a_srcset(srcset, expected):
    assert candidates(srcset) == expected

"""What strangers write is text: no element and no attribute of a page or feed comes from them."""

from __future__ import annotations

import datetime as dt
import json
import re
from itertools import cycle
from pathlib import Path

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from pelican_linkback.feeds import MENTION_FEEDS, STOCK_FEEDS
from pelican_linkback.receiving import display
from pelican_linkback.receiving.display.groups import grouped
from pelican_linkback.receiving.display.mention import DisplayOptions
from pelican_linkback.receiving.display.shown import shown_of
from pelican_linkback.receiving.display.words import words_for
from pelican_linkback.receiving.hosted import jf2
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.received import Author, Kind, Received, id_of
from tests.page_mentions import ARTICLE, displayed, received
from tests.scripts_in_mentions import ADDRESSES, SCRIPTS

TEMPLATES = Path(display.__file__).parent


def environment(**more):
    loader = PrefixLoader({"linkback": FileSystemLoader(TEMPLATES)})
    return Environment(loader=loader, trim_blocks=True, lstrip_blocks=True, **more)


PAGE = environment().get_template("linkback/mentions.html")
CONSTANT = {"class", "rel", "lang", "dir", "aria-hidden", "aria-labelledby", "alt", "loading"}


def parsed(html):
    return html5lib.parse(html, namespaceHTMLElements=False)


class Article:
    def __init__(self, *mentions):
        self.mentions = displayed(mentions, words_for("en", {}))


def everything(text, address):
    """A mention of each kind, with a text in every place where one can be, and an address."""
    author = Author(text, address)
    return [
        received(
            kind,
            number=number,
            author=author,
            text=text,
            title=f"{text} " if titled else "",
            url=address,
            source=f"https://a.example/{number}",
            rsvp=text,
        )
        for number, kind in enumerate(Kind)
        for titled in (True, False)
    ]


def rendered(*mentions):
    return parsed(PAGE.render(article=Article(*mentions), SITEURL="https://me.example.io"))


def parts(tree):
    """Each element with its attributes, and the values of those that are the same everywhere."""
    return {
        (
            element.tag,
            frozenset((name, value if name in CONSTANT else "") for name, value in attributes),
        )
        for element in tree.iter()
        if isinstance(element.tag, str)
        for attributes in [element.attrib.items()]
    } | {("comment", element.text) for element in tree.iter() if not isinstance(element.tag, str)}


@pytest.fixture(scope="module")
def harmless():
    tree = rendered(
        *everything("Ann\nLee", "https://a.example/"),
        *everything("", ""),
        *everything("👍", "https://b.example/"),
        *everything("x", "https://c.example/"),
        *(received("like", f"P{number}", number) for number in range(20)),
    )
    return parts(tree)


def assert_is_ours(tree, harmless):
    assert parts(tree) <= harmless
    for element in tree.iter():
        for name in {"href", "src"} & element.attrib.keys():
            assert element.get(name).startswith(("https://", "http://"))


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_text_is_a_text_wherever_it_stands(text, harmless):
    tree = rendered(*everything(text, "https://evil.example/"))
    assert_is_ours(tree, harmless)
    unsound = r"[\x00-\x1f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
    visible = " ".join(re.sub(unsound, " ", text).split())
    shown = " ".join("".join(tree.itertext()).replace("\ufffd", " ").split())
    assert visible.replace(" ", "") in shown.replace(" ", "")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_an_address_of_the_web_or_none(address, harmless):
    assert_is_ours(rendered(*everything("Ann", address)), harmless)


@pytest.mark.parametrize("more", [{"autoescape": True}, {"undefined": StrictUndefined}])
@pytest.mark.parametrize("name", ["mentions.html", "mention-form.html"])
def test_the_environment_of_a_site_makes_no_difference(more, name):
    template = environment(**more).get_template(f"linkback/{name}")
    usual = environment().get_template(f"linkback/{name}")
    article = Article(*everything("<b>\"&'\nx", "https://a.example/?a&b"))
    assert template.render(article=article, SITEURL=".") == usual.render(
        article=article, SITEURL="."
    )
    assert template.render(SITEURL=".") == usual.render(page=object(), SITEURL=".") == ""


OURS = Path(__file__).parent / "templates"
PLAIN = Environment(
    loader=FileSystemLoader(OURS), trim_blocks=True, lstrip_blocks=True
).get_template("mentions.html")
TEXTS = st.text(st.sampled_from("a<>&\"'\n\0\r\u2028\u201d👍 ")) | st.sampled_from(["", "👍", "x"])
PICTURES = {"https://ann.example/&.png": "faces/&.png"}
MENTIONS = st.lists(
    st.builds(
        received,
        kind=st.sampled_from(Kind),
        number=st.integers(0, 3),
        author=st.builds(
            Author, TEXTS, st.sampled_from(ADDRESSES), st.sampled_from(["", *PICTURES])
        ),
        text=TEXTS,
        title=TEXTS,
        rsvp=st.sampled_from(["", "yes", "no"]),
        source=st.integers(0, 9).map("https://a.example/{}?a&b".format),
        url=st.sampled_from(["", *ADDRESSES]),
        parent=st.integers(0, 9).map(lambda each: id_of(f"https://a.example/{each}?a&b", ARTICLE)),
    ),
    max_size=15,
    unique_by=lambda each: each.id,
)


@given(MENTIONS, st.sampled_from(["%Y-%m-%d", "<%d>", "\0"]))
@example(everything("a\nb", "https://a.example/"), "%d")
@example([received("like", number=number, source="https://a.example/") for number in range(12)], "")
@settings(max_examples=30, deadline=None)
def test_our_template_shows_what_one_does_that_escapes_each_text(mentions, form):
    """Those of a theme may: what ours is given is escaped, many texts at once."""
    article = Article()
    article.mentions = displayed(
        mentions,
        words_for("en", {"likes": "<Likes>", "replies": "a&b"}),
        date=lambda when: when.strftime(form) if form != "\0" else form,
        picture=PICTURES.__getitem__,
    )
    site = {"SITEURL": "https://me.example.io/?a&b"}
    assert PAGE.render(article=article, **site) == PLAIN.render(article=article, **site)


@given(st.lists(MENTIONS, max_size=4))
@settings(max_examples=30, deadline=None)
def test_what_is_shown_of_many_articles_is_what_is_shown_of_each(articles):
    options = DisplayOptions(words_for("en", {}), picture=PICTURES.__getitem__)
    groups = [grouped(each, options) for each in articles]
    assert shown_of(groups) == [shown_of([each])[0] for each in groups]


RELATIONS = ("in-reply-to", "mention-of", "like-of", "rsvp", "bookmark-of", "quotation-of")


def items():
    """What a hosted service would list."""
    for number, (text, address, relation) in enumerate(
        zip(SCRIPTS * 2, cycle(ADDRESSES), cycle(RELATIONS))
    ):
        yield {
            "type": "entry",
            "author": {"name": text, "url": address, "photo": address},
            "name": f"{text} ",
            "url": address,
            "content": {"text": text, "html": text},
            "summary": text,
            "rsvp": text,
            "wm-id": number + 1,
            "wm-source": f"https://reader{number}.example/",
            "wm-target": ARTICLE,
            "wm-property": relation,
        }


@pytest.fixture
def blog(site):
    """A site whose only article is mentioned by all of them."""
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    pages = {ARTICLE: (ARTICLE, "")}
    read = [jf2.read(item, pages.get, "webmention.io", now) for item in items()]
    kept = [each for each in read if isinstance(each, Received)]
    assert len(kept) > 150
    Snapshot(site.folder / "linkback").write(kept)
    site.article("one")
    site.article("two")
    return site


def test_what_a_service_lists_is_no_markup_in_pages_and_feeds(blog, harmless):
    build = blog.build(LINKBACK_FEEDS=[*STOCK_FEEDS, *MENTION_FEEDS])
    assert build.problems == []
    page, plain = parsed(build.read("one.html")), parsed(build.read("two.html"))
    section = page.find(".//*[@id='linkback-mentions']")
    assert_is_ours(section, harmless)
    inside = set(section.iter())
    assert len([each for each in page.iter() if each not in inside]) == len([*plain.iter()])
    texts = [*texts_of_feeds(build)]
    assert len(texts) > 150
    for text in texts:
        tree = html5lib.parseFragment(text, namespaceHTMLElements=False)
        assert {each.tag for each in tree.iter()} <= {"DOCUMENT_FRAGMENT", "p", "br", "a"}, text


def texts_of_feeds(build):
    """The HTML of every entry of the feeds of mentions, in each format."""
    paths = [path.relative_to(build.output).as_posix() for path in build.output.rglob("mentions*")]
    for path in filter(lambda path: path.endswith(".xml"), paths):
        for entry in build.parse(path).entries:
            # A title is plain text in all three formats.
            details = [*entry.get("content", ()), entry.get("summary_detail")]
            yield from (each.value for each in details if each and each.type != "text/plain")
    for path in filter(lambda path: path.endswith(".json"), paths):
        for item in json.loads(build.read(path))["items"]:
            yield item.get("content_html", "")

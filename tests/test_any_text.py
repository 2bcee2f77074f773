"""Whatever stands in an article, its feeds are well-formed and say the same."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.feeds import AtomCategoryFeed, CategoryFeed, Site
from pelican_linkback.feeds.content.cleaning import fit, is_blank
from pelican_linkback.text.titles import plain_text
from pelican_linkback.text.xml_characters import clean

TEXT = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\x00\x1b\r\n\t\ufffe\uffff\u2028<>&\"']]>\U0001f600"),
    ),
    max_size=60,
)
BASE = "https://me.example/one.html"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


class Named:
    def __init__(self, name):
        self.name, self.slug, self.url = name, "slug", "category/slug.html"

    def __str__(self):
        return self.name


class Article:
    """As much of Pelican's as a feed asks for."""

    relative_source_path = "one.md"
    url = "one.html"
    slug = "one"
    date = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    lang = "en"

    def __init__(self, title, summary, content, author, category):
        self.title, self.summary, self._content = title, summary, content
        self.category, self.authors, self.tags = Named(category), [Named(author)], []
        self.metadata = {}

    def get_content(self, siteurl):
        return self._content


def read(feed_class, article):
    category = article.category
    site = Site(
        "https://me.example",
        "Me",
        dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
        categories={category: [article]},
        settings={
            "CATEGORY_FEED_ATOM": "{slug}.atom",
            "CATEGORY_FEED_RSS": "{slug}.rss",
            "RSS_FEED_SUMMARY_ONLY": False,
        },
    )
    text = feed_class().get_feed(category, site).writeString("utf-8")
    return ET.fromstring(text.encode("utf-8"))


def shown(html):
    """What a feed has of HTML: nothing where it shows nothing."""
    fitting = fit(html, BASE)
    return "" if is_blank(fitting) else fitting


@given(TEXT, TEXT, TEXT, TEXT, TEXT)
@pytest.mark.parametrize("feed_class", [AtomCategoryFeed, CategoryFeed])
def test_any_text_comes_back(feed_class, title, summary, content, author, category):
    root = read(feed_class, Article(title, summary, content, author, category))
    atom = feed_class is AtomCategoryFeed
    item = root.find(f"{ATOM}entry") if atom else root.find("channel/item")
    space = ATOM if atom else ""
    summary, content = shown(summary), shown(content)
    wanted_title = plain_text(title) or ("" if summary or content else "one")
    assert (item.findtext(f"{space}title") or "") == clean(wanted_title)

    body = item.findtext(f"{ATOM}content" if atom else CONTENT)
    said = item.findtext(f"{ATOM}summary" if atom else "description")
    short = ("" if summary == content else summary) if atom else summary or content
    long = "" if content == short and not atom else content
    assert said == (clean(short) if short else None)
    assert body == (clean(long) if long else None)

    names = [e.text for e in item.iter(f"{ATOM}name" if atom else CREATOR)]
    assert names == list(filter(None, [plain_text(clean(author))]))
    labels = [e.get("term") if atom else e.text for e in item.findall(f"{space}category")]
    assert labels == list(filter(None, [plain_text(clean(category))]))
    feed_title = root.findtext(f"{ATOM}title") if atom else root.findtext("channel/title")
    assert feed_title == clean(plain_text(f"Me - {category}"))

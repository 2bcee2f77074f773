"""Each shortcut gives what the long way gives: here those of single values, with hypothesis."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote, urlsplit

import pytest
from feedgenerator.django.utils.encoding import iri_to_uri
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.feeds import Site
from pelican_linkback.feeds.articles.articles import each_once
from pelican_linkback.feeds.framework.site import _KEPT
from pelican_linkback.text import urls

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

PIECES = (
    *("https://", "http://", "HTTPS://", "//", "/", "?", "#", ":", "@", "%", "%20", ".", "..", "~"),
    *("me.example", "[::1]", "[x", "a", "é", " ", "\n", "\x00", "\u212b", "&", "=", "\\", "tag,"),
    *("data:", "java", "script:", "image/png;", "h", "d", "v", "j", "J"),
)
URLS = st.text(max_size=20) | st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


@given(URLS, st.sampled_from(["", "https://me.example", "https://me.example/blog/", "/x"]))
def test_a_plain_uri_is_what_joining_and_quoting_would_make_of_it(url, base):
    site = Site(url=base, name="", now=NOW)
    try:
        expected = iri_to_uri(site.absolute(url))
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            site.absolute_uri(url)
    else:
        assert site.absolute_uri(url) == expected


@given(URLS, st.sampled_from(["", "https://feeds.example", "https://me.example/blog/"]))
def test_the_url_of_a_feed_is_quoted_where_that_changes_it(url, domain):
    site = Site(url="https://me.example", name="", now=NOW, feed_domain=domain)
    base = (domain or site.url).rstrip("/") + "/"
    assert site.absolute_feed(url) == urls.join(base, quote(url, safe=_KEPT))


@given(URLS)
def test_what_begins_like_a_usual_url_is_no_script(url):
    begin = "".join(c for c in url[:200] if c > " ").lower()
    is_data = begin.startswith("data:") and not urls._PICTURE.match(begin)
    assert urls.is_script(url) == (begin.startswith(("javascript:", "vbscript:")) or is_data)


@given(URLS)
def test_a_plain_url_can_be_read(url):
    try:
        urlsplit(url)
    except ValueError:
        assert not urls.can_be_read(url)
    else:
        assert urls.can_be_read(url)


class Thing:
    """Equal to every other, as Pelican's tags of one slug are."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


@given(st.lists(st.integers(0, 5)))
def test_each_stands_once_where_it_came_first(numbers):
    things = [Thing() for _ in range(6)]
    chosen = [things[number] for number in numbers]
    once = [things[number] for number in dict.fromkeys(numbers)]
    assert list(map(id, each_once(iter(chosen)))) == list(map(id, once))

"""pelican-linkback feeds, on a built site and on documents that others wrote."""

from __future__ import annotations

import datetime as dt
import doctest
import json

import pytest

from pelican_linkback import cli
from pelican_linkback.cli.feeds import feed_list
from pelican_linkback.feedcheck.listing import listed
from tests.conftest import NO_FEEDS

RSS = """<rss version="2.0"><channel><title>T</title>
<item><title>A</title><pubDate>Fri, 02 Jan 2026 10:00:00 GMT</pubDate></item>
<item><title>B</title><pubDate>Sat, 03 Jan 2026 10:00:00 GMT</pubDate></item>
<item><title>C</title><pubDate>soon</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="current" href="https://x.example/"/>
<entry><updated>2026-01-01T00:00:00</updated></entry></feed>"""


def test_the_example_is_true():
    assert doctest.testmod(feed_list).failed == 0


def test_what_is_known_of_each_document():
    found = {
        each.path: each
        for each in listed(
            {
                "a b.xml": RSS.encode(),
                "archive.xml": ATOM.encode(),
                "broken.xml": b"<rss",
                "sitemap.xml": b"<urlset/>",
            },
            "https://x.example/blog",
        )
    }
    assert [*found] == ["a b.xml", "archive.xml", "broken.xml"]
    rss = found["a b.xml"]
    assert (rss.url, rss.format) == ("https://x.example/blog/a%20b.xml", "rss")
    assert (rss.title, rss.entries, rss.size) == ("T", 3, len(RSS))
    assert rss.newest == dt.datetime(2026, 1, 3, 10, tzinfo=dt.UTC)
    assert found["archive.xml"].archive
    assert found["archive.xml"].newest == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert found["broken.xml"].problem
    assert found["broken.xml"].entries is None


@pytest.fixture
def call(site, capsys, monkeypatch):
    """Build the site, then list its feeds: exit status, and what is printed."""
    monkeypatch.chdir(site.folder)

    def main(*words, **settings):
        lines = (f"{name} = {value!r}\n" for name, value in (site.settings | settings).items())
        (site.folder / "publishconf.py").write_text("".join(lines))
        status = cli.main(["feeds", *words])
        out, err = capsys.readouterr()
        assert err == ""
        return status, out

    return main


def test_the_feeds_of_a_built_site(site, call):
    for n in range(3):
        site.article(f"a{n}", date=f"2026-01-0{n + 1} 10:00", category="Boats")
    wanted = {
        "FEED_ALL_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": "feeds/{slug}.rss.xml",
        "CATEGORY_FEED_ATOM": None,
        "TRANSLATION_FEED_ATOM": None,
        "FEED_JSON": "feeds/all.json",
        "FEED_MAX_ITEMS": 2,
        "LINKBACK_ARCHIVES": True,
    }
    site.build(**wanted)
    status, out = call(**wanted)
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == "  JSON     https://me.example.io/feeds/all.json"
    assert lines[1].startswith("           2 entries, newest 2026-01-03 10:00, ")
    assert lines[1].endswith(" bytes: A Site")
    assert lines[-1] == "Feeds: 2, and 3 archive documents (-v shows them)"
    feeds = {each["path"]: each for each in json.loads(call("--json", **wanted)[1])["feeds"]}
    json_feed, rss = feeds["feeds/all.json"], feeds["feeds/ann-lee.rss.xml"]
    assert [each["archive"] for each in feeds.values()] == [True, False, True, True, False]
    assert json_feed["size"] == (site.output / "feeds" / "all.json").stat().st_size
    assert rss["newest"] == "2026-01-03T10:00:00+00:00"
    more = call("-v", **wanted)[1].splitlines()
    assert len(more) > len(lines)


def test_one_that_cannot_be_read_is_said_in_a_line(site, call):
    (site.output / "feeds").mkdir(parents=True)
    (site.output / "feeds" / "one.xml").write_text(RSS.replace("T</title>", "</title>", 1))
    (site.output / "feeds" / "two.xml").write_text("<rss")
    status, out = call()
    assert status == 1
    assert "3 entries, newest 2026-01-03 10:00, 269 bytes: no title" in out
    assert "https://me.example.io/feeds/two.xml: " in out
    assert call("-q")[1].startswith("https://me.example.io/feeds/two.xml: ")


def test_without_a_feed_the_site_is_to_be_built(site, call):
    site.output.mkdir()
    status, out = call()
    assert status == 1
    says = "There is no feed in output (OUTPUT_PATH); build the site: pelican content "
    assert f"{says}-s publishconf.py" in out
    assert call(**NO_FEEDS) == (0, "Feeds: 0\n")

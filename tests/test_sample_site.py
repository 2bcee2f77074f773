"""The sample site, published by the real command: every stock feed, and who is in it."""

from __future__ import annotations

import shutil

import feedparser
import pytest

from tests.sample_output import SITE_URL, publish

CATEGORIES = {
    "measuring": {
        "2023/gauge-in-the-stone-house",
        "2023/where-is-zero",
        "2024/mar%C3%A9-alta",
        "2025/the-day-the-sea-went-out",
        "2025/thirty-six-minutes-slow",
        "2026/float-and-radar",
    },
    "software": {
        "2023/holes-in-the-paper",
        "2023/vector-of-int",
        "2024/six-cosines",
        "2025/the-tide-as-a-feed",
    },
    "kitchen": {"2023/bread-at-slack-water", "2025/caldeirada"},
    "boats": {"2024/angstrom"},
    "soundings": {"2026/the-bell-buoy", "2026/what-the-pipe-says"},
    "harbour-town": {"2024/what-the-keeper-wrote-down", "2026/visiting-the-gauge"},
}
AUTHORS = {
    "ines-carvalho": 8,
    "ruth-okafor": 8,
    "tomas-brandt": 6,
    "joao-falcao": 1,
}


def parse(path):
    feed = feedparser.parse(path.read_bytes())
    assert not feed.bozo, (path, feed.bozo_exception)
    return feed


def test_its_feeds_are_written_and_nothing_is_to_be_sent(sample_site):
    assert "Feeds: 90 written, 0 unchanged" in (sample_site / "log").read_text("utf-8")
    assert not (sample_site / "linkback").exists()  # .example is nobody's site


def links(feed):
    return {entry.link.removeprefix(SITE_URL).strip("/") for entry in feed.entries}


def test_every_stock_feed_path_holds_a_feed_that_feedparser_reads(sample_site):
    paths = sorted((sample_site / "output" / "feeds").rglob("*.xml"))
    for path in paths:
        feed = parse(path)
        assert feed.version == (
            "atom10" if ".atom" in path.name or path.name == "atom.xml" else "rss20"
        )
        assert feed.feed.title.startswith(("The Tide Table", "Soundings"))
        assert feed.entries
    kinds = [path.relative_to(sample_site / "output" / "feeds").parts for path in paths]
    assert [
        len([k for k in kinds if k[0] == folder]) for folder in ("category", "author", "language")
    ] == [12, 8, 4]
    assert [k[0] for k in kinds if len(k) == 1] == [
        "all.atom.xml",
        "all.rss.xml",
        "atom.xml",
        *(f"latest.{number}.{form}.xml" for number in (1, 2, 3) for form in ("atom", "rss")),
        "latest.atom.xml",
        "latest.rss.xml",
        "rss.xml",
        "soundings.xml",
    ]
    assert len([k for k in kinds if k[0] == "tag"]) >= 20


@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize("slug", CATEGORIES)
def test_each_category_feed_holds_exactly_its_published_articles(sample_site, slug, form):
    feed = parse(sample_site / "output" / "feeds" / "category" / f"{slug}.{form}.xml")
    assert links(feed) == CATEGORIES[slug]
    assert len(feed.entries) == len(CATEGORIES[slug])


@pytest.mark.parametrize("slug", AUTHORS)
def test_each_author_feed_holds_what_was_written_alone_and_together(sample_site, slug):
    feed = parse(sample_site / "output" / "feeds" / "author" / f"{slug}.atom.xml")
    assert len(feed.entries) == AUTHORS[slug]


def test_drafts_and_hidden_articles_are_in_no_feed(sample_site):
    for path in (sample_site / "output" / "feeds").rglob("*.xml"):
        text = path.read_text(encoding="utf-8")
        assert "stepping-a-mast" not in text
        assert "checklist" not in text


def test_titles_survive(sample_site):
    titles = {
        entry.title for entry in parse(sample_site / "output" / "feeds" / "all.atom.xml").entries
    }
    assert any("vector<int>" in title for title in titles)
    assert any("optional<double>" in title for title in titles)
    assert any(" & " in title for title in titles)


def test_a_rebuild_writes_nothing_though_the_folder_is_emptied_and_the_zone_another(
    sample_site, tmp_path
):
    folder = shutil.copytree(sample_site, tmp_path / "again")

    def stamps():
        paths = (path for path in (folder / "output" / "feeds").rglob("*") if path.is_file())
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}

    before = stamps()
    log = publish(folder, TZ="Pacific/Auckland", LC_ALL="C.UTF-8")
    assert "Feeds: 0 written, 90 unchanged" in log
    assert stamps() == before

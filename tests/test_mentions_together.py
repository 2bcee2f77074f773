"""What pages show of mentions is made for many of them at once; each fails for itself."""

from __future__ import annotations

import copy

import pytest

from pelican_linkback.feeds import MENTION_FEEDS
from pelican_linkback.plugin.build import current
from pelican_linkback.receiving.display import mention
from pelican_linkback.receiving.display.mentions import ArticleMentions
from pelican_linkback.receiving.memory.snapshot import Snapshot
from tests.page_mentions import received, write

SITE = "https://me.example.io"
NAMES = ("one", "two", "three", "four")


@pytest.fixture
def reads(monkeypatch):
    """One for each time that the mentions are read."""
    found = []
    read = Snapshot.read_unsorted

    def counted(self, content):
        found.append(self.path)
        return read(self, content)

    monkeypatch.setattr(Snapshot, "read_unsorted", counted)
    return found


@pytest.fixture
def blog(site):
    """Three articles with two mentions each, and one without; of one line nothing can be read."""
    site.settings |= {"LINKBACK_RECEIVE": "webmention.io", "LINKBACK_PULL": False}
    site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(site.folder / "templates")]
    (site.folder / "templates").mkdir()
    for name in NAMES:
        site.article(name)
    write(
        site.folder / "linkback",
        [
            received(kind, name.title(), number, article=f"{SITE}/{name}.html")
            for name in NAMES[:3]
            for number, kind in enumerate(["reply", "like"])
        ],
    )
    with (site.folder / "linkback" / "received.jsonl").open("a") as file:
        file.write('{"v": 1, "id": "cut\n')
    return site


def shown_on(build):
    """The names of the pages that show something, as the authors of mentions there say them."""
    return [name for name in NAMES if f"<bdi>{name.title()}</bdi>" in build.read(f"{name}.html")]


@pytest.mark.parametrize("invites", [False, True])
def test_all_pages_are_made_of_what_is_read_once(blog, reads, invites):
    build = blog.build(LINKBACK_INVITE_MENTIONS=invites)
    assert len(build.problems) == 1
    assert shown_on(build) == [*NAMES[:3]]
    (site,) = current().mentions
    assert sum(each.totals().number for each in site._pages) == 6
    assert len(reads) == 1


def test_who_asks_for_mentions_then_has_them_read_once_more(blog, reads):
    (blog.folder / "templates" / "article.html").write_text(
        '<article>{% include "linkback/mentions.html" %}</article>'
        "{% for each in article.mentions %}({{ each.kind }}){% endfor %}"
    )
    build = blog.build()
    assert len(build.problems) == 1  # of the line, once
    assert shown_on(build) == [*NAMES[:3]]
    assert [build.read(f"{name}.html").count("(like)") for name in NAMES] == [1, 1, 1, 0]
    assert len(reads) == 2


@pytest.mark.parametrize("together", [100, 2])
def test_a_mention_of_which_nothing_can_be_shown_costs_its_own_page(blog, monkeypatch, together):
    initials_of = mention.initials_of

    def fails(name):
        if name == "Two":
            raise ValueError("no initials")
        return initials_of(name)

    monkeypatch.setattr(mention, "initials_of", fails)
    monkeypatch.setattr("pelican_linkback.plugin.mentions.known.TOGETHER", together)
    build = blog.build()
    assert shown_on(build) == ["one", "three"]
    assert [each for each in build.problems if "received.jsonl" not in each] == [
        "two.html is without its mentions: ValueError: no initials"
    ]


def feeds_of(build):
    """The documents of the feeds of mentions, by their paths."""
    paths = [*(build.output / "feeds").glob("mentions*"), *(build.output / "feeds").glob("*/*")]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def test_all_pages_and_feeds_of_a_build_show_what_was_known_first(blog, monkeypatch):
    """Somebody may pull meanwhile."""
    path = blog.folder / "linkback" / "received.jsonl"
    expected = feeds_of(blog.build(LINKBACK_FEEDS=MENTION_FEEDS))
    assert len(expected) == 12
    read = Snapshot.read_unsorted

    def gone_after(self, content):
        found = read(self, content)
        path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Snapshot, "read_unsorted", gone_after)
    build = blog.build(LINKBACK_FEEDS=MENTION_FEEDS)
    assert shown_on(build) == [*NAMES[:3]]
    assert feeds_of(build) == expected


def test_feeds_stay_as_published_where_mentions_cannot_be_read(blog):
    expected = feeds_of(blog.build(LINKBACK_FEEDS=MENTION_FEEDS))
    (blog.folder / "linkback" / "received.jsonl").write_text('{"v": 99}\n')
    build = blog.build(LINKBACK_FEEDS=MENTION_FEEDS)
    assert feeds_of(build) == expected
    (why, *feeds) = build.problems
    assert why.startswith("No mentions are shown: ")
    assert feeds == [
        f"Feed {each.__name__}: the mentions cannot be read, so its documents stay as they are"
        for each in MENTION_FEEDS
    ]


def test_an_article_with_mentions_can_be_copied(blog):
    blog.build()
    (site,) = current().mentions
    mentions = ArticleMentions(site._pages[0])
    assert copy.deepcopy([mentions]) == [mentions]

"""Whether a build has anything to deliver: most have not, and open nothing for it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pelican_linkback.journal.journal import Journal
from pelican_linkback.plugin.build import Build
from pelican_linkback.plugin.contents import may_mark
from pelican_linkback.plugin.feeds.stage import WrittenFeed
from pelican_linkback.plugin.publishing import _has_nothing_to_deliver
from pelican_linkback.settings.model import Settings


def article(**metadata):
    return SimpleNamespace(metadata=metadata)


class Broken:
    @property
    def metadata(self):
        raise RuntimeError("no metadata")


FEED = WrittenFeed(Path("feeds/all.atom.xml"), "https://me.example.io/feeds/all.atom.xml", ("h",))


@pytest.mark.parametrize(
    ("published", "feeds", "targets", "lines", "nothing"),
    [
        pytest.param([article()], [], "marked", b"", True, id="nothing is marked"),
        pytest.param([article(pingback="")], [], "marked", b"", True, id="an empty mark"),
        pytest.param([article(), article(pingback="all")], [], "marked", b"", False, id="a mark"),
        pytest.param([article(pingback="x")], [], "marked", b"", False, id="a wrong mark"),
        pytest.param([Broken()], [], "marked", b"", False, id="an article that cannot be read"),
        pytest.param([article()], [FEED], "marked", b"", False, id="a feed with a hub"),
        pytest.param([article()], [], "all", b"", False, id="all links are sent"),
        pytest.param([], [], "marked", b"{}\n", False, id="something was sent"),
    ],
)
def test_a_build_has_nothing_to_deliver_if_nothing_was_sent_and_nothing_asks_for_it(
    published, feeds, targets, lines, nothing, tmp_path
):
    settings = Settings("https://me.example.io", tmp_path, state=tmp_path, targets=targets)
    (tmp_path / "deliveries.jsonl").write_bytes(lines)
    build = Build()
    build.published, build.feeds = published, feeds
    assert _has_nothing_to_deliver(build, settings) is nothing


def test_an_article_without_metadata_that_can_be_read_may_have_marks():
    assert may_mark(Broken())
    assert not may_mark(article())


def test_a_journal_is_empty_if_it_has_no_file_and_not_if_nobody_can_tell(tmp_path):
    (tmp_path / "file").touch()
    assert Journal(tmp_path / "none.jsonl").is_empty
    assert Journal(tmp_path / "file").is_empty
    assert Journal(tmp_path / "file" / "none.jsonl").is_empty
    endless = tmp_path / "endless.jsonl"
    endless.symlink_to(endless)
    assert not Journal(endless).is_empty

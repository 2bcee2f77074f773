"""Documents are made together where nobody can tell, and one after another elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from pelican import signals

from pelican_linkback.feeds import AtomTagFeed, Feed
from pelican_linkback.plugin.feeds import documents
from tests.conftest import SiteBuilder

MADE_AND_WRITTEN: list[str] = []
TAG_FEEDS = {"TAG_FEED_ATOM": "{slug}.xml", "FEED_ALL_ATOM": None, "CATEGORY_FEED_ATOM": None}


class Own(AtomTagFeed):
    """Says how it is made."""

    def get_feed(self, obj: Any, site: Any) -> Any:
        MADE_AND_WRITTEN.append(f"makes {obj}")
        return super().get_feed(obj, site)


class Titled(AtomTagFeed):
    """Says how it is made, and declares nothing on which more depends than an entry."""

    def item_title(self, article: Any) -> str:
        MADE_AND_WRITTEN.append(f"makes {self.obj}")
        return str(article.title)


@pytest.fixture
def order(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return in which order three documents of a class are made and written."""
    site.article("one", tags="a, b, c")
    written = documents.DocumentWriter._written

    def tells(writer: Any, made: Any) -> Any:
        MADE_AND_WRITTEN.append(f"writes {made.document.obj}")
        return written(writer, made)

    monkeypatch.setattr(documents.DocumentWriter, "_written", tells)
    monkeypatch.setattr(documents, "_TOGETHER", 2)

    def built(feed_class: type[Feed]) -> str:
        MADE_AND_WRITTEN.clear()
        site.build(LINKBACK_FEEDS=[feed_class], **TAG_FEEDS)
        assert {path.name for path in site.output.glob("?.xml")} == {"a.xml", "b.xml", "c.xml"}
        return "".join(each[0] for each in MADE_AND_WRITTEN)

    return built


def test_some_documents_are_made_before_they_are_written(order: Any) -> None:
    assert order(Titled) == "mmwwmw"


def test_a_class_that_makes_documents_itself_makes_one_after_another(order: Any) -> None:
    assert order(Own) == "mwmwmw"


@pytest.mark.parametrize("signal", [signals.feed_generated, signals.feed_written])
def test_a_listener_is_called_for_one_after_another(order: Any, signal: Any) -> None:
    def listener(*_: Any, **__: Any) -> None:
        """Do nothing."""

    signal.connect(listener)
    assert order(Titled) == "mwmwmw"

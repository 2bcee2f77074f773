"""A hub that refuses is believed: its own page is not taken for one that names an endpoint."""

from __future__ import annotations

from pathlib import Path

from tests.fakeweb import Reply, Request
from tests.test_sender import BLOG, HUB, accept, offering
from tests.test_topics import Feeds, topic


def test_the_home_page_of_a_hub_that_refuses_gets_no_webmentions(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    names = [f"{BLOG}/{number}.xml" for number in range(3)]
    feeds.sender().run((), [topic("first", name) for name in names])
    home = offering(webmention=f"{HUB}/webmention")

    def answer(request: Request) -> Reply:
        return home if request.method == "GET" else Reply(403)

    feeds.web.pages |= dict.fromkeys(names, "second")
    feeds.web.pages |= {f"{HUB}/": answer, f"{HUB}/webmention": accept}
    report = feeds.sender().run((), [topic("second", name) for name in names])
    assert report.failed == 3
    to_hub = [each for each in feeds.web.requests if each.url.startswith(HUB)]
    assert {(each.method, each.url) for each in to_hub} == {("POST", f"{HUB}/")}
    assert len(to_hub) == 3

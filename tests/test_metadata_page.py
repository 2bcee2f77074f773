"""docs/reference/metadata.rst has every field that is read, and its articles do as it says."""

from __future__ import annotations

import json
import re

from pelican_linkback.feeds import STOCK_FEEDS, PodcastFeed
from tests.pages import PACKAGE, PAGES, blocks, sections, table

PAGE = PAGES["metadata"]
READ = re.compile(r"""(?:\b(?:field_of|named|_numbered)\(\w+, |metadata\.get\()["'](\w+)["']""")


class Soundings(PodcastFeed):
    path = "feeds/soundings.xml"
    category = "Soundings"


def test_every_field_that_is_read_is_there_and_no_other():
    read = {
        name for path in PACKAGE.rglob("*.py") for name in READ.findall(path.read_text("utf-8"))
    }
    rows = [
        row[0].strip("`")
        for heading in sections("metadata", "-")
        for row in table("metadata", heading)
    ]
    assert {name.lower() for name in rows} == read


def test_the_articles_of_the_page_do_what_it_says(site):
    site.settings |= {"SITEURL": "https://your.site", "LINKBACK_FEEDS": [*STOCK_FEEDS, Soundings]}
    expected = []
    for _, caption, text, _ in blocks(PAGE):
        if caption.startswith("content/"):
            (site.folder / caption).write_text(text)
        else:
            expected.append((caption, text.splitlines()))
    build = site.build(AUTHOR_FEED_RSS=None)
    assert build.problems == []
    lines = (site.folder / "linkback" / "deliveries.jsonl").read_text().splitlines()
    targets = "\n".join(sorted(json.loads(line)["target"] for line in lines))
    for name, wanted in expected:
        shown = targets if name == "targets" else build.read(name)
        assert not [line for line in wanted if line not in shown], name
    assert len(targets.splitlines()) == 2

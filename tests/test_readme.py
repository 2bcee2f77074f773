"""README.rst, and docs/themes.rst: what stands there to be copied works."""

from __future__ import annotations

from typing import Any

import pytest
from docutils.core import publish_doctree

from pelican_linkback.journal.journal import Journal
from tests.pages import DOCS, blocks, literals

README = literals((DOCS.parent / "README.rst").read_text(encoding="utf-8"))
THEMES = [*blocks((DOCS / "themes.rst").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", ["README.rst", "CHANGELOG.rst"])
def test_a_package_index_can_show_it(name):
    """One that finds a fault shows the source instead, or refuses the package."""
    text = (DOCS.parent / name).read_text(encoding="utf-8")
    publish_doctree(text, settings_overrides={"halt_level": 2})


def that_begins(word):
    (text,) = (text for text in README if text.startswith(word))
    return text


def settings_of(*texts):
    values: dict[str, Any] = {}
    for text in texts:
        exec(text, values)
    return {name: value for name, value in values.items() if name.isupper()}


def test_the_settings_of_the_readme_and_its_first_ping(site):
    site.settings |= settings_of(*map(that_begins, ["PLUGINS", "SITEURL", "from pelican_linkback"]))
    (site.content / "an-answer.md").write_text(that_begins("Title: An answer"))
    build = site.build()
    assert build.problems == []
    assert build.parse("feeds/longest.xml").feed.title == "Take your time"
    assert build.parse("feeds/author/ann-lee.atom.xml").entries
    (line,) = Journal(site.folder / "linkback" / "deliveries.jsonl").read().events
    assert line["target"] == "https://example.org/a-post"


def test_its_way_to_try_it_on_one_machine_allows_that(site):
    allowed = settings_of(that_begins("LINKBACK_ALLOW_HOSTS"))
    site.article("one", "[a](https://example.org/a)", pingback="all")
    site.build(SITEURL="http://127.0.0.1:9", **allowed)
    assert (site.folder / "linkback" / "deliveries.jsonl").exists()


def test_the_snippets_for_themes(site):
    (site.folder / "templates").mkdir()
    for each in THEMES:
        if each.caption:
            (site.folder / "templates" / each.caption).write_text(each.text, encoding="utf-8")
    site.settings["LINKBACK_FEEDS_PAGE"] = "feeds.html"
    (site.folder / "templates" / "article.html").write_text(
        "".join(each.text for each in THEMES if not each.caption), encoding="utf-8"
    )
    site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(site.folder / "templates")]
    site.article("one", "[a](https://example.org/a)", pingback="all")
    told = {"v": 1, "source": "https://me.example.io/one.html", "target": "https://example.org/a"}
    queued = {"at": "2026-01-31T10:00:00+00:00", "event": "queued", "article": "one.md"}
    outcome = {"at": "2026-01-31T10:00:01+00:00", "event": "outcome", "reason": "accepted"}
    outcome |= {"verdict": "delivered", "protocol": "webmention"}
    Journal(site.folder / "linkback" / "deliveries.jsonl").append(told | queued, told | outcome)
    build = site.build()
    html = build.read("one.html")
    listed = " ".join(build.read("feeds.html").split())
    assert '<p>misc: <a href="https://me.example.io/feeds/misc.atom.xml">Atom</a></p>' in listed
    assert '<link rel="alternate"' in html
    assert "told on 31 January 2026" in html

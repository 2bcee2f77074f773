"""Broken items: each thing that is broken costs itself and one message, and the build goes on.

First each by itself, then all in one site, then as many as hypothesis likes, in the places that it
likes. Whatever is not broken is published, in one build.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pelican_linkback.feeds import STOCK_FEEDS, AtomAllFeed
from tests.broken_items import (
    ARTICLES,
    FEEDS,
    OTHERS,
    TARGET,
    Broken,
    BrokenSite,
    declared,
    raising,
)
from tests.conftest import Build, SiteBuilder, plugins_disconnected

ALL = {**ARTICLES, **FEEDS, **OTHERS}
COMMAND_LINE = [ARTICLES["a URL that is none"], ARTICLES["a target that is none"]]
COMMAND_LINE += [OTHERS["a line of the ids"], OTHERS["a line of the deliveries"]]
STOCK = ("feeds/all.atom.xml", "feeds/all.rss.xml", "feeds/all.json", "feeds/c/boats.xml")
SETTINGS = {
    "FEED_ALL_RSS": "feeds/all.rss.xml",
    "FEED_ALL_JSON": "feeds/all.json",
    "CATEGORY_FEED_ATOM": "feeds/c/{slug}.xml",
    "AUTHOR_FEED_ATOM": None,
    "AUTHOR_FEED_RSS": None,
    "TRANSLATION_FEED_ATOM": None,
    "TAG_FEED_ATOM": "feeds/t/{slug}.xml",
    "LINKBACK_AUTODISCOVERY": True,
    # Pelican reads an article again for the pages that list it.
    "DIRECT_TEMPLATES": [],
    "CATEGORY_SAVE_AS": "",
    "TAG_SAVE_AS": "",
    "AUTHOR_SAVE_AS": "",
}


class Sound(AtomAllFeed):
    path = "own/sound.xml"


def sound_site(site: SiteBuilder) -> BrokenSite:
    """A site in order, which was published before."""
    site.settings |= SETTINGS
    site.article(
        "sound", f"[x]({TARGET})", category="Boats", tags="wood", pingback=TARGET, date="2026-02-01"
    )
    site.article("too", category="Boats", tags="rope")
    build = site.build(LINKBACK_FEEDS=[*STOCK_FEEDS, Sound])
    assert build.problems == []
    return BrokenSite(site)


def build_with(
    broken_site: BrokenSite,
    things: Mapping[str, Broken],
    order: Callable[[list[Any]], None] = list.reverse,
) -> Build:
    """Add ``things`` to the site, by their names, and build, the feeds in some ``order``."""
    for name, thing in things.items():
        thing.put(broken_site, name)
    feeds = [*broken_site.feeds, *STOCK_FEEDS, Sound]
    order(feeds)
    return broken_site.site.build(LINKBACK_FEEDS=feeds, **broken_site.settings)


def said(name: str, thing: Broken) -> list[str]:
    """What the only message about a thing contains."""
    words = thing.says.replace("{name}", name).replace("{Name}", name.capitalize())
    return [words] if words else []


def assert_costs_only_themselves(build: Build, things: Mapping[str, Broken]) -> None:
    """Hold that each of ``things`` cost itself and one message, and nothing else is lost."""
    # Of many messages of one kind the first is a warning, and the others are information.
    ours = [each.getMessage() for each in build.records if each.name.startswith("pelican_linkback")]
    expected = [words for name, thing in things.items() for words in said(name, thing)]
    for words in expected:
        assert len([each for each in ours if words in each]) == 1, (words, ours)
    unforeseen = [each for each in build.problems if not any(words in each for words in expected)]
    assert unforeseen == []
    assert_sound_is_published(build)
    text = build.read("feeds/all.atom.xml")
    for name, thing in things.items():
        also = f"{name}.md: its linkbacks are left as they are: "
        is_expected = thing.costs_linkbacks or "its linkbacks are" in thing.says
        assert any(also in each for each in ours) == is_expected, name
        if thing in ARTICLES.values():
            assert (f">{name}</title>" in text or f"{name}.html" in text) != thing.costs_entry, name
        if thing in FEEDS.values():
            assert (build.output / "own" / f"{name}.xml").is_file() != thing.costs_feed, name


def assert_sound_is_published(build: Build) -> None:
    for path in (*STOCK, "own/sound.xml"):
        text = build.read(path)
        assert all(each in text for each in ("sound.html", "too.html")), path
    assert "sound.html" in build.read("feeds/t/wood.xml")
    for page in ("sound.html", "too.html"):
        assert "feeds/all.atom.xml" in build.read(page)
    journal = build.output.parent / "linkback" / "deliveries.jsonl"
    lines = [json.loads(each) for each in journal.read_text().splitlines() if each[0] == "{"]
    assert any(each["source"].endswith("/sound.html") for each in lines)


@pytest.mark.parametrize("thing", ALL.values(), ids=ALL)
def test_each_broken_thing_costs_itself_and_one_message(site: SiteBuilder, thing: Broken) -> None:
    broken_site = sound_site(site)
    assert_costs_only_themselves(build_with(broken_site, {"x1x": thing}), {"x1x": thing})


def named(things: Iterable[Broken]) -> dict[str, Broken]:
    """Return ``things`` by names, without those of which a site can have only one."""
    chosen: dict[str, Broken] = {}
    for number, thing in enumerate(things):
        if not thing.once or thing.says not in {each.says for each in chosen.values()}:
            chosen[f"x{number}x"] = thing
    return chosen


def test_a_site_with_all_of_them_is_built_in_one_build(site: SiteBuilder) -> None:
    broken_site, things = sound_site(site), named(ALL.values())
    assert len(things) > 60
    assert_costs_only_themselves(build_with(broken_site, things), things)
    broken_site.feeds.clear()
    assert_sound_is_published(build_with(broken_site, {}))


OWN = """
from pelican_linkback.feeds import AtomAllFeed

class Title(AtomAllFeed):
    path = "own/title.xml"
    def title(self, obj):
        raise KeyError("lost")

class Sound(AtomAllFeed):
    path = "own/sound.xml"
"""


def test_the_commands_end_as_if_nothing_were_broken(site: SiteBuilder) -> None:
    broken_site, things = sound_site(site), named(COMMAND_LINE)
    for name, thing in things.items():
        thing.put(broken_site, name)
    (site.folder / "own.py").write_text(OWN)
    feeds = [f"pelican_linkback.feeds.{each.__name__}" for each in STOCK_FEEDS]
    values = site.settings | {"LINKBACK_FEEDS": [*feeds, "own.Title", "no.such.Feed", "own.Sound"]}
    conf = site.folder / "pelicanconf.py"
    conf.write_text("".join(f"{name} = {value!r}\n" for name, value in values.items()))
    environment = {**os.environ, "COLUMNS": "1000"}
    for words in (["pelican"], ["pelican_linkback", "plan"]):
        done = subprocess.run(
            [sys.executable, "-m", *words, "-s", str(conf)],
            cwd=Path(__file__).parent.parent,
            env=environment | {"PYTHONPATH": f"{site.folder}{os.pathsep}."},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
    assert TARGET in done.stdout
    assert "sound.html" in (site.output / "own" / "sound.xml").read_text()


@settings(
    max_examples=12,
    derandomize=True,  # each example is a build; make test-hostile takes others
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes a build for each step
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    things=st.lists(
        st.sampled_from(list(ALL.values())),
        min_size=2,
        max_size=12,
        # Two feeds with one path are another fault than a page's path.
        unique_by=lambda broken: broken.says if "sound.html" in broken.says else object(),
    ).map(named),
    order=st.randoms(use_true_random=False),
)
def test_any_of_them_in_any_order_cost_themselves(
    things: dict[str, Broken],
    order: Random,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with plugins_disconnected(), tempfile.TemporaryDirectory() as folder:
        broken_site = sound_site(SiteBuilder(Path(folder), caplog, capsys))
        assert_costs_only_themselves(build_with(broken_site, things, order.shuffle), things)


@pytest.mark.parametrize("aspect", ["objects", "path", "title", "items", "item_title", "filter"])
def test_an_interrupt_in_a_hook_ends_the_build(site: SiteBuilder, aspect: str) -> None:
    broken_site = BrokenSite(site)
    site.article("one")
    declared(**{aspect: raising(KeyboardInterrupt)})(broken_site, "mine")
    with pytest.raises(KeyboardInterrupt):
        site.build(LINKBACK_FEEDS=broken_site.feeds)

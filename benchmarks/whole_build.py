"""``pelican content`` of a blog in Markdown, with the plugin and without, each in a process.

What users feel: starting, reading, pages, feeds and all. Without the plugin means Pelican's own
feeds at the same paths. Python's bytecode is there before the clock starts, and the state folder of
an earlier publication, as they are for everybody from the second build on; the output folder and
the caches are new.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import statistics
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Row, folder, in_a_process
from benchmarks.site import prose

__all__ = ["DEFAULT", "WITH", "WITHOUT", "command", "rows", "write_blog", "write_settings"]

SITE_URL = "https://blog.example.io"
"""A public address: these builds publish. No article marks anything, and nothing is sent."""

WITHOUT: Mapping[str, object] = {"PLUGINS": []}
WITH: Mapping[str, object] = {"PLUGINS": ["pelican_linkback"]}

DEFAULT: Mapping[str, object] = {}
"""Pelican's own defaults: Atom for all, each category and each author, RSS for the authors."""

ALL: Mapping[str, object] = {
    "FEED_ALL_RSS": "feeds/all.rss.xml",
    **{
        f"{group.upper()}_FEED_{form.upper()}": f"feeds/{group}/{{slug}}.{form}.xml"
        for group in ("category", "author", "tag")
        for form in ("atom", "rss")
    },
}
"""RSS and Atom of all of them, and for the tags, too."""


class _Build(NamedTuple):
    """What is built, and how much less (more, if negative) CPU time it is to take with us."""

    work: str
    articles: int
    settings: Mapping[str, object]
    goals: tuple[float, ...]
    times: int


BUILDS = (
    _Build("300 articles, Pelican's default feeds", 300, DEFAULT, (-0.01,), 9),
    _Build("300 articles, RSS, tag and author feeds, too", 300, ALL, (0.05,), 7),
    _Build("the same with CACHE_CONTENT", 300, {**ALL, "CACHE_CONTENT": True}, (-0.01, 0.1), 7),
    _Build("3,000 articles, RSS, tag and author feeds, too", 3000, ALL, (0.1,), 3),
)


def rows() -> Iterator[Row]:
    """Measure each build with the plugin and without, in turn; a second one where there is."""
    for build in BUILDS:
        yield from compared(build)


def compared(build: _Build) -> Iterator[Row]:
    """Measure one build, and what comes after it."""
    with folder() as home:
        site = Path(home)
        write_blog(site / "content", build.articles)
        once(site, WITH, build)  # compiles, and records the ids
        runs = [
            [once(site, plugins, build) for plugins in (WITH, WITHOUT)] for _ in range(build.times)
        ]
    for number, goal in enumerate(build.goals):
        ours, theirs = (statistics.median(run[who][number] for run in runs) for who in range(2))
        more = ours / theirs - 1
        yield Row(
            f"pelican content: {build.work}{', again' if number else ''}",
            "the same without the plugin",
            f"{ours:.2f} s",
            f"{theirs:.2f} s",
            f"{more:+.1%} CPU",
            f"{-goal:+.0%}",
            more <= -goal,
        )


def once(site: Path, plugins: Mapping[str, object], build: _Build) -> list[float]:
    """Build the site into an empty folder, and again; return the CPU seconds of each build."""
    for left in ("output", "cache"):
        shutil.rmtree(site / left, ignore_errors=True)
    write_settings(site, {**build.settings, **plugins})
    program = [sys.executable, "-m", "pelican", *command()]
    return [in_a_process(program, cwd=site) for _ in build.goals]


def command() -> list[str]:
    """Return the arguments of Pelican that build a site."""
    return ["content", "-s", "pelicanconf.py", "-q"]


def write_settings(site: Path, settings: Mapping[str, object]) -> None:
    """Write the pelicanconf.py of a site that is published."""
    everything = {
        "PATH": "content",
        "OUTPUT_PATH": "output",
        "SITEURL": SITE_URL,
        "SITENAME": "A blog",
        "TIMEZONE": "Europe/Lisbon",
        "LOAD_CONTENT_CACHE": "CACHE_CONTENT" in settings,
        **settings,
    }
    lines = (f"{name} = {value!r}\n" for name, value in everything.items())
    (site / "pelicanconf.py").write_text("".join(lines), "utf-8")


def write_blog(content: Path, articles: int) -> None:
    """Write so many articles of about 3 KB, by five authors in ten categories."""
    content.mkdir()
    chance = random.Random(2026)
    for number in range(articles):
        (content / f"{number}.md").write_text(_article(number, chance), "utf-8")


def _article(number: int, chance: random.Random) -> str:
    date = dt.datetime(2015, 1, 1, 12) + dt.timedelta(hours=17 * number)
    tags = ", ".join(f"tag {tag}" for tag in chance.sample(range(40), 3))
    head = f"""Title: Article {number}: {prose(chance, 4)}
Date: {date:%Y-%m-%d %H:%M}
Category: category {number % 10}
Author: Author {number % 5}
Tags: {tags}
"""
    return "\n".join([head, *(_section(part, chance) for part in range(4))])


def _section(part: int, chance: random.Random) -> str:
    return f"""## {prose(chance, 4)}

{prose(chance, 30)} [{prose(chance, 3)}](https://example.org/?a={part}&b=1) {prose(chance, 30)}
*{prose(chance, 2)}* & `a < b`.

* {prose(chance, 8)}
* ![{prose(chance, 3)}]({SITE_URL}/images/{part}.png) {prose(chance, 6)}

{prose(chance, 40)}
"""

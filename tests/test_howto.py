"""The pages of docs/howto, done word for word on a site as pelican-quickstart makes it."""

from __future__ import annotations

import shlex
import subprocess
from contextlib import ExitStack

import pytest

from pelican_linkback.sending.deciding.import_linkbacks import PastMention, mentions_in
from tests import spoken
from tests.pages import DOCS, blocks, literals
from tests.person import Person
from tests.test_podcast import SILENCE, png

BASE = """\
PATH = "content"
SITENAME = "My Site"
AUTHOR = "Ann Lee"
TIMEZONE = "UTC"
PLUGINS = ["pelican_linkback"]
"""
PUBLISHING = """\
import os, sys
sys.path.append(os.curdir)
from pelicanconf import *
SITEURL = "https://your.site"
AUTHOR_FEED_ATOM = "feeds/author/{slug}.atom.xml"
LINKBACK_SEND = False
"""


@pytest.fixture
def person(tmp_path):
    (tmp_path / "pelicanconf.py").write_text(BASE)
    (tmp_path / "publishconf.py").write_text(PUBLISHING)
    (tmp_path / "content").mkdir()
    with ExitStack() as terminals:
        yield Person(tmp_path, terminals)


def page(name):
    return (DOCS / "howto" / f"{name}.rst").read_text(encoding="utf-8")


def test_the_publishing_from_ci_is_a_shell_script():
    (script,) = (text for text in literals(page("ci")) if "rsync" in text)
    checked = subprocess.run(
        ["sh", "-n"], input=script, text=True, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_publishing_from_a_laptop_is_a_makefile(tmp_path):
    (rule,) = literals(page("laptop"))
    names = "OUTPUTDIR = output\nWEB_HOST = me\nPUBLISHCONF = publishconf.py\npublish:\n\ttrue\n"
    (tmp_path / "Makefile").write_text(f"{names}{rule}")
    # Below another make, it would say which folder it enters.
    make = ["make", "--no-print-directory", "--dry-run", "publish-and-send"]
    shown = subprocess.run(make, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert shown.splitlines() == [
        "true",
        'rsync --archive --delete "output/" "me:site/"',
        'pelican-linkback send -s "publishconf.py" --wait 10m',
    ]


def test_the_cache_of_the_other_plugin_says_what_the_page_says():
    (cache,) = (block.text for block in blocks(page("from-linkbacks")) if block.kind == "json")
    told = PastMention("an-answer", "https://example.org/a-post", spoken.PINGBACK)
    assert mentions_in(cache.encode()) == [told]


def test_a_podcast_of_one_category(person):
    (person.folder / "content" / "audio").mkdir()
    (person.folder / "content" / "audio" / "one.mp3").write_bytes(SILENCE)
    (person.folder / "content" / "images").mkdir()
    (person.folder / "content" / "images" / "soundings.png").write_bytes(png(1400, 1400))
    done = person.follows(page("podcast"))
    assert [shlex.split(line)[1] for line in done] == ["content", "check"] * 2


def test_a_footer_without_a_plugin(site):
    """docs/coming-from.rst, for those who had one."""
    (code,) = (
        each.text
        for each in blocks((DOCS / "coming-from.rst").read_text("utf-8"))
        if each.kind == "python"
    )
    names = {"__name__": "publishconf"}
    exec(code, names)
    site.article("one", "Text.", category="Boats")
    build = site.build(LINKBACK_FEEDS=names["LINKBACK_FEEDS"], FEED_ALL_ATOM="feeds/all.atom.xml")
    assert "Write to me" in build.read("feeds/all.atom.xml")
    assert "Write to me" not in build.read("feeds/boats.atom.xml")

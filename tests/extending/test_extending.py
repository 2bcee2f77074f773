"""The examples of docs/extending.rst, on a real site, by the real programs."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pelican_linkback.feeds.formats import base, registry
from tests.conftest import SIMPLE_THEME
from tests.pages import DOCS, Block, blocks
from tests.test_public_face import PUBLIC

PAGE = (DOCS / "extending.rst").read_text("utf-8")
SECTIONS = re.split(r"^(\S.*)\n-{3,}\n", PAGE, flags=re.MULTILINE)
BY_HEADING = dict(zip(SECTIONS[1::2], SECTIONS[2::2], strict=True))
CONF = f"""
PATH = "content"
THEME = {SIMPLE_THEME!r}
SITENAME = "The Harbour"
SITEURL = "https://harbour.example"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
PLUGINS = ["pelican_linkback"]
LINKBACK_SEND = False
LINKBACK_AUTODISCOVERY = True
"""


INCLUDED = re.compile(
    r"^\.\. literalinclude:: (.+)\n   :language: python\n   :caption: (.+)\n", re.M
)


def example(heading: str) -> list[Block]:
    """The files of an example: the modules are in this folder, and the page includes them."""
    text = BY_HEADING[heading]
    modules = [
        Block("python", caption, (DOCS / path).read_text("utf-8"), 0)
        for path, caption in INCLUDED.findall(text)
    ]
    return [*modules, *(each for each in blocks(text) if each.caption)]


def test_each_section_includes_its_module_from_this_folder():
    included = [path for text in BY_HEADING.values() for path, _ in INCLUDED.findall(text)]
    folder = Path(__file__).parent
    examples = {path for path in folder.glob("*.py") if not path.stem.startswith(("_", "test_"))}
    assert {(DOCS / path).resolve() for path in included} == examples
    assert len(included) == len(BY_HEADING) == len(examples)


class Harbour:
    """A site in a folder of its own, with what a section of the page says."""

    def __init__(self, folder: Path, heading: str, more: str = "") -> None:
        self.folder, self.output = folder, folder / "output"
        (folder / "content").mkdir(parents=True)
        for name, year in (("mast", 2025), ("bread", 2026)):
            text = f"Title: The {name}\nDate: {year}-03-01\nTags: wood\n\nThe {name}.\n"
            (folder / "content" / f"{name}.md").write_text(text)
        files = {"pelicanconf.py": CONF}
        for each in example(heading):
            files[each.caption] = files.get(each.caption, "") + each.text
        files["pelicanconf.py"] += more
        for name, text in files.items():
            (folder / name).write_text(text)

    def run(self, module: str, *words: str) -> subprocess.CompletedProcess[str]:
        path = [str(self.folder), str(DOCS.parent)]
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "COLUMNS": "300"},
        )

    def build(self) -> str:
        done = self.run("pelican", "-s", "pelicanconf.py")
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def check(self) -> tuple[int, str]:
        done = self.run("pelican_linkback", "check", "-s", "pelicanconf.py", "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def read(self, path: str) -> str:
        return (self.output / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("heading", BY_HEADING)
def test_a_stranger_imports_only_what_is_public(heading):
    for block in example(heading):
        for node in ast.walk(ast.parse(block.text)):
            if isinstance(node, ast.Import):
                assert not [each for each in node.names if each.name.startswith("pelican")]
            if isinstance(node, ast.ImportFrom) and node.module.startswith("pelican"):
                assert {each.name for each in node.names} <= PUBLIC[node.module]


def test_a_source_of_mentions(tmp_path):
    public = "LINKBACK_ALLOW_HOSTS = ['harbour.example']\n"
    site = Harbour(tmp_path, "A source of mentions", public)
    mast, words = "https://harbour.example/the-mast.html?utm_source=x", "As <b>ours</b>."
    rows = ["source,target,name,words", f"https://oar.example/1,{mast},Ann Lee,{words}"]
    (site.folder / "found.csv").write_text("\n".join([*rows, "no address,,,", ""]))
    assert "Mentions: 1 new" in site.build()
    assert "As &lt;b&gt;ours&lt;/b&gt;." in site.read("the-mast.html")
    (site.folder / "found.csv").unlink()
    assert "Mentions: found: FileNotFoundError" in site.build()
    assert "Ann Lee" in site.read("the-mast.html")


def test_a_feed(tmp_path):
    site = Harbour(tmp_path, "A feed")
    site.build()
    text = site.read("feeds/longest.atom.xml")
    assert re.findall("<title>(.*?)</title>", text) == [
        "The Harbour: the longest",
        "The bread",
        "The mast",
    ]
    assert 'href="https://harbour.example/feeds/longest.atom.xml"' in site.read("the-mast.html")
    assert site.check() == (0, {"feeds": 4, "findings": [], "unread": []})


LINK = '<link rel="alternate" type="text/plain" title="The Harbour - wood (twtxt)"'


def test_a_format(tmp_path):
    site = Harbour(tmp_path, "A format", 'TAG_FEED_ATOM = "feeds/{slug}.atom.xml"\n')
    assert "ERROR" not in site.build()
    assert site.read("twtxt.txt").splitlines() == [
        "# nick = The Harbour",
        "# url = https://harbour.example/twtxt.txt",
        "2026-03-01T00:00:00+00:00\tThe bread https://harbour.example/the-bread.html",
        "2025-03-01T00:00:00+00:00\tThe mast https://harbour.example/the-mast.html",
    ]
    assert f'{LINK} href="https://harbour.example/tag/wood.txt">' in site.read("tag/wood.html")
    assert '"type": "text/plain"' in site.read(".linkback-feeds")
    status, checked = site.check()
    assert (status, checked["feeds"], checked["findings"]) == (0, 6, [])
    listed = site.run("pelican_linkback", "feeds", "-s", "pelicanconf.py").stdout
    assert re.search(r"twtxt +https://harbour.example/twtxt.txt", listed)


def test_its_documents_are_judged_and_removed_like_any(tmp_path):
    site = Harbour(tmp_path, "A format")
    site.build()
    path = site.output / "twtxt.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-03-01T00:00:00+00:00", "today"))
    status, checked = site.check()
    ((feed, code),) = {(each["feed"], each["code"]) for each in checked["findings"]}
    assert (status, feed, code) == (1, "twtxt.txt", "date-wrong")
    (site.output / "tag" / "wood.txt").write_bytes(b"\xff")
    assert "reader-failed" in {each["code"] for each in site.check()[1]["findings"]}
    site.build()
    for each in (site.folder / "content").iterdir():
        each.write_text(each.read_text(encoding="utf-8").replace("wood", "rope"))
    site.build()
    assert (site.output / "tag" / "rope.txt").exists()
    assert not (site.output / "tag" / "wood.txt").exists()


def test_a_format_that_is_not_there_in_one_build_keeps_its_documents(tmp_path):
    site = Harbour(tmp_path, "A format")
    site.build()
    conf = site.folder / "pelicanconf.py"
    conf.write_text(conf.read_text(encoding="utf-8").replace(', "twtxt"]', "]"))
    said = site.build()
    assert said.count("asks for the format 'twtxt', which is not registered") == 2
    assert (site.output / "tag" / "wood.txt").exists()
    status, checked = site.check()
    assert (status, checked["feeds"]) == (0, 3)
    assert [each["feed"] for each in checked["unread"]] == ["tag/wood.txt", "twtxt.txt"]
    for_people = site.run("pelican_linkback", "check", "-s", "pelicanconf.py").stdout
    assert (
        "Not read: 2 documents in a format without a reader (text/plain): tag/wood.txt"
        in for_people
    )
    listed = site.run("pelican_linkback", "feeds", "-s", "pelicanconf.py").stdout
    assert "not read: its format has no reader" in listed


FAULTS = {
    "name = 'two words'": "its name is 'two words'",
    "name = 'atom'": "there is a format of this name, pelican_linkback.feeds.formats.atom.",
    "content_type = None": "it has no media type",
    "extension = 'txt'": "its extension is 'txt'",
    "archive_links = 'previous'": "its archive_links are 'previous'",
}


@pytest.mark.parametrize(("fault", "says"), FAULTS.items())
def test_a_format_declared_wrongly_costs_itself_and_one_message(tmp_path, fault, says):
    site = Harbour(tmp_path, "A format")
    site.build()
    twtxt = site.folder / "twtxt.py"
    broken = twtxt.read_text(encoding="utf-8").replace(
        "caches_entries = True", f"caches_entries = True\n    {fault}"
    )
    twtxt.write_text(broken)
    said = site.build()
    assert said.count(says) == 1
    assert (site.output / "feeds" / "all.atom.xml").exists()
    if "name" not in fault:
        assert said.count("ERROR") == 1
        assert (site.output / "tag" / "wood.txt").exists()


def test_a_format_that_fails_costs_its_documents_and_one_message(tmp_path):
    site = Harbour(tmp_path, "A format")
    twtxt = site.folder / "twtxt.py"
    twtxt.write_text(
        twtxt.read_text(encoding="utf-8").replace('item["updateddate"] or', "1 / 0 or")
    )
    said = site.build()
    assert said.count("ERROR") == 1
    assert "ZeroDivisionError: division by zero (and 1 more in twtxt)" in said
    assert not (site.output / "twtxt.txt").exists()
    assert (site.output / "feeds" / "all.atom.xml").exists()


def test_a_listed_class_takes_the_place_of_the_feed_of_its_kind(tmp_path):
    more = """
from pelican_linkback.feeds import STOCK_FEEDS, TagFeed
from twtxt import Twtxt
class Mine(TagFeed):
    feed_type = Twtxt
    def title(self, tag):
        return f"Mine: {tag}"
LINKBACK_FEEDS = [*STOCK_FEEDS, Mine]
"""
    site = Harbour(tmp_path, "A format", more)
    assert "ERROR" not in site.build()
    assert site.read("tag/wood.txt").startswith("# nick = Mine: wood\n")
    assert (site.output / "twtxt.txt").exists()


@pytest.mark.parametrize("name", base.FACTS)
def test_all_that_a_format_can_say_is_on_the_page(name):
    assert re.search(rf"^``{name}`` ", PAGE, re.MULTILINE)
    assert hasattr(registry.Format, name) or name in {"content_type", "mime_type", "feed_hooks"} | {
        "caches_entries"
    }


def test_a_plugin_that_fails_under_check_costs_what_it_would_read(tmp_path):
    site = Harbour(tmp_path, "A format")
    site.build()
    (site.folder / "twtxt.py").write_text("def register():\n    raise SystemExit(3)\n")
    status, checked = site.check()
    assert (status, len(checked["unread"])) == (0, 2)


def test_ids_are_imported_from_its_documents(tmp_path):
    site = Harbour(tmp_path, "A format")
    (site.folder / "old.txt").write_text(
        "# nick = The Harbour\n# url = https://harbour.example/old.txt\n"
        "2026-03-01T00:00:00+00:00\tThe bread https://harbour.example/the-bread.html\n"
    )
    (site.folder / "none.txt").write_text("none")
    words = ("check", "-s", "pelicanconf.py", "--import", "old.txt", "none.txt")
    done = site.run("pelican_linkback", *words)
    assert "old.txt: 0 ids, 0 of them new" in done.stdout
    assert "none.txt: the reader of text/plain fails" in done.stdout
    assert done.returncode == 1

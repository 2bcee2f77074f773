"""What was published stays while something fails, and goes when it is known to be gone."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from pelican import Pelican, signals
from pelican.settings import read_settings

from pelican_linkback.feeds import ArticleFeed, Atom1Feed, TagFeed
from pelican_linkback.feeds.output.manifest import MANIFEST, NEW_MANIFEST
from tests.conftest import NO_FEEDS, SIMPLE_THEME, SiteBuilder

FAILURES: set[str] = set()
"""What fails in the next build."""


def fail(step: str) -> None:
    if step in FAILURES:
        raise OSError("the network drive is away")


class Mine(TagFeed):
    """A feed whose every step may fail."""

    feed_type = Atom1Feed

    def __init__(self) -> None:
        fail("init")

    def objects(self, site: Any) -> Any:
        fail("objects")
        for obj in super().objects(site):
            yield obj
            fail("midway")

    def path(self, obj: Any) -> str:
        fail(f"path of {obj}")
        return f"mine/{obj.slug}.xml"

    def archive_path(self, obj: Any) -> str:
        fail(f"archives of {obj}")
        return "mine/{slug}.{number}.xml"

    limit = 1

    def title(self, obj: Any) -> str:
        fail("title")
        return str(obj)

    def items(self, obj: Any) -> Any:
        fail(f"items of {obj}")
        return super().items(obj)


class Other(TagFeed):
    path = "other/{slug}.xml"


@pytest.fixture
def blog(site: SiteBuilder) -> SiteBuilder:
    FAILURES.clear()
    site.settings |= {**NO_FEEDS, "LINKBACK_FEEDS": [Mine, Other]}
    site.article("one", tags="sea", date="2026-01-01")
    site.article("two", tags="sea, salt", date="2026-01-02")
    site.article("three", tags="sea", date="2026-01-03")
    return site


def files(site: SiteBuilder, *folders: str) -> dict[str, tuple[bytes, int]]:
    """The feeds in ``folders`` of the output: their bytes and times."""
    return {
        path.relative_to(site.output).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for folder in folders
        for path in (site.output / folder).glob("*.xml")
    }


MINE = {
    *("mine/salt.xml", "mine/salt.1.xml", "mine/salt.2.xml"),
    *("mine/sea.xml", "mine/sea.1.xml", "mine/sea.2.xml", "mine/sea.3.xml", "mine/sea.4.xml"),
}
STEPS = ["init", "objects", "midway", "title"]
STEPS += [f"{step} of {obj}" for step in ("path", "archives", "items") for obj in ("sea", "salt")]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("emptied", [False, True])
def test_a_step_that_fails_costs_no_document(blog: SiteBuilder, step: str, emptied: bool) -> None:
    blog.build()
    before = files(blog, "mine", "other")
    assert before.keys() == MINE | {"other/sea.xml", "other/salt.xml"}
    FAILURES.add(step)
    for _ in range(2):
        build = blog.build(DELETE_OUTPUT_DIRECTORY=emptied)
        assert files(blog, "mine", "other") == before
        assert all("Mine" in each and "the network drive" in each for each in build.problems)
        assert len(build.problems) == 1 or (step == "title" and build.problems)
    FAILURES.clear()
    build = blog.build(DELETE_OUTPUT_DIRECTORY=emptied)
    assert files(blog, "mine", "other") == before
    assert (build.problems, "Feeds: 0 written" in build.printed) == ([], True)


@pytest.mark.parametrize("step", ["path of sea", "archives of sea", "items of sea"])
def test_one_object_that_fails_keeps_its_own_documents_alone(blog: SiteBuilder, step: str) -> None:
    blog.build()
    FAILURES.add(step)
    (blog.content / "two.md").write_text(
        (blog.content / "two.md").read_text().replace("sea, salt", "sea")
    )
    blog.build()
    assert files(blog, "mine").keys() == {each for each in MINE if "sea" in each}
    assert files(blog, "other").keys() == {"other/sea.xml"}


def test_a_class_that_is_not_listed_any_more_takes_its_documents(blog: SiteBuilder) -> None:
    blog.build()
    FAILURES.add("objects")
    blog.build(LINKBACK_FEEDS=[Mine])
    assert files(blog, "mine", "other").keys() == MINE
    blog.build(LINKBACK_FEEDS=[Other])
    assert files(blog, "mine", "other").keys() == {"other/sea.xml", "other/salt.xml"}


@pytest.mark.parametrize("content", ["raise OSError('away')", "def (", "", "Mine = 5"])
@pytest.mark.parametrize("emptied", [False, True])
def test_a_class_that_cannot_be_imported_keeps_its_documents(
    blog: SiteBuilder, monkeypatch: pytest.MonkeyPatch, content: str, emptied: bool
) -> None:
    import sys

    module = blog.folder / "own_feeds_that_fail.py"
    monkeypatch.syspath_prepend(str(blog.folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    settings = {
        "LINKBACK_FEEDS": [Other, "own_feeds_that_fail.Mine"],
        "DELETE_OUTPUT_DIRECTORY": emptied,
    }

    def build(text: str) -> Any:
        sys.modules.pop(module.stem, None)
        module.write_text(text)
        return blog.build(**settings)

    # Its class has another name than the one that is listed.
    sound = (
        "from pelican_linkback.feeds import TagFeed\n"
        "class Its(TagFeed):\n    path = 'its/{slug}.xml'\n"
        "Mine = Its\n"
    )
    build(sound)
    before = files(blog, "its")
    assert len(before) == 2
    failed = build(content)
    assert any("Mine" in each or "'5'" in each or "5" in each for each in failed.problems)
    assert files(blog, "its") == before
    build(sound)
    assert files(blog, "its") == before
    settings["LINKBACK_FEEDS"] = [Other]
    build(content)
    assert files(blog, "its") == {}


def test_the_feed_of_an_article_that_cannot_be_read_stays(blog: SiteBuilder) -> None:
    blog.build()
    before = files(blog, "other")
    article = blog.content / "two.md"
    sound = article.read_text()
    article.write_text(sound.replace("Date: 2026-01-02", "Date: tomorrow"))
    blog.build()
    assert files(blog, "other")["other/salt.xml"] == before["other/salt.xml"]
    assert files(blog, "other")["other/sea.xml"] != before["other/sea.xml"]
    # A class that is not listed any more has none of them.
    blog.build(LINKBACK_FEEDS=[Mine])
    assert files(blog, "other") == {}
    blog.build()
    article.unlink()
    blog.build()
    assert files(blog, "other").keys() == {"other/sea.xml"}


@pytest.mark.parametrize("emptied", [False, True])
def test_the_feeds_of_an_article_that_breaks_later_stay(blog: SiteBuilder, emptied: bool) -> None:
    """Another plugin spoils an article when its page is written, and takes its language away."""
    blog.article("four", lang="pt", category="Only", tags="own", date="2026-01-04")
    settings = {
        "LINKBACK_FEEDS": None,
        "CATEGORY_FEED_ATOM": "g/c-{slug}.xml",
        "TAG_FEED_ATOM": "g/t-{slug}.xml",
        "TRANSLATION_FEED_ATOM": "g/l-{lang}.xml",
    }
    blog.build(**settings)
    before = files(blog, "g")
    own = {"g/c-only.xml", "g/t-own.xml", "g/l-pt.xml"}
    assert own <= before.keys()

    def spoil(path: str, context: Any) -> None:
        for article in context["articles"] if path.endswith("archives.html") else ():
            if article.slug == "four":
                article.metadata = None

    signals.content_written.connect(spoil)
    build = blog.build(**settings, DELETE_OUTPUT_DIRECTORY=emptied)
    assert any("four.md" in each for each in build.problems)
    assert {path: files(blog, "g")[path] for path in own} == {path: before[path] for path in own}
    signals.content_written.disconnect(spoil)
    (blog.content / "four.md").unlink()
    blog.build(**settings, DELETE_OUTPUT_DIRECTORY=emptied)
    assert files(blog, "g").keys() == before.keys() - own


@pytest.mark.parametrize("emptied", [False, True])
def test_a_style_sheet_that_cannot_be_written_stays(
    blog: SiteBuilder, monkeypatch: pytest.MonkeyPatch, emptied: bool
) -> None:
    from pelican_linkback.feeds.output import folder
    from pelican_linkback.feeds.output.files import write

    blog.build(LINKBACK_FEED_STYLE=True)
    sheet = blog.output / "linkback-feed.css"
    before = sheet.read_bytes(), sheet.stat().st_mtime_ns

    def refuse(path: str, *arguments: Any) -> bool:
        if Path(path) == sheet and len(arguments) > 1:
            raise OSError(28, "No space left on device")
        return write(path, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(folder, "write", refuse)
        build = blog.build(LINKBACK_FEED_STYLE=True, DELETE_OUTPUT_DIRECTORY=emptied)
    assert "No space left" in build.problems[0]
    assert (sheet.read_bytes(), sheet.stat().st_mtime_ns) == before
    blog.build(LINKBACK_FEED_STYLE=False, DELETE_OUTPUT_DIRECTORY=emptied)
    assert not sheet.exists()


class Pathless:
    """A plugin's content that has no path."""

    @property
    def save_as(self) -> str:
        raise ValueError("nowhere")

    def get_relative_source_path(self) -> str:
        return "x"


def test_what_has_no_path_takes_none(blog: SiteBuilder) -> None:
    def add(generators: Any) -> None:
        generators[0].context["static_content"]["x"] = Pathless()

    signals.all_generators_finalized.connect(add)
    build = blog.build()
    assert (build.problems, len(files(blog, "other"))) == ([], 2)


def test_where_ids_are_not_known_an_emptied_folder_gets_its_feeds_back(blog: SiteBuilder) -> None:
    blog.settings |= {"FEED_ALL_ATOM": "feeds/all.xml"}
    blog.build()
    before = files(blog, "mine", "other")
    ids = blog.folder / "linkback" / "ids.jsonl"
    ids.unlink()
    ids.mkdir()
    for _ in range(2):
        build = blog.build(DELETE_OUTPUT_DIRECTORY=True)
        assert "Feeds: none written" in build.printed
        assert files(blog, "mine", "other") == before


@pytest.mark.parametrize("change", [{"LINKBACK_FEEDS": []}, {"FEED_RSS": "feeds/new.xml"}])
def test_another_path_takes_the_old_document(blog: SiteBuilder, change: dict[str, Any]) -> None:
    blog.settings |= {"LINKBACK_FEEDS": None, "FEED_RSS": "feeds/old.xml"}
    blog.build()
    assert (blog.output / "feeds/old.xml").exists()
    blog.build(**change)
    assert not (blog.output / "feeds/old.xml").exists()


def test_the_log_says_what_is_removed_and_what_is_kept(blog: SiteBuilder) -> None:
    blog.build()
    FAILURES.add("title")
    build = blog.build(DELETE_OUTPUT_DIRECTORY=True)
    kept = [each.getMessage() for each in build.records if "as it was before" in each.getMessage()]
    assert 'Keeping "mine/sea.xml" as it was before this build' in kept
    build = blog.build(LINKBACK_FEEDS=[])
    assert 'Removing "mine/sea.xml": there is no such feed any more' in [
        each.getMessage() for each in build.records
    ]


def test_what_cannot_be_removed_is_reported(
    blog: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.build()
    unlink = Path.unlink

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == "salt.xml":
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    build = blog.build(LINKBACK_FEEDS=[Mine])
    (problem,) = build.problems
    assert problem.startswith("A feed cannot be removed, or put back: [Errno 13]")
    assert "other/salt.xml" in problem
    assert files(blog, "other").keys() == {"other/salt.xml"}


def test_the_manifest_of_an_older_version_is_read(blog: SiteBuilder) -> None:
    blog.build()
    before = files(blog, "mine", "other")
    lines = [f"{len(data)}/{time} {path}\n" for path, (data, time) in before.items()]
    (blog.output / MANIFEST).write_text("".join(lines))
    FAILURES.add("objects")
    build = blog.build()
    assert files(blog, "mine", "other") == before
    assert "Feeds: 0 written, 2 unchanged" in build.printed
    FAILURES.clear()
    blog.build(LINKBACK_FEEDS=[Other])
    assert files(blog, "mine", "other").keys() == {"other/sea.xml", "other/salt.xml"}


# Others at a feed's path


PLACE = "feeds/all.rss.xml"


def article(site: SiteBuilder) -> str:
    site.article("q", url=PLACE, save_as=PLACE)
    return "the article q.md"


def page(site: SiteBuilder, status: str = "published") -> str:
    (site.content / "pages").mkdir()
    head = f"Title: P\nURL: {PLACE}\nSave_as: ./feeds//all.rss.xml\nStatus: {status}\n"
    (site.content / "pages" / "p.md").write_text(f"{head}\nText.\n")
    return "the page pages/p.md"


def hidden_page(site: SiteBuilder) -> str:
    return page(site, "hidden")


def static(site: SiteBuilder) -> str:
    (site.content / "extra").mkdir()
    (site.content / "extra" / "old.xml").write_text("<old/>")
    site.settings["STATIC_PATHS"] = ["extra"]
    site.settings["EXTRA_PATH_METADATA"] = {"extra/old.xml": {"path": PLACE}}
    return "the file extra/old.xml"


def template(site: SiteBuilder) -> str:
    (site.content / "x.txt").write_text("T")
    site.settings["TEMPLATE_PAGES"] = {"x.txt": PLACE}
    return "what TEMPLATE_PAGES makes of x.txt"


def direct_template(site: SiteBuilder) -> str:
    site.settings["ARCHIVES_SAVE_AS"] = PLACE
    return "a page of the site"


def file_of_the_theme(site: SiteBuilder) -> str:
    theme = shutil.copytree(SIMPLE_THEME, site.folder / "theme")
    (theme / "static/feeds").mkdir(parents=True)
    (theme / "static" / PLACE).write_text("<old/>")
    site.settings |= {"THEME": str(theme), "THEME_STATIC_DIR": ""}
    return "a file of the theme"


def one_file_of_the_theme(site: SiteBuilder) -> str:
    theme = shutil.copytree(SIMPLE_THEME, site.folder / "theme")
    (theme / "old").mkdir()
    (theme / "old/all.rss.xml").write_text("<old/>")
    site.settings |= {
        "THEME": str(theme),
        "THEME_STATIC_PATHS": ["old/all.rss.xml"],
        "THEME_STATIC_DIR": "feeds",
    }
    return "a file of the theme"


def source(site: SiteBuilder) -> str:
    site.settings |= {"OUTPUT_SOURCES": True, "OUTPUT_SOURCES_EXTENSION": ".rss.xml"}
    site.article("q", save_as="feeds/all.html")
    return "the source of the article q.md"


def folder_of_a_page(site: SiteBuilder) -> str:
    (site.content / "pages").mkdir()
    head = f"Title: P\nURL: {PLACE}/\nSave_as: {PLACE}/index.html\n"
    (site.content / "pages/p.md").write_text(f"{head}\nText.\n")
    return "the folder of the page pages/p.md"


def folder_of_a_file(site: SiteBuilder) -> str:
    (site.content / "extra").mkdir()
    (site.content / "extra/old.xml").write_text("<old/>")
    site.settings["STATIC_PATHS"] = ["extra"]
    site.settings["EXTRA_PATH_METADATA"] = {"extra/old.xml": {"path": f"{PLACE}/all.xml"}}
    return "the folder of the file extra/old.xml"


TAKERS = [
    *(article, page, hidden_page, static, template, direct_template),
    *(file_of_the_theme, one_file_of_the_theme, source, folder_of_a_page, folder_of_a_file),
]


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("emptied", [False, True])
def test_a_path_that_the_site_needs_is_named_and_not_taken(
    site: SiteBuilder, taker: Any, emptied: bool
) -> None:
    site.settings |= {"FEED_ALL_RSS": PLACE, "FEED_RSS": "feeds/other.xml"}
    site.article("a")
    site.build()
    assert "<channel" in (site.output / PLACE).read_text()
    who = taker(site)
    for _ in range(2):
        build = site.build(DELETE_OUTPUT_DIRECTORY=emptied)
        assert build.problems == [f"Feed AllFeed: {PLACE} is {who}; give the feed another path"]
        taken = site.output / PLACE
        assert taken.is_dir() == who.startswith("the folder")
        assert taken.is_dir() or "<channel" not in taken.read_text()
        assert "<channel" in (site.output / "feeds/other.xml").read_text()
    # It is nobody's feed now: nothing removes it, and nothing is kept of it.
    site.build(FEED_ALL_RSS=None)
    assert (site.output / PLACE).exists()
    assert PLACE not in (site.output / MANIFEST).read_text()


SHEET = "linkback-feed.css"


@pytest.mark.parametrize("emptied", [False, True])
def test_the_style_sheet_takes_no_path_that_the_site_needs(
    site: SiteBuilder, emptied: bool
) -> None:
    site.settings |= {"LINKBACK_FEED_STYLE": True, "FEED_ALL_RSS": PLACE}
    site.article("a")
    assert site.build().problems == []
    (site.content / SHEET).write_text("title { color: red }")
    site.settings["STATIC_PATHS"] = [SHEET]
    for _ in range(2):
        build = site.build(DELETE_OUTPUT_DIRECTORY=emptied)
        (problem,) = build.problems
        assert problem == (
            f"Feeds have no style sheet of ours, because {SHEET} is the file {SHEET}; give that "
            "another path, or name its URL in LINKBACK_FEED_STYLE"
        )
        assert SHEET in build.read(PLACE)
    assert SHEET not in build.read(MANIFEST)
    site.build(LINKBACK_FEED_STYLE=False)
    assert "red" in (site.output / SHEET).read_text()


def test_no_feed_takes_the_path_of_the_style_sheet(site: SiteBuilder) -> None:
    site.article("a")
    build = site.build(LINKBACK_FEED_STYLE=True, FEED_ALL_RSS=SHEET)
    assert build.problems == [
        f"Feed AllFeed: {SHEET} is the style sheet of the feeds; give the feed another path"
    ]
    assert "<channel" not in build.read(SHEET)


@pytest.mark.parametrize("name", [MANIFEST, NEW_MANIFEST])
def test_no_feed_takes_the_path_of_the_manifest(site: SiteBuilder, name: str) -> None:
    site.article("a")
    build = site.build(FEED_ALL_RSS=name, FEED_RSS=PLACE)
    assert build.problems == [
        f"Feed AllFeed: {name} is where the plugin lists the feeds; give the feed another path"
    ]
    assert PLACE in build.read(MANIFEST)


def test_a_file_that_is_older_than_the_feed_is_copied_to_its_path(site: SiteBuilder) -> None:
    site.settings |= {"FEED_ALL_RSS": PLACE, "STATIC_CHECK_IF_MODIFIED": True}
    site.article("a")
    site.build()
    static(site)
    os.utime(site.content / "extra/old.xml", (1, 1))
    assert site.build().read(PLACE) == "<old/>"


def test_a_feed_of_a_subsite_is_not_written_over(site: SiteBuilder) -> None:
    site.settings |= {
        "PLUGINS": ["i18n_subsites", "pelican_linkback"],
        "I18N_SUBSITES": {"de": {"FEED_ALL_RSS": "feed.xml"}},
        "FEED_ALL_RSS": "de/feed.xml",
        "JINJA_ENVIRONMENT": {"extensions": ["jinja2.ext.i18n"]},
    }
    site.article("one", lang="en")
    site.article("eins", lang="de")
    build = site.build()
    (problem,) = (each for each in build.problems if "Feed" in each)
    assert problem.startswith("Feed AllFeed: de/feed.xml is a feed of the site in ")
    assert "<language>de" in (site.output / "de/feed.xml").read_text()


# Builds in one process


def test_one_pelican_may_run_again_and_again(blog: SiteBuilder, caplog: Any) -> None:
    pelican = Pelican(read_settings(override=blog.settings))
    for number in range(3):
        blog.article(f"new{number}", tags=f"tag{number}")
        with caplog.at_level(logging.WARNING):
            pelican.run()
        assert (blog.output / "other" / f"tag{number}.xml").exists()
        (blog.content / f"new{number}.md").unlink()
    assert not (blog.output / "other" / "tag1.xml").exists()
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


# Listeners of feed_written


def xml_only(path: str, context: Any, feed: Any) -> None:
    """Take every file for XML, as plugins for Pelican's own feeds may."""
    import xml.etree.ElementTree as ET

    file = Path(path)
    try:
        root = ET.fromstring(file.read_bytes())
    except ET.ParseError:
        file.write_text('<?xml version="1.0"?>\n')
        return
    root.append(ET.Comment("edited"))
    file.write_bytes(ET.tostring(root))


def truncates_and_fails(path: str, context: Any, feed: Any) -> None:
    Path(path).write_text("")
    raise ValueError("no thumbnail")


def takes_away(path: str, context: Any, feed: Any) -> None:
    Path(path).unlink()


def touches(path: str, context: Any, feed: Any) -> None:
    Path(path).write_bytes(Path(path).read_bytes())


def empties_the_items(path: str, context: Any, feed: Any) -> None:
    Path(path).write_text("<feed/>" if path.endswith("xml") else "{}")


def removes_the_folder(path: str, context: Any, feed: Any) -> None:
    shutil.rmtree(Path(path).parent)


def in_another_encoding(path: str, context: Any, feed: Any) -> None:
    text = Path(path).read_text("utf-8").replace(' encoding="utf-8"', "")
    Path(path).write_text(text, encoding="utf-16")


FORMATS = {
    **NO_FEEDS,
    "FEED_ALL_ATOM": "f/a.xml",
    "FEED_ALL_RSS": "f/r.xml",
    "FEED_ALL_JSON": "f/j.json",
}


def both(site: SiteBuilder) -> dict[str, tuple[str, int]]:
    return {
        path.name: (path.read_text(errors="replace"), path.stat().st_mtime_ns)
        for path in (site.output / "f").iterdir()
    }


@pytest.mark.parametrize(
    ("listener", "told", "edited"),
    [
        pytest.param(
            xml_only, ["f/j.json is no JSON after it: the feed is as"], {"a.xml", "r.xml"}, id="XML"
        ),
        pytest.param(
            truncates_and_fails, ["and fails: ValueError: no thumbnail"], set(), id="fails"
        ),
        pytest.param(
            takes_away,
            [f"f/{name} is not there after it" for name in ("a.xml", "r.xml", "j.json")],
            set(),
            id="unlinks",
        ),
        pytest.param(
            in_another_encoding,
            ["f/j.json is no JSON after it"],
            {"a.xml", "r.xml"},
            id="in another encoding",
        ),
        pytest.param(touches, [], set(), id="touches"),
        pytest.param(empties_the_items, [], {"a.xml", "r.xml", "j.json"}, id="has its way"),
    ],
)
@pytest.mark.parametrize("emptied", [False, True])
def test_what_a_listener_leaves_is_the_feed(
    site: SiteBuilder, listener: Any, told: list[str], edited: set[str], emptied: bool
) -> None:
    site.settings |= FORMATS
    site.article("one")
    site.build()
    plain = both(site)
    signals.feed_written.connect(listener)
    site.build()
    first = both(site)
    assert {name for name in first if first[name][0] != plain[name][0]} == edited
    assert {name for name in first if first[name][1] != plain[name][1]} == edited
    for _ in range(2):
        build = site.build(DELETE_OUTPUT_DIRECTORY=emptied)
        assert both(site) == first
        assert "Feeds: 0 written, 3 unchanged" in build.printed
        assert len(build.problems) == len(told)
        assert all(part in each for part, each in zip(told, build.problems, strict=True))
        assert all(f"{listener.__name__} listens to" in each for each in build.problems)
    site.build(FEED_ALL_ATOM=None, FEED_ALL_JSON=None)
    assert both(site).keys() == {"r.xml"}
    signals.feed_written.disconnect(listener)
    site.build()
    assert {name: text for name, (text, _) in both(site).items()} == {
        name: text for name, (text, _) in plain.items()
    }


def test_a_listener_may_take_the_folder_away_with_the_document(site: SiteBuilder) -> None:
    signals.feed_written.connect(removes_the_folder)
    site.article("one")
    build = site.build(**NO_FEEDS | {"FEED_ALL_JSON": "f/j.json"})
    assert '"one"' in build.read("f/j.json")
    (problem,) = build.problems
    assert "f/j.json is not there after" in problem


def test_the_listeners_that_do_well_keep_their_say(site: SiteBuilder) -> None:
    def signs(path: str, context: Any, feed: Any) -> None:
        file = Path(path)
        file.write_text(file.read_text().replace("<feed", "<!-- signed --><feed"))

    signals.feed_written.connect(signs)
    signals.feed_written.connect(truncates_and_fails)
    signals.feed_written.connect(takes_away)
    site.article("one")
    build = site.build(FEED_ALL_ATOM="a.xml")
    assert build.read("a.xml").count("<!-- signed -->") == 1
    assert len(build.parse("a.xml").entries) == 1


class Plain(ArticleFeed):
    """A feed in a format of its own, which nobody can check."""

    path = "plain.txt"

    class feed_type(Atom1Feed):  # noqa: N801
        """Lines."""

        def write(self, outfile: Any, encoding: str) -> None:
            outfile.write("nothing but lines\n")

    def items(self) -> Any:
        return self.site.articles


def test_a_format_that_is_neither_xml_nor_json_is_left_to_the_listeners(site: SiteBuilder) -> None:
    def writes(path: str, context: Any, feed: Any) -> None:
        Path(path).write_text("more")

    signals.feed_written.connect(writes)
    site.article("one")
    build = site.build(LINKBACK_FEEDS=[Plain])
    assert (build.read("plain.txt"), build.problems) == ("more", [])

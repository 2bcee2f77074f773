"""The ids in the state folder, and in what is built."""

from __future__ import annotations

import datetime as dt
import json
import sys

import pytest

from pelican_linkback.exceptions import JournalError
from pelican_linkback.feeds.ids.entries import Entry
from pelican_linkback.feeds.ids.store import Edition, IdStore, edition_of
from pelican_linkback.plugin.feeds import documents
from pelican_linkback.settings.model import read
from tests.conftest import ids_of

replace = Entry._replace

DAY = dt.datetime(2026, 5, 1, 10, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
SITE = "https://me.example"
EN = Edition("en", SITE)
A = Entry("a.md", "a.html", f"{SITE}/a.html", DAY, title="A", html="1")
B = Entry("b.md", "b.html", f"{SITE}/b.html", DAY, title="B", html="2")
ID = "tag:me.example,2026-05-01:/a.html"


def published(folder, *entries, edition=EN, now=NOW):
    """Publish a site whose state folder this is; return the ids."""
    store = IdStore(folder, edition)
    assigned = store.assign(entries)
    store.remember(assigned, now)
    return list(assigned.ids)


def lines(folder, name="ids.jsonl"):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def test_the_settings_say_which_edition_it_is():
    settings = {"PATH": ".", "SITEURL": SITE, "DEFAULT_LANG": "en", "I18N_SUBSITES": {"de": {}}}
    assert edition_of(read(settings)) == Edition("en", SITE, {"de"})


def test_nothing_is_made_for_a_site_without_entries(tmp_path):
    published(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_build_without_a_change_leaves_both_files_as_they_are(tmp_path):
    first = published(tmp_path, A, B)
    before = {path: (path.read_bytes(), path.stat().st_ino) for path in tmp_path.iterdir()}
    assert published(tmp_path, B, A) == first[::-1]
    assert {path: (path.read_bytes(), path.stat().st_ino) for path in tmp_path.iterdir()} == before


def test_a_text_that_changes_with_each_build_does_not_make_the_memory_grow(tmp_path):
    for text in "123":
        published(tmp_path, replace(A, html=text))
        assert len(lines(tmp_path)) == len(lines(tmp_path, "entries.jsonl")) == 1


def test_a_renamed_file_is_recognised_by_what_was_published_last(tmp_path):
    ids = published(tmp_path, A, B)
    renamed = replace(A, source="x.md", url="x.html", link=f"{SITE}/x.html")
    assert published(tmp_path, renamed, B) == ids
    # Once it is known, the cache is not needed.
    (tmp_path / "entries.jsonl").unlink()
    assert published(tmp_path, renamed, B) == ids


@pytest.mark.parametrize("content", ["", "garbage\n", '{"v": 1}\n', "Dear diary\n", '{"v": 2}\n'])
def test_without_the_cache_a_renamed_file_is_a_new_one_and_nothing_breaks(tmp_path, content):
    (first,) = published(tmp_path, A)
    (tmp_path / "entries.jsonl").write_text(content)
    store = IdStore(tmp_path, EN)
    assert list(store.assign([replace(A, source="x.md", url="x.html")]).ids) != [first]
    assert list(store.assign([A]).ids) == [first]


def test_a_cache_of_somebody_elses_is_left_alone_and_the_ids_are_remembered(tmp_path):
    (tmp_path / "entries.jsonl").write_text("Dear diary\n")
    with pytest.raises(JournalError, match=r"entries\.jsonl: has no line of this program"):
        published(tmp_path, A)
    assert (tmp_path / "entries.jsonl").read_text() == "Dear diary\n"
    assert [line["id"] for line in lines(tmp_path)] == [ID]


def test_damage_in_the_cache_goes_with_the_next_publication(tmp_path):
    published(tmp_path, A)
    path = tmp_path / "entries.jsonl"
    whole = path.read_text()
    path.write_text(f"<<<<<<< ours\n{whole}=======\n{whole}>>>>>>> theirs\n")
    published(tmp_path, A)
    assert path.read_text() == whole


def test_two_branches_of_the_cache_merge(tmp_path):
    ids = published(tmp_path, A, B)
    path = tmp_path / "entries.jsonl"
    ours = path.read_text()
    published(tmp_path, replace(A, title="AA", html="9"), B)
    path.write_text(ours + path.read_text())
    for title, text in (("A", "1"), ("AA", "9")):
        renamed = replace(A, source="x.md", url="x.html", title=title, html=text)
        assert list(IdStore(tmp_path, EN).assign([renamed, B]).ids) == ids


def test_each_edition_has_its_own_part_of_the_cache(tmp_path):
    german = Edition("de", f"{SITE}/de", {"de"})
    published(tmp_path, A)
    published(tmp_path, B, edition=german)
    both = (tmp_path / "entries.jsonl").read_bytes()
    published(tmp_path, A)
    assert (tmp_path / "entries.jsonl").read_bytes() == both
    editions = [line["edition"] for line in lines(tmp_path, "entries.jsonl")]
    assert editions == ["de", "en"]
    renamed = replace(A, source="x.md", url="x.html")
    assert list(IdStore(tmp_path, EN).assign([renamed]).ids) == [ID]
    renamed = replace(renamed, link=f"{SITE}/de/x.html")
    assert list(IdStore(tmp_path, german).assign([renamed]).ids) != [ID]
    # A corrected language takes the part of the old one.
    british = Edition("en-GB", SITE, {"de"})
    assert published(tmp_path, A, edition=british) == [ID]
    editions = [line["edition"] for line in lines(tmp_path, "entries.jsonl")]
    assert editions == ["de", "en-GB"]


def test_a_corrected_language_and_a_renamed_file_at_once(tmp_path):
    ids = published(tmp_path, A, B, replace(B, source="c.md", url="c.html", title="C", html="3"))
    renamed = replace(A, source="x.md", url="x.html")
    after = published(
        tmp_path,
        renamed,
        B,
        replace(B, source="c.md", url="c.html", title="C", html="3"),
        edition=Edition("en-GB", SITE),
    )
    assert after == ids


def test_damaged_and_foreign_lines_are_reported_and_the_rest_is_used(tmp_path):
    published(tmp_path, A)
    path = tmp_path / "ids.jsonl"
    path.write_text('garbage\n{"v": 0}\n' + path.read_text())
    store = IdStore(tmp_path, EN)
    assert list(store.assign([replace(A, date=DAY.replace(year=2020))]).ids) == [ID]
    assert [problem.split(":")[1] for problem in store.problems] == [
        " line 1 is not used",
        " line 2 is not used",
    ]


def test_ids_that_cannot_be_read_are_an_error(tmp_path):
    (tmp_path / "ids.jsonl").write_text("Dear diary\n")
    with pytest.raises(JournalError):
        IdStore(tmp_path, EN)


# Ids of feeds that were published before

FEED = {
    f"{SITE}/blog/a.html": "urn:x:a",
    "https://old.example/?p=2": "urn:x:2",
    "https://old.example/news#3": "urn:x:3",
    f"{SITE}/blog/": "urn:x:home",
}
BLOG = Edition("en", f"{SITE}/blog")


def test_published_feeds_are_continued_by_their_urls(tmp_path):
    store = IdStore(tmp_path, BLOG)
    assert store.import_ids(FEED, NOW) == 3
    assert store.import_ids(FEED, NOW) == 0
    assert store.registry().by_link() == {
        f"{SITE}/blog/a.html": "urn:x:a",
        f"{SITE}/blog/?p=2": "urn:x:2",
        f"{SITE}/blog/news#3": "urn:x:3",
    }
    one = replace(A, link=f"{SITE}/blog/a.html")
    assert published(tmp_path, one, edition=BLOG) == ["urn:x:a"]
    assert published(tmp_path, replace(one, source="x.md"), edition=BLOG) == ["urn:x:a"]


def test_an_id_is_imported_for_an_entry_that_is_known_and_the_last_one_counts(tmp_path):
    published(tmp_path, A)
    store = IdStore(tmp_path, EN)
    assert store.import_ids({A.link: "urn:x:1"}, NOW) == 1
    assert store.import_ids({A.link: "urn:x:2"}, NOW) == 1
    assert published(tmp_path, A) == ["urn:x:2"]


def test_an_id_that_went_on_with_its_entry_is_not_brought_back_by_an_old_feed(tmp_path):
    ids = published(tmp_path, A)
    elsewhere = replace(A, url="x.html", link=f"{SITE}/x.html")
    newcomer = replace(B, url="a.html", link=A.link)
    ids = published(tmp_path, elsewhere, newcomer)
    assert IdStore(tmp_path, EN).import_ids({A.link: ids[0]}, NOW) == 0
    assert published(tmp_path, elsewhere, newcomer) == ids


def test_ids_that_are_imported_after_the_language_was_corrected_forget_none(tmp_path):
    (old,) = published(tmp_path, A)
    british = Edition("en-GB", SITE)
    IdStore(tmp_path, british).import_ids({B.link: "urn:x:b"}, NOW)
    assert published(tmp_path, replace(A, date=NOW), B, edition=british) == [old, "urn:x:b"]


# In a build

PUBLISHED = {"LINKBACK_ALLOW_HOSTS": ["me.example.io"], "FEED_ALL_ATOM": "feeds/all.xml"}
FEEDS = "feeds/all.xml"


def test_a_rename_is_reported_in_one_line_and_costs_nobody_an_id(site):
    site.article("one", "Some words.")
    before = ids_of(site.build(**PUBLISHED), FEEDS)
    (site.content / "one.md").unlink()
    site.article("two", "Some words.", title="one")
    renamed = site.build(**PUBLISHED)
    assert ids_of(renamed, FEEDS) == before
    (told,) = renamed.problems
    assert told == (
        f"two.md is taken for one.md under a new name, and keeps its id {before[0]} in feeds; if "
        "it is another article, give it a Feed_ID"
    )
    again = site.build(**PUBLISHED)
    assert (ids_of(again, FEEDS), again.problems) == (before, [])
    site.article("two", "Some words.", title="one", feed_id="urn:x:two")
    assert ids_of(site.build(**PUBLISHED), FEEDS) == ["urn:x:two"]


def test_the_ids_are_on_the_disk_before_a_feed_that_names_them(site, monkeypatch):
    known = []

    def look(feed, file):
        known.append([line["id"] for line in lines(site.folder / "linkback")])
        raise KeyboardInterrupt

    site.article("one")
    monkeypatch.setattr(documents, "save", look)
    with pytest.raises(KeyboardInterrupt):
        site.build(**PUBLISHED)
    assert known == [["tag:me.example.io,2026-01-01:/one.html"]]
    assert not (site.output / FEEDS).exists()


def test_feeds_are_written_where_the_ids_cannot_be(site):
    site.article("one")
    (site.folder / "linkback").write_text("A file where a folder belongs.")
    build = site.build(**PUBLISHED)
    assert any("ids of feed entries cannot be saved" in each for each in build.problems)
    assert len(ids_of(build, FEEDS)) == 1


def test_pages_of_one_url_and_articles_without_a_page(site):
    """Release notes that stand on one page, which is a page of the site, too."""
    for number in range(5):
        site.article(f"n{number}", url="releases.html", save_as="", title=f"N{number}")
    (site.content / "pages").mkdir()
    page = "Title: Releases\nSlug: releases\nDate: 2026-01-01\nURL: releases.html\n\nAll of them.\n"
    (site.content / "pages" / "releases.md").write_text(page)
    first = ids_of(site.build(**PUBLISHED), FEEDS)
    assert len(set(first)) == 5
    known = (site.folder / "linkback" / "ids.jsonl").read_bytes()
    assert ids_of(site.build(**PUBLISHED), FEEDS) == first
    assert (site.folder / "linkback" / "ids.jsonl").read_bytes() == known


def test_lines_of_earlier_versions_without_a_file_are_used(site):
    """They said ``null``, again with each build."""
    state = site.folder / "linkback"
    state.mkdir()
    old = {"v": 1, "at": "2026-01-01T00:00:00.000000+00:00", "edition": "en", "source": None}
    (state / "ids.jsonl").write_text(
        "".join(json.dumps(old | {"url": "one.html", "id": f"urn:x:{n}"}) + "\n" for n in (1, 1))
    )
    site.article("one")
    assert ids_of(site.build(**PUBLISHED), FEEDS) == ["urn:x:1"]


# Several generators of articles, which plugins may bring

SECOND = """
from pelican import signals
from pelican.generators import ArticlesGenerator

class Second(ArticlesGenerator):
    def __init__(self, context, settings, **more):
        own = {**settings, "ARTICLE_PATHS": %r, "ARTICLE_EXCLUDES": [], "FEED_ALL_ATOM": "two.xml"}
        own |= dict.fromkeys(["CATEGORY_SAVE_AS", "AUTHOR_SAVE_AS"], "")
        super().__init__(context=context, settings=own, **more)
        self.generate_pages = lambda writer: None

def register():
    signals.get_generators.connect(get)

def get(pelican):
    return Second
"""


@pytest.mark.parametrize("paths", ["news", "."])
def test_the_entries_of_several_generators_are_distinguished_by_one_memory(
    site, paths, monkeypatch
):
    monkeypatch.syspath_prepend(site.folder)
    module = f"second_{len(paths)}"
    (site.folder / f"{module}.py").write_text(SECOND % [paths])
    settings = PUBLISHED | {"PLUGINS": [module, "pelican_linkback"], "ARTICLE_EXCLUDES": ["news"]}
    site.article("one")
    site.article("news/two", title="Two", slug="two")
    build = site.build(**settings)
    one, two = ids_of(build, FEEDS), ids_of(build, "two.xml")
    assert set(two) - set(one) == {"tag:me.example.io,2026-01-01:/two.html"}
    state = site.folder / "linkback"
    before = {path: path.read_bytes() for path in state.glob("*.jsonl")}
    assert len(lines(state)) == len(lines(state, "entries.jsonl")) == 2
    again = site.build(**settings)
    assert (ids_of(again, FEEDS), ids_of(again, "two.xml")) == (one, two)
    assert {path: path.read_bytes() for path in state.glob("*.jsonl")} == before


def test_twice_as_many_entries_at_one_url_are_twice_the_work(tmp_path):
    def work(number):
        calls = 0

        def count(*_):
            nonlocal calls
            calls += 1

        folder = tmp_path / f"{number}"
        entries = [replace(A, source=f"{n}.md", title="News", html="n") for n in range(number)]
        published(folder, *entries)
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            published(folder, *entries[1:], B)
        finally:
            sys.setprofile(before)
        return calls

    work(1)  # what is imported or cached once
    assert work(400) < 2.2 * work(200)


# Articles that a plugin makes of no file

MAKER = """
import datetime
from pelican import signals
from pelican.contents import Article
from pelican.urlwrappers import Author, Category

ADDRESSES = {"own": {}, "shared": {"url": "x.html"}, "none": {"url": "", "save_as": ""}}

def add(generator):
    for name in "xy":
        metadata = {
            "title": name, "category": Category("c", generator.settings), "slug": name,
            "date": datetime.datetime(2026, 2, 1, tzinfo=datetime.timezone.utc),
            "author": Author("A", generator.settings), "pingback": "all; !",
            **ADDRESSES["%s"],
        }
        html = f'<a href="https://other.example.io/{name}">there</a>'
        made = Article(html, metadata, settings=generator.settings, context=generator.context)
        generator.articles.append(made)

def register():
    signals.article_generator_pretaxonomy.connect(add)
"""


@pytest.mark.parametrize("address", ["own", "shared", "none"])
def test_what_is_made_of_no_file_is_remembered_once(site, address, monkeypatch):
    monkeypatch.syspath_prepend(site.folder)
    module = f"maker_{address}"
    (site.folder / f"{module}.py").write_text(MAKER % address)
    settings = PUBLISHED | {"PLUGINS": [module, "pelican_linkback"]}
    first = site.build(**settings)
    state = site.folder / "linkback"
    before = {path: path.read_bytes() for path in state.glob("*.jsonl")}
    assert {"ids.jsonl", "entries.jsonl"} <= {path.name for path in before}
    assert (state / "deliveries.jsonl" in before) == (address != "none")  # no page, no linkback
    for path in before:
        assert all(None not in line.values() for line in lines(state, path.name))
    assert len(set(ids_of(first, FEEDS))) == 2
    assert "None" not in "".join(first.problems)
    again = site.build(**settings)
    assert ids_of(again, FEEDS) == ids_of(first, FEEDS)
    assert {path: path.read_bytes() for path in state.glob("*.jsonl")} == before

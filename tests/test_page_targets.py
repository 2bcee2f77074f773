"""The pages that take mentions, in a build: targets.json, Mentions: in metadata, endpoints."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pelican_linkback.plugin.mentions.publishing import joined, withdraw
from pelican_linkback.plugin.mentions.targets import SiteTargets, mode_of
from pelican_linkback.plugin.written_pages import complete, edit_page
from pelican_linkback.receiving.memory.decisions import Act, Decision
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Mode, Targets
from pelican_linkback.settings.model import Settings
from tests.conftest import NO_FEEDS, SiteBuilder
from tests.mentions import NOW, mention

WM, PB = 'rel="webmention"', 'rel="pingback"'
RECEIVE = {"LINKBACK_RECEIVE": "webmention.io", "LINKBACK_PULL": False, **NO_FEEDS}


def targets(site, **settings):
    build = site.build(**RECEIVE | settings)
    document = build.read("linkback-targets.json")
    assert document == (site.folder / "linkback" / "targets.json").read_text("utf-8")
    return build, Targets.of_json(document)


def by_title(found):
    return {each.title: each for each in found.pages}


@pytest.fixture
def rich(site):
    """A site with something of everything."""
    site.article("plain")
    site.article("shut", mentions="Closed")
    site.article("careful", mentions=" held ")
    site.article("wrong", mentions="clsoed")
    site.article("draft", status="draft")
    site.article("hidden", status="hidden")
    site.article("future", date="2126-01-01")
    site.article("nowhere", save_as="")
    site.article("plain-de", slug="plain", lang="de", title="schlicht")
    pages = site.content / "pages"
    pages.mkdir()
    (pages / "about.md").write_text("Title: About\nMentions: closed\n\nx", "utf-8")
    (pages / "contact.md").write_text("Title: Contact\n\nx", "utf-8")
    (pages / "secret.md").write_text("Title: Secret\nStatus: hidden\n\nx", "utf-8")
    return site


def test_a_publication_knows_its_pages_and_says_where_mentions_are_sent_to(rich: SiteBuilder):
    build, found = targets(rich)
    pages = by_title(found)
    assert set(pages) == {
        *("A Site", "About", "Contact", "careful", "plain", "schlicht", "shut", "wrong")
    }
    assert {title: each.mentions for title, each in pages.items() if each.mentions != "open"} == {
        "About": Mode.CLOSED,
        "careful": Mode.HELD,
        "shut": Mode.CLOSED,
        "wrong": Mode.HELD,
    }
    home = "https://me.example.io"
    assert pages["A Site"].id == pages["A Site"].url == f"{home}/"
    assert pages["Contact"].id == pages["Contact"].url == f"{home}/pages/contact.html"
    assert pages["plain"].id == "tag:me.example.io,2026-01-01:/plain.html"
    assert pages["plain"].url == f"{home}/plain.html"
    assert pages["schlicht"].url == f"{home}/plain-de.html"

    problems = [each for each in build.problems if "Mentions" in each]
    words = "'clsoed' is not open, held or closed, so its mentions are held; did you mean closed?"
    assert problems == [f"wrong.md: Mentions: {words}"]

    takes = {"index.html", "plain.html", "plain-de.html", "careful.html", "wrong.html"}
    takes.add("pages/contact.html")
    for path in build.output.rglob("*.html"):
        name = path.relative_to(build.output).as_posix()
        text = path.read_text("utf-8")
        expected = 1 if name in takes else 0
        assert (name, text.count(WM), text.count(PB)) == (name, expected, expected)
    assert '<link rel="webmention" href="https://webmention.io/me.example.io/webmention" />\n' in (
        build.read("plain.html")
    )

    times = {
        path: path.stat().st_mtime_ns
        for path in (build.output / "linkback-targets.json", rich.folder / "linkback/targets.json")
    }
    rich.build(**RECEIVE)
    assert {path: path.stat().st_mtime_ns for path in times} == times
    rich.build(**RECEIVE, DELETE_OUTPUT_DIRECTORY=True)
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_addresses_are_in_normal_form_and_titles_in_plain_text(site):
    site.article("eins", slug="\u00fcbung", title="Eins & <em>zwei</em>")
    _, found = targets(
        site, SITEURL="https://b\u00fccher.example.io", DEFAULT_METADATA={"mentions": "held"}
    )
    home = "https://xn--bcher-kva.example.io/"
    assert [(each.url, each.title, each.mentions) for each in found.pages] == [
        (home, "A Site", Mode.HELD),
        (f"{home}%C3%BCbung.html", "Eins & zwei", Mode.HELD),
    ]
    assert found.find(f"{home}%c3%bcbung#x").target.title == "Eins & zwei"


def test_a_site_that_receives_nothing_has_no_targets(site):
    site.article("a")
    build = site.build(**NO_FEEDS)
    assert not (build.output / "linkback-targets.json").exists()
    assert not (site.folder / "linkback" / "targets.json").exists()
    assert WM not in build.read("a.html")


def test_the_published_copy_goes_with_the_receiver(site):
    site.article("a")
    build, _ = targets(site)
    copy, ours = build.output / "linkback-targets.json", site.folder / "linkback" / "targets.json"
    site.build(**NO_FEEDS, SITEURL="")  # for oneself
    assert copy.exists()
    site.build(**NO_FEEDS)
    assert (copy.exists(), ours.exists()) == (False, True)


@pytest.mark.parametrize("ours", [None, "{}"])
def test_a_file_of_others_is_not_taken_for_the_published_copy(tmp_path, ours):
    copy = tmp_path / "linkback-targets.json"
    copy.write_text("[]")
    if ours:
        (tmp_path / "targets.json").write_text(ours)
    withdraw(
        tmp_path / "linkback-targets.json", Settings(site_url="", content=tmp_path, state=tmp_path)
    )
    assert copy.read_text() == "[]"


def test_a_published_copy_that_cannot_be_removed_is_reported(tmp_path, caplog):
    (tmp_path / "targets.json").write_text("{}")
    (tmp_path / "linkback-targets.json").mkdir()
    withdraw(
        tmp_path / "linkback-targets.json", Settings(site_url="", content=tmp_path, state=tmp_path)
    )
    assert "linkback-targets.json cannot be removed: " in caplog.text


def test_a_build_for_oneself_publishes_no_targets(site, monkeypatch):
    site.article("a")
    build = site.build(**RECEIVE, SITEURL="")
    assert WM not in build.read("a.html")  # a hosted service knows a site by its host
    build = site.build(**NO_FEEDS, LINKBACK_RECEIVE="https://r.example/", SITEURL="")
    assert WM in build.read("a.html")
    monkeypatch.setattr("sys.argv", ["pelican", "--autoreload"])
    site.build(**RECEIVE)
    assert not (site.folder / "linkback" / "targets.json").exists()
    assert not (site.output / "linkback-targets.json").exists()


def test_an_article_that_moved_is_found_at_all_its_addresses(site):
    path = site.article("walls", mentions="held")
    _, first = targets(site, SITEURL="https://old.example.io")
    known = by_title(first)["walls"]
    path.write_text(path.read_text("utf-8").replace("Slug: walls", "Slug: garden-walls"), "utf-8")
    _, found = targets(site, LINKBACK_ALIASES=["https://ann.example.net/blog"])
    moved = by_title(found)["walls"]
    assert (moved.id, moved.mentions) == (known.id, Mode.HELD)
    assert moved.url == "https://me.example.io/garden-walls.html"
    assert moved.former == ("https://me.example.io/walls.html",)
    for url in (
        "http://old.example.io/walls.html",
        "https://old.example.io/garden-walls",
        "https://ann.example.net/blog/walls.html?utm_source=x",
        "https://me.example.io/walls.html#h2",
    ):
        assert found.find(url).target == moved
    assert found.find("https://old.example.io/never.html") is None


def test_an_article_that_moved_while_its_mention_was_held_keeps_it_and_the_decision(site):
    path = site.article("walls", mentions="held")
    _, found = targets(site)
    known = mention(target="https://me.example.io/walls.html", article=by_title(found)["walls"].id)
    state = site.folder / "linkback"
    Snapshot(state).write([known])

    def rewrite(old, new):
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        return targets(site)[0].read("garden.html")

    assert known.text not in rewrite("Slug: walls", "Slug: garden")
    Moderation(state).record([Decision.about(Act.SHOW, known)], NOW)
    assert known.text in rewrite("", "")
    assert known.text in rewrite("Slug: ", "Feed_ID: tag:x.example,2020:a\nSlug: ")
    # Who stops to receive does not stop to show.
    assert known.text in site.build(**NO_FEEDS).read("garden.html")


def test_a_text_that_changed_after_its_approval_waits_for_another(site):
    site.article("walls", mentions="held")
    _, found = targets(site)
    known = mention(target="https://me.example.io/walls.html", article=by_title(found)["walls"].id)
    edited = replace(known, text="BUY PILLS")
    state = site.folder / "linkback"

    def page(said, approved=None):
        Snapshot(state).write([said])
        if approved:
            Moderation(state).record([Decision.about(Act.SHOW, approved)], NOW)
        return targets(site)[0].read("walls.html")

    assert known.text in page(known, approved=known)
    assert "BUY PILLS" not in page(edited)
    assert "BUY PILLS" in page(edited, approved=edited)


def test_without_the_decisions_nothing_is_shown(site):
    site.article("walls")
    _, found = targets(site)
    state = site.folder / "linkback"
    known = mention(target="https://me.example.io/walls.html", article=by_title(found)["walls"].id)
    Snapshot(state).write([known])
    assert known.text in targets(site)[0].read("walls.html")
    (state / "moderation.jsonl").write_text('{"v": 2}\n', "utf-8")
    build, _ = targets(site)
    assert known.text not in build.read("walls.html")
    assert sum("newer version" in each for each in build.problems) == 1


def test_a_page_at_the_address_of_the_home_page_is_the_home_page(site):
    site.article("a")
    (site.content / "pages").mkdir()
    text = "Title: Welcome\nURL:\nSave_as: index.html\nMentions: closed\n\nx"
    (site.content / "pages" / "home.md").write_text(text, "utf-8")
    build, found = targets(site, INDEX_SAVE_AS="blog.html")
    assert found.find("https://me.example.io/index.html").target.title == "Welcome"
    assert "A Site" not in by_title(found)
    assert WM not in build.read("index.html")
    assert WM not in build.read("blog.html")


def test_an_article_that_cannot_be_read_stays_as_it_was_published(site):
    site.article("good")
    bad = site.article("bad")
    _, before = targets(site)
    bad.write_text("Title: bad\nDate: never\n\nx", "utf-8")
    _, after = targets(site)
    assert {*by_title(before)} == {*by_title(after)} == {"A Site", "bad", "good"}
    assert by_title(after)["bad"] == by_title(before)["bad"]
    bad.unlink()
    _, gone = targets(site)
    assert "bad" not in by_title(gone)


def test_ids_that_cannot_be_read_cost_neither_the_pages_nor_the_links(site):
    site.article("a")
    _, before = targets(site)
    (site.folder / "linkback" / "ids.jsonl").write_text("a diary\n", "utf-8")
    build, found = targets(site)
    assert WM in build.read("a.html")
    assert found.find(by_title(before)["a"].url)
    assert sum("ids cannot be read" in each for each in build.problems) == 1


def test_a_fault_of_ours_costs_the_mentions_of_this_build_alone(site, monkeypatch):
    site.article("a")
    _, before = targets(site)

    def fail(*args):
        raise ZeroDivisionError

    monkeypatch.setattr("pelican_linkback.plugin.mentions.targets.read_targets", fail)
    build, after = targets(site)
    assert after.pages == before.pages
    assert WM not in build.read("a.html")
    assert sum("please report it" in each for each in build.problems) == 1


def test_what_stands_in_the_way_of_the_file_is_one_message(site):
    site.article("a")
    (site.folder / "linkback" / "targets.json").mkdir(parents=True)
    build = site.build(**RECEIVE)
    assert sum("does not hear which pages" in each for each in build.problems) == 1
    (site.folder / "linkback" / "targets.json").rmdir()
    (site.output / "linkback-targets.json").mkdir()
    build = site.build(**RECEIVE)
    assert sum("does not hear which pages" in each for each in build.problems) == 1


def test_a_theme_that_names_another_receiver_is_reported_once(site):
    for name in "abc":
        site.article(name)
    folder = site.folder / "templates"
    folder.mkdir()
    head = '<head><link rel="webmention" href="https://other.example/wm"><title>x</title></head>'
    (folder / "base.html").write_text(
        f"<!DOCTYPE html><html>{head}<body>{{% block content %}}{{% endblock %}}</body></html>"
    )
    build = site.build(**RECEIVE, THEME_TEMPLATES_OVERRIDES=[str(folder)])
    page = build.read("a.html")
    assert (page.count(WM), page.count(PB)) == (1, 1)
    problems = [each for each in build.problems if "receiver" in each]
    assert len(problems) == 1
    assert "https://other.example/wm" in problems[0]


def test_a_page_that_cannot_be_edited_costs_itself(site, monkeypatch):
    site.article("a")
    site.article("b")

    def edit(path, change):
        if path.name == "a.html":
            raise PermissionError(13, "Permission denied", str(path))
        edit_page(path, change)

    monkeypatch.setattr("pelican_linkback.plugin.written_pages.edit_page", edit)
    build = site.build(**RECEIVE)
    assert WM in build.read("b.html")
    assert WM not in build.read("a.html")
    assert sum("where mentions are sent to" in each for each in build.problems) == 1


def test_all_that_a_page_lacks_is_added_at_once(site, monkeypatch):
    edited = []

    def edit(path, change):
        edited.append(path.name)
        edit_page(path, change)

    monkeypatch.setattr("pelican_linkback.plugin.written_pages.edit_page", edit)
    site.article("a")
    feeds = {"FEED_ALL_ATOM": "all.xml", "LINKBACK_AUTODISCOVERY": True}
    page = site.build(**RECEIVE | feeds).read("a.html")
    assert page.index("/all.xml") < page.index(WM)
    assert edited.count("a.html") == 1


class Editor:
    """Adds a text to pages."""

    def __init__(self, text):
        self.text, self.reported = text, []

    def edit_of(self, path, context):
        return lambda html: html + self.text

    def report(self, name, error):
        self.reported.append((name, type(error)))


def test_a_page_without_an_encoding_costs_itself(tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<p>")
    complete(page, [sound := Editor("x"), broken := Editor("\ud800")], {})
    assert page.read_text() == "<p>"
    assert broken.reported == sound.reported == [("a.html", UnicodeEncodeError)]


def test_the_pages_of_subsites_are_targets_too(site):
    site.settings |= {
        "PLUGINS": ["i18n_subsites", "pelican_linkback"],
        "I18N_SUBSITES": {"de": {"SITENAME": "Eine Seite"}},
        "JINJA_ENVIRONMENT": {"extensions": ["jinja2.ext.i18n"]},
    }
    site.article("one", lang="en", mentions="held")
    site.article("eins", lang="de", slug="one")
    (site.content / "pages").mkdir()
    (site.content / "pages" / "about.md").write_text("Title: About\nLang: en\n\nx", "utf-8")
    build, found = targets(site)
    home = "https://me.example.io"
    assert {each.url: each.title for each in found.pages} == {
        f"{home}/": "A Site",
        f"{home}/one.html": "one",
        f"{home}/pages/about.html": "About",
        f"{home}/de/": "Eine Seite",
        f"{home}/de/one.html": "eins",
    }
    assert found.site == home
    for path in ("index.html", "one.html", "de/index.html", "de/one.html", "pages/about.html"):
        assert (path, build.read(path).count(WM)) == (path, 1)
    assert "webmention.io/me.example.io/webmention" in build.read("de/one.html")
    assert not (build.output / "de" / "linkback-targets.json").exists()
    early = [SiteTargets(Targets((), home), None, is_whole=True, _by_content={})]
    settings = Settings(
        site_url=home, content=site.content, state=site.folder / "linkback", subsites={"de"}
    )
    assert joined(early, settings).find(f"{home}/de/one.html") is None
    assert joined(early, settings, is_early=True).find(f"{home}/de/one.html")
    before = (build.output / "linkback-targets.json").read_bytes()
    assert (site.build(**RECEIVE).output / "linkback-targets.json").read_bytes() == before

    # One of them moves to a host of its own.
    site.settings["I18N_SUBSITES"]["de"]["SITEURL"] = "https://de.example.io"
    _, moved = targets(site)
    for path in ("", "one.html"):
        known = moved.find(f"https://de.example.io/{path}").target
        assert moved.find(f"{home}/de/{path}").target == known
        assert moved.find(f"{home}/{path}").target != known
    assert moved.aliases == ()


@pytest.mark.parametrize(
    ("value", "mode", "hint"),
    [
        (None, Mode.OPEN, None),
        ("", Mode.OPEN, None),
        ("open", Mode.OPEN, None),
        ("HELD", Mode.HELD, None),
        (" Closed\n", Mode.CLOSED, None),
        ("close", Mode.HELD, "did you mean closed?"),
        ("opne", Mode.HELD, "did you mean open?"),
        ("nein", Mode.HELD, "are held"),
        (False, Mode.HELD, "are held"),
        (["closed"], Mode.HELD, "did you mean closed?"),
    ],
)
def test_what_the_metadata_may_say(value, mode, hint):
    found, problem = mode_of(value)
    assert found is mode
    assert (hint or "") in problem
    assert bool(hint) == bool(problem)

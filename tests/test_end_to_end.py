"""From an article's metadata to a stranger's server: real Pelican, real HTTP, real XML-RPC."""

from __future__ import annotations

import json
import socket
from xmlrpc.client import Fault

import pytest

from pelican_linkback import cli
from pelican_linkback.cli import sending
from tests.servers import Blog, serving


@pytest.fixture
def blog():
    with serving(Blog()) as blog:
        yield blog


@pytest.fixture
def host(host, site):
    site.settings["LINKBACK_TIMEOUT"] = 3
    return host


def mark(site, *targets, linked=None, name="one", **metadata):
    links = " ".join(f"[a link]({url})" for url in (targets if linked is None else linked))
    site.article(name, f"Some text. {links}", pingback="; ".join(targets), **metadata)


def notices(build):
    return [text for each in build.records if "notified" in (text := each.getMessage())]


def events(site):
    path = site.folder / "linkback" / "deliveries.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_one_marked_target_gets_exactly_one_ping_and_then_silence(site, host, blog):
    target = f"{blog.url}/a-post?x=1#here"
    mark(site, target)
    first = site.build()
    assert blog.pings == [(f"{host.url}/one.html", target)]
    assert blog.requests == [("GET", "/a-post?x=1"), ("POST", "/xmlrpc")]
    assert host.requests == ["/one.html"]
    assert "Linkbacks: 1 sent" in first.printed
    assert not first.problems
    before = events(site)

    second = site.build()
    assert len(blog.requests) == 2
    assert len(host.requests) == 1
    assert events(site) == before
    assert not second.problems

    other = f"{blog.url}/another"
    mark(site, target, other)
    site.build()
    assert blog.pings[1:] == [(f"{host.url}/one.html", other)]


def test_the_source_is_a_uri_whatever_the_slug(site, host, blog):
    mark(site, f"{blog.url}/a-post", slug="maré-alta")
    site.build()
    assert blog.pings == [(f"{host.url}/mar%C3%A9-alta.html", f"{blog.url}/a-post")]


def test_ctrl_c_is_passed_on_when_what_is_known_has_been_sent(site, host, blog, monkeypatch):
    from pelican_linkback.sending.running.scheduler import HostScheduler

    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(HostScheduler, "_begin_what_may", interrupted)
    mark(site, f"{blog.url}/a-post")
    with pytest.raises(KeyboardInterrupt):
        site.build()
    monkeypatch.undo()
    assert [event["event"] for event in events(site)] == ["queued"]
    site.build()
    assert len(blog.pings) == 1


@pytest.mark.parametrize("siteurl", ["", "http://localhost:8000", "https://example.com"])
def test_without_a_publication_nothing_is_recorded_and_no_socket_opened(
    site, host, blog, siteurl, monkeypatch
):
    mark(site, f"{blog.url}/a-post")
    monkeypatch.setattr(socket, "socket", None)
    monkeypatch.setattr(socket, "getaddrinfo", None)
    build = site.build(SITEURL=siteurl, LINKBACK_ALLOW_HOSTS=[])
    said = "Linkbacks: 1 article marks targets, and nothing is sent;"
    assert (said in build.printed) == bool(siteurl)
    assert not (site.folder / "linkback").exists()


def test_a_page_that_is_not_online_waits_and_is_sent_by_the_next_build(site, host, blog):
    mark(site, f"{blog.url}/a-post")
    host.online = False
    first = site.build()
    assert blog.requests == []
    assert f"1 waits for {host.url}/one.html to be online" in first.printed
    host.online = True
    site.build()
    assert len(blog.pings) == 1


def test_what_waits_is_sent_by_the_command_without_a_build(site, host, blog, capsys):
    mark(site, f"{blog.url}/a-post")
    host.online = False
    site.build()
    host.online = True
    conf = site.folder / "publishconf.py"
    conf.write_text("".join(f"{k} = {v!r}\n" for k, v in site.settings.items()))
    assert cli.main(["send", "-s", str(conf)]) == 0
    assert "Linkbacks: 1 sent" in capsys.readouterr().out
    assert len(blog.pings) == 1
    assert cli.main(["status", "-s", str(conf)]) == 0
    shown = capsys.readouterr().out
    assert "by pingback (accepted: Thank you.)" in " ".join(shown.split())


@pytest.mark.parametrize("status", ["draft", "hidden", "skip"])
def test_what_is_not_published_is_never_sent(site, host, blog, status):
    mark(site, f"{blog.url}/a-post", status=status)
    site.article("other")
    site.build()
    assert (blog.requests, host.requests, events(site)) == ([], [], [])


@pytest.mark.parametrize("with_future_dates", [True, False])
def test_an_article_of_the_future_is_not_sent(site, host, blog, with_future_dates):
    mark(site, f"{blog.url}/a-post", date="2999-01-01")
    site.article("other")
    site.build(WITH_FUTURE_DATES=with_future_dates)
    assert (blog.requests, host.requests, events(site)) == ([], [], [])


def test_a_target_without_a_link_is_named_and_not_sent(site, host, blog):
    target = f"{blog.url}/a-post"
    mark(site, target, linked=())
    build = site.build()
    assert blog.requests == []
    (warning,) = build.problems
    assert "one.md" in warning
    assert target in warning
    assert "LINKBACK_LINK_MARKED" in warning

    site.build(LINKBACK_LINK_MARKED=True)
    assert blog.pings == [(f"{host.url}/one.html", target)]
    assert f'<p class="linkbacks"><a href="{target}">' in (site.output / "one.html").read_text()


def test_with_link_marked_a_linked_target_is_not_linked_again(site, host, blog):
    mark(site, f"{blog.url}/a-post")
    site.build(LINKBACK_LINK_MARKED=True)
    assert "linkbacks" not in (site.output / "one.html").read_text()


@pytest.mark.parametrize(
    ("value", "names"),
    [("htp://x.example/", "htp://x.example/"), ("a-post.html", "a-post.html")],
)
def test_a_malformed_url_is_named_with_its_article_and_the_rest_is_sent(
    site, host, blog, value, names
):
    mark(site, f"{blog.url}/a-post", value)
    build = site.build()
    (warning,) = build.problems
    assert warning.startswith("one.md: Pingback: ")
    assert names in warning
    assert len(blog.pings) == 1


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        pytest.param({"page_status": 500}, "answers 500", id="the target answers 500"),
        pytest.param({"endpoint_status": 500}, "answers 500", id="the endpoint answers 500"),
        pytest.param({"endpoint_body": "<html><p>Hello"}, "an HTML page", id="HTML instead of XML"),
        pytest.param({"answer": Fault(0x20, "no")}, "(fault 32)", id="a fault for good"),
        pytest.param({"answer": Fault(0x32, "upstream")}, "(fault 50)", id="a fault for now"),
    ],
)
def test_a_server_in_trouble_is_one_notice_and_a_record(site, host, blog, trouble, reason):
    vars(blog).update(trouble)
    mark(site, f"{blog.url}/a-post")
    build = site.build()
    (notice,) = notices(build)
    assert f"one.md: {blog.url}/a-post not notified" in notice
    assert reason in notice
    for_good = "--retry-failed" in notice
    assert build.problems == ([notice] if for_good else [])  # else the author can do nothing
    assert for_good is (events(site)[-1]["verdict"] == "refused")
    assert events(site)[-1]["event"] == "outcome"
    requests = len(blog.requests)
    site.build()  # too early to try again, or never
    assert len(blog.requests) == requests


def test_a_server_that_is_down_is_one_notice_and_tried_again_later(site, host, blog):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        mark(site, f"http://127.0.0.1:{closed.getsockname()[1]}/")
        build = site.build()
    (notice,) = notices(build)
    assert build.problems == []
    assert "refused the connection" in notice
    assert "tries again" in notice


def test_a_damaged_line_is_reported_and_nothing_is_overwritten(site, host, blog):
    mark(site, f"{blog.url}/a-post")
    site.build()
    journal = site.folder / "linkback" / "deliveries.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text(lines[0] + "garbage {\n" + "".join(lines[1:]))
    before = journal.read_text()
    build = site.build()
    assert len(blog.pings) == 1
    assert "line 2" in build.problems[0]
    assert journal.read_text() == before


def test_a_journal_that_cannot_be_written_stops_the_sending_not_the_build(site, host, blog):
    (site.folder / "linkback").write_text("a file where the folder should be")
    mark(site, f"{blog.url}/a-post")
    build = site.build()
    assert (site.output / "one.html").exists()
    assert blog.requests == []
    ids, sending = build.problems
    assert "ids of feed entries cannot be saved" in ids
    assert "nothing more is sent" in sending


def test_with_sending_turned_off_it_is_recorded_and_due(site, host, blog):
    mark(site, f"{blog.url}/a-post")
    build = site.build(LINKBACK_SEND=False)
    assert "Linkbacks: 1 due; upload the site, then run pelican-linkback send" in build.printed
    assert blog.requests == []
    assert [event["event"] for event in events(site)] == ["queued"]
    site.build()
    assert len(blog.pings) == 1


def test_all_links_are_sent_on_request(site, host, blog):
    site.article("one", f"[one]({blog.url}/1) [two]({blog.url}/2)", pingback="all")
    site.article("two", f"[three]({blog.url}/3)")
    site.article("three", f"[four]({blog.url}/4)", pingback="none")
    site.build()
    assert sorted(target for _, target in blog.pings) == [f"{blog.url}/1", f"{blog.url}/2"]
    site.build(LINKBACK_TARGETS="all", LINKBACK_SINCE="2025-01-01")
    assert blog.pings[2:] == [(f"{host.url}/two.html", f"{blog.url}/3")]


def test_restructuredtext_marks_with_a_field(site, host, blog):
    (site.content / "rest.rst").write_text(
        f"Rest\n####\n\n:date: 2026-01-01\n:pingback: {blog.url}/1\n    {blog.url}/2\n\n"
        f"`one <{blog.url}/1>`__ and `two <{blog.url}/2>`__\n"
    )
    site.build()
    assert sorted(target for _, target in blog.pings) == [f"{blog.url}/1", f"{blog.url}/2"]


def test_a_wrong_setting_stops_the_build(site, host):
    from pelican_linkback.exceptions import SettingsError

    with pytest.raises(SettingsError, match="LINKBACK_TIMEOUT = -1"):
        site.build(LINKBACK_TIMEOUT=-1)


def test_pages_with_the_metadata_and_translations_are_sent(site, host, blog):
    site.article("pages/about", f"[one]({blog.url}/1)", slug="about", pingback=f"{blog.url}/1")
    site.article("pages/links", f"[two]({blog.url}/2)")
    site.article("one", f"[three]({blog.url}/3)", slug="one", pingback="all")
    site.article("eins", f"[vier]({blog.url}/4)", slug="one", lang="de", pingback="all")
    site.build(LINKBACK_TARGETS="all", LINKBACK_SINCE="2015-01-01")
    assert sorted(blog.pings) == [
        (f"{host.url}/one-de.html", f"{blog.url}/4"),
        (f"{host.url}/one.html", f"{blog.url}/3"),
        (f"{host.url}/pages/about.html", f"{blog.url}/1"),
    ]


def test_an_archive_is_not_sent_about_by_surprise(site, host, blog):
    site.article("old", f"[one]({blog.url}/1)", date="2010-01-01")
    site.article("marked", f"[two]({blog.url}/2)", date="2010-01-01", pingback=f"{blog.url}/2")
    site.build(LINKBACK_TARGETS="all")
    assert [target for _, target in blog.pings] == [f"{blog.url}/2"]
    (line,) = (site.folder / "linkback" / "site.jsonl").read_text().splitlines()
    assert json.loads(line)["event"] == "since"
    site.build(LINKBACK_TARGETS="all", LINKBACK_SINCE="2010-01-01")
    assert len(blog.pings) == 2


def test_the_command_waits_for_the_upload(site, host, blog, capsys, monkeypatch):
    mark(site, f"{blog.url}/a-post")
    host.online = False
    site.build()
    conf = site.folder / "publishconf.py"
    conf.write_text("".join(f"{k} = {v!r}\n" for k, v in site.settings.items()))

    def uploading(seconds):
        assert seconds == 5
        host.online = True

    monkeypatch.setattr(sending.time, "sleep", uploading)
    assert cli.main(["send", "--wait", "10m", "-s", str(conf)]) == 0
    assert "Linkbacks: 1 sent" in capsys.readouterr().out


def test_subsites_are_delivered_with_the_main_site(site, host, blog):
    site.settings |= {
        "PLUGINS": ["i18n_subsites", "pelican_linkback"],
        "I18N_SUBSITES": {"de": {}},
        "JINJA_ENVIRONMENT": {"extensions": ["jinja2.ext.i18n"]},
    }
    mark(site, f"{blog.url}/english", lang="en")
    (site.content / "eins.md").write_text(
        "Title: Eins\nSlug: one\nLang: de\nDate: 2026-01-02\nPingback: all\n\n"
        f"[x]({blog.url}/german)\n"
    )
    (site.content / "pages").mkdir()
    (site.content / "pages" / "p.md").write_text(
        f"Title: Page\nSlug: p\nLang: en\nPingback: all\n\n[x]({blog.url}/page)\n"
    )
    host.online = False
    site.build()
    assert blog.pings == []
    host.online = True
    site.build()
    told = {
        (source.removeprefix(host.url), target.removeprefix(blog.url))
        for source, target in blog.pings
    }
    assert told >= {
        ("/one.html", "/english"),
        ("/de/one.html", "/german"),
        ("/pages/p.html", "/page"),
    }
    before, pings = events(site), len(blog.pings)
    for _ in range(2):
        site.build()
    assert events(site) == before
    assert len(blog.pings) == pings

    conf = site.folder / "publishconf.py"
    conf.write_text("".join(f"{k} = {v!r}\n" for k, v in site.settings.items()))
    assert cli.main(["plan", "-s", str(conf)]) == 0
    assert (site.output / "de" / "one.html").exists()


def test_a_plan_of_a_site_with_the_plugin_writes_and_sends_nothing(site, host, blog, capsys):
    mark(site, f"{blog.url}/a-post")
    site.build(LINKBACK_SEND=False)
    conf = site.folder / "publishconf.py"
    conf.write_text("".join(f"{k} = {v!r}\n" for k, v in site.settings.items()))
    before = {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()}
    assert cli.main(["plan", "-s", str(conf), "-e", "LINKBACK_SEND=true"]) == 0
    assert "Linkbacks: 1 due" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in before} == before
    assert blog.requests == []

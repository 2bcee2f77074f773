"""From a change of an article to the hub of its feeds: real Pelican, real HTTP."""

from __future__ import annotations

import json
import re
import shutil
import socket
from datetime import UTC, datetime, timedelta

import pytest
from pelican import signals

from pelican_linkback import cli
from pelican_linkback.cli import sending
from pelican_linkback.feeds import AtomSiteFeed
from pelican_linkback.plugin import adapters
from pelican_linkback.plugin import deliveries as plugin
from pelican_linkback.plugin.feeds.stage import WrittenFeed
from pelican_linkback.sending.running import scheduler
from pelican_linkback.settings import model as settings_model
from tests.servers import Blog, Hub, WebHost, serving
from tests.test_end_to_end import events, mark


@pytest.fixture
def hub():
    with serving(Hub()) as hub:
        yield hub


@pytest.fixture
def host(host, site, hub):
    """The host of a site whose feeds name the hub: of two categories and of all articles."""
    site.settings |= {
        "LINKBACK_TIMEOUT": 3,
        "LINKBACK_HUBS": [hub.url],
        "CATEGORY_FEED_ATOM": "{slug}.atom.xml",
        "CATEGORY_FEED_RSS": "{slug}.rss.xml",
        "FEED_ALL_JSON": "all.json",
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
        "TRANSLATION_FEED_ATOM": None,
    }
    site.article("one", category="Boats")
    site.article("two", category="Bread")
    return host


BOATS = {"/boats.atom.xml", "/boats.rss.xml", "/all.json"}


def notified(host, hub) -> list[str]:
    """The paths of the feeds that the hub was notified of since this was last asked."""
    pings, hub.pings[:] = list(hub.pings), []
    assert all(url.startswith(host.url) for url in pings)
    return sorted(url.removeprefix(host.url) for url in pings)


def published(site, host, hub):
    """Build once without a problem, and without a request to the hub."""
    build = site.build()
    assert not build.problems
    assert notified(host, hub) == []
    return build


def notices(build) -> list[str]:
    """The lines of the log about hubs that were not notified."""
    said = [record.getMessage() for record in build.records]
    return [line for line in said if "the hub " in line and "not notified" in line]


def change(site, name="one", category="Boats", body="Another text."):
    site.article(name, body, category=category)


def test_a_changed_article_is_sent_once_and_for_exactly_the_feeds_that_hold_it(site, host, hub):
    published(site, host, hub)
    requests, before = len(host.requests), events(site)
    assert {event["event"] for event in before} == {"queued", "outcome"}
    for _ in range(2):
        published(site, host, hub)
    assert len(host.requests) == requests == 0
    assert events(site) == before

    change(site)
    build = site.build()
    assert notified(host, hub) == sorted(BOATS)
    assert b"Another text" in hub.fetched[f"{host.url}/boats.atom.xml"]
    assert "Linkbacks: 3 sent" in build.printed
    assert not build.problems
    new = events(site)[len(before) :]
    assert [event["event"] for event in new[:3]] == ["queued"] * 3
    assert sorted(event["event"] for event in new[3:]) == ["attempt"] * 3 + ["outcome"] * 3

    published(site, host, hub)
    assert events(site) == [*before, *new]


def test_an_unchanged_rebuild_is_known_as_idle(site, host, hub, monkeypatch):
    looked = []
    real = plugin.Sending.sender
    monkeypatch.setattr(plugin.Sending, "sender", lambda *a, **k: looked.append(1) or real(*a, **k))
    for _ in range(4):
        site.build()
    assert len(looked) == 2
    change(site)
    site.build()
    assert len(looked) == 3
    assert notified(host, hub) == sorted(BOATS)


def test_a_build_from_scratch_sends_nothing(site, host, hub):
    published(site, host, hub)
    before = events(site)
    for path in site.output.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    published(site, host, hub)
    site.settings["DELETE_OUTPUT_DIRECTORY"] = True
    published(site, host, hub)
    assert events(site) == before


def test_what_changes_five_times_before_the_upload_is_sent_once(site, host, hub, capsys):
    published(site, host, hub)
    host.online = False
    for number in range(5):
        change(site, body=f"Text {number}.")
        build = site.build()
        assert "3 wait for their pages to be ready" in build.printed
    assert notified(host, hub) == []
    host.online = True
    assert run(site, "send") == 0
    assert notified(host, hub) == sorted(BOATS)
    assert b"Text 4" in hub.fetched[f"{host.url}/boats.atom.xml"]


def test_while_the_older_feed_is_online_it_waits(site, host, hub, tmp_path):
    published(site, host, hub)
    online = tmp_path / "online"
    shutil.copytree(site.output, online)
    with serving(WebHost(online)) as older:
        # The same address, as it was before the upload: the folder is what differs.
        host.RequestHandlerClass, older.RequestHandlerClass = (
            older.RequestHandlerClass,
            host.RequestHandlerClass,
        )
        change(site)
        build = site.build()
        assert notified(host, hub) == []
        assert "3 wait" in build.printed
        (line,) = notices(build)
        assert line == (
            f"all.json and 2 more: the hub {hub.url} not notified yet: {host.url}/all.json is not "
            "online as it was built; upload it, then run pelican-linkback send"
        )
        host.RequestHandlerClass = older.RequestHandlerClass
        site.build()
        assert notified(host, hub) == sorted(BOATS)


def test_what_a_killed_build_has_written_is_sent_by_the_next(site, host, hub, monkeypatch):
    published(site, host, hub)
    change(site)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(plugin, "deliver_site", killed)
    with pytest.raises(KeyboardInterrupt):
        site.build()
    monkeypatch.undo()
    build = site.build()
    assert "0 written" in build.printed
    assert notified(host, hub) == sorted(BOATS)


def test_a_kill_in_the_midst_of_sending_repeats_what_was_under_way(site, host, hub, monkeypatch):
    published(site, host, hub)
    change(site)
    monkeypatch.setattr(scheduler.HostScheduler, "_begin_what_may", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        site.build()
    monkeypatch.undo()
    assert notified(host, hub) == []
    site.build()
    assert notified(host, hub) == sorted(BOATS)


def _interrupted(_):
    raise KeyboardInterrupt


def test_a_hub_that_is_down_is_one_line_and_notified_later(site, host, hub):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        down = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        site.build(LINKBACK_HUBS=[down, hub.url])
        change(site)
        build = site.build(LINKBACK_HUBS=[down, hub.url])
    assert notified(host, hub) == sorted(BOATS)
    assert build.problems == []
    (line,) = notices(build)
    # Up to two are tried at a time, whichever come first; then the hub is left alone.
    refused = "not notified yet (the server refused the connection)"
    why = f": the hub {down} {refused}; the first run after"
    assert why in line
    tried, left = (2, 1) if f" and 1 more{why}" in line else (1, 2)
    counts = f"3 sent, {tried} to be tried again, {left} left for the next run\n"
    assert counts in build.printed
    assert site.build(LINKBACK_HUBS=[down, hub.url]).problems == []

    # Ten minutes later.
    journal = site.folder / "linkback" / "deliveries.jsonl"
    journal.write_text(
        re.sub(r'("retry_at": *")[^"]*', r"\g<1>2026-01-01T10:00:00+00:00", journal.read_text())
    )
    build = site.build(LINKBACK_HUBS=[down, hub.url])
    (line,) = notices(build)
    assert "not notified yet (the server refused" in line
    assert notified(host, hub) == []


def test_a_hub_in_trouble_is_left_alone_for_the_rest_of_the_run(site, host, hub):
    published(site, host, hub)
    hub.status, hub.headers = 429, {"Retry-After": "7200"}
    change(site)
    build = site.build(LINKBACK_PER_HOST=1)
    assert len(notified(host, hub)) == 1
    (line,) = notices(build)
    assert "not notified yet (the endpoint answers 429: we say so)" in line
    retries = {event["retry_at"] for event in events(site) if "retry_at" in event}
    assert min(retries) > (datetime.now(UTC) + timedelta(minutes=119)).isoformat()


def test_a_hub_that_refuses_is_named_and_notified_of_the_next_version(site, host, hub):
    published(site, host, hub)
    hub.status = 400
    change(site)
    build = site.build()
    assert len(notified(host, hub)) == 3
    (warning,) = build.problems
    assert warning == (
        f"all.json and 2 more: the hub {hub.url} not notified (the endpoint answers 400: we say "
        "so); it is notified of the feed's next version; see whether LINKBACK_HUBS names the "
        "right hub"
    )
    published(site, host, hub)
    hub.status = 202
    change(site, body="A third text.")
    site.build()
    assert notified(host, hub) == sorted(BOATS)


def test_a_build_that_is_no_publication_sends_and_records_nothing(site, host, hub, monkeypatch):
    published(site, host, hub)
    before = events(site)
    change(site)
    site.build(SITEURL="")
    site.build(LINKBACK_ALLOW_HOSTS=[])
    monkeypatch.setattr("sys.argv", ["pelican", "--listen", "content"])
    site.build()
    assert notified(host, hub) == []
    assert events(site) == before
    monkeypatch.undo()
    site.build()
    assert notified(host, hub) == sorted(BOATS)


def test_with_sending_turned_off_it_is_recorded_and_due(site, host, hub, capsys):
    published(site, host, hub)
    change(site)
    build = site.build(LINKBACK_SEND=False)
    assert "3 due" in build.printed
    assert notified(host, hub) == []
    assert run(site, "send") == 0
    assert notified(host, hub) == sorted(BOATS)


def test_a_hub_that_the_settings_name_no_more_is_not_notified(site, host, hub, capsys):
    published(site, host, hub)
    change(site)
    site.build(LINKBACK_SEND=False)
    site.build(LINKBACK_HUBS=[])
    assert run(site, "send") == 0
    assert notified(host, hub) == []
    # Those who subscribed there may still be waiting.
    site.build()
    assert notified(host, hub) == sorted(BOATS)


def test_a_feed_that_is_gone_is_not_sent(site, host, hub):
    published(site, host, hub)
    change(site)
    site.build(LINKBACK_SEND=False)
    site.build(CATEGORY_FEED_RSS=None)
    assert notified(host, hub) == ["/all.json", "/boats.atom.xml"]
    site.build()
    assert notified(host, hub) == ["/boats.rss.xml"]


def test_on_a_new_domain_nobody_has_subscribed_yet(site, host, hub):
    published(site, host, hub)
    change(site)
    site.build(LINKBACK_SEND=False)
    with serving(WebHost(site.output)) as elsewhere:
        site.settings["SITEURL"] = elsewhere.url
        site.build()
        assert hub.pings == []
        change(site, body="A third text.")
        site.build()
        assert notified(elsewhere, hub) == sorted(BOATS)


def test_links_and_hubs_are_sent_by_one_run(site, host, hub):
    with serving(Blog()) as blog:
        published(site, host, hub)
        mark(site, f"{blog.url}/a-post", category="Boats")
        build = site.build()
        assert len(blog.pings) == 1
        assert notified(host, hub) == sorted(BOATS)
        assert "Linkbacks: 4 sent" in build.printed


def test_the_feeds_of_subsites_are_sent_with_the_main_site(site, host, hub):
    site.settings |= {
        "PLUGINS": ["i18n_subsites", "pelican_linkback"],
        "I18N_SUBSITES": {"de": {}},
        "JINJA_ENVIRONMENT": {"extensions": ["jinja2.ext.i18n"]},
    }
    site.article("eins", category="Boote", lang="de")
    site.build()
    assert notified(host, hub) == []
    site.article("eins", "Etwas anderes.", category="Boote", lang="de")
    site.build()
    assert "/de/boote.atom.xml" in notified(host, hub)
    names = {event["article"] for event in events(site) if "article" in event}
    assert {"de/boote.atom.xml", "boats.atom.xml"} <= names


def run(site, *words):
    conf = site.folder / "publishconf.py"
    conf.write_text("".join(f"{k} = {v!r}\n" for k, v in site.settings.items()))
    return cli.main([*words, "-s", str(conf)])


def test_the_command_line_shows_pings_as_it_shows_links(site, host, hub, capsys):
    published(site, host, hub)
    capsys.readouterr()
    assert run(site, "status") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"all.json {hub.url} new to the hub" in shown
    assert "new to their hubs" in shown
    change(site)
    site.build(LINKBACK_SEND=False)
    capsys.readouterr()
    assert run(site, "plan") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"boats.atom.xml ping {hub.url} notify the hub of the changed feed" in shown
    assert "3 due" in shown
    assert run(site, "send", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["sent"] == 3
    assert {each["protocol"] for each in report["deliveries"]} == {"websub"}
    assert run(site, "status") == 0
    assert "by websub (accepted)" in " ".join(capsys.readouterr().out.split())


def test_a_plan_foresees_what_the_next_build_sends(site, host, hub, capsys):
    def planned():
        """The feeds that are due, as they would be sent."""
        capsys.readouterr()
        assert run(site, "plan", "--json") == 0
        rows = json.loads(capsys.readouterr().out)["planned"]
        return sorted(f"/{row['article']}" for row in rows if row["decision"] == "send")

    assert planned() == []  # and all are new
    assert events(site) == []
    published(site, host, hub)
    assert planned() == []
    change(site)
    before = {path: path.read_bytes() for path in site.folder.rglob("*.xml")}
    assert planned() == sorted(BOATS)
    assert {path: path.read_bytes() for path in before} == before
    assert events(site) == [event for event in events(site) if event["event"] != "attempt"]
    site.build()
    assert notified(host, hub) == sorted(BOATS)
    assert planned() == []


@pytest.mark.parametrize("hubs", [[b"x", None], "https://hub.example/"])
def test_what_another_plugin_takes_for_hubs_breaks_no_build(site, host, hub, hubs):
    def meddle(context, feed):
        feed.feed["hubs"] = hubs

    with signals.feed_generated.connected_to(meddle):
        assert site.build(FEED_ALL_JSON=None).problems == []
    assert not (site.folder / "linkback" / "deliveries.jsonl").exists()


class Quiet(AtomSiteFeed):
    """A feed that nobody can subscribe to."""

    path, hubs = "quiet.xml", ()


def test_a_plan_is_of_the_feeds_that_name_hubs(site, host, hub, capsys):
    site.settings["LINKBACK_FEEDS"] = [
        "pelican_linkback.feeds.AtomCategoryFeed",
        "tests.test_websub.Quiet",
    ]
    published(site, host, hub)
    change(site)
    assert run(site, "plan") == 0
    assert "1 due" in capsys.readouterr().out
    site.build()
    assert notified(host, hub) == ["/boats.atom.xml"]


def test_a_plan_has_no_feeds_where_a_build_would_write_none(site, host, hub, capsys):
    published(site, host, hub)
    change(site)
    (site.folder / "linkback" / "ids.jsonl").write_text("somebody else's\n")
    assert run(site, "plan") == 0
    assert "0 due" in capsys.readouterr().out


def test_the_command_waits_for_the_upload_of_feeds(site, host, hub, capsys, monkeypatch):
    published(site, host, hub)
    host.online = False
    change(site)
    site.build()

    def uploading(_):
        host.online = True

    monkeypatch.setattr(sending.time, "sleep", uploading)
    assert run(site, "send", "--wait", "10m") == 0
    assert notified(host, hub) == sorted(BOATS)


def test_compaction_keeps_what_was_sent(site, host, hub, capsys):
    published(site, host, hub)
    for number in range(3):
        change(site, body=f"Text {number}.")
        site.build()
    notified(host, hub)
    before = len(events(site))
    assert run(site, "compact") == 0
    assert len(events(site)) < before
    published(site, host, hub)


def test_a_feed_is_named_by_its_place_in_the_output_and_only_if_it_is_there(site):
    settings = settings_model.read(site.settings)
    site.output.mkdir()
    paths = [site.output / "a.xml", site.folder / "b.xml", site.output / "none.xml"]
    for path in paths[:2]:
        path.write_text("a feed")
    written = [WrittenFeed(path, "https://me.example.io/a.xml", ()) for path in paths]
    assert [topic.feed for topic in adapters.topics_of(written, settings)] == ["a.xml", "b.xml"]
    assert len(list(adapters.pieces_of_feeds(written))) == 2

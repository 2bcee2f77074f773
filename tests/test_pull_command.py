"""``pull`` and ``import-mentions``: what they print, and what they leave in the state folder."""

from __future__ import annotations

import json
import time

import pytest

from pelican_linkback import cli
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.hosted.imports import items_in
from pelican_linkback.receiving.hosted.service import TOKEN as VARIABLE
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.memory.targets_file import write_targets
from tests.servers import serving
from tests.webmention_io import TOKEN, WebmentionService, item

SITE = "https://me.example.io"
WALLS = f"{SITE}/walls.html"


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv(VARIABLE, TOKEN)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with serving(WebmentionService()) as service:
        yield service


class Author:
    """An author in the folder of a site, and the commands."""

    def __init__(self, folder, service, capsys):
        self.folder, self.service, self._capsys = folder, service, capsys
        (folder / "content").mkdir()
        self.write("")
        self.publish()

    def write(self, more, receive="webmention.io"):
        (self.folder / "publishconf.py").write_text(
            f'PATH = "content"\nSITEURL = "{SITE}"\nPLUGINS = ["pelican_linkback"]\n'
            f"LINKBACK_RECEIVE = {receive!r}\n"
            f'LINKBACK_PULL = ["webmention.io={self.service.api}"]\n{more}'
        )

    def publish(self):
        pages = [
            Target(WALLS, WALLS, "Walls"),
            Target(f"{SITE}/held.html", f"{SITE}/held.html", "Held", mentions=Mode.HELD),
        ]
        write_targets(self.folder / "linkback", Targets(pages, SITE))

    def run(self, words):
        status = cli.main(words.split())
        out, err = self._capsys.readouterr()
        return status, out, err

    def json(self, words):
        status, out, _ = self.run(f"{words} --json")
        return status, json.loads(out)

    @property
    def known(self):
        return Snapshot(self.folder / "linkback").read().mentions


@pytest.fixture
def author(tmp_path, monkeypatch, capsys, service):
    monkeypatch.chdir(tmp_path)
    service.mentions = {
        1: item(1, target=WALLS, wm_property="in-reply-to", content="Mine are of *slate*."),
        2: item(2, target=f"{SITE}/held.html"),
        3: item(3, target="https://elsewhere.example/"),
        4: item(4, target=WALLS, wm_private=True),
    }
    return Author(tmp_path, service, capsys)


def test_pull_lists_what_is_new_and_says_how_many_are_held(author):
    status, out, err = author.run("pull")
    assert (status, err) == (0, "")
    assert "Reader 1: reply" in out
    assert "on Walls" in out
    assert "Mentions: 2 new (1 held: pelican-linkback inbox -s publishconf.py lists them)" in out
    assert len(author.known) == 2
    assert author.run("pull") == (0, "Mentions: nothing new\n", "")


def test_pull_says_what_was_left_out_if_it_is_asked(author):
    out = author.run("pull -v")[1]
    assert "1 left out: it is about a page that is not on this site, or takes no mentions" in out
    assert "1 left out: it is private" in out


def test_pull_for_programs(author):
    status, printed = author.json("pull")
    assert status == 0
    assert printed["summary"] == "2 new (1 held: pelican-linkback inbox lists them)"
    assert {each["id"] for each in printed["new"]} == {each.id for each in author.known}
    assert (printed["held"], printed["changed"], printed["gone"]) == (1, 0, 0)
    assert printed["left_out"] == {"no-target": 1, "private": 1}
    assert printed["sources"] == [
        {"name": "webmention.io", "new": 2, "changed": 0, "gone": 0, "error": None}
    ]
    assert author.json("pull")[1]["summary"] == "nothing new"


def test_pull_appends_a_summary_in_markdown(author):
    author.run("pull --summary page.md")
    author.run("pull --summary page.md")
    assert (author.folder / "page.md").read_text() == (
        "### Mentions\n\n2 new (1 held: pelican-linkback inbox lists them)\n\n"
        "| Page | From | Kind | State | Address |\n| --- | --- | --- | --- | --- |\n"
        "| Walls | Reader 1 | reply | shown | https\\://reader1.example/note |\n"
        "| Held | Reader 2 | like | held | https\\://reader2.example/note |\n\n"
        "### Mentions\n\nnothing new\n\n"
    )


def test_a_source_that_fails_needs_the_author(author):
    author.service.faults.extend([None] * 4)
    status, out, _ = author.run("pull --summary page.md")
    assert status == 1
    assert "webmention.io: the connection broke before the end of the answer, 4 times\n" in out
    assert "the connection broke" in (author.folder / "page.md").read_text()
    author.service.faults.extend([None] * 4)
    status, printed = author.json("pull")
    assert status == 1
    assert printed["warnings"] == [printed["sources"][0]["error"]]


def test_a_wait_is_said(author):
    author.service.faults.append((429, {"Retry-After": "5"}, b""))
    out = author.run("pull")[1]
    assert out.startswith("Waiting for a service that asks for it, or is in trouble.\n")


def test_a_token_that_is_missing_or_wrong_is_named_and_not_shown(author, monkeypatch):
    monkeypatch.setenv(VARIABLE, "wrong-4711")
    status, out, err = author.run("pull")
    assert status == 1
    assert "LINKBACK_TOKEN is not set to the right one" in out
    assert "4711" not in out + err
    monkeypatch.delenv(VARIABLE)
    assert "LINKBACK_TOKEN is not set: " in author.run("pull")[1]


def test_what_pull_needs(author):
    (author.folder / "linkback" / "targets.json").unlink()
    status, _, err = author.run("pull")
    assert (status, author.service.requests) == (1, [])
    assert "before it is built: pelican content -s publishconf.py" in err
    author.write("SITEURL = ''\n")
    status, _, err = author.run("pull")
    assert status == 2
    assert "SITEURL is empty, so nothing is pulled" in err
    author.write("LINKBACK_PULL = True\n", receive=None)
    status, _, err = author.run("pull")
    assert status == 2
    assert "LINKBACK_RECEIVE is not set" in err


def test_what_is_gone_at_the_service_goes(author):
    author.run("pull")
    (author.folder / "linkback" / "pulled.json").unlink()
    del author.service.mentions[1]
    assert author.run("pull")[1] == "Mentions: 1 gone\n"
    author.service.mentions[2]["content"] = "changed"
    author.service.mentions[2]["wm-property"] = "mention-of"
    (author.folder / "linkback" / "pulled.json").unlink()
    assert author.run("pull")[1] == "Mentions: 1 changed\n"


# Exports of others


def test_an_export_of_webmention_io_is_imported_and_taken_over_by_the_service(author):
    feed = {"type": "feed", "children": [*author.service.mentions.values(), None]}
    (author.folder / "export.json").write_text(json.dumps(feed))
    status, out, err = author.run("import-mentions export.json")
    assert (status, err) == (0, "")
    assert out.startswith("export.json: 5 mentions, 2 of them new here\n")
    assert "1 left out: it is no object" in out
    assert {each.via for each in author.known} == {"import"}
    assert "0 of them new here" in author.run("import-mentions export.json")[1]
    assert "2 changed" in author.run("pull")[1]
    assert {each.via for each in author.known} == {"webmention.io"}
    assert author.json("import-mentions export.json")[1] == {
        "file": "export.json",
        "mentions": 5,
        "new": 0,
        "changed": 0,
        "left_out": {"no-target": 1, "private": 1, "no-item": 1},
        "warnings": [],
    }


def test_details_of_what_is_imported(author):
    (author.folder / "export.json").write_text(json.dumps([author.service.mentions[1]]))
    assert "Reader 1: reply" in author.run("import-mentions -v export.json")[1]


WXR = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.4" -->
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old blog</title><item>
<title>Walls</title><link>%s</link>
<wp:post_id>7</wp:post_id>%s</item></channel></rss>
"""


def comment(kind, approved="1", url="https://ann.example/post", meta=(), content="See &lt;i&gt;"):
    said = "".join(
        f"<wp:commentmeta><wp:meta_key>{name}</wp:meta_key>"
        f"<wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:commentmeta>"
        for name, value in meta
    )
    return (
        "<wp:comment><wp:comment_id>3</wp:comment_id>"
        "<wp:comment_author><![CDATA[Ten walls | Ann &amp; co]]></wp:comment_author>"
        f"<wp:comment_author_url>{url}</wp:comment_author_url>"
        "<wp:comment_date_gmt><![CDATA[2010-07-21 14:02:08]]></wp:comment_date_gmt>"
        f"<wp:comment_content>{content}</wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved>"
        f"<wp:comment_type>{kind}</wp:comment_type>{said}</wp:comment>"
    )


def imported(author, *comments, link=WALLS):
    (author.folder / "wp.xml").write_text(WXR % (link, "".join(comments)))
    status, out, _ = author.run("import-mentions wp.xml")
    assert status == 0
    assert f"wp.xml: {len(author.known)} mentions" in out or "left out" in out
    return author.known


def test_a_pingback_of_wordpress_is_imported(author):
    content = "<![CDATA[[&#8230;] see <b>these walls</b> [&#8230;]\x07]]>"
    (found,) = imported(author, comment("pingback", content=content))
    assert (found.source, found.url) == ("https://ann.example/post",) * 2
    assert (found.kind, found.protocol, found.via) == ("mention", "pingback", "import")
    assert found.author.name == "ann.example"
    assert found.title == "Ten walls | Ann & co"
    assert found.text == "[…] see these walls […]"
    assert f"{found.published:%Y-%m-%d %H:%M:%S %Z}" == "2010-07-21 14:02:08 UTC"


def test_where_the_time_in_utc_is_lost_that_of_the_clock_is_taken(author):
    day = "<wp:comment_date>2010-07-21 16:02:08</wp:comment_date><wp:comment_date_gmt>"
    old = comment("pingback").replace("2010-07-21 14:02:08", "0000-00-00 00:00:00")
    (found,) = imported(author, old.replace("<wp:comment_date_gmt>", day))
    assert f"{found.published:%H:%M}" == f"{found.received:%H:%M}" == "16:02"


KINDS = [
    ("webmention", [], "mention", ""),
    ("webmention", [("semantic_linkbacks_type", "reply")], "reply", ""),
    ("webmention", [("semantic_linkbacks_type", "rsvp:yes")], "rsvp", "yes"),
    ("like", [("protocol", "webmention")], "like", ""),
    ("favorite", [("protocol", "webmention")], "like", ""),
    ("comment", [("protocol", "webmention")], "reply", ""),
    ("read", [("protocol", "webmention")], "mention", ""),
]


@pytest.mark.parametrize(("kind", "meta", "expected", "rsvp"), KINDS)
def test_webmentions_of_wordpress_are_imported_with_their_kinds(author, kind, meta, expected, rsvp):
    (found,) = imported(author, comment(kind, meta=meta))
    assert (found.kind, found.rsvp, found.protocol) == (expected, rsvp, "webmention")
    assert found.author.name == "Ten walls | Ann & co"


def test_the_metadata_of_a_webmention_say_who_and_where(author):
    meta = [
        ("webmention_source_url", "https://bridge.example/1"),
        ("semantic_linkbacks_canonical", "https://social.example/@ann/1"),
        ("semantic_linkbacks_author_url", "https://social.example/@ann"),
        ("avatar", "https://social.example/ann.png"),
    ]
    (found,) = imported(author, comment("webmention", meta=meta))
    assert found.source == "https://bridge.example/1"
    assert found.url == "https://social.example/@ann/1"
    assert found.author.url == "https://social.example/@ann"


def test_other_comments_and_those_that_were_not_approved_are_not_imported(author):
    others = [comment(""), comment("comment"), comment("trackback")]
    others += [comment("pingback", approved) for approved in ("0", "spam", "trash")]
    assert not imported(author, *others)


def test_a_mention_of_a_page_that_is_not_on_the_site_is_left_out(author):
    assert not imported(author, comment("pingback"), link="https://elsewhere.example/")


BAD = [
    b"",
    b"x",
    b"{}",
    b'{"children": {}}',
    b"7",
    b"\xff\xfe",
    b"[" * 100_000,
    b"<rss>",
    b"<feed/>",
    b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>",
]


@pytest.mark.parametrize("document", BAD, ids=lambda document: repr(document[:20]))
def test_what_is_no_export_is_said_and_nothing_is_imported(author, document):
    (author.folder / "x").write_bytes(document)
    status, out, err = author.run("import-mentions x")
    assert (status, out) == (1, "")
    assert "x cannot be used: it is neither an export of webmention.io (JF2) nor" in err
    assert err.strip().endswith("nothing was imported")
    assert author.known == ()


def test_a_byte_order_mark_is_no_text():
    assert items_in(b"\xef\xbb\xbf" + (WXR % (WALLS, "")).encode()) == []
    with pytest.raises(LinkbackError):
        items_in(b"\xef\xbb\xbf[]x")


def test_a_file_that_is_not_there_is_named(author):
    status, _, err = author.run("import-mentions nowhere.json")
    assert status == 1
    assert "nowhere.json cannot be read: No such file or directory" in err


def test_an_item_that_cannot_be_read_needs_the_author(author, monkeypatch):
    def broken(*_):
        raise RuntimeError("boo")

    monkeypatch.setattr("pelican_linkback.receiving.hosted.jf2.read", broken)
    (author.folder / "export.json").write_text(json.dumps([author.service.mentions[1]]))
    status, out, _ = author.run("import-mentions export.json")
    assert status == 1
    assert "import: a mention cannot be read: RuntimeError: boo" in out

"""What ``pelican-linkback check`` finds, rule by rule, and on whole sites."""

from __future__ import annotations

import datetime as dt
import json
import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback import cli
from pelican_linkback.exceptions import InvalidURL, UnreadableFeed
from pelican_linkback.feedcheck.built import built_file, documents
from pelican_linkback.feedcheck.check import Checked, Expected, check
from pelican_linkback.feedcheck.findings import CODES
from pelican_linkback.feedcheck.reading import published_ids, read
from pelican_linkback.feedcheck.values import RFC822, RFC3339, read_date
from pelican_linkback.feeds.formats.validity import is_uri
from tests import test_podcast
from tests.fakeweb import Reply
from tests.raw_servers import http_server
from tests.sample_output import publish

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
BASE = "https://me.example.io"
PAGE = f"{BASE}/one/"
ID = "tag:me.example.io,2026-01-01:/one/"

ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>A Site</title>
<link href="{BASE}/" rel="alternate"/>
<link href="{BASE}/a.xml" rel="self"/>
<id>{BASE}/a.xml</id>
<updated>2026-01-01T10:00:00Z</updated>
<author><name>Ann Lee</name></author>
<entry>
<title>One</title>
<link href="{PAGE}"/>
<id>{ID}</id>
<published>2026-01-01T10:00:00.5+01:00</published>
<updated>2026-01-01T10:00:00Z</updated>
<summary type="html">&lt;a href="{BASE}/#top"&gt;x&lt;/a&gt;</summary>
</entry>
</feed>
"""

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>A Site</title>
<link>{BASE}/</link>
<description>Words</description>
<atom:link href="{BASE}/r.xml" rel="self"/>
<lastBuildDate>Thu, 01 Jan 2026 10:00:00 +0000</lastBuildDate>
<item>
<title>One</title>
<link>{PAGE}</link>
<description>&lt;p&gt;Words&lt;/p&gt;</description>
<content:encoded>&lt;img src="{BASE}/i.png"&gt;</content:encoded>
<dc:creator>Ann Lee</dc:creator>
<pubDate>Thu, 01 Jan 2026 10:00:00 GMT</pubDate>
<guid isPermaLink="false">{ID}</guid>
</item>
</channel></rss>
"""

JSON = f"""{{"version": "https://jsonfeed.org/version/1.1", "title": "A Site",
"home_page_url": "{BASE}/", "feed_url": "{BASE}/j.json", "authors": [{{"name": "Ann Lee"}}],
"items": [
{{"id": "{ID}", "url": "{PAGE}", "title": "One", "content_html": "<a href='{BASE}/#top'>x</a>",
"date_published": "2026-01-01T10:00:00+00:00",
"attachments": [{{"url": "{BASE}/a.mp3", "mime_type": "audio/mpeg"}}]}}
]}}
"""

GUID = f'<guid isPermaLink="false">{ID}</guid>'


def expected(**changes):
    return Expected(**{"base": BASE, "now": NOW} | changes)


def found(documents, **changes):
    """Check documents given as text; a lone one is put where its self link says."""
    if isinstance(documents, str):
        place = "j.json" if documents[0] in "{[" else "r.xml" if "<rss" in documents else "a.xml"
        documents = {place: documents}
    return check({path: text.encode() for path, text in documents.items()}, expected(**changes))


def codes(checked: Checked):
    return sorted({finding.code for finding in checked.findings})


def changed(document: str, old: str, new: str) -> str:
    assert old in document
    return document.replace(old, new)


def with_html(html: str) -> str:
    escaped = html.replace("&", "&amp;").replace("<", "&lt;")
    return changed(ATOM, f'&lt;a href="{BASE}/#top"&gt;x&lt;/a&gt;', escaped)


def second(document: str, **changes: str) -> str:
    """A second entry after the first, with these parts of the first replaced."""
    begin, end = ("<entry>", "</entry>") if "<entry>" in document else ("<item>", "</item>")
    entry = document[document.index(begin) : document.index(end) + len(end)]
    for old, new in changes.values():
        entry = changed(entry, old, new)
    return document.replace(end, end + "\n" + entry, 1)


THR = 'xmlns:thr="http://purl.org/syndication/thread/1.0"'
REPLIES = f'<link rel="replies" href="{BASE}/a.xml" {THR}'
SLASH = 'xmlns:s="http://purl.org/rss/1.0/modules/slash/"'
WFW = 'xmlns:w="http://wellformedweb.org/CommentAPI/"'
NAIVE = "2026-01-01T10:00:00"
ANSWER = '{"in_reply_to": [{"url": "https://x.example/"}]}'
LATE = '"title": "One", "_linkback": {"updated": "2036-01-01T10:00:00Z"}'
RELATIVE = '"title": "One", "_linkback": {"feed_url": "/replies.json"}'


def answering(document: str, ref: str) -> str:
    place = "<published>" if "<published>" in document else "<guid"
    return changed(document, place, f'<thr:in-reply-to ref="{ref}" {THR}/>{place}')


OTHER_PAGE = (f"{PAGE}", f"{BASE}/two/")


@pytest.mark.parametrize("document", [ATOM, RSS, JSON], ids=["atom", "rss", "json"])
def test_nothing_is_found_in_a_sound_feed(document):
    assert found(document) == Checked(1, ())


@pytest.mark.parametrize("tag", ["", "en", "EN-us", "zh-Hant-TW", "ca-valencia", "i-klingon"])
def test_a_language_tag_is_sound_in_any_case(tag):
    feed = changed(ATOM, "<entry>", f'<entry xml:lang="{tag}">')
    assert found(feed) == Checked(1, ())


def test_nothing_is_found_in_both_formats_of_one_feed():
    assert found({"a.xml": ATOM, "r.xml": RSS, "j.json": JSON}) == Checked(3, ())


@pytest.mark.parametrize("text", ["[]", "{}", '{"version": 1}', '{"version": "1", "items": []}'])
def test_json_of_another_kind_is_passed_over(text):
    assert found(text) == Checked(0, ())


def test_what_has_the_wrong_type_counts_as_not_there():
    items = '[1, {"id": 7, "url": [], "authors": {}, "author": 3, "content_text": "x"}]'
    document = JSON[: JSON.index("[\n")] + items + "}"
    assert codes(found(document)) == [
        "content-missing",
        "id-missing",
        "link-missing",
        "title-empty",
    ]


def test_version_1_of_json_feed_has_one_author():
    document = changed(
        changed(JSON, "1.1", "1"), '"authors": [{"name": "Ann Lee"}]', '"author": {"url": "/a"}'
    )
    assert codes(found(document)) == ["author-empty", "url-relative"]


ROWS = [
    ("not-well-formed", changed(ATOM, "</entry>", "")),
    ("not-well-formed", "  "),
    ("not-well-formed", changed(ATOM, 'encoding="utf-8"', 'encoding="nonsense"')),
    ("not-well-formed", changed(ATOM, "One", "One\x1b[0m")),
    ("not-well-formed", changed(JSON, "]}", "]")),
    ("doctype", changed(RSS, "<rss", '<!-- < --><!DOCTYPE rss [<!ENTITY a "b">]>\n<rss')),
    ("id-missing", changed(ATOM, f"<id>{ID}</id>", "")),
    ("id-missing", changed(ATOM, f"<id>{ID}</id>", "<id> </id>")),
    ("id-missing", changed(ATOM, f"<id>{BASE}/a.xml</id>", "")),
    ("id-missing", changed(RSS, GUID, "")),
    ("id-missing", changed(JSON, f'"id": "{ID}", ', "")),
    ("id-invalid", changed(ATOM, ID, "tag:None,2026-01-01:/one/")),
    ("id-invalid", changed(ATOM, ID, "tag:me.example.io,2026-01-01:/maré/")),
    ("id-invalid", changed(ATOM, ID, "/")),
    ("id-invalid", changed(ATOM, f"<id>{BASE}/a.xml</id>", "<id>/</id>")),
    ("id-invalid", changed(RSS, ID, "tag:None,2026-01-01:/one/")),
    ("id-doubled", second(ATOM, page=OTHER_PAGE)),
    ("id-doubled", second(RSS, page=OTHER_PAGE)),
    ("guid-permalink", changed(RSS, GUID, f"<guid>{ID}</guid>")),
    ("guid-permalink", changed(RSS, GUID, f'<guid isPermaLink="true">{ID}</guid>')),
    ("link-missing", changed(ATOM, f'<link href="{PAGE}"/>', "")),
    ("link-missing", changed(ATOM, f'<link href="{BASE}/" rel="alternate"/>', "")),
    ("link-missing", changed(JSON, f'"url": "{PAGE}", ', "")),
    ("link-missing", changed(RSS, f"<link>{BASE}/</link>", "<link/>")),
    ("link-missing", changed(RSS, f"<link>{PAGE}</link>", "")),
    ("self-missing", changed(ATOM, f'<link href="{BASE}/a.xml" rel="self"/>', "")),
    ("self-missing", changed(RSS, f'<atom:link href="{BASE}/r.xml" rel="self"/>', "")),
    ("self-missing", changed(JSON, f'"feed_url": "{BASE}/j.json", ', "")),
    (
        "hub-without-self",
        changed(ATOM, f'href="{BASE}/a.xml" rel="self"', 'href="https://hub.example/" rel="hub"'),
    ),
    (
        "hub-without-self",
        changed(RSS, f'href="{BASE}/r.xml" rel="self"', 'href="https://hub.example/" rel="hub"'),
    ),
    (
        "hub-without-self",
        changed(
            JSON,
            f'"feed_url": "{BASE}/j.json", ',
            '"hubs": [{"type": "WebSub", "url": "https://hub.example/"}], ',
        ),
    ),
    ("self-elsewhere", changed(JSON, "j.json", "k.json")),
    ("self-elsewhere", changed(ATOM, "/a.xml", "/b.xml")),
    ("self-elsewhere", changed(RSS, f"{BASE}/r.xml", "https://you.example.io/r.xml")),
    ("url-relative", changed(ATOM, f'href="{PAGE}"', 'href="/one/"')),
    ("url-relative", changed(ATOM, f'"{BASE}/a.xml"', '"//me.example.io/a.xml"')),
    ("url-relative", changed(RSS, "<guid", '<enclosure url="a.mp3"/><guid')),
    ("url-relative", changed(RSS, f'"{BASE}/i.png"', '"i.png"')),
    ("url-relative", changed(JSON, f"{BASE}/a.mp3", "a.mp3")),
    ("url-relative", changed(JSON, f"{BASE}/#top", "#top")),
    ("date-missing", changed(ATOM, "\n<updated>2026-01-01T10:00:00Z</updated>\n<s", "\n<s")),
    ("date-missing", changed(ATOM, "<updated>2026-01-01T10:00:00Z</updated>\n<a", "<a")),
    ("date-wrong", changed(ATOM, "2026-01-01T10:00:00.5+01:00", "2026-01-01 10:00:00+01:00")),
    ("date-wrong", changed(ATOM, "2026-01-01T10:00:00.5", "2026-02-30T10:00:00")),
    ("date-wrong", changed(ATOM, "2026-01-01T10:00:00.5+01:00", "")),
    ("date-wrong", changed(RSS, "Thu, 01 Jan 2026 10:00:00 GMT", "2026-01-01T10:00:00Z")),
    ("date-wrong", changed(RSS, "Thu, 01 Jan 2026 10:00:00 GMT", "31 Feb 2026 10:00:00 GMT")),
    ("date-wrong", changed(JSON, "2026-01-01T10:00:00+00:00", "Thu, 01 Jan 2026 10:00:00 GMT")),
    ("date-zone", changed(ATOM, "00.5+01:00", "00")),
    ("date-zone", changed(RSS, "10:00:00 GMT", "10:00:00")),
    ("date-future", changed(ATOM, "2026-01-01T10:00:00.5", "2026-06-01T10:00:00")),
    ("date-future", changed(RSS, "01 Jan 2026 10:00:00 GMT", "01 Jan 2027 10:00:00 -0000")),
    ("author-empty", changed(ATOM, "<name>Ann Lee</name>", "<name/>")),
    ("author-empty", changed(ATOM, "<name>Ann Lee</name>", "<uri>https://ann.example.io/</uri>")),
    ("author-empty", changed(RSS, "Ann Lee", " ")),
    ("author-empty", changed(JSON, '"Ann Lee"', '""')),
    ("author-missing", changed(ATOM, "<author><name>Ann Lee</name></author>", "")),
    ("title-empty", changed(ATOM, "<title>One</title>", "<title/>")),
    ("title-empty", changed(ATOM, "<title>A Site</title>", "")),
    ("title-empty", changed(RSS, "<title>One</title>", "<title> </title>")),
    ("title-empty", changed(JSON, '"One"', '""')),
    ("language-wrong", changed(ATOM, "<feed", '<feed xml:lang="pt_BR"')),
    ("language-wrong", changed(ATOM, "<entry>", '<entry xml:lang="jp">')),
    ("language-wrong", changed(ATOM, "<title>One", '<title xml:lang="english">One')),
    ("language-wrong", changed(RSS, "</link>", "</link><language>en_US.UTF-8</language>")),
    ("language-wrong", changed(RSS, "</link>", "</link><language/>")),
    ("language-wrong", changed(RSS, "</guid>", "</guid><dc:language>en--US</dc:language>")),
    ("language-wrong", changed(RSS, "<channel>", '<channel xml:lang="C">')),
    ("language-wrong", changed(JSON, '"title": "A', '"language": "zh-CHT", "title": "A')),
    ("language-wrong", changed(JSON, '"title": "One', '"language": "", "title": "One')),
    ("content-missing", changed(JSON, '"content_html"', '"_html"')),
    ("script", changed(JSON, "href=", "onclick=")),
    ("script", with_html("<script>1</script>")),
    ("script", with_html(f'<a href="{BASE}" OnClick="x()">x</a>')),
    ("script", with_html('<a href=" JavaScript:x()">x</a>')),
]
ROWS += [
    ("title-markup", changed(ATOM, "<title>One", "<title>&lt;p&gt;One&lt;/p&gt;")),
    ("title-markup", changed(RSS, "<title>One", "<title>&lt;h1 class='x'&gt;One&lt;/h1&gt;")),
    ("title-markup", changed(RSS, "<title>One", "<title><![CDATA[<!-- x -->]]>One")),
    ("title-markup", changed(JSON, '"One"', '"<center>One</center>"')),
    ("title-markup", changed(ATOM, "<title>A Site", "<title>&lt;DIV&gt;A Site&lt;/DIV&gt;")),
    ("description-markup", changed(RSS, "Words</desc", "&lt;em&gt;Words&lt;/em&gt;</desc")),
    ("description-markup", changed(ATOM, "<id>", "<subtitle>&lt;b&gt;x&lt;/b&gt;</subtitle><id>")),
    ("description-markup", changed(JSON, '"title": "A', '"description": "<p>x", "title": "A')),
    ("name-email", changed(ATOM, "Ann Lee", "Ann Lee &lt;ann@example.io&gt;")),
    ("name-email", changed(RSS, "Ann Lee", "ann@example.io")),
    ("name-email", changed(JSON, "Ann Lee", "Ann <ann@example.io>")),
    ("answer-wrong", answering(ATOM, "a race")),
    ("answer-wrong", answering(RSS, "")),
    ("answer-wrong", changed(JSON, '"title": "One"', '"title": "One", "_linkback": ' + ANSWER)),
    ("count-wrong", changed(ATOM, "<published>", f"<thr:total {THR}>-1</thr:total><published>")),
    ("count-wrong", changed(ATOM, "<published>", f'{REPLIES} thr:count="many"/><published>')),
    ("count-wrong", changed(RSS, GUID, f"{GUID}<s:comments {SLASH}></s:comments>")),
    ("count-wrong", changed(JSON, '"title": "One"', '"title": "One", "_linkback": {"count": 1.5}')),
    ("date-zone", changed(ATOM, "<published>", f'{REPLIES} thr:updated="{NAIVE}"/><published>')),
    ("date-future", changed(JSON, '"title": "One"', LATE)),
    ("url-relative", changed(RSS, GUID, f"{GUID}<w:commentRss {WFW}>/x</w:commentRss>")),
    ("url-relative", changed(JSON, '"title": "One"', RELATIVE)),
    ("summary-blank", with_html(" ")),
    ("summary-blank", with_html("<p>&nbsp;</p>")),
    ("summary-blank", changed(RSS, "&lt;p&gt;Words&lt;/p&gt;", "&lt;p&gt;&lt;/p&gt;")),
    ("summary-blank", changed(JSON, '"title": "One"', '"title": "One", "summary": ""')),
    ("style", with_html("<style>p {color: red}</style><p>x</p>")),
    ("style", changed(JSON, "x</a>", "x</a><style></style><svg></svg>")),
    ("link-unresolved", with_html(f'<a href="{BASE}/{{filename}}/two.md">x</a>')),
    ("link-unresolved", with_html(f'<img src="{BASE}/%7Bstatic%7D/two.png">')),
    ("link-unresolved", changed(ATOM, f'href="{PAGE}"', f'href="{BASE}/|filename|two.md"')),
    ("enclosure-wrong", changed(JSON, f"{BASE}/a.mp3", "javascript:x")),
    ("enclosure-wrong", changed(JSON, '"audio/mpeg"', '"audio/mpeg", "size_in_bytes": -5')),
    ("enclosure-wrong", changed(JSON, '"audio/mpeg"', '"sound"')),
    *(
        (
            "enclosure-wrong",
            changed(ATOM, "<published>", f"<link rel='enclosure' {what}/><published>"),
        )
        for what in (f'href="{BASE}/a.mp3" length="-5"', f'href="{BASE}/a.mp3" type="&quot;"')
    ),
    *(
        ("enclosure-wrong", changed(RSS, GUID, f'{GUID}<enclosure url="{BASE}/a.mp3" {what}/>'))
        for what in (f'length="{"9" * 400}" type="audio/mpeg"', 'length="1.5" type="audio/mpeg"')
    ),
]
TOGETHER = [
    ("feed-id-shared", {"a.xml": ATOM, "b.xml": changed(ATOM, '/a.xml"', '/b.xml"')}),
    ("id-shared", {"a.xml": ATOM, "j.json": changed(JSON, *OTHER_PAGE)}),
    ("id-shared", {"a.xml": ATOM, "r.xml": changed(RSS, *OTHER_PAGE)}),
    ("id-differs", {"a.xml": ATOM, "r.xml": changed(RSS, ID, ID + "x")}),
]


@pytest.mark.parametrize(
    "documents",
    [
        pytest.param(
            {"a.xml": second(ATOM, id=(ID, ID + "x")), "r.xml": changed(RSS, ID, ID + "x")},
            id="a feed has both",
        ),
        pytest.param(
            {
                "a.xml": ATOM,
                "r.xml": changed(changed(RSS, ID, ID + "x"), "<title>One<", "<title>Two<"),
            },
            id="they have titles of their own",
        ),
    ],
)
def test_entries_that_share_a_page_have_ids_of_their_own(documents):
    encoded = {path: document.encode() for path, document in documents.items()}
    assert check(encoded, expected()).findings == ()


@pytest.mark.parametrize(
    ("code", "documents"),
    [pytest.param(*row, id=f"{n}-{row[0]}") for n, row in enumerate(ROWS + TOGETHER)],
)
def test_a_rule_that_is_broken_is_found_and_no_other(code, documents):
    assert codes(found(documents)) == [code]


def test_a_page_that_answers_two_entries_has_two_ids():
    one = answering(changed(ATOM, ID, f"{ID}#mention-1"), ID)
    other = answering(changed(RSS, ID, f"{ID}x#mention-2"), f"{ID}x")
    assert found({"a.xml": one, "r.xml": other}).findings == ()
    assert found(one, remembered={PAGE: "tag:me.example.io,2020:old"}).findings == ()
    assert published_ids(one.encode()) == {}


def test_an_article_that_answers_another_is_an_article():
    answer = answering(ATOM, "https://friend.example/post")
    assert published_ids(answer.encode()) == {PAGE: ID}
    (finding,) = found(answer, remembered={PAGE: "tag:me.example.io,2020:old"}).findings
    assert finding.code == "id-changed"
    assert codes(found({"a.xml": answer, "r.xml": changed(RSS, ID, ID + "x")})) == ["id-differs"]


@pytest.mark.parametrize("link", [PAGE, f"{PAGE}?ref=feed", PAGE.upper()[:11] + PAGE[11:]])
def test_an_id_that_readers_know_otherwise_is_found(link):
    document = changed(ATOM, f'href="{PAGE}"', f'href="{link}"')
    assert found(document, remembered={PAGE: ID}).findings == ()
    (finding,) = found(document, remembered={PAGE: "tag:me.example.io,2020:old"}).findings
    assert finding.code == "id-changed"
    assert "as tag:me.example.io,2020:old, and now its id is " + ID in finding.message


@pytest.mark.parametrize(
    "document",
    [
        changed(ATOM, "<title>One", "<title>vector&lt;int&gt; &lt; 3"),
        changed(ATOM, "<title>One", '<title type="html">&lt;p&gt;One&lt;/p&gt;'),
        changed(RSS, "<title>One", "<title>a &lt;i&gt; b, &lt;p"),
        with_html('<img src="https://far.example/x.png">'),
        with_html("<svg><style>a{}</style><path/></svg>"),
        changed(RSS, "Ann Lee</dc:creator>", "Ann</dc:creator><author>ann@me.example.io</author>"),
        changed(JSON, '"audio/mpeg"', '"audio/mpeg", "size_in_bytes": 0'),
        changed(RSS, GUID, f'{GUID}<enclosure url="{BASE}/a.mp3" length="0" type="audio/mpeg"/>'),
    ],
)
def test_nothing_is_found_in_what_only_looks_odd(document):
    assert found(document).findings == ()


def test_what_the_output_lacks_is_found(tmp_path):
    (tmp_path / "one").mkdir()
    look = partial(built_file, tmp_path, BASE)
    urls = (f"{BASE}/", PAGE, f"{BASE}/i.png", f"{BASE}/r.xml")
    missing = {each.message.split()[2] for each in found(RSS, look=look).findings}
    assert missing == set(urls)
    (tmp_path / "index.html").touch()
    (tmp_path / "one" / "index.html").touch()
    (tmp_path / "r.xml").touch()
    (finding,) = found(RSS, look=look).findings
    assert (finding.entry, finding.code) == ("One", "file-missing")
    assert f"The file {BASE}/i.png is not in the output folder" in finding.message


def test_a_document_that_no_build_wrote_is_not_held_to_the_present_site(tmp_path):
    documents = {"r.xml": RSS, "old.xml": RSS.replace("/r.xml", "/old.xml")}
    look = partial(built_file, tmp_path, BASE)
    assert {each.feed for each in found(documents, look=look).findings} == {"r.xml", "old.xml"}
    findings = found(documents, look=look, written={"r.xml": ""}).findings
    assert {(each.feed, each.code) for each in findings} == {("r.xml", "file-missing")}


def test_what_was_written_as_a_feed_and_is_none_is_found():
    documents = {"a.xml": ATOM, "b.xml": "<html/>", "sitemap.xml": "<urlset/>"}
    (finding,) = found(documents, written={"a.xml": "", "b.xml": ""}).findings
    assert (finding.feed, finding.code) == ("b.xml", "no-feed")


def test_two_fragments_are_two_pages():
    a = changed(ATOM, f'href="{PAGE}"', f'href="{PAGE}#a"')
    r = changed(changed(RSS, f"<link>{PAGE}", f"<link>{PAGE}#r"), ID, ID + "r")
    assert found({"a.xml": a, "r.xml": r}).findings == ()


def test_the_author_of_the_source_is_the_entrys():
    author = "<author><name>Ann Lee</name></author>"
    document = changed(ATOM, author, "")
    source = f"<source>{author}</source></entry>"
    assert found(changed(document, "</entry>", source)).findings == ()


def test_every_code_has_a_row():
    of_podcasts = {code for _, code, _, _ in test_podcast.BROKEN} | test_podcast.TOGETHER
    here = {code for code, _ in ROWS + TOGETHER} | {"id-changed", "no-feed", "reader-failed"}
    assert here | of_podcasts == set(CODES)


def test_a_finding_says_where_and_what():
    document = with_html('<a href="/x">x</a><img src="y.png"><img src="y.png">')
    (finding,) = found(document).findings
    assert (finding.feed, finding.entry, finding.code) == ("a.xml", "One", "url-relative")
    assert finding.message == (
        "The URL /x (and 1 more) is relative, and broken in most readers; make it absolute"
    )


@pytest.mark.parametrize(
    ("title", "link", "entry"),
    [("One", PAGE, "One"), ("", PAGE, PAGE), ("", "", "entry 1"), ("\x9b1m", PAGE, "\\x9b1m")],
)
def test_an_entry_is_called_by_title_or_link_or_number(title, link, entry):
    document = changed(changed(ATOM, "One", title), f'"{PAGE}"', f'"{link}"')
    document = changed(document, f"<id>{ID}</id>", "")
    assert {finding.entry for finding in found(document).findings} == {entry}


# What stands in HTML


@pytest.mark.parametrize(
    "html",
    [
        '<a href="#fn:1">1</a>',
        '<a href="">x</a>',
        '<img src="/x.png">',
        f'<img srcset="{BASE}/x.png 1x, y.png 2x">',
        f'<img srcset="y.png, {BASE}/x.png">',
        '<video poster="x.png">',
        '<object data="x.svg"></object>',
        "<p style=\"background: url( 'x.png' )\">x</p>",
        '<a href="//me.example.io/">x</a>',
        '<svg><image href="x.png"/></svg>',
    ],
)
def test_relative_urls_in_html_are_found(html):
    assert codes(found(with_html(html))) == ["url-relative"]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:ann@me.example.io">x</a><a name="x">x</a>',
        '<img src="data:image/png;base64,AAAA" srcset=", ,">',
        f'<img srcset="{BASE}/a,b.png 480w,{BASE}/c.png 2x , {BASE}/d.png">',
        '<svg><use href="#mast"/><rect style="fill: url(#sea)"/></svg>',
        '<pre>&lt;script&gt; &lt;a href="/x"&gt; onclick="x()"</pre><p title="/x">x</p>',
    ],
)
def test_what_is_absolute_or_no_url_is_not_found(html):
    assert found(with_html(html)).findings == ()


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ('<content type="text">&lt;a href="/x"></content>', []),
        ('<content>&lt;a href="/x"></content>', []),
        ('<content type="text/html">&lt;a href="/x"></content>', ["url-relative"]),
        ('<content type="video/mp4" src="x.mp4"/>', ["url-relative"]),
        ('<content type="html"/>', []),
        (
            '<content type="xhtml"><a xmlns="http://www.w3.org/1999/xhtml" href="/x"/></content>',
            ["url-relative"],
        ),
    ],
)
def test_content_is_read_as_its_type_says(content, wanted):
    assert codes(found(changed(ATOM, "</entry>", content + "</entry>"))) == wanted


# Identity


@pytest.mark.parametrize(
    "text",
    [
        ID,
        "tag:ann@me.example.io,2026:x",
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
        f"{PAGE}?a=1&b=2?#x",
        "https://[2001:db8::1]:8080/x",
        "http://xn--mnchen-3ya.example/%C3%A9",
    ],
)
def test_a_uri_is_one(text):
    assert is_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "one",
        "https://",
        "https:///x",
        f"{PAGE} x",
        f"{PAGE}é",
        f"{PAGE}%",
        f"{PAGE}#a#b",
        f"{PAGE}[1]",
        "tag:None,2026:x",
        "tag:m%C3%BCnchen.example,2026:x",
        "tag:me.example.io:x",
        "tag:me.example.io,26:x",
    ],
)
def test_what_is_no_uri_is_none(text):
    assert not is_uri(text)


def test_a_guid_that_is_no_permalink_may_be_any_text():
    assert found(changed(RSS, ID, "42")).findings == ()
    assert codes(found(changed(RSS, GUID, "<guid>42</guid>"))) == ["guid-permalink", "id-invalid"]


def test_a_permalink_stands_for_the_link():
    guid = f"<link>{PAGE}</link>"
    bare = changed(changed(RSS, guid, ""), GUID, f"<guid>{PAGE}</guid>")
    assert found(bare, remembered={PAGE: PAGE}).findings == ()


@pytest.mark.parametrize("form", [RFC3339, RFC822], ids=lambda form: form.name)
@given(date=st.datetimes(min_value=dt.datetime(1900, 1, 1), timezones=st.just(dt.UTC)))
def test_dates_as_python_writes_them_are_read_back(form, date):
    date = date.replace(microsecond=0)
    text = date.isoformat() if form is RFC3339 else f"{date:%d %b %Y %H:%M:%S %z}"
    assert read_date(form, text) == date


# Places


def test_paths_are_places_whatever_they_are_called():
    document = changed(ATOM, f'"{BASE}/a.xml"', f'"{BASE}/c%2b%2b/caf%C3%A9.xml"')
    assert found({"c++/café.xml": document}).findings == ()
    document = changed(ATOM, f'"{BASE}/a.xml"', f'"{BASE}/the%20sea\'s+(all).xml"')
    assert found({"the sea's+(all).xml": document}).findings == ()


def test_where_the_author_gives_feeds_other_addresses_only_anothers_is_wrong():
    moved = changed(ATOM, f'"{BASE}/a.xml"', '"https://feeds.example.io/ann"')
    assert found(moved, readdressed=True).findings == ()
    mixed = {"a.xml": changed(ATOM, f'"{BASE}/a.xml"', f'"{BASE}/r.xml"'), "r.xml": RSS}
    assert codes(found(mixed, readdressed=True)) == ["self-elsewhere"]


def test_the_place_has_to_be_known():
    with pytest.raises(InvalidURL):
        found(ATOM, base="")


# Reading


@pytest.mark.parametrize(
    "document",
    [
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>',
        '<?xml version="1.0"?><!-- <rss> --><opensearch>',
        "<!DOCTYPE svg><svg/>",
        '<feed xmlns="https://example.org/other"/>',
        '<o:rss xmlns:o="https://example.org/other"/>',
    ],
)
def test_what_is_no_feed_is_passed_over(document):
    assert found(document) == Checked(0, ())


def test_an_rss_element_without_a_channel_is_a_feed_without_anything():
    assert codes(found("<rss/>")) == ["link-missing", "self-missing", "title-empty"]


def test_utf_16_is_read():
    for encoding in ("utf-16", "utf-16-be"):
        document = changed(ATOM, "utf-8", "utf-16").encode(encoding)
        assert check({"a.xml": document}, expected()) == Checked(1, ())


def test_a_document_type_is_refused_in_any_encoding():
    document = '<!DOCTYPE feed [<!ENTITY a "b">]>' + ATOM[ATOM.index("<feed") :]
    with pytest.raises(UnreadableFeed, match="DOCTYPE"):
        read(document.encode("utf-16"))


@given(
    st.binary() | st.text().map(lambda text: changed(ATOM, "One", text).encode("utf-8", "replace"))
)
def test_any_bytes_are_judged(document):
    assert all(each.code in CODES for each in check({"a.xml": document}, expected()).findings)


# The ids of published feeds


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        pytest.param(ATOM, {PAGE: ID}, id="atom"),
        pytest.param(RSS, {PAGE: ID}, id="rss"),
        pytest.param(changed(RSS, GUID, f"<guid>{ID}</guid>"), {PAGE: ID}, id="P2"),
        pytest.param(changed(RSS, GUID, ""), {PAGE: PAGE}, id="no guid"),
        pytest.param(
            changed(changed(RSS, f"<link>{PAGE}</link>", ""), GUID, f"<guid>{PAGE}</guid>"),
            {PAGE: PAGE},
            id="no link but a permalink",
        ),
        pytest.param(changed(RSS, f"<link>{PAGE}</link>", ""), {}, id="no link, no permalink"),
        pytest.param(changed(ATOM, f"<id>{ID}</id>", ""), {}, id="no id"),
        pytest.param(changed(ATOM, f'"{PAGE}"', '"/one/"'), {}, id="relative"),
        pytest.param(
            changed(ATOM, f'"{PAGE}"', f'"{PAGE}?ref=feed"'), {PAGE: ID}, id="FEED_APPEND_REF"
        ),
        pytest.param(second(ATOM), {PAGE: ID}, id="twice the same"),
        pytest.param(second(ATOM, id=(ID, ID + "x")), {}, id="two share a page"),
        pytest.param(
            second(ATOM, page=OTHER_PAGE, id=(ID, ID + "x")),
            {PAGE: ID, f"{BASE}/two/": ID + "x"},
            id="two",
        ),
    ],
)
def test_published_ids(document, ids):
    assert published_ids(document.encode()) == ids


@pytest.mark.parametrize("document", ["", "<html/>", "<!DOCTYPE rss><rss/>", "<rss>"])
def test_published_ids_of_what_is_no_feed(document):
    with pytest.raises(UnreadableFeed):
        published_ids(document.encode())


# The files, the command, whole sites


def test_documents_are_the_files_that_can_be_feeds(tmp_path):
    (tmp_path / "feeds" / "folder.xml").mkdir(parents=True)
    for name in ("feeds/a.xml", "b.RSS", "c.atom", "d.html", ".e.xml.new"):
        (tmp_path / name).write_text(name)
    assert documents(tmp_path) == {
        name: name.encode() for name in ("b.RSS", "c.atom", "feeds/a.xml")
    }


def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.xml").write_text("")

    def no_permission(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", no_permission)
    with pytest.raises(UnreadableFeed, match=r"a\.xml"):
        documents(tmp_path)


@pytest.fixture
def conf(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "content").mkdir()
    for page in ("index.html", "one/index.html", "i.png", "a.xml", "r.xml", "j.json"):
        (tmp_path / "output" / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "output" / page).write_text('{"no": "feed"}')
    path = tmp_path / "publishconf.py"
    path.write_text(
        'PATH = "content"\nPLUGINS = ["pelican_linkback"]\n'
        f'OUTPUT_PATH = "output"\nSITEURL = "{BASE}"\n'
    )
    return path


def run(capsys, *argv):
    status = cli.main(["check", *map(str, argv)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_command_lists_what_it_found(conf, capsys):
    (conf.parent / "output" / "a.xml").write_text(changed(ATOM, "One", ""))
    (conf.parent / "output" / "r.xml").write_text(changed(RSS, "A Site", ""))
    status, out, err = run(capsys, "-s", conf)
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        "a.xml",
        f"  {PAGE}: There is no title; give it one [title-empty]",
        "r.xml",
        "  There is no title; give it one [title-empty]",
        "Feeds: 2 checked, 2 findings",
    ]


def test_the_command_for_machines(conf, capsys):
    (conf.parent / "output" / "a.xml").write_text(changed(ATOM, "One", ""))
    status, out, _ = run(capsys, "--json", "-s", conf)
    assert (status, json.loads(out)) == (
        1,
        {
            "feeds": 1,
            "findings": [
                {
                    "feed": "a.xml",
                    "entry": PAGE,
                    "code": "title-empty",
                    "message": "There is no title; give it one",
                }
            ],
            "unread": [],
        },
    )


def test_many_findings_of_a_kind_are_a_few_and_a_count(conf, capsys):
    doubled = ATOM
    for n in range(8):
        doubled = second(doubled, title=("<title>One", f"<title>Two {n}"))
    (conf.parent / "output" / "a.xml").write_text(doubled)
    out = run(capsys, "-s", conf)[1]
    assert out.count("[id-doubled]") == 5
    assert "id-doubled: 8 in all, 5" in out
    assert run(capsys, "-v", "-s", conf)[1].count("[id-doubled]") == 8


def test_the_command_needs_no_path(conf, capsys):
    conf.write_text(conf.read_text().replace('PATH = "content"\n', ""))
    (conf.parent / "output" / "a.xml").write_text(ATOM)
    assert run(capsys, "-s", conf)[0] == 0


def test_the_command_when_all_is_well(conf, capsys):
    (conf.parent / "output" / "a.xml").write_text(ATOM)
    assert run(capsys, "-s", conf) == (0, "Feeds: 1 checked, 0 findings\n", "")


def test_the_command_minds_feed_domain_and_feed_urls(conf, capsys):
    (conf.parent / "output" / "a.xml").write_text(
        changed(ATOM, f'"{BASE}/a.xml"', '"https://feeds.example.io/a.xml"')
    )
    assert run(capsys, "-s", conf)[0] == 1
    assert run(capsys, "-s", conf, "-e", 'FEED_DOMAIN="https://feeds.example.io/"')[0] == 0
    assert run(capsys, "-s", conf, "-e", 'CATEGORY_FEED_ATOM_URL="x/{slug}"')[0] == 0
    assert run(capsys, "-s", conf, "-e", 'LINKBACK_FEEDS=["mine.Feed"]')[0] == 0


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ('SITEURL=""', "SITEURL = '', so the addresses of the feeds"),
        ('OUTPUT_PATH="/nowhere"', "build the site"),
    ],
)
def test_the_command_needs_a_built_site_with_an_address(conf, capsys, override, says):
    status, _, err = run(capsys, "-s", conf, "-e", override)
    assert status == 2
    assert says in err


def sample_checked(output: Path) -> Checked:
    """Check the feeds of the sample site."""
    now, base = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), "https://tidetable.example"
    look = partial(built_file, output, base)
    return check(documents(output), Expected(base, now, look=look))


def test_what_pelican_writes_for_the_sample_site(tmp_path):
    publish(tmp_path, "PLUGINS=[]")
    checked = sample_checked(tmp_path / "output")
    assert checked.feeds == 70
    assert codes(checked) == [
        "feed-id-shared",  # P1
        "guid-permalink",  # P2
        "id-invalid",  # P12
        "script",  # P16
        "url-relative",  # P16
    ]


def test_what_the_plugin_writes_for_the_sample_site(sample_site):
    checked = sample_checked(sample_site / "output")
    assert checked.feeds == 90
    assert checked.findings == ()


# check --import

PUBLISHED = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:x:1</id>
<link rel="alternate" href="https://me.example.io/one.html"/></entry></feed>"""


@pytest.fixture
def empty_site(tmp_path):
    (tmp_path / "content").mkdir()
    path = tmp_path / "publishconf.py"
    path.write_text(
        'PATH = "content"\nPLUGINS = ["pelican_linkback"]\nOUTPUT_PATH = "output"\nSITEURL = "https://me.example.io"\n'
        'LINKBACK_ALLOW_HOSTS = ["127.0.0.1"]\n'
    )
    return path


def test_a_feed_that_is_packed_in_an_unknown_way_is_not_read(empty_site, capsys):
    site = {"/feed": Reply(200, [("Content-Encoding", "x-own")], b"packed")}
    with http_server(site, []) as base:
        assert cli.main(["check", "-s", str(empty_site), "--import", f"{base}/feed"]) == 1
    assert "it is packed as x-own, which cannot be unpacked" in capsys.readouterr().out


def test_ids_are_read_from_files_and_addresses(empty_site, tmp_path, capsys):
    from pelican_linkback.feeds.ids.store import Edition, IdStore
    from tests.servers import WebHost, serving

    (tmp_path / "old.atom").write_text(PUBLISHED)
    (tmp_path / "big.atom").write_text(" " * 1_000_001)
    with serving(WebHost(tmp_path)) as host:
        places = [str(tmp_path / "old.atom"), f"{host.url}/old.atom", f"{host.url}/gone.atom"]
        places += [str(tmp_path / "gone.atom"), f"{host.url}/big.atom", str(empty_site)]
        assert cli.main(["check", "-s", str(empty_site), "--import", *places]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.removeprefix(place) for line, place in zip(lines, places, strict=True)] == [
        ": 1 ids, 1 of them new",
        ": 1 ids, 0 of them new",
        ": it answers 404",
        ": it cannot be read (No such file or directory)",
        ": it is larger than 1 MB; download it, and name the file",
        lines[-1].removeprefix(places[-1]),
    ]
    assert cli.main(["check", "-s", str(empty_site), "--import", places[0]]) == 0
    store = IdStore(tmp_path / "linkback", Edition("en", "https://me.example.io"))
    assert store.registry().by_link() == {"https://me.example.io/one.html": "urn:x:1"}


def test_a_feed_whose_ids_differ_from_the_remembered_is_found(empty_site, tmp_path, capsys):
    (tmp_path / "old.atom").write_text(PUBLISHED)
    cli.main(["check", "-s", str(empty_site), "--import", str(tmp_path / "old.atom")])
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "a.xml").write_text(PUBLISHED.replace("urn:x:1", "urn:x:2"))
    assert cli.main(["check", "-s", str(empty_site)]) == 1
    assert "[id-changed]" in capsys.readouterr().out


def test_a_file_whose_name_is_no_text_is_checked_like_others(empty_site, tmp_path, capsys):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / os.fsdecode(b"caf\xe9.xml")).write_text(PUBLISHED)
    assert cli.main(["check", "-s", str(empty_site)]) == 1
    assert r"caf\udce9.xml" in capsys.readouterr().out

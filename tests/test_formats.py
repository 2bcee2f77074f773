"""The generators: what feedgenerator drops or breaks is corrected, and the rest is as it was."""

import datetime as dt
import io
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr, unescape
from zoneinfo import ZoneInfo

import feedgenerator
import feedparser
import pytest
from feedgenerator.django.utils.feedgenerator import Stylesheet as StockStylesheet
from feedgenerator.django.utils.feedgenerator import rfc2822_date as theirs
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator
from hypothesis import example, given
from hypothesis import strategies as st

from pelican_linkback.feeds import (
    Atom1Feed,
    Enclosure,
    JsonFeed,
    Person,
    Rss201rev2Feed,
    RssUserland091Feed,
    Stylesheet,
)
from pelican_linkback.feeds.formats.base import save
from pelican_linkback.feeds.formats.rss import rfc2822_date
from pelican_linkback.feeds.formats.xml import XMLWriter, repeat
from pelican_linkback.text.xml_characters import (
    _long_texts,
    _LongTexts,
    clean,
    escape,
    is_clean,
    keeping_no_texts,
    utf8,
)

FORMATS = [Atom1Feed, Rss201rev2Feed, RssUserland091Feed]
DAY = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def make(feed_type, **kwargs):
    arguments = {"title": "T", "link": "https://me.example/", "description": "D"} | kwargs
    return feed_type(**arguments)


def add(feed, **kwargs):
    arguments = {"title": "t", "link": "https://me.example/t", "description": "d"} | kwargs
    feed.add_item(**arguments)
    return feed


def parse(feed):
    parsed = feedparser.parse(feed.writeString("utf-8").encode())
    assert not parsed.bozo
    return parsed


@pytest.mark.parametrize("feed_type", FORMATS)
def test_they_are_feedgenerators_classes(feed_type):
    assert issubclass(feed_type, feedgenerator.SyndicationFeed)
    assert issubclass(feed_type, getattr(feedgenerator, feed_type.__name__))


@pytest.mark.parametrize("feed_type", FORMATS)
def test_a_full_feed_says_what_feedgenerators_says(feed_type):
    def full(kind):
        feed = make(
            kind,
            subtitle="S",
            language="de",
            author_name="Ann",
            author_email="ann@me.example",
            author_link="https://me.example/ann",
            categories=["a", "b"],
            feed_url="https://me.example/feed",
            feed_copyright="(c)",
            ttl=60,
        )
        return add(
            feed,
            author_name="Bo & Co",
            author_link="https://me.example/bo",
            pubdate=DAY,
            updateddate=DAY + dt.timedelta(days=1),
            comments="https://me.example/t#comments",
            unique_id="tag:me.example,2026:t",
            unique_id_is_permalink=False,
            categories=["x <y>"],
            item_copyright="(c) Bo",
            ttl=5,
            enclosures=[Enclosure("https://me.example/a.mp3", "12", "audio/mpeg")],
        ).writeString("utf-8")

    stock = getattr(feedgenerator, feed_type.__name__)
    assert ET.canonicalize(full(feed_type)) == ET.canonicalize(full(stock))


@pytest.mark.parametrize("feed_type", FORMATS)
def test_stylesheets_stand_before_the_root_and_are_escaped(feed_type):
    sheets = ["/feed.css?a=1&b=2", Stylesheet("/x.xsl"), StockStylesheet("/y", "text/css", None)]
    text = make(feed_type, stylesheets=sheets).writeString("utf-8")
    _, css, xsl, other = [part.strip() for part in text.split("?>")[:4]]
    assert css.startswith("<?xml-stylesheet ")
    assert 'href="/feed.css?a=1&amp;b=2"' in css
    assert 'type="text/xsl" media="screen"' in xsl
    assert other == '<?xml-stylesheet href="/y" type="text/css"'


def test_rss_carries_content_after_the_description():
    item = add(make(Rss201rev2Feed), content="<p>all</p>").writeString("utf-8")
    assert item.index("<description>d<") < item.index("<content:encoded>&lt;p&gt;all")
    assert (
        parse(add(make(Rss201rev2Feed), content="<p>all</p>")).entries[0].content[0].value
        == "<p>all</p>"
    )


def test_a_namespace_is_declared_only_where_it_is_used():
    assert "content:" not in add(make(Rss201rev2Feed)).writeString("utf-8")


@pytest.mark.parametrize("feed_type", [Atom1Feed, Rss201rev2Feed])
def test_an_enclosures_length_may_be_a_number(feed_type):
    feed = add(
        make(feed_type), enclosures=[feedgenerator.Enclosure("https://a.example/b", 7, "a/b")]
    )
    assert parse(feed).entries[0].enclosures[0].length == "7"


def test_of_two_enclosures_rss_carries_the_first_and_atom_both():
    two = [Enclosure(f"https://a.example/{n}", n, "a/b") for n in (1, 2)]
    assert len(parse(add(make(Rss201rev2Feed), enclosures=two)).entries[0].enclosures) == 1
    assert len(parse(add(make(Atom1Feed), enclosures=two)).entries[0].enclosures) == 2


@pytest.mark.parametrize("feed_type", FORMATS)
def test_naive_and_aware_dates_stand_side_by_side(feed_type):
    feed = add(make(feed_type), pubdate=DAY.replace(tzinfo=None))
    add(feed, pubdate=DAY + dt.timedelta(hours=1))
    add(feed, pubdate=dt.date(2026, 5, 1))
    assert feed.latest_post_date() == DAY + dt.timedelta(hours=1)
    assert parse(feed)


@pytest.mark.parametrize(
    ("date", "said"),
    [
        (dt.datetime(1850, 1, 1, tzinfo=ZoneInfo("Europe/Rome")), "1849-12-31T23:10:04+00:00"),
        (dt.datetime(1, 1, 1, tzinfo=ZoneInfo("Europe/Rome")), "0001-01-01T00:00:00+00:00"),
        (
            dt.datetime(1850, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))),
            "1850-01-01T00:00:00+01:00",
        ),
    ],
)
def test_a_zone_that_is_seconds_off_is_said_in_utc(date, said):
    assert f"<published>{said}<" in add(make(Atom1Feed), pubdate=date).writeString("utf-8")


@pytest.mark.parametrize("feed_type", FORMATS)
def test_no_clock_stands_in_a_document_without_dates(feed_type):
    text = add(make(feed_type)).writeString("utf-8")
    assert str(dt.datetime.now(dt.UTC).year) not in text
    assert ("1970-01-01T00:00:00+00:00" in text) == (feed_type is Atom1Feed)
    assert "lastBuildDate" not in text


@pytest.mark.parametrize("feed_type", FORMATS)
def test_an_empty_feed_has_the_given_date(feed_type):
    feed = make(feed_type, updated=DAY)
    assert feed.latest_post_date() == DAY


def test_missing_values_of_an_enclosure_are_what_rss_readers_expect():
    unknown = Enclosure("https://me.example/a.mp3")
    assert (unknown.length, unknown.mime_type) == ("0", "audio/mpeg")
    assert Enclosure("https://me.example/a").mime_type == "application/octet-stream"


def test_an_author_without_a_name_is_named_by_the_address():
    atom = parse(add(make(Atom1Feed), author_email="ann@me.example")).entries[0]
    assert atom.author_detail == {"name": "ann@me.example", "email": "ann@me.example"}


@pytest.mark.parametrize("feed_type", [*FORMATS, JsonFeed])
@pytest.mark.parametrize("number", [0, 1, 15, 16, 17, 40])
def test_a_document_has_each_entry_once_and_as_it_is_alone(feed_type, number):
    feed, out = make(feed_type), io.BytesIO()
    for each in range(number):
        add(feed, title=f"t {each}", pubdate=DAY)
    save(feed, out)
    between = b",\n" if feed_type is JsonFeed else b""
    entries = between.join(map(feed.render, feed.items))
    assert out.getvalue().count(entries) == 1 or not number
    assert out.getvalue().count(b"t 3") == entries.count(b"t 3")


def test_what_fails_in_one_piece_is_left_out_and_the_writer_goes_on():
    def write(handler, number):
        handler.addQuickElement("a")
        handler.addQuickElement("b", str(1 / number))

    out = io.BytesIO()
    handler = XMLWriter(out)
    handler.startElement("all", {})
    handler.put_at_once(write, 1)
    with pytest.raises(ZeroDivisionError):
        handler.put_at_once(write, 0)
    handler.endElement("all")
    assert out.getvalue() == b"<all><a/><b>1.0</b></all>"


@pytest.mark.parametrize("feed_type", FORMATS)
def test_a_write_of_ones_own_is_what_writes_the_document(feed_type):
    class Older(feed_type):
        def write(self, outfile, encoding):
            handler = feedgenerator.django.utils.xmlutils.SimplerXMLGenerator(outfile, encoding)
            handler.startDocument()
            handler.startElement("mine", {})
            self.add_root_elements(handler)
            self.write_items(handler)
            handler.endElement("mine")

    root = ET.fromstring(add(make(Older)).writeString("utf-8").replace("atom:", ""))
    assert root.tag == "mine"
    assert root.findtext("title") == "T"


def test_every_author_is_named():
    people = [Person("Ann", "ann@me.example", "https://me.example/ann"), "Bo"]
    atom = parse(add(make(Atom1Feed), authors=people)).entries[0]
    assert [a.name for a in atom.authors] == ["Ann", "Bo"]
    assert atom.authors[0] == {
        "name": "Ann",
        "email": "ann@me.example",
        "href": "https://me.example/ann",
    }
    rss = add(make(Rss201rev2Feed), authors=people).writeString("utf-8")
    assert "<author>ann@me.example (Ann)</author>" in rss
    assert ">Bo</dc:creator>" in rss
    mail_only = add(make(Rss201rev2Feed), author_email="ann@me.example").writeString("utf-8")
    assert "<author>ann@me.example</author>" in mail_only


@pytest.mark.parametrize("name", ["", None])
def test_nobody_is_no_author(name):
    text = add(make(Atom1Feed, author_name=name), author_name=name).writeString("utf-8")
    assert "author" not in text


def test_a_format_of_ones_own_has_to_write_its_document():
    from pelican_linkback.feeds.formats.base import Generator
    from pelican_linkback.feeds.formats.xml_base import XmlGenerator

    for cls in (Generator, XmlGenerator):
        with pytest.raises(NotImplementedError):
            add(make(cls)).writeString("utf-8")


def test_an_item_without_description_has_none():
    assert (
        "description"
        not in add(make(Rss201rev2Feed), description=None)
        .writeString("utf-8")
        .partition("<item>")[2]
    )


def test_an_entry_in_another_language_says_so():
    feed = add(make(Atom1Feed, language="en"), language="de")
    add(feed, language="en")
    text = feed.writeString("utf-8")
    assert text.count('xml:lang="de"') == 1
    assert text.count('xml:lang="en"') == 1


def test_an_entry_without_id_gets_a_tag_uri():
    assert parse(add(make(Atom1Feed), pubdate=DAY)).entries[0].id == "tag:me.example,2026-05-01:/t"


def test_rss_titles_survive_readers_that_unescape_once_too_often():
    text = add(make(Rss201rev2Feed, title="A & B"), title="vector<int>").writeString("utf-8")
    assert "<title>A &#x26; B</title>" in text
    assert "<title>vector&#x3C;int&gt;</title>" in text


class TextOrBytes:
    """A file that is none of Python's, and takes bytes."""

    def __init__(self):
        self.written = b""

    def write(self, data):
        self.written += memoryview(data)


@pytest.mark.parametrize("feed_type", [Atom1Feed, JsonFeed])
@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "latin-1"])
def test_a_document_is_the_same_in_files_of_all_kinds(feed_type, encoding):
    document = add(make(feed_type, title="é–"), description="ü–" * 600)
    text, data, other = io.StringIO(), io.BytesIO(), TextOrBytes()
    for file in (text, data, other):
        document.write(file, encoding)
    assert data.getvalue() == other.written
    assert text.getvalue() == document.writeString(encoding)
    if encoding != "latin-1":
        assert data.getvalue().decode() == text.getvalue()
        assert "é–" in text.getvalue()


@given(st.text())
def test_any_text_comes_through_a_parser_less_what_xml_forbids(text):
    out = io.BytesIO()
    writer = XMLWriter(out)
    writer.startDocument()
    writer.startElement("a", {"b": text})
    writer.addQuickElement("c", text)
    writer.ignorableWhitespace("\n")
    writer.startElement("d", {})
    writer.characters(text)
    writer.endElement("d")
    writer.endElement("a")
    root = ET.fromstring(out.getvalue())
    assert (root.findtext("c") or "") == (root.findtext("d") or "") == clean(text)
    assert root.get("b") == clean(text)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a\ud800b", b"ab"),
        ("a\ufffeb\uffffc", b"abc"),
        ("a\x1bb\rc", b"ab&#13;c"),
        ("<é> & \u2028", "&lt;é&gt; &amp; \u2028".encode()),
    ],
)
def test_text_is_escaped_and_what_xml_forbids_left_out(text, escaped):
    assert escape(text) == escaped
    assert unescape(escaped.decode()).replace("&#13;", "\r") == clean(text)


HOSTILE = st.text(
    "&<>]\"'\r\n\t \x00\x1b\x85\xa0\u2028\ufffe\uffff\ud800\udfffé“\U0001f600", max_size=9
)
ANY_TEXT = st.text() | HOSTILE


@given(ANY_TEXT)
def test_text_is_clean_if_there_is_nothing_to_leave_out(text):
    assert is_clean(text) == (clean(text) == text)


@given(st.lists(st.tuples(ANY_TEXT, st.sampled_from("ab\r\x1b“\ufffe\ud800")), max_size=5))
def test_a_long_text_is_written_as_its_parts_are(parts):
    """What is kept of long texts is what is made of short ones, however often it is asked for."""
    texts = [text + filler * 600 for text, filler in parts]
    for text in (*texts, *texts[::-1]):
        parts = text[:400], text[400:]
        assert is_clean(text) == all(map(is_clean, parts))
        assert utf8(text) == b"".join(map(utf8, parts)) == clean(text).encode()
        assert escape(text) == b"".join(map(escape, parts))
        assert utf8(text) == b"".join(map(utf8, parts))
        assert clean(text) == "".join(map(clean, parts))


def test_a_build_keeps_no_texts():
    text = "a" * 600
    kept = _long_texts.find(text)
    with keeping_no_texts():
        assert _long_texts.find(text) is not _long_texts.find(text)
        assert is_clean(text)
        assert escape(text) == utf8(text) == b"a" * 600
    assert _long_texts.find(text) is not kept
    assert _long_texts.find(text) is _long_texts.find(text)


def test_long_texts_are_kept_up_to_a_size():
    texts = _LongTexts(size=1200)
    one, two, three = ("a" * 500, "b" * 500, "c" * 500)
    assert texts.find(one) is texts.find(one)
    before = texts.find(one)
    texts.find(two)
    texts.find(three)
    assert texts.find(one) is before  # what is too much is found when the next one comes
    assert texts.find("d" * 500).in_xml() == b"d" * 500
    assert texts.find(one) is not before


@given(ANY_TEXT, ANY_TEXT, st.integers(0, 2))
@example("<&>", 'a "b"', 0)
@example("<\x1b>", "a 'b' \"c\" <&>", 2)
def test_an_element_without_children_is_written_as_by_feedgenerators_calls(text, value, length):
    text *= 10**length
    quick, slow = io.BytesIO(), io.BytesIO()
    attributes = {"b": value, "a": "x1"}
    XMLWriter(quick).addQuickElement("c", text, attributes)
    SimplerXMLGenerator.addQuickElement(XMLWriter(slow), "c", text, attributes)
    assert quick.getvalue() == slow.getvalue()
    assert f' a="x1" b={quoteattr(clean(value))}'.encode() in quick.getvalue()


class Shout(str):
    def __str__(self):
        return self.upper()


A_TEXT = (None, "t", "a\x1b\ud800", Shout("t"), 7)
A_URL = ("https://me.example/a.html", "https://é.example/ü x", "", Shout("https://me.example/b"))
ARGUMENTS = {
    **dict.fromkeys(("title", "description", "content", "comments", "ttl"), A_TEXT),
    **dict.fromkeys(("author_email", "author_name", "unique_id"), A_TEXT),
    **dict.fromkeys(("item_copyright", "of_my_own"), A_TEXT),
    "link": A_URL,
    "author_link": (None, *A_URL),
    "pubdate": (None, DAY, DAY.replace(tzinfo=None)),
    "updateddate": (None, DAY, dt.date(2026, 5, 1)),
    "unique_id_is_permalink": (None, True, False),
    "categories": (None, "word", [], ("a",), {"a": 1}, *([each] for each in A_TEXT)),
    "enclosures": (None, [], (), [Enclosure("https://me.example/a.mp3")]),
    "authors": (None, [], ["A", Person("B", "b@me.example")]),
}
PAIRS = [(name, value) for name, values in ARGUMENTS.items() for value in values]


def assert_alike(arguments):
    """Arguments with names take the fast path, those without feedgenerator's."""
    arguments = {"title": "t", "link": "https://me.example/t", "description": "d"} | arguments
    quick, slow = make(Atom1Feed), make(Atom1Feed)
    quick.add_item(**arguments)
    title, link, description = (arguments.pop(n) for n in ("title", "link", "description"))
    slow.add_item(title, link, description, **arguments)
    (item,), (other,) = quick.items, slow.items
    assert [*item.items()] == [*other.items()]
    assert [*map(type, item.values())] == [*map(type, other.values())]
    assert [*map(type, item["categories"])] == [*map(type, other["categories"])]
    assert item["categories"] is not arguments.get("categories")


@pytest.mark.parametrize(("name", "value"), PAIRS)
def test_a_plain_item_is_what_feedgenerator_makes_of_it(name, value):
    assert_alike({name: value})


@given(st.lists(st.sampled_from(PAIRS), max_size=6).map(dict))
def test_so_is_one_of_any_arguments(arguments):
    assert_alike(arguments)


@pytest.mark.parametrize("missing", ["title", "link", "description"])
def test_an_item_without_what_is_required_is_an_error(missing):
    arguments = {"title": "t", "link": "https://me.example/t", "description": "d"}
    del arguments[missing]
    with pytest.raises(TypeError, match=missing):
        make(Atom1Feed).add_item(**arguments)


def test_a_mixin_may_have_an_add_item_between_ours_and_feedgenerators():
    class Numbered(feedgenerator.SyndicationFeed):
        def add_item(self, *args, **kwargs):
            super().add_item(*args, **kwargs, number=len(self.items) + 1)

    class Mine(Atom1Feed, Numbered):
        pass

    assert [item["number"] for item in add(make(Mine)).items] == [1]


def test_what_is_equal_but_of_another_kind_is_not_written_alike():
    class Word(str):
        pass

    def write(handler, word):
        handler.addQuickElement(type(word).__name__, word)

    out = io.BytesIO()
    for word in ("a", Word("a"), "a"):
        repeat(XMLWriter(out), write, word)
    assert out.getvalue() == b"<str>a</str><Word>a</Word><str>a</str>"


@given(st.datetimes(timezones=st.timezones() | st.none()))
def test_a_date_of_rss_is_what_feedgenerator_writes(date):
    item = add(make(Rss201rev2Feed), pubdate=date).items[0]
    assert rfc2822_date(item["pubdate"]) == theirs(item["pubdate"])


@pytest.mark.parametrize("generator", [Atom1Feed, Rss201rev2Feed])
def test_items_may_be_set_to_what_can_be_iterated_only_once(generator):
    feed = add(make(generator), pubdate=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
    before = feed.writeString("utf-8")
    feed.items = (item for item in feed.items)
    assert feed.writeString("utf-8") == before


def test_white_space_is_written_between_elements():
    out = io.BytesIO()
    writer = XMLWriter(out)
    writer.startElement("a", {})
    writer.ignorableWhitespace("\n ")
    writer.endElement("a")
    assert out.getvalue() == b"<a>\n </a>"


def test_a_generator_of_another_make_is_saved_as_it_writes_itself():
    class Elsewhere(feedgenerator.Atom1Feed):
        def write(self, outfile, encoding):
            outfile.write("by itself: é")

    out = io.BytesIO()
    save(make(Elsewhere), out)
    assert out.getvalue() == "by itself: é".encode()

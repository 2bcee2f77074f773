"""What is known of a format: of a registered one, of a subclass, of any generator."""

from __future__ import annotations

import io
import re

import pytest
from feedgenerator.django.utils import feedgenerator

from pelican_linkback import feeds
from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feedcheck.document import Enclosed, FeedDocument, Part, Rules, Said, misfit
from pelican_linkback.feedcheck.reading import READERS, NoReader, Reader, read, read_as
from pelican_linkback.feedcheck.values import DateFormat
from pelican_linkback.feeds.articles.stock import STOCK_FEEDS, with_registered_formats
from pelican_linkback.feeds.formats import registry
from pelican_linkback.feeds.formats.base import save
from pelican_linkback.feeds.formats.registry import format_of, formats, media_type
from pelican_linkback.feeds.framework.catalogue import FeedClasses
from pelican_linkback.text.markup import Tag
from tests.pages import PACKAGE


@pytest.fixture(autouse=True)
def _registry_as_it_was(monkeypatch):
    for name in ("_formats", "_faulty", "_described_before"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))


class Plain(feedgenerator.SyndicationFeed):
    """As an author writes one who has read feedgenerator's documentation alone."""

    def write(self, outfile, encoding):
        outfile.write("\n".join(item["title"] for item in self.items))


class Binary(Plain):
    content_type = "application/x-feed; version=2"

    def write(self, outfile, encoding):
        outfile.write(b"\x00" * self.num_items())


def test_the_formats_of_the_package_are_registered_like_any():
    assert [each.name for each in formats()] == ["atom", "rss", "json", "rss091", "podcast"]
    assert [each.name for each in formats() if each.has_settings] == ["atom", "rss", "json"]
    kinds = {each.__name__.removeprefix("Atom").removeprefix("Json") for each in STOCK_FEEDS}
    assert len(STOCK_FEEDS) == 3 * len(kinds)


@pytest.mark.parametrize(
    ("generator", "known"),
    [
        pytest.param(feeds.PodcastRss, ("podcast", "RSS", True, 2), id="its own"),
        pytest.param(type("Mine", (feeds.JsonFeed,), {}), ("json", "JSON", False, 1), id="base"),
        pytest.param(feedgenerator.Atom1Feed, ("atom", "ATOM", False, 0), id="media type"),
        pytest.param(feedgenerator.Rss201rev2Feed, ("rss", "RSS", True, 0), id="first of these"),
        pytest.param(Plain, ("", "RSS", True, 0), id="nobody: as RSS"),
        pytest.param(Binary, ("", "RSS", True, 0), id="an unknown media type: as RSS"),
        pytest.param(feeds.Generator, ("", "RSS", False, 0), id="ours"),
    ],
)
def test_every_generator_has_a_format(generator, known):
    found = format_of(generator)
    name, setting, summary_first, links = known
    assert (found.name, found.setting, found.summary_first) == (name, setting, summary_first)
    assert len(found.archive_links) == links


def test_the_media_type_of_a_document():
    assert media_type(format_of(Binary), "a.xml") == "application/x-feed"
    assert media_type(format_of(Plain), "a.txt") == "text/plain"
    assert media_type(format_of(Plain), "a.strange") == ""
    assert format_of(Binary).label == "application/x-feed"


@pytest.mark.parametrize(("generator", "text"), [(Plain, b"One\nTwo"), (Binary, b"\0\0")])
def test_any_generator_is_written(generator, text):
    document = generator(title="T", link="/", description="")
    for title in ("One", "Two"):
        document.add_item(title=title, link="/", description="")
    file = io.BytesIO()
    save(document, file)
    assert file.getvalue() == text


def test_what_a_generator_raises_is_raised_once_more():
    class Broken(Plain):
        def write(self, outfile, encoding):
            raise TypeError("a bug")

    with pytest.raises(TypeError, match="a bug"):
        save(Broken(title="T", link="/", description=""), io.BytesIO())


def registered(**facts):
    named = {"name": "mine", "content_type": "text/x-mine", **facts}
    reader = named.pop("reader", None)
    generator = type("Mine", (Plain,), {"__module__": "mine", "__qualname__": "Mine", **named})
    assert feeds.register_format(generator, reader=reader) is generator
    return generator


def test_a_class_that_is_declared_again_takes_its_own_place():
    registered()
    again = registered(label="Mine again")
    assert [each.label for each in formats() if each.name == "mine"] == ["Mine again"]
    assert format_of(again).setting == "MINE"
    registered(name="Wrong")
    assert [each.name for each in registry.faulty()] == ["Wrong"]
    registered()
    assert registry.faulty() == ()


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"name": 7}, "its name is 7; write a word of small letters and digits"),
        ({"name": "a_b"}, "its name is 'a_b'"),
        ({"name": "rss"}, "there is a format of this name, pelican_linkback.feeds.formats.rss."),
        ({"content_type": 7}, "it has no media type"),
        ({"extension": "txt"}, "its extension is 'txt'"),
        ({"extension": 7}, "its extension is 7"),
        ({"archive_links": ["previous"]}, "its archive_links are ['previous']"),
        ({"archive_links": ("next",)}, "its archive_links are ('next',)"),
        ({"reader": "read"}, "its reader is 'read'; write a function of a document's bytes"),
    ],
)
def test_what_is_wrong_with_a_format_is_reported_and_not_raised(facts, says):
    registered(**facts)
    (faulty,) = registry.faulty()
    assert faulty.place == "mine.Mine"
    assert faulty.problem.startswith(says)


@pytest.mark.parametrize("thing", [7, "twtxt", object, feeds.TagFeed])
def test_what_is_no_generator_is_no_format(thing):
    assert feeds.register_format(thing) is thing
    (faulty,) = registry.faulty()
    assert "SyndicationFeed" in faulty.problem


class Refusing(type(Plain)):
    """The class of classes that cannot be asked for anything of a format."""

    def __getattribute__(cls, name):
        if name in {"name", "label", "content_type", "archive_links"}:
            raise SystemExit(name)
        return super().__getattribute__(name)


class Raising:
    def __get__(self, instance, owner):
        raise SystemExit


def test_a_feed_class_that_cannot_say_its_format_takes_no_others_place():
    registered()
    broken = type("Broken", (feeds.TagFeed,), {"feed_type": Raising()})
    found = with_registered_formats(FeedClasses([("Broken", broken)]), {})
    assert "MineTagFeed" in dict(found.classes)


class Shown:
    def __repr__(self):
        raise ValueError("shy")

    __str__ = __repr__


def test_a_class_that_cannot_be_asked_is_left_out():
    generator = Refusing("Refused", (Plain,), {"__module__": "mine"})
    assert feeds.register_format(generator) is generator
    (faulty,) = registry.faulty()
    assert faulty == (
        "mine.Refused",
        "",
        "it cannot be asked what it is (SystemExit: name)",
    )
    shown = Shown()
    assert feeds.register_format(shown) is shown
    assert len(registry.faulty()) == 2


# Who reads a document

RULES = Rules("lines", "Lines")
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title></feed>'


def lines(document):
    if document == b"other":
        return None
    if document == b"wrong":
        return "no document"
    if document == b"broken":
        raise UnreadableFeed("not-well-formed", "it is broken")
    return FeedDocument(RULES, Part(0, title=document.decode()), None, ())


ALL = [Reader("text/x-lines", lines, frozenset({".lines"})), *READERS]


@pytest.mark.parametrize(
    ("kind", "path", "document", "name"),
    [
        pytest.param("text/x-lines", "a.xml", b"One", "lines", id="by its media type"),
        pytest.param("", "a.lines", b"One", "lines", id="by its name"),
        pytest.param("", "a.lines", b"other", None, id="another format by its name"),
        pytest.param("text/xml", "a.xml", ATOM, "atom", id="a general media type: by its name"),
        pytest.param("", "a.txt", ATOM, None, id="a name that nobody knows"),
    ],
)
def test_who_reads_a_document(kind, path, document, name):
    found = read_as(kind, path, document, ALL)
    assert (found and found.rules.name) == name


@pytest.mark.parametrize(
    ("kind", "path", "document"),
    [
        ("text/x-strange", "a.strange", b""),
        ("text/x-strange", "a.xml", b"no XML"),
        ("text/x-strange", "a.xml", b"<urlset/>"),
    ],
)
def test_a_media_type_without_a_reader_is_no_fault(kind, path, document):
    with pytest.raises(NoReader, match="text/x-strange"):
        read_as(kind, path, document, ALL)


@pytest.mark.parametrize(
    ("document", "code"),
    [(b"wrong", "reader-failed"), (b"\xff", "reader-failed"), (b"broken", "not-well-formed")],
)
def test_a_reader_that_fails_costs_the_document(document, code):
    with pytest.raises(UnreadableFeed) as told:
        read_as("text/x-lines", "a.lines", document, ALL)
    assert told.value.code == code


def test_a_format_of_ones_own_is_written_in_any_encoding():
    class Lines(feeds.Generator):
        content_type = "text/x-lines"

        def render(self, item):
            return f"{item['title']}\n".encode()

    document = Lines(title="T", link="/", description="")
    document.add_item(title="Ærø", link="/", description="")
    file = io.BytesIO()
    document.write(file, "iso-8859-1")
    assert file.getvalue() == "Ærø\n".encode("iso-8859-1")
    assert document.writeString("utf-8") == "Ærø\n"
    assert document.latest_post_date().year == 1970


@pytest.mark.parametrize(("cached", "times"), [(True, 1), (False, 3)])
def test_an_article_in_many_feeds_is_rendered_once_where_the_format_says_so(site, cached, times):
    rendered = []

    class Counted(feeds.Generator):
        name = "counted"
        content_type = "text/x-counted"
        caches_entries = cached

        def head(self):
            return f"{self.feed['title']}\n".encode()

        def render(self, item):
            rendered.append(item["title"])
            return f"{item['title']}\n".encode()

    feeds.register_format(Counted)
    site.article("one", category="Boats", tags="rope")
    build = site.build(
        FEED_ALL_COUNTED="all.txt",
        CATEGORY_FEED_COUNTED="{slug}.txt",
        TAG_FEED_COUNTED="t-{slug}.txt",
    )
    assert build.read("boats.txt") == "A Site - Boats\none\n"
    assert build.read("t-rope.txt") == "A Site - rope\none\n"
    assert rendered == ["one"] * times


FORMATS = r"application/(?:atom|rss|feed)\+|formats\.(?:atom|rss|jsonfeed|podcast) import"
KNOWING = {
    "feeds/__init__.py": "what others import",
    "feeds/articles/mentions.py": "the classes in Atom and JSON that others import",
    "feeds/articles/podcast.py": "a feed that is one of podcasts",
    "feeds/articles/stock.py": "the classes in Atom and JSON that others import",
    "feeds/formats/extensions.py": "a feed of comments is named by its media type",
    "feeds/formats/jsonfeed.py": "it is one",
    "feeds/formats/podcast.py": "it is a kind of RSS",
    "feeds/formats/registry.py": "the place where they are registered",
    "feeds/framework/aspects.py": "the default of feed_type",
    "feeds/output/manifest.py": "an example of a line",
    "feedcheck/reading.py": "the place where readers are listed",
}


def test_no_other_module_knows_which_formats_there_are():
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(FORMATS, path.read_text("utf-8"))
    }
    assert found == set(KNOWING), "ask format_of(generator) instead (feeds/formats/registry.py)"


def document(**fields):
    return FeedDocument(
        **{"rules": RULES, "head": Part(0), "self_url": None, "entries": (), **fields}
    )


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (document(entries=None), "entries"),
        (document(entries=(7,)), "entries"),
        (document(rules=None), "rules"),
        (document(self_url=7), "self_url"),
        (document(head=Part(0, dates=None)), "dates in head"),
        (document(head=Part(0, dates=(("date",),))), "dates in head"),
        (document(head=Part(0, tags=["a"])), "tags in head"),
        (document(entries=[Part(1), Part(2, link=5)]), "link in entries"),
        (document(head=Part(0, tags=[Tag("a", None)])), "attributes in tags in head"),
        (document(head=Part(0, podcast=[Said(5, "")])), "name in podcast in head"),
        (
            document(entries=[Part(1, enclosures=[Enclosed(5, "", "")])]),
            "url in enclosures in entries",
        ),
        (document(rules=RULES._replace(dates="ISO")), "dates in rules"),
        (document(rules=RULES._replace(label=None)), "label in rules"),
        (
            document(rules=RULES._replace(dates=DateFormat("d", ".", len))),
            "syntax in dates in rules",
        ),
        (document(entries=[Part(1, dates=[["date", "today"]])], hubs=["https://h.example/"]), ""),
    ],
)
def test_what_a_strangers_reader_returns_is_checked_once_where_it_is_returned(found, field):
    assert misfit(found) == field
    reader = Reader("text/plain", lambda _: found)
    if field:
        with pytest.raises(UnreadableFeed, match=f"fails .{field} of what it returns"):
            read(b"", [reader])
    else:
        assert read(b"", [reader]) is found

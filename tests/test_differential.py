"""Our Feed and Django's, side by side: the same classes give the same documents.

Whatever differs is meant, is a row of DIFFERENCES, and is argued in docs/design/django.rst.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.xmlutils import UnserializableContentError
from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_linkback.exceptions import FeedError
from tests.kits import Django, Kit, Ours, document, generator

DESIGN = (Path(__file__).parent.parent / "docs/design/django.rst").read_text(encoding="utf-8")
ATOM, RSS, RSS_091 = "Atom1Feed", "Rss201rev2Feed", "RssUserland091Feed"
DAY = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
A = "{http://www.w3.org/2005/Atom}"


class Item:
    def __init__(self, name: str = "an item", url: str = "/an-item/") -> None:
        self.name, self.url = name, url

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.url


LEAST = {"title": "T", "link": "/", "description": "D", "items": lambda _: [Item()]}


# Ways to declare an aspect: each takes a value and returns what stands in the class body.


def vary(value: Any, subject: object) -> Any:
    """Return another value of the same kind that depends on the subject."""
    if isinstance(value, str) and "@" in value:
        return f"{value}{len(str(subject))}"  # an e-mail address is one still
    if isinstance(value, str):
        return f"{value}{subject}"
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(minutes=len(str(subject)))
    if isinstance(value, bool):
        return value is not bool(len(str(subject)) % 2)
    if isinstance(value, int):
        return value + len(str(subject))
    return value


class Answer:
    """A callable object; ``of`` makes one that takes the subject."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self) -> Any:
        return self.value


class AnswerOf(Answer):
    def __call__(self, subject: object) -> Any:
        return vary(self.value, subject)


def decorator(hook: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(hook)
    def wrapper(*args: object, **kwargs: object) -> Any:
        return hook(*args, **kwargs)

    return wrapper


VALUES: dict[str, Callable[[Any], Any]] = {
    "value": lambda value: value,
    "property": lambda value: property(lambda self: value),
}
WAYS: dict[str, Callable[[Any], Any]] = VALUES | {
    "method()": lambda value: lambda self: value,
    "method(*, option)": lambda value: lambda self, *, option=0: value,
    "method(object)": lambda value: lambda self, subject: vary(value, subject),
    "method(object=None)": lambda value: lambda self, subject=None: vary(value, subject),
    "class method()": lambda value: classmethod(lambda cls: value),
    "class method(object)": lambda value: classmethod(lambda cls, subject: vary(value, subject)),
    "callable object()": Answer,
    "callable object(object)": AnswerOf,
    "decorated()": lambda value: decorator(lambda self: value),
    "decorated(object)": lambda value: decorator(lambda self, subject: vary(value, subject)),
}


def static(name: str, value: Any) -> Any:
    """Return a static method that bears its name, which Django's resolver asks for."""

    def hook() -> Any:
        return value

    hook.__name__ = name
    return staticmethod(hook)


# What an aspect may hold.

texts = st.text(
    st.one_of(
        st.sampled_from("aé&<>\"' ]\n\t"),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]),
    ),
    max_size=8,
).filter(lambda text: "￾" not in text)
names = texts.filter(bool)
urls = st.sampled_from(
    [
        "/",
        "/a/b.html",
        "/a?b=1&c=<2>#d",
        "/maré/100%/",
        "//cdn.example/f",
        "https://other.example/",
        "mailto:ann@me.example",
    ]
)
iris = urls | st.just("http://other.example/x é?z=1")
dates = st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2100, 1, 1)).flatmap(
    lambda date: st.sampled_from(
        [date, date.replace(tzinfo=dt.UTC), date.replace(tzinfo=dt.timezone(dt.timedelta(hours=9)))]
    )
)
categories = st.lists(st.one_of(texts, st.integers()), max_size=3)
emails = st.sampled_from([None, "ann@me.example", "Ann.Ö+x@bücher.example", "a&b@localhost"])

FEED_ASPECTS: dict[str, st.SearchStrategy[Any]] = {
    "title": texts,
    "link": urls,
    "description": st.none() | texts,
    "subtitle": st.none() | texts,
    "feed_url": iris,
    "feed_guid": st.none() | texts,
    "author_name": st.none() | texts,
    "author_link": st.none() | iris,
    "categories": st.none() | categories,
    "feed_copyright": st.none() | texts,
    "ttl": st.none() | st.integers(0, 9999) | texts,
    "stylesheets": st.none() | st.lists(st.sampled_from(["/a.css?b=1&c=2", "/a.xsl"]), max_size=2),
}
ITEM_ASPECTS: dict[str, st.SearchStrategy[Any]] = {
    "item_title": st.none() | texts,
    "item_description": st.none() | texts,
    "item_link": urls,
    "item_guid": st.none() | texts,
    "item_guid_is_permalink": st.none() | st.booleans(),
    "item_author_name": st.none() | texts,
    "item_author_email": emails,
    "item_author_link": st.none() | iris,
    "item_pubdate": st.none() | dates,
    "item_updateddate": st.none() | dates,
    "item_categories": st.none() | categories,
    "item_copyright": st.none() | texts,
    "item_comments": st.none() | texts,
}


@st.composite
def declarations(draw: Any) -> dict[str, Any]:
    """Draw the body of a Feed class: some aspects, each in some way."""
    required = {"title", "link", "description"}
    wanted = {
        name: values
        for name, values in {**FEED_ASPECTS, **ITEM_ASPECTS}.items()
        if name in required or draw(st.booleans())
    }
    # An author's address without a name is a difference, with a row of its own.
    if "author_name" in wanted:
        wanted |= {"author_name": names, "author_email": emails}
    if draw(st.booleans()):
        wanted |= {
            "item_enclosure_url": st.none() | iris,
            "item_enclosure_length": st.integers(0, 99999),
            "item_enclosure_mime_type": st.sampled_from(["a/b", "audio/mpeg", "Text/x-y.z"]),
        }
    body = {name: declared(draw, name, draw(values)) for name, values in wanted.items()}
    if draw(st.booleans()):
        body["language"] = draw(st.sampled_from(["de", "pt-BR", "", None]))
    if draw(st.booleans()):
        body["title_template"] = "title.html"
        body["get_context_data"] = lambda self, **given: given | {"obj": given["item"]}
    found = [Item(f"i{n}", url) for n, url in enumerate(draw(st.lists(urls, max_size=3)))]
    body["items"] = draw(st.sampled_from([found, tuple(found), lambda _, obj: iter(found)]))
    return body


def declared(draw: Any, name: str, value: Any) -> Any:
    way = draw(st.sampled_from([*WAYS, "static method()"]))
    return static(name, value) if way == "static method()" else WAYS[way](value)


# The comparison.


@pytest.mark.parametrize("form", [RSS, RSS_091, ATOM])
@given(body=declarations())
@settings(max_examples=120, deadline=None)
def test_one_declaration_gives_one_infoset(form, body):
    theirs = generator(Django, lambda _: body, form)
    ours = document(Ours, lambda _: body, form)
    assert infoset(ET.fromstring(ours)) == infoset(as_we_mean_it(theirs))
    if form != ATOM:
        assert stylesheets(ours) == stylesheets(theirs.writeString("utf-8"))


@pytest.mark.parametrize("way", [*WAYS, "static method()"])
@pytest.mark.parametrize("form", [RSS, RSS_091, ATOM])
@pytest.mark.parametrize("name", [*FEED_ASPECTS, *ITEM_ASPECTS])
def test_each_aspect_in_each_way(name, way, form):
    samples = {
        "link": "/s/",
        "url": "/s/",
        "date": DAY,
        "ttl": 7,
        "permalink": False,
        "email": "s@x",
    }
    kinds = [kind for kind in samples if name.endswith(kind)]
    value = samples[kinds[0]] if kinds else "s"
    if name.endswith(("categories", "stylesheets")):
        value = ["s"]
    body = LEAST | {"item_pubdate": DAY, "author_name": "Ann", "item_author_name": "Bo"}
    body[name] = static(name, value) if way == "static method()" else WAYS[way](value)
    theirs = generator(Django, lambda _: body, form)
    ours = document(Ours, lambda _: body, form)
    assert infoset(ET.fromstring(ours)) == infoset(as_we_mean_it(theirs))


def infoset(root: ET.Element) -> str:
    return ET.canonicalize(ET.tostring(root, encoding="unicode"))


def stylesheets(text: str) -> list[list[str]]:
    """The instructions' pseudo-attributes; their order does not matter."""
    instructions = re.findall(r"<\?xml-stylesheet (.*?)\?>", text)
    return [sorted(re.findall(r'\w+="[^"]*"', each)) for each in instructions]


def as_we_mean_it(feed: Any) -> ET.Element:
    """Return Django's document with the differences that are meant applied to it."""
    root = ET.fromstring(feed.writeString("utf-8"))
    dated = any(item["pubdate"] or item["updateddate"] for item in feed.items)
    if root.tag == "rss":
        if not dated:
            root[0].remove(child(root[0], "lastBuildDate"))
        return root
    if not dated:
        child(root, f"{A}updated").text = "1970-01-01T00:00:00+00:00"
    if not (subtitle := root.findtext(f"{A}subtitle")) and subtitle is not None:
        root.remove(child(root, f"{A}subtitle"))
    with_named_authors(root)
    for entry in root.findall(f"{A}entry"):
        with_a_date(entry, child(root, f"{A}updated"))
        with_named_authors(entry)
        with_feedgenerators_tag_uri(entry)
    return root


def child(element: ET.Element, name: str) -> ET.Element:
    found = element.find(name)
    assert found is not None
    return found


def with_a_date(entry: ET.Element, newest: ET.Element) -> None:
    if entry.find(f"{A}updated") is None:
        published = entry.find(f"{A}published")
        updated = ET.Element(f"{A}updated")
        updated.text = (newest if published is None else published).text
        entry.insert(2 if published is None else 3, updated)


def with_named_authors(entry: ET.Element) -> None:
    for author in entry.findall(f"{A}author"):
        for empty in [each for each in author if not each.text]:
            author.remove(empty)
        email = author.findtext(f"{A}email")
        if author.find(f"{A}name") is None and email:
            author.insert(0, ET.Element(f"{A}name"))
            author[0].text = email
        elif author.find(f"{A}name") is None:
            entry.remove(author)


def with_feedgenerators_tag_uri(entry: ET.Element) -> None:
    unique_id = child(entry, f"{A}id")
    link = child(entry, f"{A}link").get("href", "")
    if (unique_id.text or "").startswith("tag:") and "#" not in link:
        unique_id.text = (unique_id.text or "").removesuffix("/")


# The differences, each with an example that shows it.


@dataclass(frozen=True)
class Difference:
    """What Django's framework makes of a class body, and what ours does.

    An outcome is a pattern that the document matches, or an error with a pattern that its text
    matches.
    """

    name: str
    form: str
    body: Callable[[Kit], dict[str, Any]]
    django: str | tuple[type[Exception], str]
    ours: str | tuple[type[Exception], str]


class Without:
    """What a hook may return for an item that has no URL of its own but Pelican's."""

    url = "posts/a.html"


def bare(hook: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: object) -> Any:
        return hook(*args)

    return wrapper


def _hook_with_a_bug(self: Any) -> Any:
    return self.nothing_of_that_name


DIFFERENCES = [
    Difference(
        "No clock: a channel without dates",
        RSS,
        lambda kit: {},
        django="<lastBuildDate>",
        ours=r"\A(?!.*lastBuildDate)",
    ),
    Difference(
        "No clock: a feed without dates",
        ATOM,
        lambda kit: {},
        django=r"<updated>20",
        ours="<updated>1970-01-01T00:00:00",
    ),
    Difference(
        "Every entry has an updated element",
        ATOM,
        lambda kit: {"item_pubdate": DAY},
        django=r"<entry>(?!.*<updated>)",
        ours="<entry>.*<updated>2026-05-01T12:00:00",
    ),
    Difference(
        "An author without a name is named by the address",
        ATOM,
        lambda kit: {"author_email": "ann@me.example"},
        django=r"\A(?!.*ann@me)",
        ours="<name>ann@me.example</name><email>ann@me.example</email>",
    ),
    Difference(
        "An e-mail address that is none is left out",
        ATOM,
        lambda kit: {"author_name": "Ann", "author_email": "ann"},
        django="<name>Ann</name><email>ann</email>",
        ours="<name>Ann</name></author>",
    ),
    Difference(
        "Nobody is no author",
        ATOM,
        lambda kit: {"item_author_name": ""},
        django="<author><name/></author>",
        ours=r"\A(?!.*<author)",
    ),
    Difference(
        "Nothing is written for an empty subtitle",
        ATOM,
        lambda kit: {"subtitle": ""},
        django="<subtitle/>",
        ours=r"\A(?!.*<subtitle)",
    ),
    Difference(
        "Tag URIs are feedgenerator's",
        ATOM,
        lambda kit: {"item_guid": None, "item_pubdate": DAY},
        django="<id>tag:testserver,2026-05-01:/an-item//</id>",
        ours="<id>tag:testserver,2026-05-01:/an-item/</id>",
    ),
    Difference(
        "Stylesheets in Atom",
        ATOM,
        lambda kit: {"stylesheets": ["/a.css"]},
        django=r"\A(?!.*xml-stylesheet)",
        ours='<\\?xml-stylesheet href="/a.css"',
    ),
    Difference(
        "An enclosure's type that is none",
        RSS,
        lambda kit: {"item_enclosures": [kit.generators.Enclosure("/a.bin", "1", "sound")]},
        django='type="sound"',
        ours='type="application/octet-stream"',
    ),
    Difference(
        "An enclosure of unknown length or type",
        RSS,
        lambda kit: {"item_enclosure_url": "https://me.example/a.mp3"},
        django='length="None" type="None"',
        ours='length="0" type="audio/mpeg"',
    ),
    Difference(
        "Two enclosures in RSS",
        RSS,
        lambda kit: {
            "item_enclosures": [kit.generators.Enclosure(f"/{n}", "1", "a/b") for n in "ab"]
        },
        django=(ValueError, "only have one enclosure"),
        ours='url="/a" */>(?!.*url="/b")',
    ),
    Difference(
        "An enclosure's length may be a number",
        RSS,
        lambda kit: {"item_enclosures": [kit.generators.Enclosure("/a", 1, "a/b")]},
        django=(AttributeError, "replace"),
        ours='length="1"',
    ),
    Difference(
        "A missing template",
        RSS,
        lambda kit: {"title_template": "gone.html"},
        django="<title>an item</title>",
        ours=(FeedError, "there is no template 'gone.html', which title_template names"),
    ),
    Difference(
        "Templates escape as the theme's do",
        RSS,
        lambda kit: {"title_template": "title.html", "items": [Item("a < b")]},
        django="<title>a &amp;lt; b at",
        ours="<title>a &#x3C; b at",
    ),
    Difference(
        "language is an aspect",
        RSS,
        lambda kit: {"language": lambda self, obj: "de"},
        django="<language>&lt;bound method",
        ours="<language>de</language>",
    ),
    Difference(
        "feed_type is an aspect",
        RSS,
        lambda kit: {"feed_type": lambda self: kit.generators.Atom1Feed},
        django=(TypeError, "unexpected keyword"),
        ours="<feed ",
    ),
    Difference(
        "Templates' names are aspects",
        RSS,
        lambda kit: {"title_template": lambda self: "title.html"},
        django="<title>an item</title>",
        ours="<title>an item at testserver</title>",
    ),
    Difference(
        "Extra arguments are aspects, and win",
        RSS,
        lambda kit: {"feed_extra_kwargs": {"ttl": "7"}},
        django=(TypeError, "not callable"),
        ours="<ttl>7</ttl>",
    ),
    Difference(
        "A static method with an argument",
        RSS,
        lambda kit: {"item_title": staticmethod(lambda item: f"<{item}>")},
        django=(TypeError, "missing 1 required positional argument"),
        ours="<title>&#x3C;an item&gt;</title>",
    ),
    Difference(
        "A static method with a default argument",
        RSS,
        lambda kit: {"item_title": staticmethod(lambda item=None: f"of {item}")},
        django="<title>of None</title>",
        ours="<title>of an item</title>",
    ),
    Difference(
        "A method with *args",
        RSS,
        lambda kit: {"item_title": lambda self, *items: f"of {[str(item) for item in items]}"},
        django="<title>of \\[\\]</title>",
        ours="<title>of \\['an item'\\]</title>",
    ),
    Difference(
        "functools.partial",
        RSS,
        lambda kit: {"item_title": functools.partial("{} {}".format, "of")},
        django=(AttributeError, "__code__"),
        ours="<title>of an item</title>",
    ),
    Difference(
        "A decorator without functools.wraps that hands on the object",
        RSS,
        lambda kit: {"item_title": bare(lambda self, item: f"of {item}")},
        django=(ImproperlyConfigured, "needs to use @functools.wraps"),
        ours="<title>of an item</title>",
    ),
    Difference(
        "A property that raises AttributeError",
        RSS,
        lambda kit: {"item_guid": property(_hook_with_a_bug)},
        django="<guid>https://testserver/an-item/</guid>",
        ours=(FeedError, "the property item_guid raises AttributeError"),
    ),
    Difference(
        "A feed has a title",
        RSS,
        lambda kit: {"title": None},
        django="<channel><title/>",
        ours=(FeedError, "Declared: has no title for 'object': write title = "),
    ),
    Difference(
        "A relative link",
        RSS,
        lambda kit: {"link": "news/"},
        django="<link>https://testservernews/</link>",
        ours="<link>https://testserver/news/</link>",
    ),
    Difference(
        "A link of another scheme",
        RSS,
        lambda kit: {"link": "gemini://me.example/"},
        django="<link>https://testservergemini://me.example/</link>",
        ours="<link>gemini://me.example/</link>",
    ),
    Difference(
        "An item's url is its link",
        RSS,
        lambda kit: {"items": [Without()], "item_title": "t", "item_description": "d"},
        django=(ImproperlyConfigured, "Give your Without class a get_absolute_url"),
        ours="<link>https://testserver/posts/a.html</link>",
    ),
    Difference(
        "An id that is a link is a URI",
        RSS,
        lambda kit: {"item_link": "https://me.example/maré"},
        django="<guid>https://me.example/maré</guid>",
        ours="<guid>https://me.example/mar%C3%A9</guid>",
    ),
    Difference(
        "A day is its midnight",
        RSS,
        lambda kit: {"item_pubdate": dt.date(2026, 5, 1)},
        django=(AttributeError, "utcoffset"),
        ours="<pubDate>Fri, 01 May 2026 00:00:00 \\+0100</pubDate>",
    ),
    Difference(
        "A carriage return",
        RSS,
        lambda kit: {"title": "a\rb"},
        django="<title>a\rb</title>",
        ours="<title>a&#13;b</title>",
    ),
    Difference(
        "Characters that XML forbids",
        RSS,
        lambda kit: {"title": "a\x1bb"},
        django=(UnserializableContentError, "Control characters"),
        ours="<title>ab</title>",
    ),
    Difference(
        "A string as categories",
        RSS,
        lambda kit: {"item_categories": "Boats", "categories": "Harbour"},
        django="<category>H</category>",
        ours="<category>Harbour</category>.*<category>Boats</category>",
    ),
    Difference(
        "Aspects of ours",
        ATOM,
        lambda kit: {"limit": 0, "item_content": "all"},
        django="<entry>",
        ours=r"\A(?!.*<entry>)",
    ),
]


def assert_outcome(outcome: str | tuple[type[Exception], str], make: Callable[[], str]) -> None:
    if isinstance(outcome, str):
        assert re.search(outcome, make(), re.DOTALL)
    else:
        with pytest.raises(outcome[0], match=outcome[1]):
            make()


# Python 3.13 warns that 3.14 will read it otherwise; Django asks for it as an attribute.
@pytest.mark.filterwarnings("ignore:functools.partial will be a method descriptor:FutureWarning")
@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_a_difference_that_is_meant(difference):
    def body(kit):
        return LEAST | difference.body(kit)

    assert_outcome(difference.django, lambda: document(Django, body, difference.form))
    assert_outcome(difference.ours, lambda: document(Ours, body, difference.form))


@pytest.mark.parametrize("name", [difference.name for difference in DIFFERENCES])
def test_a_difference_is_argued(name):
    assert f"   * - {name}\n" in DESIGN.replace(r"\*", "*")


def test_nothing_else_is_argued():
    section = DESIGN.replace(r"\*", "*")
    rows = set(re.findall(r"^   \* - (.*)", section, re.MULTILINE)) - {"Difference"}
    assert rows == {difference.name for difference in DIFFERENCES}

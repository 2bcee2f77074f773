"""Classes that name every hook of Django's framework: one source, run by Django and here.

Only the header differs: the imports, and for us the path, which a URLconf gives to Django.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory

from tests.kits import SITE

DJANGO = """
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, Stylesheet
"""

OURS = """
from pelican_linkback.feeds import Feed, Atom1Feed, Enclosure, Rss201rev2Feed, Stylesheet
Feed = type("Feed", (Feed,), {"path": "feed.xml"})
"""

SOURCE = """
import datetime as dt

TAKE_OFF = dt.datetime(2026, 4, 5, 6, 7, tzinfo=dt.timezone.utc)
LANDING = TAKE_OFF + dt.timedelta(hours=8)


class Air:
    def root_attributes(self):
        return super().root_attributes() | {"xmlns:air": "https://air.example/ns"}

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("air:port", self.feed["port"])

    def item_attributes(self, item):
        return super().item_attributes(item) | {"air:seats": str(item["seats"])}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("air:gate", item["gate"])


class FlightGenerator(Air, Rss201rev2Feed):
    pass


class AtomFlightGenerator(Air, Atom1Feed):
    pass


class Common(Feed):
    feed_type = FlightGenerator

    def get_object(self, request, name, country="Portugal"):
        return Airport(name, country)

    def feed_extra_kwargs(self, obj):
        return {"port": obj.name}

    def item_extra_kwargs(self, item):
        return {"seats": item.seats, "gate": item.gate}


class ByValue(Common):
    title = "Flights from Faro"
    link = "/flights/faro/"
    feed_url = "/flights/faro.xml"
    feed_guid = "urn:flights:Faro"
    description = "Who leaves Faro"
    subtitle = "Portugal's south"
    language = "pt"
    author_name = "The Tower of Faro"
    author_email = "Faro@tower.example"
    author_link = "https://tower.example/Faro"
    categories = ("flights", "Faro")
    stylesheets = ["/flights.xsl", Stylesheet("/flights.css", media="print")]
    feed_copyright = "(c) Faro 2026"
    ttl = 600
    items = [Flight("TP 1"), Flight("TP 2")]

    item_title = "A flight"
    item_description = "It left <b>Faro</b>"
    item_link = "/flights/of/today/"
    item_guid = "urn:flight"
    item_guid_is_permalink = False
    item_author_name = "A pilot"
    item_author_email = "pilot@tower.example"
    item_author_link = "https://tower.example/pilot"
    item_enclosure_url = "/flights/today.mp3"
    item_enclosure_length = 32000
    item_enclosure_mime_type = "audio/mpeg"
    item_pubdate = TAKE_OFF
    item_updateddate = LANDING
    item_categories = ("left", "landed")
    item_comments = "https://tower.example/comments"
    item_copyright = "(c) the crew"


class ByMethod(Common):
    def title(self): return "Flights from Faro"
    def link(self): return "/flights/faro/"
    def feed_url(self): return "/flights/faro.xml"
    def feed_guid(self): return "urn:flights:Faro"
    def description(self): return "Who leaves Faro"
    def subtitle(self): return "Portugal's south"
    language = "pt"
    def author_name(self): return "The Tower of Faro"
    def author_email(self): return "Faro@tower.example"
    def author_link(self): return "https://tower.example/Faro"
    def categories(self): return ("flights", "Faro")
    def stylesheets(self): return ["/flights.xsl", Stylesheet("/flights.css", media="print")]
    def feed_copyright(self): return "(c) Faro 2026"
    def ttl(self): return 600
    def items(self): return [Flight("TP 1"), Flight("TP 2")]

    def item_title(self): return "A flight"
    def item_description(self): return "It left <b>Faro</b>"
    def item_link(self): return "/flights/of/today/"
    def item_guid(self): return "urn:flight"
    def item_guid_is_permalink(self): return False
    def item_author_name(self): return "A pilot"
    def item_author_email(self): return "pilot@tower.example"
    def item_author_link(self): return "https://tower.example/pilot"
    def item_enclosures(self):
        return [Enclosure("/flights/today.mp3", "32000", "audio/mpeg")]
    def item_pubdate(self): return TAKE_OFF
    def item_updateddate(self): return LANDING
    def item_categories(self): return ("left", "landed")
    def item_comments(self): return "https://tower.example/comments"
    def item_copyright(self): return "(c) the crew"


class ByObject(Common):
    def title(self, obj): return f"Flights from {obj}"
    def link(self, obj): return f"/flights/{obj.slug}/"
    def feed_url(self, obj): return f"/flights/{obj.slug}.xml"
    def feed_guid(self, obj): return f"urn:flights:{obj}"
    def description(self, obj): return f"Who leaves {obj}"
    def subtitle(self, obj): return f"{obj.country}'s south"
    language = "pt"
    def author_name(self, obj): return f"The Tower of {obj}"
    def author_email(self, obj): return f"{obj}@tower.example"
    def author_link(self, obj): return f"https://tower.example/{obj}"
    def categories(self, obj): return ("flights", obj)
    def stylesheets(self, obj): return ["/flights.xsl", Stylesheet("/flights.css", media="print")]
    def feed_copyright(self, obj): return f"(c) {obj} 2026"
    def ttl(self, obj): return len(obj.name) * 150
    def items(self, obj): return [Flight("TP 1"), Flight("TP 2")]

    def item_title(self, item): return f"{item} to {item.goal}"
    def item_description(self, item): return f"It left for <b>{item.goal}</b>"
    def item_link(self, item): return f"/flights/{item.slug}/"
    def item_guid(self, item): return f"urn:flight:{item.slug}"
    def item_guid_is_permalink(self, obj): return False
    def item_author_name(self, item): return f"The pilot of {item}"
    def item_author_email(self, item): return f"{item.slug}@tower.example"
    def item_author_link(self, obj): return f"https://tower.example/{obj.slug}"
    def item_enclosure_url(self, item): return f"/flights/{item.slug}.mp3"
    def item_enclosure_length(self, item): return item.seats * 1000
    def item_enclosure_mime_type(self, item): return "audio/mpeg"
    def item_pubdate(self, item): return TAKE_OFF
    def item_updateddate(self, item): return LANDING
    def item_categories(self, item): return ("left", item.goal)
    def item_comments(self, item): return f"https://tower.example/{item.slug}#comments"
    def item_copyright(self, obj): return f"(c) the crew of {obj}"


class ByTemplate(ByObject):
    title_template = "title.html"
    description_template = "more.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"more": f"which left {kwargs['obj']} for {kwargs['item'].goal}"}


class AtomByValue(ByValue):
    feed_type = AtomFlightGenerator


class AtomByMethod(ByMethod):
    feed_type = AtomFlightGenerator


class AtomByObject(ByObject):
    feed_type = AtomFlightGenerator


class AtomByTemplate(ByTemplate):
    feed_type = AtomFlightGenerator
"""


class Airport:
    def __init__(self, name: str, country: str) -> None:
        self.name, self.country, self.slug = name, country, name.lower()

    def __str__(self) -> str:
        return self.name


class Flight:
    goal, seats, gate = "Oslo", 32, "B7"

    def __init__(self, number: str) -> None:
        self.number = number
        self.slug = number.lower().replace(" ", "-")

    def __str__(self) -> str:
        return self.number


def classes(header: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"Airport": Airport, "Flight": Flight}
    exec(header + SOURCE, namespace)
    return namespace


THEIRS, OURS_ = classes(DJANGO), classes(OURS)
RSS_NAMES = ["ByValue", "ByMethod", "ByObject", "ByTemplate"]


def infoset(text: str) -> str:
    """The root and all below it; the stylesheets before it have a test of their own."""
    return ET.canonicalize(ET.tostring(ET.fromstring(text), encoding="unicode"))


def our_document(name: str) -> str:
    text: str = OURS_[name]()(SITE, "Faro").writeString("utf-8")
    return text


@pytest.mark.parametrize("name", [*RSS_NAMES, *(f"Atom{name}" for name in RSS_NAMES)])
def test_django_and_we_make_one_document_of_it(name):
    request = RequestFactory().get("/feed.xml", secure=True)
    theirs = THEIRS[name]()(request, "Faro").content.decode()
    assert infoset(our_document(name)) == infoset(theirs)


AIR = "{https://air.example/ns}"
ATOM = "{http://www.w3.org/2005/Atom}"

IN_RSS = {
    "channel/title": "Flights from Faro",
    "channel/link": "https://testserver/flights/faro/",
    "channel/description": "Who leaves Faro",
    f"channel/{ATOM}link@href": "https://testserver/flights/faro.xml",
    "channel/language": "pt",
    "channel/category": "flights",
    "channel/copyright": "(c) Faro 2026",
    "channel/lastBuildDate": "Sun, 05 Apr 2026 14:07:00 +0000",
    "channel/ttl": "600",
    f"channel/{AIR}port": "Faro",
    f"channel/item@{AIR}seats": "32",
    "channel/item/title": "TP 1 to Oslo",
    "channel/item/link": "https://testserver/flights/tp-1/",
    "channel/item/description": "It left for <b>Oslo</b>",
    "channel/item/author": "tp-1@tower.example (The pilot of TP 1)",
    "channel/item/pubDate": "Sun, 05 Apr 2026 06:07:00 +0000",
    "channel/item/comments": "https://tower.example/tp-1#comments",
    "channel/item/guid": "urn:flight:tp-1",
    "channel/item/guid@isPermaLink": "false",
    "channel/item/enclosure@url": "/flights/tp-1.mp3",
    "channel/item/enclosure@length": "32000",
    "channel/item/enclosure@type": "audio/mpeg",
    "channel/item/category": "left",
    f"channel/item/{AIR}gate": "B7",
}

IN_ATOM = {
    "title": "Flights from Faro",
    "link[@rel='alternate']@href": "https://testserver/flights/faro/",
    "link[@rel='self']@href": "https://testserver/flights/faro.xml",
    "id": "urn:flights:Faro",
    "updated": "2026-04-05T14:07:00+00:00",
    "author/name": "The Tower of Faro",
    "author/email": "Faro@tower.example",
    "author/uri": "https://tower.example/Faro",
    "subtitle": "Portugal's south",
    "category@term": "flights",
    "rights": "(c) Faro 2026",
    f"{AIR}port": "Faro",
    f"entry@{AIR}seats": "32",
    "entry/title": "TP 1 to Oslo",
    "entry/link[@rel='alternate']@href": "https://testserver/flights/tp-1/",
    "entry/published": "2026-04-05T06:07:00+00:00",
    "entry/updated": "2026-04-05T14:07:00+00:00",
    "entry/author/name": "The pilot of TP 1",
    "entry/author/email": "tp-1@tower.example",
    "entry/author/uri": "https://tower.example/tp-1",
    "entry/id": "urn:flight:tp-1",
    "entry/summary": "It left for <b>Oslo</b>",
    "entry/link[@rel='enclosure']@href": "/flights/tp-1.mp3",
    "entry/link[@rel='enclosure']@length": "32000",
    "entry/link[@rel='enclosure']@type": "audio/mpeg",
    "entry/category@term": "left",
    "entry/rights": "(c) the crew of TP 1",
    f"entry/{AIR}gate": "B7",
}


def value_at(text: str, place: str, namespace: str = "") -> str | None:
    path, _, attribute = place.replace("[@", "[%").partition("@")
    found = ET.fromstring(text).find(path.replace("[%", "[@"), {"": namespace})
    assert found is not None, place
    return found.get(attribute) if attribute else found.text


@pytest.mark.parametrize("place", IN_RSS)
def test_every_value_has_its_place_in_rss(place):
    assert value_at(our_document("ByObject"), place) == IN_RSS[place]


@pytest.mark.parametrize("place", IN_ATOM)
def test_every_value_has_its_place_in_atom(place):
    assert value_at(our_document("AtomByObject"), place, ATOM[1:-1]) == IN_ATOM[place]


def test_the_language_of_an_atom_feed_is_on_its_root():
    root = ET.fromstring(our_document("AtomByObject"))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "pt"


def test_the_templates_win():
    text = our_document("ByTemplate")
    assert value_at(text, "channel/item/title") == "TP 1 at testserver"
    assert value_at(text, "channel/item/description") == "TP 1, which left Faro for Oslo"


def test_the_stylesheets_stand_before_the_root():
    for name in ("ByObject", "AtomByObject"):
        head = our_document(name).partition("<rss" if name == "ByObject" else "<feed")[0]
        assert head.count("<?xml-stylesheet ") == 2
        assert 'media="print"' in head


def test_the_podcast_example_works_with_its_import_changed():
    source = """
class PodcastGenerator(Rss201rev2Feed):
    def root_attributes(self):
        attributes = super().root_attributes()
        attributes["xmlns:itunes"] = "http://www.itunes.com/dtds/podcast-1.0.dtd"
        return attributes

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("itunes:explicit", "clean")
"""
    documents: list[str] = []
    for header in (DJANGO, OURS):
        namespace: dict[str, Any] = {}
        exec(header + source, namespace)
        feed = namespace["PodcastGenerator"]("T", "https://me.example/", "D")
        feed.add_item("t", "https://me.example/t", "d", pubdate=OURS_["TAKE_OFF"])
        documents.append(feed.writeString("utf-8"))
    assert infoset(documents[0]) == infoset(documents[1])
    assert "<itunes:explicit>clean</itunes:explicit>" in documents[1]


def test_a_subclass_of_feedgenerators_own_works_unchanged():
    import feedgenerator

    class Weather(feedgenerator.Atom1Feed):
        mime_type = "application/atom+xml"

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.feed["generator"] = "weather 1"

        def add_root_elements(self, handler):
            super().add_root_elements(handler)
            handler.addQuickElement("generator", self.feed["generator"])

        def add_item(self, title, link, description, **kwargs):
            super().add_item(title.upper(), link, description, wind="NW", **kwargs)

        def add_item_elements(self, handler, item):
            super().add_item_elements(handler, item)
            handler.addQuickElement("wind", item["wind"])

    forecast = type(
        "Forecast",
        (OURS_["Feed"],),
        {
            "feed_type": Weather,
            "title": "Weather",
            "link": "/",
            "description": "D",
            "items": [SimpleNamespace(url="monday/")],
            "item_title": "gale",
            "item_content": "all of it",
            "item_pubdate": OURS_["TAKE_OFF"],
        },
    )
    feed = forecast()(SITE)
    assert type(feed) is Weather
    text = feed.writeString("utf-8")
    for each in (
        "<generator>weather 1</generator>",
        "<title>GALE</title>",
        "<wind>NW</wind>",
        '<content type="html">all of it</content>',
    ):
        assert each in text

"""Feed classes: tiny ones, each named for its one difference."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import feedgenerator
import pytest
from jinja2 import Template

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds import (
    ArticleFeed,
    Atom1Feed,
    CategoryFeed,
    Enclosure,
    Feed,
    Rss201rev2Feed,
    Site,
    SiteFeed,
)
from pelican_linkback.feeds.framework.catalogue import catalogue, load
from pelican_linkback.feeds.framework.sharing import EntryCache

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
SITE = Site(
    "https://me.example", "Me", NOW, language="en", timezone=dt.timezone(dt.timedelta(hours=2))
)


@dataclass
class Entry:
    name: str
    url: str = "e.html"
    date: dt.datetime = dt.datetime(2026, 1, 1)

    def __str__(self):
        return self.name


ARTICLE = SimpleNamespace(
    title="A",
    url="a.html",
    date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    summary="short",
    get_content=lambda site_url: "long text",
)


class Plain(Feed):
    title = "T"
    link = "/"
    description = "D"
    path = "feed.xml"

    def items(self):
        return [Entry("a & b"), Entry("c", "d/c.html")]


class Dated(Plain):
    def items(self):
        return [Entry(str(day), date=dt.datetime(2026, 1, day)) for day in (2, 3, 1)]

    def item_pubdate(self, item):
        return item.date


class WithAbsoluteUrl(Plain):
    def items(self):
        return [SimpleNamespace(get_absolute_url=lambda: "/abs/")]


class ForObjects(Plain):
    path = "feeds/{slug}.xml"

    def objects(self, site):
        return [SimpleNamespace(slug="one"), SimpleNamespace(slug="two")]


def entries(feed_class, obj=None):
    return feed_class().get_feed(obj, SITE).items


def test_what_is_not_declared_has_djangos_defaults():
    first, second = entries(Plain)
    assert first["title"] == "a &amp; b"
    assert first["description"] == "a & b"
    assert first["link"] == first["unique_id"] == "https://me.example/e.html"
    assert second["link"] == "https://me.example/d/c.html"
    feed = Plain().get_feed(None, SITE).feed
    assert feed["feed_url"] == "https://me.example/feed.xml"
    assert feed["link"] == "https://me.example/"
    assert feed["language"] == "en"


def test_an_item_may_say_its_own_url():
    assert entries(WithAbsoluteUrl)[0]["link"] == "https://me.example/abs/"


def test_a_feed_made_by_hand_asks_get_object():
    class ByHand(Plain):
        def get_object(self, site, word):
            return word

        def title(self, obj):
            return f"About {obj}"

    assert ByHand()(SITE, "boats").feed["title"] == "About boats"
    assert Plain()(SITE).feed["title"] == "T"


def test_naive_dates_are_in_the_sites_zone():
    assert entries(Dated)[0]["pubdate"].utcoffset() == dt.timedelta(hours=2)


def test_a_day_is_its_midnight():
    class Day(Dated):
        def item_pubdate(self, item):
            return dt.date(2026, 1, 2)

    assert entries(Day)[0]["pubdate"] == dt.datetime(2026, 1, 2, tzinfo=SITE.timezone)


@pytest.mark.parametrize(
    ("aspects", "expected"),
    [
        pytest.param({}, ["2", "3", "1"], id="as items says"),
        pytest.param({"limit": 2}, ["3", "2"], id="a limit is on the newest (P15)"),
        pytest.param({"order_by": "name"}, ["3", "2", "1"], id="by an attribute, greatest first"),
        pytest.param({"order_by": lambda _, item: -int(item.name)}, ["1", "2", "3"], id="by a key"),
        pytest.param(
            {"filter": lambda _, item: item.name != "3", "limit": 1},
            ["2"],
            id="filtered before the limit",
        ),
        pytest.param({"limit": lambda _, obj: 1}, ["3"], id="the limit is an aspect"),
        pytest.param({"limit": 0}, [], id="no items at all"),
        pytest.param({"order_by": lambda _: 1}, ["2", "3", "1"], id="all alike"),
        pytest.param({"order_by": "date"}, ["3", "2", "1"], id="by a date without a zone"),
        pytest.param({"filter": None}, [], id="the filter is an aspect: a value"),
        pytest.param(
            {"filter": staticmethod(lambda item: item.name == "3")}, ["3"], id="and a function"
        ),
    ],
)
def test_filter_then_order_then_limit(aspects, expected):
    chosen = type("Chosen", (Dated,), aspects)
    assert [item["description"] for item in entries(chosen)] == expected


def test_a_limit_without_dates_keeps_the_order():
    assert [i["description"] for i in entries(type("First", (Plain,), {"limit": 1}))] == ["a & b"]


def test_enclosures_from_three_aspects():
    class Podcast(Plain):
        item_enclosure_url = "https://me.example/a.mp3"
        item_enclosure_length = 7
        item_enclosure_mime_type = "audio/mpeg"

    (enclosure,) = entries(Podcast)[0]["enclosures"]
    assert (enclosure.url, enclosure.length, enclosure.mime_type) == (
        "https://me.example/a.mp3",
        "7",
        "audio/mpeg",
    )


def test_extra_arguments_reach_the_generator():
    class Extra(Plain):
        feed_type = Atom1Feed
        item_content = "<p>all</p>"
        item_author_name = "Ann"
        item_author_email = "ann@me.example"

        def feed_extra_kwargs(self, obj):
            return {"one": 1}

        def item_extra_kwargs(self, item):
            return {**super().item_extra_kwargs(item), "two": 2}

    feed = Extra().get_feed(None, SITE)
    assert feed.feed["one"] == 1
    assert feed.items[0]["two"] == 2
    assert feed.items[0]["content"] == "<p>all</p>"
    assert feed.items[0]["author_email"] == "ann@me.example"


@pytest.mark.parametrize("on", [True, False])
def test_an_aspect_that_the_class_lacks_is_seen_where_a_hook_sets_it(on):
    class Setting(Plain):
        def author_name(self):
            self.ttl = 7
            return "Ann"

    site, feed = replace(SITE, sharing=EntryCache(on=on)), Setting()
    assert [feed.get_feed(None, site).feed["ttl"] for _ in range(2)] == ["7", "7"]
    del feed.ttl
    feed.author_name = "Bob"
    assert feed.get_feed(None, site).feed["ttl"] is None


class Later:
    item_enclosure_url = "https://me.example/a.mp3"


class Catching(Plain):
    def __getattr__(self, name):
        if name == "item_enclosure_url":
            return Later.item_enclosure_url
        raise AttributeError(name)


class Setting(Plain):
    def item_title(self, item):
        self.item_enclosure_url = Later.item_enclosure_url
        self.item_extra_kwargs = {"row": item}
        return "t"


class Asking(Plain):
    def item_enclosures(self, item):
        return [*super().item_enclosures(item), Enclosure(Later.item_enclosure_url)]


@pytest.mark.parametrize(
    "feed",
    [type("Beside", (Plain, Later), {}), Catching, Setting, Asking],
    ids=lambda feed: feed.__name__,
)
def test_a_file_is_seen_wherever_it_is_said(feed):
    items = feed().get_feed(None, SITE).items
    assert items
    for item in items:
        assert [each.url for each in item["enclosures"]] == [Later.item_enclosure_url]


def test_more_arguments_are_seen_where_a_hook_sets_them():
    feed = Setting().get_feed(None, SITE)
    assert [item["row"].url for item in feed.items] == ["e.html", "d/c.html"]


def test_what_nobody_declares_is_given_as_nothing():
    given = []

    class Noting(Atom1Feed):
        def add_item(self, **arguments):
            given.append(arguments)
            super().add_item(**arguments)

    type("F", (Plain,), {"feed_type": Noting})().get_feed(None, SITE)
    assert [arguments["enclosures"] for arguments in given] == [[]] * len(given) != []


def test_a_feedgenerator_class_from_elsewhere_is_a_feed_type():
    class Elsewhere(feedgenerator.Atom1Feed):
        pass

    feed = type("F", (Plain,), {"feed_type": Elsewhere})().get_feed(None, SITE)
    assert type(feed) is Elsewhere
    assert "<feed" in feed.writeString("utf-8")


def test_a_template_wins_over_the_method():
    class Templated(Plain):
        title_template = "title.html"
        description_template = "description.html"

        def item_title(self, item):
            raise AssertionError

        def get_context_data(self, **kwargs):
            return super().get_context_data(**kwargs) | {"what_for": kwargs["obj"]}

    templates = {
        "title.html": Template("{{ obj }} is {{ item }}"),
        "description.html": Template("{{ what_for }} at {{ site.name }}"),
    }
    site = replace(SITE, template=templates.__getitem__)
    first = Templated().get_feed("thing", site).items[0]
    assert first["title"] == "a & b is a & b"
    assert first["description"] == "thing at Me"


def test_a_template_is_an_aspect_of_the_feed():
    class Templated(Plain):
        def title_template(self, obj):
            return obj and f"{obj}.html"

    site = replace(SITE, template={"boats.html": Template("A boat")}.__getitem__)
    assert Templated().get_feed("boats", site).items[0]["title"] == "A boat"
    assert Templated().get_feed(None, site).items[0]["title"] == "a &amp; b"


def test_an_empty_date_is_none():
    (first, _) = entries(type("Undated", (Plain,), {"item_pubdate": ""}))
    assert first["pubdate"] is None


@pytest.mark.parametrize("hook", ["filter", "item_pubdate", "item_title"])
def test_an_error_in_a_hook_of_an_item_is_noted_with_its_name(hook):
    def broken(self, item):
        return item.nothing_of_that_name

    with pytest.raises(AttributeError) as caught:
        entries(type("Broken", (Plain,), {hook: broken, "limit": 1}))
    assert caught.value.__notes__[0].startswith(f"{hook} of Entry(name='a & b'")


def test_an_error_in_a_template_is_noted_with_its_name():
    site = replace(SITE, template={"t.html": Template("{{ 1 / 0 }}")}.__getitem__)
    with pytest.raises(ZeroDivisionError) as caught:
        type("Templated", (Plain,), {"title_template": "t.html"})().get_feed(None, site)
    assert caught.value.__notes__[0].startswith("title_template 't.html' of Entry(name='a & b'")


@pytest.mark.parametrize("aspect", ["item_link", "item_image"])
def test_an_address_that_cannot_be_read_is_noted_with_its_item(aspect):
    with pytest.raises(ValueError, match="Invalid IPv6 URL") as caught:
        type("Odd", (Plain,), {aspect: "http://[x"})().get_feed(None, SITE)
    assert caught.value.__notes__[0].startswith(f"{aspect} of Entry(name='a & b'")


def test_a_missing_template_is_named():
    with pytest.raises(FeedError, match=r"no template 'gone\.html', which title_template names"):
        entries(type("Templated", (Plain,), {"title_template": "gone.html"}))


@pytest.mark.parametrize(
    ("aspects", "says"),
    [
        ({"title": None}, r"Broken: has no title for the site: write title = \.\.\. or def title"),
        ({"link": None}, "Broken: has no link"),
        ({"items": None}, "Broken: has no items"),
        ({"items": 7}, "items of the site is 7, which cannot be iterated"),
        ({"items": lambda _: [object()]}, "has neither get_absolute_url"),
        ({"item_link": lambda _, __: None}, "item_link of Entry.* is None; return its URL"),
        ({"item_pubdate": "today"}, "item_pubdate of Entry.* is 'today'; return a datetime"),
        ({"limit": "10"}, "limit of the site is '10'; write a whole number"),
        ({"limit": -1}, "limit of the site is -1"),
        ({"order_by": "modified"}, "order_by names 'modified', which Entry.* does not have"),
        ({"feed_type": "Atom1Feed"}, "feed_type is 'Atom1Feed'; write feed_type = Atom1Feed"),
    ],
)
def test_the_error_of_a_broken_class_says_what_to_write(aspects, says):
    with pytest.raises(FeedError, match=says):
        entries(type("Broken", (Plain,), aspects))


def test_a_type_error_while_iterating_is_not_taken_for_a_wrong_items():
    class Buggy(Plain):
        def items(self):
            yield len(7)

    with pytest.raises(TypeError, match="has no len"):
        entries(Buggy)


# Where


def documents(*classes):
    return catalogue(load(classes), SITE)


def test_each_object_has_its_document():
    assert [d.path for d in documents(ForObjects).documents] == ["feeds/one.xml", "feeds/two.xml"]


def test_a_path_may_be_a_method_and_its_result_is_final():
    class ByMethod(ForObjects):
        def path(self, obj):
            return f"{obj.slug}/{{literally}}.xml" if obj.slug == "one" else None

    assert [d.path for d in documents(ByMethod).documents] == ["one/{literally}.xml"]


def test_a_url_may_differ_from_the_path():
    class Elsewhere(Plain):
        path = Path("feed/index.xml")
        url = "feed/"

    assert Elsewhere().get_feed(None, SITE).feed["feed_url"] == "https://me.example/feed/"
    assert documents(Elsewhere).documents[0].path == "feed/index.xml"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("{colour}.xml", "colour"),
        ("{obj.slug.deep}.xml", "deep"),
        ("{0}.xml", "pattern"),
        ("{", "pattern"),
        ("../{slug}.xml", "not a file below the output folder"),
        ("/etc/{slug}", "not a file below the output folder"),
        (".", "not a file below the output folder"),
    ],
)
def test_a_path_that_cannot_be_is_an_error_that_costs_one_feed(path, says):
    found = documents(type("Lost", (ForObjects,), {"path": path}), Plain)
    assert [d.path for d in found.documents] == ["feed.xml"]
    assert len(found.errors) == 1
    assert says in str(found.errors[0])


def test_what_is_wrong_for_all_objects_is_reported_once():
    (error,) = documents(type("Lost", (ForObjects,), {"path": "/{slug}"})).errors
    assert str(error).endswith("below the output folder (and 1 more like it)")


def test_what_is_wrong_for_one_object_costs_that_document():
    def path(self, obj):
        return "/one" if obj.slug == "one" else "two.xml"

    found = documents(type("Half", (ForObjects,), {"path": path}))
    assert [d.path for d in found.documents] == ["two.xml"]
    assert "path '/one' of namespace(slug='one') is not" in str(found.errors[0])


@pytest.mark.parametrize(
    ("aspects", "says"),
    [
        ({"path": None}, "Nowhere: has no path: write path = "),
        ({"path": ""}, "Nowhere: has no path: write path = "),
        ({"path": property(lambda self: self.gone)}, "the property path raises AttributeError"),
        ({"path": lambda _: 1 / 0}, r"Nowhere: ZeroDivisionError: .*, in path of the site"),
        ({"objects": 7}, "Nowhere: objects is 7, which cannot be iterated"),
        ({"objects": lambda _: 1 / 0}, r"Nowhere: ZeroDivisionError: .*, in objects of Site"),
        ({"__init__": lambda _: 1 / 0}, "Nowhere: ZeroDivisionError"),
    ],
)
def test_a_feed_without_a_place_is_reported_and_costs_nobody_else(aspects, says):
    found = documents(type("Nowhere", (Plain,), aspects), Plain)
    assert len(found.documents) == 1
    with pytest.raises(FeedError, match=says):
        raise found.errors[0]


@pytest.mark.parametrize("objects", [("a",), lambda _: ["a"], lambda _, site: [site.name[0] or ""]])
def test_objects_is_an_aspect_of_the_site(objects):
    found = documents(type("Each", (Plain,), {"objects": objects, "path": "{obj}.xml"}))
    assert [d.path for d in found.documents] in (["a.xml"], ["M.xml"])


def test_a_feed_made_by_hand_needs_no_path():
    class ByHand(Plain):
        path = None

    assert ByHand()(SITE).feed["feed_url"] is None


def test_of_two_feeds_for_one_path_the_first_keeps_it():
    class Second(Plain):
        path = "./feed.xml"

    found = documents(Plain, Second)
    assert [type(d.feed) for d in found.documents] == [Plain]
    (error,) = found.errors
    assert "Second: is not written, because feed.xml belongs to Plain; give Second.path" in str(
        error
    )


def test_two_feeds_with_one_name_and_one_path_are_not_two_of_one_class():
    (error,) = documents(type("Mine", (Plain,), {}), type("Mine", (Plain,), {})).errors
    assert str(error) == (
        "Mine: is not written, because feed.xml belongs to Mine; "
        "Mine.path gives both; give one of them a path of its own"
    )


def test_a_subclass_of_a_stock_feed_with_its_own_path_is_named_by_that():
    heirs = [
        type(name, (CategoryFeed,), {"path": "x/{slug}.xml", "objects": ForObjects.objects})
        for name in ("Ann", "Bo")
    ]
    (error,) = documents(*heirs).errors
    assert "x/one.xml belongs to Ann for" in str(error)
    assert "give Bo.path a path that differs from Ann.path's" in str(error)
    assert str(error).endswith("(and 1 more like it)")


def test_a_subclass_of_a_stock_feed_with_the_same_setting_is_named_by_that():
    site = replace(SITE, settings={"FEED_RSS": "feed.xml"})
    (error,) = catalogue(load([SiteFeed, type("Mine", (SiteFeed,), {})]), site).errors
    assert "feed.xml belongs to SiteFeed; FEED_RSS gives both" in str(error)


def test_an_article_feed_without_setting_or_path_has_no_place():
    (error,) = documents(type("Mine", (ArticleFeed,), {})).errors
    assert "Mine: has no path" in str(error)


def test_feed_type_is_an_aspect_of_a_stock_feed_too():
    class Both(SiteFeed):
        def objects(self, site):
            return ["atom", "rss"]

        def feed_type(self, obj):
            return Atom1Feed if obj == "atom" else Rss201rev2Feed

        def items(self):
            return [ARTICLE]

    site = replace(SITE, settings={"FEED_RSS": "r.xml", "FEED_ATOM": "a.xml"})
    atom, rss = catalogue(load([Both]), site).documents
    assert (atom.path, rss.path) == ("a.xml", "r.xml")
    assert "<feed" in (text := atom.feed.get_feed(atom.obj, site).writeString("utf-8"))
    assert "long text" in text
    assert "<rss" in (text := rss.feed.get_feed(rss.obj, site).writeString("utf-8"))
    assert "long text" not in text


def test_classes_are_named_or_given():
    loaded = load([Plain, "tests.test_feed.Dated"])
    assert loaded.classes == [("Plain", Plain), ("Dated", Dated)]
    assert (loaded.errors, loaded.missing) == ([], [])


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("tests.test_feed.Nothing", "cannot be imported"),
        ("tests.broken_feeds.Feed", r"cannot be imported \(NameError"),
        ("no_such_module.Feed", "cannot be imported"),
        ("Feed", "cannot be imported"),
        ("tests.test_feed.NOW", "not a subclass"),
        (int, "int: .* not a subclass"),
    ],
)
def test_an_entry_that_is_no_feed_is_reported(entry, says):
    loaded = load([entry, Plain])
    assert loaded.classes == [("Plain", Plain)]
    assert loaded.missing == [str(getattr(entry, "__name__", entry)).rpartition(".")[2]]
    with pytest.raises(FeedError, match=says):
        raise loaded.errors[0]

"""The fast path gives the bytes of the slow path, and is left where somebody could tell."""

import datetime as dt
import re
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds import (
    AllFeed,
    Atom1Feed,
    AtomAllFeed,
    AtomTagFeed,
    AtomTranslationFeed,
    Category,
    Enclosure,
    Feed,
    JsonFeed,
    JsonTagFeed,
    Person,
    Rss201rev2Feed,
    RssUserland091Feed,
    Site,
    TagFeed,
    TranslationFeed,
)
from pelican_linkback.feeds.formats import entry_cache
from pelican_linkback.feeds.formats.base import save
from pelican_linkback.feeds.formats.entry_cache import Pattern
from pelican_linkback.feeds.formats.kinds import Kind, kind_of
from pelican_linkback.feeds.framework import sharing
from pelican_linkback.feeds.framework.items import ItemReader
from pelican_linkback.feeds.framework.sharing import EntryCache
from pelican_linkback.plugin.feeds import site_reader
from tests.test_plugin_feeds import ALL_FEEDS

ZONE = dt.timezone(dt.timedelta(hours=5))
DAY = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
SETTINGS = {
    "TAG_FEED_ATOM": "{slug}.atom.xml",
    "TAG_FEED_RSS": "{slug}.rss.xml",
    "TAG_FEED_JSON": "{slug}.json",
    "FEED_ALL_ATOM": "all.xml",
    "TRANSLATION_FEED_ATOM": "{lang}.xml",
}


class Article(SimpleNamespace):
    translations = ()

    def get_content(self, site_url):
        return self.content


class Tag(str):
    slug = property(str)


PAGE = Article(
    title="A page",
    url="page/",
    date=dt.datetime(2026, 3, 1),
    summary="",
    content="",
    lang="en",
    authors=[],
    metadata={},
)

FOUND = []

# User's classes: those of one base that may share entries, and those that may not.


class Newest(AtomTagFeed):
    """My own"""

    limit = 2
    path = "newest/{slug}.xml"

    def title(self, obj):
        return f"Newest of {obj}"


class Counted(AtomTagFeed):
    """A hook of its own: each entry names the feed."""

    def item_title(self, article):
        return f"{self.obj}: {article.title}"


class Mixin:
    def item_copyright(self):
        return f"(c) {self.obj}"


class Copyrighted(AtomTagFeed, Mixin):
    pass


class WithPage(AtomTagFeed):
    """It has an item that is none of the site's articles."""

    def items(self, obj):
        return [*super().items(obj), PAGE]


class Reversed(AtomTagFeed):
    """Articles of one date stay in the order in which they come."""

    def items(self, obj):
        return [*super().items(obj)][::-1]


class Reused(AtomTagFeed):
    """It gives the same list each time, with other articles in it."""

    def items(self, obj):
        FOUND[:] = super().items(obj)[:1]
        return FOUND


class Given(AtomTagFeed):
    """Its items are no list."""

    def items(self, obj):
        return iter(super().items(obj))


class Shuffled(AtomTagFeed):
    order_by = "title"


class Restricted(AtomTagFeed):
    def filter(self, article):
        return "<" not in article.content


class Stateful(AtomTagFeed):
    def items(self, obj):
        self.item_guid = f"tag:me.example,2026:{obj}"
        return super().items(obj)


class Marked(AtomTagFeed):
    """A hook that says the same in each feed, and a name that no base has."""

    mark = "!"

    def item_title(self, article):
        return super().item_title(article) + self.mark


class InFull(TagFeed):
    summary_only = False


class Elsewhere(AtomTagFeed):
    """Nothing, a list, and a time, in some feeds."""

    def item_content(self, article):
        return None if str(self.obj) == "x" else super().item_content(article)

    def item_authors(self, article):
        return [*super().item_authors(article), Person(f"Friend of {self.obj}")]

    def item_categories(self, article):
        return [str(self.obj)[:0] or "one", Category("two", label=f"{self.obj}")]

    def item_updateddate(self, article):
        zone = ZONE if str(self.obj) == "y" else dt.UTC
        return DAY.astimezone(zone)


class WithFile(AtomTagFeed):
    def item_enclosure_url(self, article):
        return None if str(self.obj) == "y" else f"https://me.example/{self.obj}.mp3"


class Credited(AtomTagFeed):
    def item_author_name(self, article):
        return None if str(self.obj) == "y" else "Ann"

    item_author_email = "ann@me.example"


class Refused(Exception):
    pass


class Mailed(AtomTagFeed):
    def item_author_email(self, article):
        return None if str(self.obj) == "y" else "ann@me.example"


class Described(TagFeed):
    def item_description(self, article):
        return article.content if str(self.obj) == "y" else "d"


class Failing(AtomTagFeed):
    def item_copyright(self, article):
        if str(self.obj) == "y" and article is not self.site.articles[0]:
            raise Refused
        return "c"


class Changing(AtomTagFeed):
    """A hook sets another one."""

    def item_title(self, article):
        if str(self.obj) == "y":
            self.item_copyright = "from now on"
        return article.title


class More(AtomTagFeed):
    def item_extra_kwargs(self, article):
        return {"ttl": str(self.obj)}


class Translated(AtomTagFeed):
    item_language = "pt-BR"


class Templated(AtomTagFeed):
    description_template = "any"

    def get_context_data(self, **kwargs):
        return {"words": f"{kwargs['obj']}"[:1]}


class Numbered(Atom1Feed):
    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("number", str(self.num_items()))


class Styled(Atom1Feed):
    def root_attributes(self):
        return super().root_attributes() | {"xmlns:x": "urn:x"}


class Bare(Rss201rev2Feed):
    def write_items(self, handler):
        for item in self.items:
            handler.addQuickElement("item", item["title"])


def of(feed_type, base=TagFeed):
    return type(feed_type.__name__, (base,), {"feed_type": feed_type})


CLASSES = [
    *(AtomAllFeed, TagFeed, AtomTagFeed, AtomTranslationFeed, Newest, Counted, Copyrighted),
    *(WithPage, Reversed, Reused, Given, Shuffled, Restricted),
    *(JsonTagFeed, Stateful, of(Numbered), of(Styled), of(Bare), of(RssUserland091Feed)),
    # Of the same name, and of other bytes.
    *(of(Rss201rev2Feed, Counted), of(Rss201rev2Feed, Copyrighted)),
]
ASKED = [Marked, InFull, Elsewhere, WithFile, Credited, Mailed, Described, Failing]
MORE_ASKED = [Translated, Templated, Counted]
NOT_SHARED = [More, Changing]
OF_ALL_FORMATS = [
    of(feed_type, base)
    for base in [*ASKED, *MORE_ASKED, *NOT_SHARED]
    for feed_type in (Atom1Feed, Rss201rev2Feed, JsonFeed)
]

TEXT = st.text(max_size=8) | st.sampled_from(["<p>a</p>", '<a href="/x">&amp;</a>', "é“\x00\r", ""])
ARTICLES = st.lists(
    st.builds(
        Article,
        title=TEXT,
        url=st.sampled_from(["a/", "b.html", "ä ö?x=1"]),
        date=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2030, 1, 1))
        | st.sampled_from([dt.datetime(2026, 5, 1, 12), dt.datetime(2026, 4, 1)]),
        summary=TEXT,
        content=TEXT,
        lang=st.sampled_from(["en", "de"]),
        tags=st.lists(st.sampled_from("xyz").map(Tag), unique=True),
        authors=st.lists(TEXT, max_size=2),
        metadata=st.fixed_dictionaries({}, optional={"author_email": st.just("a@me.example")}),
    ),
    max_size=6,
)
OPTIONS = st.fixed_dictionaries(
    {"RSS_FEED_SUMMARY_ONLY": st.booleans(), "FEED_MAX_ITEMS": st.sampled_from([None, 1, 3])}
)


def site_of(articles, sharing, **settings):
    tags = {tag: [a for a in articles if tag in a.tags] for tag in map(Tag, "xyz")}
    return Site(
        "https://me.example",
        "Me",
        DAY,
        language="en",
        articles=articles,
        tags=tags,
        settings=SETTINGS | settings,
        sharing=sharing,
    )


def written(document):
    file = BytesIO()
    save(document, file)
    return file.getvalue()


def documents(site, classes=CLASSES, heard=lambda feed: None):
    """What a build does: each class, each object, and a listener in between."""
    texts = []
    for feed_class in classes:
        feed = feed_class()
        feed.site = site
        for obj in feed.objects(site):
            try:
                document = feed.get_feed(obj, site)
            except Refused:  # of all items
                texts.append(b"")
            else:
                heard(document)
                texts.append(written(document))
    return texts


@settings(deadline=None, max_examples=25)
@given(
    *(ARTICLES, OPTIONS, st.sampled_from([0, 1000, entry_cache._IN_MEMORY])),
    *(st.integers(1, 9), st.integers(1, 4)),
)
def test_shared_entries_are_what_unshared_ones_are(
    articles, options, in_memory, at_a_time, together
):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entry_cache, "_IN_MEMORY", in_memory)
        patch.setattr(sharing, "_TOGETHER", together)
        site = site_of(articles, EntryCache(on=True), **options)
        unshared = replace(site, sharing=EntryCache(on=False))
        for start in range(0, len(CLASSES), at_a_time):
            few = CLASSES[start : start + at_a_time]
            assert documents(site, few) == documents(unshared, few)
            site.sharing.let_go()


def test_entries_are_kept_in_a_file_where_they_are_many(monkeypatch):
    made = []

    class Counting(Atom1Feed):
        caches_entries = True

        def add_item_elements(self, handler, item):
            made.append(item["title"])
            super().add_item_elements(handler, item)

    class Tagged(TagFeed):
        path = "{slug}"
        feed_type = Counting

    monkeypatch.setattr(entry_cache, "_IN_MEMORY", 1000)
    monkeypatch.setattr(entry_cache, "TemporaryFile", opened := Opening())
    articles = [article(title=f"{n}", tags=[Tag("x"), Tag("y")]) for n in range(9)]
    site = site_of(articles, EntryCache(on=True))
    x, y, _ = documents(site, [Tagged])
    assert x[x.index(b"<entry>") :] == y[y.index(b"<entry>") :]
    assert len(made) == 9
    (file,) = opened.files
    assert 0 < len(file.getvalue()) < len(x) - 1000
    assert file.getvalue() in x


class Opening:
    """Opens files that can be looked at, or none."""

    def __init__(self, error=None):
        self.files, self.error = [], error

    def __call__(self, **kwargs):
        if self.error:
            raise self.error
        self.files.append(BytesIO())
        return self.files[-1]


class AlmostFull(BytesIO):
    """A file that takes a part of an entry, and then nothing: the disk is full."""

    def write(self, data):
        free = 1000 - self.tell()
        if free <= 0:
            raise OSError("no space left")
        return super().write(data[:free])


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(Opening(OSError("no space left")), id="no file can be made"),
        pytest.param(lambda **_: AlmostFull(), id="a file takes part of an entry"),
    ],
)
def test_entries_stay_in_memory_where_a_file_does_not_take_them(monkeypatch, opening):
    articles = [article(title=f"{n}") for n in range(9)]
    site = site_of(articles, EntryCache(on=True))
    usual = documents(site)
    monkeypatch.setattr(entry_cache, "_IN_MEMORY", 0)
    monkeypatch.setattr(entry_cache, "TemporaryFile", opening)
    assert documents(replace(site, sharing=EntryCache(on=True))) == usual


@settings(deadline=None, max_examples=25)
@given(ARTICLES, OPTIONS)
def test_what_a_class_does_not_override_is_shared_and_can_not_be_reported(articles, options):
    site = site_of(articles, EntryCache(on=True), **options)
    site = replace(site, template=template, warn=lambda *words: None)
    unshared = replace(site, sharing=EntryCache(on=False))
    assert documents(site, OF_ALL_FORMATS) == documents(unshared, OF_ALL_FORMATS)


def template(name):
    return SimpleNamespace(render=lambda context: context["words"])


@settings(deadline=None, max_examples=25)
@given(ARTICLES, st.sampled_from(["title", "categories", "authors", "extra", "element", "move"]))
def test_what_a_listener_changes_is_changed_in_one_document_only(articles, change):
    def listener():
        before = []

        def heard(document):
            for item in document.items[:1]:
                if change == "categories" and item["categories"]:
                    item["categories"][0] = Category(item["categories"][0], label="New")
                elif change == "authors":
                    item["authors"].append(Person("New"))
                elif change == "element":
                    document.add_item_elements = lambda handler, item: None
                elif change != "move":
                    item[change] = "new"
            if change == "move":
                before.extend(document.items)
                document.items[:] = before

        return heard

    site = site_of(articles, EntryCache(on=True))
    unshared = replace(site, sharing=EntryCache(on=False))
    assert documents(site, heard=listener()) == documents(unshared, heard=listener())


def test_many_entries_and_categories_are_all_written():
    tags = [Tag(f"t{number}") for number in range(40)]
    articles = [article(title=f"{number}", tags=[*map(Tag, "x"), *tags]) for number in range(40)]
    site = site_of(articles, EntryCache(on=True))
    text = documents(site, [AtomAllFeed])[0].decode()
    assert re.findall("<entry><title>(.*?)</title>", text) == [a.title for a in articles]
    assert text.count("<category ") == 40 * 41


def test_a_group_has_its_articles_once_and_by_language():
    twice = article(tags=[Tag("x")])
    site = replace(site_of([twice], EntryCache(on=True)), tags={Tag("x"): [twice, twice]})
    assert documents(site, [AtomTagFeed])[0].count(b"<entry>") == 1

    class ByField(TagFeed):
        def groups_of(self, article):
            return [Tag(name) for name in getattr(article, self.field)]

    class Series(ByField):
        field, path = "series", "series/{slug}.{lang}.xml"

    class Topics(ByField):
        field, path = "topics", "topics/{slug}.{lang}.xml"

    class Languages(TranslationFeed):
        path = "{lang}.xml"

        def items(self, language):
            found = super().items(language)
            found.append(PAGE)
            return found

    one = article(series=["s"], topics=["t"], lang="de")
    site = site_of([one, article(series=[], topics=["t"])], EntryCache(on=True))
    classes = [Series, of(Atom1Feed, Series), Topics, Languages, of(Atom1Feed, Languages)]
    assert [len(re.findall(rb"<(?:item|entry)\b", d)) for d in documents(site, classes)] == [
        *(1, 1),  # of one article
        *(1, 1),  # in each language
        *(2, 2, 2, 2),  # an article and the page
    ]


@pytest.mark.parametrize("count", [0, 1])
def test_a_document_that_says_nothing_of_itself_has_its_items(count):
    class Rootless(Rss201rev2Feed):
        def add_root_elements(self, handler):
            """It has none."""

    site = site_of([article()] * count, EntryCache(on=True))
    unshared = replace(site, sharing=EntryCache(on=False))
    classes = [of(Rootless, AllFeed)]
    assert documents(site, classes) == documents(unshared, classes)
    assert (b"<channel><item>" if count else b"<channel/>") in documents(site, classes)[0]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"pubdate": DAY.astimezone(ZONE)}, id="the same time elsewhere"),
        pytest.param({"unique_id_is_permalink": 0}, id="another type"),
        pytest.param({"title": Category("T")}, id="a str that knows more"),
    ],
)
@pytest.mark.parametrize("name", ["x", "y"])
def test_what_becomes_its_equal_is_changed_too(change, name):
    def heard(document):
        if document.feed["title"] == f"Me - {name}":
            for item in document.items:
                item.update(change)

    classes = [AtomTagFeed, TagFeed, JsonTagFeed]
    site = site_of([article()], EntryCache(on=True))
    unshared = replace(site, sharing=EntryCache(on=False))
    assert documents(site, classes, heard) == documents(unshared, classes, heard)


def article(**kwargs):
    fields = {"title": "T", "url": "t/", "date": DAY, "summary": "s", "content": "c"}
    more = {"lang": "en", "tags": [Tag("x"), Tag("y")], "authors": ["Ann"], "metadata": {}}
    return Article(**fields | more | kwargs)


@pytest.mark.parametrize("feed_class", [AtomTagFeed, TagFeed, Newest, of(Styled)])
def test_an_entry_is_worked_out_once(feed_class):
    asked = []

    class Watched(Article):
        def get_content(self, site_url):
            raise AssertionError

        @property
        def summary(self):
            asked.append(self)
            return "s"

        @summary.setter
        def summary(self, value):
            """It is always the same."""

    watched = Watched(**vars(article()))
    watched.get_content = lambda site_url: "c"
    site = site_of([watched], EntryCache(on=True))
    documents(site, [feed_class])
    once = len(asked)
    documents(site, [feed_class, feed_class])
    assert len(asked) == once


@pytest.mark.parametrize("feed_class", [of(Numbered), Feed, More])
def test_an_entry_that_may_depend_on_its_document_is_made_again(feed_class):
    class Shown(feed_class):
        title, link, path = "T", "/", "x.xml"

        def items(self):
            return [article()]

    feed = Shown()(site_of([], EntryCache(on=True)))
    assert [type(entry) for entry in feed.entries] == [dict]


def test_a_hook_of_the_entries_is_asked_each_time_and_all_others_once():
    asked = []

    class Asked(AtomTagFeed):
        def item_title(self, article):
            asked.append(str(self.obj))
            return "T"

        def item_link(self, article):
            return super().item_link(article)

    class Watched(Article):
        def get_content(self, site_url):
            asked.append("content")
            return "c"

    one = Watched(**vars(article()))
    site = site_of([one], EntryCache(on=True))
    texts = documents(site, [Asked])
    assert asked == ["x", "content", "y"]
    feed = Asked()
    entries = [feed.get_feed(tag, site).entries for tag in site.tags if tag != "z"]
    assert entries[0] == entries[1]
    assert texts[0].count(b"<entry>") == 1


def test_who_looks_at_the_items_gets_copies_of_his_own():
    site = site_of([article()], EntryCache(on=True))
    feeds = [feed_class().get_feed(Tag("x"), site) for feed_class in (AtomTagFeed, Marked) * 2]
    for feed in feeds:
        (item,) = feed.items
        assert type(item) is dict
        item["categories"].append("new")
    assert [feed.items[0]["categories"] for feed in feeds] == [["x", "y", "new"]] * 4


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"enclosures": [Enclosure("https://me.example/a.mp3")]}, id="enclosures"),
        pytest.param({"categories": [Category("a", label="A")]}, id="labels"),
        pytest.param({"pubdate": None}, id="without a date it takes its feed's"),
    ],
)
def test_what_may_be_changed_in_place_is_not_shared(more):
    document = Atom1Feed("T", "/", "D")
    arguments = {"title": "t", "link": "/t", "description": "d", "pubdate": DAY} | more
    feed = AtomTagFeed()
    reader = SimpleNamespace(read=lambda _: arguments, read_each=lambda *_: {})
    for _ in range(2):
        EntryCache(on=True).add_all(feed, document, [document], reader)
    assert not any(isinstance(entry, Pattern) for entry in document.entries)


class Spoken(Feed):
    """Says much of an item, unless the item is a number of those at which it fails."""

    def item_title(self, item):
        return f"Number {1 // item}\x07"

    def item_link(self, item):
        return None if item == 2 else f"/{item}"

    def item_author_name(self, item):
        return "Ann" if item % 2 else None

    def item_author_email(self, item):
        return f"ann@{10 // (item - 5)}.example"

    def item_content(self, item):
        return "<p>" * (7 // (7 - item)) or None

    def item_extra_kwargs(self, item):
        return {"rank": 1 / (item - 8)}

    item_pubdate = DAY
    item_guid_is_permalink = False


@pytest.mark.parametrize("names", [None, frozenset({"title", "content", "author_name"})])
def test_items_that_are_read_together_are_what_each_alone_is(names):
    feed = Spoken()
    feed.site = Site("https://me.example", "Me", DAY)
    reader, items = ItemReader(feed, None), [*range(12)]
    together = reader.read_each(items) if names is None else reader.read_each(items, names)
    alone = {}
    for item in items:
        with suppress(ArithmeticError, FeedError):
            read = reader.read(item) if names is None else reader.read_some(item, names)
            alone[id(item)] = read
    assert together == alone
    assert len(alone) == (7 if names is None else 10)


def test_kinds():
    stock = kind_of(AtomTagFeed())
    assert kind_of(TagFeed()) == kind_of(Newest()) == stock
    assert stock.own == frozenset()
    assert kind_of(Counted()) == kind_of(Marked()) == Kind(stock.declared, frozenset({"title"}))
    assert kind_of(Elsewhere()).own == {
        *("content", "authors", "author_name", "categories", "updateddate"),
    }
    assert kind_of(Credited()).own == {"author_name", "author_email"}
    assert kind_of(InFull()).own == {"content", "description"}
    assert kind_of(More()) is kind_of(Feed()) is None
    assert kind_of(Styled("T", "/", "D")).declared is Atom1Feed
    assert kind_of(Numbered("T", "/", "D")) is None


def test_what_an_instance_has_counts_as_what_its_class_declares():
    feed = AtomTagFeed()
    feed.memory = {}
    assert kind_of(feed).own == frozenset()
    feed.item_guid = "tag:me.example,2026:1"
    assert kind_of(feed).own == {"unique_id"}
    feed.item_extra_kwargs = {}
    assert kind_of(feed) is None


def test_a_class_that_catches_each_look_up_shares_nothing():
    class Catching(AtomTagFeed):
        def __getattr__(self, name):
            raise AttributeError(name)

    assert kind_of(Catching()) is None


def test_what_is_made_once_is_made_once_a_build_and_not_at_all_shared_elsewhere():
    made = []

    def make(item):
        made.append(item)
        return f"made of {item}"

    on, off = EntryCache(on=True), EntryCache(on=False)
    for cache in (on, on, off, off):
        assert cache.once("content", "an item", make) == "made of an item"
    assert on.once("summary", "an item", make) == "made of an item"
    assert len(made) == 4


@pytest.mark.parametrize("summaries", [True, False])
def test_a_site_that_pelican_reads_has_the_same_feeds_without_sharing(site, monkeypatch, summaries):
    content = Path(__file__).parents[1] / "sample_site" / "content"
    site.settings |= ALL_FEEDS | {"PATH": str(content), "RSS_FEED_SUMMARY_ONLY": summaries}
    site.settings["LINKBACK_STATE"] = str(site.folder / "linkback")
    site.build()
    shared = feeds_in(site.output)
    monkeypatch.setattr(site_reader, "EntryCache", lambda on: EntryCache(on=not on))
    site.build(OUTPUT_PATH=str(site.folder / "again"))
    assert len(shared) > 40
    assert feeds_in(site.folder / "again") == shared


def feeds_in(output):
    folder = output / "feeds"
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}


class Word(str):
    """Equal to others that are written differently."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("said", "again", "is_same"),
    [
        ({"title": "a"}, {"title": "a"}, True),
        ({"title": "a"}, {"title": "b"}, False),
        ({"title": "a"}, {"title": "a", "language": None}, False),
        ({"title": "a"}, {"title": Word("a")}, False),
        ({"title": Word("a")}, {"title": "a"}, False),
        ({"title": None, "content": "a"}, {"content": "a", "title": None}, True),
        ({"pubdate": DAY}, {"pubdate": DAY}, True),
        ({"pubdate": DAY}, {"pubdate": DAY.astimezone(ZONE)}, False),
        ({"comment_count": 1}, {"comment_count": True}, False),
        ({"categories": ["a"]}, {"categories": ["a"]}, True),
        ({"categories": ["a"]}, {"categories": [Word("a")]}, False),
        ({"categories": ["a"]}, {"categories": ("a",)}, False),
    ],
)
def test_what_a_hook_says_again_is_the_same_only_if_it_is_written_so(said, again, is_same):
    known = sharing._Known.of({}, said, Pattern({"updateddate": DAY, "pubdate": None}, None))
    assert known.is_said_by(again) == is_same

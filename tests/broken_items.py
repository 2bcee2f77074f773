"""Things that are broken, for the tests that one item's fault costs that item and one message.

Each knows how to put itself into a site under a name, what is missing because of it, and what its
only message says. Several of one kind can stand in one site under names of their own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from feedgenerator.django.utils.feedgenerator import SyndicationFeed
from pelican import signals
from pelican.generators import ArticlesGenerator

from pelican_linkback.feeds import Atom1Feed, AtomAllFeed, Enclosure, Feed
from tests.conftest import SiteBuilder

TARGET = "https://far.example.net/b"


class Shy:
    """Cannot be shown."""

    def __str__(self) -> str:
        raise ValueError("shy")

    __repr__ = __str__


class Odd(Shy):
    """Cannot be shown, hashed or compared."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("odd")

    def __hash__(self) -> int:
        raise ValueError("odd")


class ShyError(Exception):
    def __str__(self) -> str:
        raise ValueError("shy")


def raising(kind: type[BaseException], *arguments: object) -> Callable[..., Any]:
    def hook(*_: Any, **__: Any) -> Any:
        raise kind(*arguments)

    return hook


lost = raising(KeyError, "lost")
leaving = raising(SystemExit, "bye")


class BrokenSite:
    """A site with broken things in it: what its build is to be given."""

    def __init__(self, site: SiteBuilder) -> None:
        self.site = site
        self.feeds: list[Any] = []
        self.settings: dict[str, Any] = {}
        self._kept: list[Any] = []

    def listen(self, signal: Any, listener: Any) -> None:
        """Connect a listener, and keep it: blinker holds it weakly."""
        self._kept.append(listener)
        signal.connect(listener)

    def state(self, name: str, line: str) -> None:
        """Add a line to a file of the state folder."""
        path = self.site.folder / "linkback" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(line)


@dataclass(frozen=True)
class Broken:
    """A broken thing; ``{name}`` in ``says`` is its name.

    ``put`` adds it to a site. Its article has no ``entry`` in feeds, its feed class no
    ``feed``, where it says so; with no ``says`` nothing is lost, and nothing is said.
    """

    put: Callable[[BrokenSite, str], None]
    says: str = ""
    costs_entry: bool = False
    costs_linkbacks: bool = False
    """Whether its linkbacks cannot be read, either: that is said at INFO."""

    costs_feed: bool = False
    once: bool = False
    """Whether a site can have it only once."""


# Articles


def article(body: str = "Some text.", **metadata: str) -> Callable[[BrokenSite, str], None]:
    def put(broken_site: BrokenSite, name: str) -> None:
        fields = {key: each.format(name=name) for key, each in metadata.items()}
        broken_site.site.article(name, body, **fields)

    return put


def spoiled(**attributes: Any) -> Callable[[BrokenSite, str], None]:
    """An article that another plugin breaks when its page is written."""

    def put(broken_site: BrokenSite, name: str) -> None:
        broken_site.site.article(name, category="Boats")  # its feed has others, which stay

        def spoil(generators: Any) -> None:
            for generator in generators:
                if isinstance(generator, ArticlesGenerator):
                    generator.generate_pages = _then_spoil(generator, name, attributes)

        broken_site.listen(signals.all_generators_finalized, spoil)

    return put


def _then_spoil(generator: Any, name: str, attributes: dict[str, Any]) -> Callable[[Any], None]:
    before = generator.generate_pages

    def generate(writer: Any) -> None:
        before(writer)
        for each in generator.articles:
            if each.slug == name:
                for attribute, value in attributes.items():
                    setattr(each, attribute, value)

    return generate


def named(file_name: str) -> Callable[[BrokenSite, str], None]:
    """An article whose file has a name that no author would give it."""

    def put(broken_site: BrokenSite, name: str) -> None:
        path = broken_site.site.article(name)
        target = os.fsencode(path.parent) + b"/" + os.fsencode(file_name.format(name=name))
        os.rename(path, target)  # noqa: PTH104 (as bytes)

    return put


ARTICLES = {
    "a URL that is none": Broken(
        article(url="mailto:{name}@b.example", save_as="{name}.html"),
        "{name}.md: its linkbacks are left as they are: mailto:",
    ),
    "a URL that cannot be read": Broken(
        article(url="http://[{name}", save_as="{name}.html"),
        "{name}.md: it is left out of the feeds: ",
        costs_entry=True,
        costs_linkbacks=True,
    ),
    "a URL with a space": Broken(article(url="a {name}.html", save_as="a {name}.html")),
    "a target that is none": Broken(article(pingback="http://[{name}"), "{name}.md: Pingback: "),
    "a target that is not linked": Broken(
        article(pingback=f"{TARGET}/{{name}}"), "{name}.md: https://far.example.net/b/{name}"
    ),
    "an id that is none": Broken(article(feed_id="{name}"), "{name}.md: Feed_ID: "),
    "a length that is none": Broken(
        article(enclosure="https://b.example/{name}.mp3", enclosure_length="-5"),
        "'{name}.md' has '-5' as the length",
    ),
    "a file that is not there": Broken(
        article(enclosure="{{static}}/{name}.mp3"), "'{name}.md' names '{static}/{name}.mp3'"
    ),
    "a picture that is a script": Broken(
        article(image="javascript:{name}()"), "'{name}.md' names 'javascript:{name}()' in Image"
    ),
    "an author's script": Broken(
        article(author_url="javascript:{name}()"), "'{name}.md' has 'javascript:{name}()'"
    ),
    "a change to come": Broken(
        article(modified="2099-01-01"), "'{name}.md' is modified in the future"
    ),
    "a control character": Broken(article("a \x1b b"), "{name}.md holds control characters"),
    "a first day": Broken(article(date="0001-01-01")),
    "a title of markup": Broken(article(title="<p></p>{name}")),
    "no text": Broken(article("")),
    "a surrogate": Broken(named("{name}\udce9.md")),
    "a line end in its file's name": Broken(named("{name}\n.md")),
    "content that raises": Broken(
        spoiled(get_content=raising(OSError, "the drive is away")),
        "'{name}.md' is left out of ",
        costs_entry=True,
        costs_linkbacks=True,
    ),
    "content that leaves": Broken(
        spoiled(get_content=leaving),
        "'{name}.md' is left out of ",
        costs_entry=True,
        costs_linkbacks=True,
    ),
    "a title that leaves": Broken(
        spoiled(title=type("Leaving", (), {"__str__": leaving})()),
        "{name}.md: it is left out of the feeds: SystemExit: bye",
        costs_entry=True,
        costs_linkbacks=True,
    ),
    "a title that cannot be shown": Broken(
        spoiled(title=Shy()),
        "{name}.md: it is left out of the feeds: ValueError: shy",
        costs_entry=True,
        costs_linkbacks=True,
    ),
    "an odd category": Broken(
        spoiled(category=Odd()),
        "{name}.md: it is left out of the feeds: ",
        costs_entry=True,
        costs_linkbacks=True,
    ),
    "tags that are none": Broken(
        spoiled(tags=None), "{name}.md: it is left out of the feeds: ", costs_entry=True
    ),
    "authors that are none": Broken(
        spoiled(authors=5), "{name}.md: it is left out of the feeds: ", costs_entry=True
    ),
    "a change at no time": Broken(
        spoiled(modified="yesterday"), "'{name}.md' is left out of ", costs_entry=True
    ),
}


# Feed classes


def declared(base: type[Feed] = AtomAllFeed, **aspects: Any) -> Callable[[BrokenSite, str], None]:
    def put(broken_site: BrokenSite, name: str) -> None:
        class_name = name.capitalize()
        values = {"path": f"own/{name}.xml", **aspects}
        broken_site.feeds.append(type(class_name, (base,), values))

    return put


class Silent(SyndicationFeed):
    """A format that can be written, and has no media type."""

    def write(self, outfile: Any, encoding: str) -> None:
        outfile.write("")


class Broken1(SyndicationFeed):
    def write(self, outfile: Any, encoding: str) -> None:
        raise RuntimeError("no such format")


def for_one(value: Any, otherwise: Any = None) -> Callable[..., Any]:
    """A hook that is in order but for the article "sound"."""

    def hook(self: Feed, item: Any) -> Any:
        if item.slug != "sound":
            return otherwise
        return value() if callable(value) else value

    return hook


def by_name(name_of_class: str) -> Callable[[BrokenSite, str], None]:
    def put(broken_site: BrokenSite, name: str) -> None:
        broken_site.feeds.append(name_of_class.format(name=name))

    return put


def _feed(says: str, **aspects: Any) -> Broken:
    return Broken(declared(**aspects), says, costs_feed=True)


FEEDS = {
    "no module": Broken(by_name("no.such.{name}"), "no.such.{name}: ", costs_feed=True),
    "a module that fails": Broken(
        by_name("tests.broken_feeds.{name}"), "tests.broken_feeds.{name}: ", costs_feed=True
    ),
    "a constructor that raises": _feed("{Name}: KeyError", __init__=lost),
    "a constructor that leaves": _feed("{Name}: SystemExit: bye", __init__=leaving),
    "objects that leave": _feed("{Name}: SystemExit: bye, in objects of", objects=leaving),
    "a path that leaves": _feed("{Name}: SystemExit: bye, in path of", path=leaving),
    "a title that leaves": _feed("{Name}: SystemExit: bye, in title of", title=leaving),
    "a url that leaves": _feed("{Name}: SystemExit: bye, in url of", url=leaving),
    "a filter that leaves": _feed("{Name}: SystemExit: bye, in filter of", filter=leaving),
    "a feed_type that leaves": _feed("{Name}: SystemExit: bye, in feed_type", feed_type=leaving),
    "a hook that leaves for one": Broken(
        declared(item_comments=for_one(leaving)), "'sound.md' is left out of {Name}: SystemExit"
    ),
    "a generator that leaves": _feed(
        "{Name}: SystemExit: bye", feed_type=type("Root", (Atom1Feed,), {"save": leaving})
    ),
    "objects that raise": _feed("{Name}: KeyError: 'lost', in objects of", objects=lost),
    "objects that are none": _feed("{Name}: objects is 5", objects=lambda *_: 5),
    "objects that cannot be shown": _feed(
        "{Name} for '<Odd, whose __str__ raises ValueError>': ValueError: shy, in title of",
        objects=lambda *_: [Odd()],
    ),
    "objects that are lists": Broken(declared(objects=lambda *_: [["a", {"b": 1}]])),
    "a path that raises": _feed("{Name}: KeyError: 'lost', in path of", path=lost),
    "a path that leads out": _feed("{Name}: the path '../x.xml'", path="../x.xml"),
    "a path that does not fit": _feed("{Name}: the pattern", path="own/{nothing}.xml"),
    "a page's path": _feed("{Name}: sound.html is the article sound.md", path="sound.html"),
    "a url that raises": _feed("{Name}: KeyError: 'lost', in url of", url=lost),
    "a title that raises": _feed("{Name}: KeyError: 'lost', in title of", title=lost),
    "a title that cannot be shown": _feed("{Name}: ValueError: shy", title=Shy()),
    "no title": _feed("{Name}: has no title", title=None),
    "items that raise": _feed("{Name}: KeyError: 'lost', in items of", items=lost),
    "items that are none": _feed("{Name}: items of the site is 5", items=5),
    "an error that cannot be shown": _feed("{Name}: ShyError", items=raising(ShyError)),
    "a filter that raises": _feed("{Name}: KeyError: 'lost', in filter of", filter=lost),
    "an item hook that raises": _feed(
        "{Name}: KeyError: 'lost', in item_title of", item_title=lost
    ),
    "a hook that raises for one": Broken(
        declared(item_comments=for_one(lost)), "'sound.md' is left out of {Name}: KeyError"
    ),
    "a value that cannot be shown": Broken(
        declared(item_comments=for_one(Shy())), "'sound.md' is left out of {Name}: ValueError"
    ),
    "an enclosure that is none": Broken(
        declared(item_enclosures=for_one([Enclosure("/a", "x")], otherwise=())),
        "'sound.md' has 'x' as the length",
        once=True,
    ),
    "a value that cannot be written": Broken(
        declared(item_contributors=for_one(5)), "'sound.md' is left out of {Name}: TypeError"
    ),
    "a feed_type that is none": _feed("{Name}: feed_type is 'Atom'", feed_type="Atom"),
    "a feed_type that raises": _feed("{Name}: KeyError: 'lost', in feed_type", feed_type=lost),
    "a generator that raises": _feed("{Name}: RuntimeError: no such format", feed_type=Broken1),
    "a root that raises": _feed(
        "{Name}: KeyError", feed_type=type("Root", (Atom1Feed,), {"add_root_elements": lost})
    ),
    "a generator without a type": Broken(declared(feed_type=Silent)),
    "a limit that is none": _feed("{Name}: limit of the site is True", limit=True),
    "a date that is none": _feed(
        "{Name}: updated in feed_extra_kwargs", feed_extra_kwargs=lambda *_: {"updated": "x"}
    ),
    "arguments that are none": _feed(
        "{Name}: feed_extra_kwargs of the site is 5", feed_extra_kwargs=lambda *_: 5
    ),
    "hubs that are none": _feed("{Name}: hubs of the site", hubs=["nowhere"]),
    "a template that is none": _feed("{Name}: there is no template", title_template="none.html"),
    "a property that fails": _feed(
        "{Name}: the property title raises AttributeError", title=property(lambda self: self.gone)
    ),
    "a misspelt aspect": Broken(declared(item_autors=()), "{Name}.item_autors is not an aspect"),
}


# Listeners, state, output


def listener(signal: Any, kind: type[BaseException]) -> Callable[[BrokenSite, str], None]:
    def put(broken_site: BrokenSite, name: str) -> None:
        broken = raising(kind, "lost")
        broken.__qualname__ = f"listener_{name}"
        broken_site.listen(signal, broken)

    return put


def meddler(**values: Any) -> Callable[[BrokenSite, str], None]:
    """A listener that sets odd values of a document."""

    def put(broken_site: BrokenSite, name: str) -> None:
        def meddle(context: Any, feed: Any) -> None:
            feed.feed.update(values)

        broken_site.listen(signals.feed_generated, meddle)

    return put


def line(file: str, text: str) -> Callable[[BrokenSite, str], None]:
    return lambda broken_site, name: broken_site.state(file, text.replace("{name}", name))


def folder_in_place(*parts: str) -> Callable[[BrokenSite, str], None]:
    def put(broken_site: BrokenSite, name: str) -> None:
        path = broken_site.site.folder.joinpath(*(part.format(name=name) for part in parts))
        path.mkdir(parents=True)
        (path / "mine.txt").write_text("mine")

    return put


def a_feed_in_a_folders_place(broken_site: BrokenSite, name: str) -> None:
    folder_in_place("output", "own", "{name}.xml")(broken_site, name)
    declared()(broken_site, name)


def template(text: str) -> Callable[[BrokenSite, str], None]:
    """A theme's template: it is that of an article that names it."""

    def put(broken_site: BrokenSite, name: str) -> None:
        templates = broken_site.site.folder / "templates"
        templates.mkdir(exist_ok=True)
        (templates / f"{name}.html").write_text(text + "{{ article.title }}")
        broken_site.site.article(name, template=name)
        broken_site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(templates)]

    return put


def setting(**values: Any) -> Callable[[BrokenSite, str], None]:
    return lambda broken_site, _: broken_site.settings.update(values)


QUEUED = json.dumps(
    {
        "v": 1,
        "event": "queued",
        "source": "https://me.example.io/{name}.html",
        "target": TARGET,
        "article": "{name}.md",
        "fingerprint": "f",
        "at": "2026-01-01T00:00:00.000000+00:00",
    }
)
OTHERS = {
    "a listener of feed_generated": Broken(
        listener(signals.feed_generated, KeyError), "listener_{name} listens to the feeds and fails"
    ),
    "a listener of feed_written": Broken(
        listener(signals.feed_written, ShyError), "listener_{name} listens to the feeds and fails"
    ),
    "a listener of feed_generated that leaves": Broken(
        listener(signals.feed_generated, SystemExit),
        "listener_{name} listens to the feeds and fails: SystemExit",
    ),
    "a listener of feed_written that leaves": Broken(
        listener(signals.feed_written, SystemExit),
        "listener_{name} listens to the feeds and fails: SystemExit",
    ),
    "a listener that sets odd hubs": Broken(meddler(hubs=5), "What a listener of", once=True),
    "a listener that sets an odd title": Broken(
        meddler(title=Shy(), more=5), "What a listener of", once=True
    ),
    "a line of the ids": Broken(line("ids.jsonl", "garbage {name}\n"), "ids.jsonl", once=True),
    "a line of the deliveries": Broken(
        line("deliveries.jsonl", f"{QUEUED}\ngarbage {{name}}\n"), "deliveries.jsonl", once=True
    ),
    "a delivery of an article that is gone": Broken(line("deliveries.jsonl", f"{QUEUED}\n")),
    "a folder in a feed's place": Broken(
        a_feed_in_a_folders_place, "Feed {Name}: ", costs_feed=True
    ),
    "a folder in the style sheet's place": Broken(
        lambda broken_site, name: (
            folder_in_place("output", "linkback-feed.css")(broken_site, name),
            setting(LINKBACK_FEED_STYLE=True)(broken_site, name),
        )[0],
        "linkback-feed.css",
        once=True,
    ),
    "a template that asks for no page": Broken(
        template("{{ feed_links(42) }}{{ feed_links(nothing) }}{{ feed_links([[]]) }}"),
        "feed_links() has no links for Undefined",
        once=True,
    ),
    "a pattern that does not fit": Broken(
        setting(AUTHOR_FEED_ATOM="own/{nothing}.xml"), "AtomAuthorFeed: the pattern", once=True
    ),
}

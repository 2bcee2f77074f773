"""The pages on feeds: their examples run on a real site, and no aspect is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from pelican_linkback import feeds
from pelican_linkback.feeds import Feed
from pelican_linkback.feeds.framework.catalogue import catalogue, load
from tests.declared import ASPECTS, assert_names_each_aspect
from tests.pages import DOCS, blocks

PAGES = {name: (DOCS / name).read_text("utf-8") for name in ("feeds.rst", "reference/aspects.rst")}
PAGE = "\n".join(PAGES.values())

# What Django's framework has: a contract.
# ruff: noqa: SIM905
DJANGO = """title link description subtitle language feed_url feed_guid author_name
author_email author_link categories feed_copyright ttl stylesheets items feed_type title_template
description_template
item_title item_description item_link item_guid item_guid_is_permalink item_author_name
item_author_email item_author_link item_enclosures item_enclosure_url item_enclosure_length
item_enclosure_mime_type item_pubdate item_updateddate item_categories item_copyright item_comments
get_object get_context_data feed_extra_kwargs item_extra_kwargs""".split()
GENERATOR_HOOKS = "root_attributes add_root_elements item_attributes add_item_elements".split()


@dataclass
class Example:
    """A block of Python, and the block that says what comes of it."""

    place: str
    code: str
    result: str = ""
    kind: str = ""


def examples() -> list[Example]:
    found: list[Example] = []
    for name, page in PAGES.items():
        for kind, _, text, line in blocks(page):
            if kind == "python":
                found.append(Example(f"{name}:{line}", text))
            elif kind != "jinja":
                found[-1].result, found[-1].kind = text, kind
    return found


EXAMPLES = examples()
CLASSES: dict[str, Any] = {"__name__": "docs"}


def run(example: Example) -> type[Feed]:
    """Run an example after those before it; return the last Feed class that it declares."""
    before = set(CLASSES)
    exec(example.code, CLASSES)
    new = [each for name, each in CLASSES.items() if name not in before]
    declared = [each for each in new if isinstance(each, type) and each.__module__ == "docs"]
    feed_classes = [each for each in declared if issubclass(each, Feed)]
    return feed_classes[-1]


DECLARED = [(example, run(example)) for example in EXAMPLES]


@pytest.fixture
def harbour(site):
    """The site that the page speaks of, as its author wrote it."""
    site.settings |= {"SITENAME": "The Harbour", "SITEURL": "https://harbour.example"}
    site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(site.folder / "templates")]
    site.article(
        "stepping-a-mast",
        "Wait for slack water.",
        title="Stepping a mast",
        date="2026-03-01 10:00",
        category="Boats",
        tags="rope, wood",
        authors="Ann Lee, Bo Ek",
    )
    site.article(
        "bread",
        "It rises with the tide. " * 9,
        title="Bread at slack water",
        date="2025-02-01 10:00",
        category="Bread",
        tags="wood",
        author="Bo Ek",
    )
    (site.content / "pages").mkdir()
    (site.content / "pages" / "about.md").write_text("Title: About\n\nA harbour.\n")
    (site.folder / "templates").mkdir()
    for kind, name, text, _ in blocks(PAGE):
        if kind == "jinja":
            (site.folder / "templates" / name).write_text(text)
    return site


@pytest.fixture
def documents(harbour):
    """Return the documents of a Feed class on the harbour's site."""
    sites = []

    class Look(Feed):
        def objects(self, site):
            sites.append(site)
            return ()

    harbour.build(
        LINKBACK_FEEDS=[Look], CATEGORY_FEED_ATOM="feeds/{slug}.atom.xml", FEED_ALL_ATOM=None
    )

    def documents_of(feed_class):
        found = catalogue(load([feed_class]), sites[0])
        assert found.errors == ()
        return {
            each.path: each.populated(sites[0]).writeString("utf-8") for each in found.documents
        }

    return documents_of


def test_each_example_does_what_the_page_says(documents):
    for example, feed_class in DECLARED:
        found = documents(feed_class)
        if example.kind == "text":
            assert sorted(found) == example.result.split(), example.place
        for line in example.result.splitlines() if example.kind in {"xml", "json"} else ():
            assert line in next(iter(found.values())), f"{example.place}: {line}"


def test_a_feed_is_made_by_hand(documents):
    sites = []
    documents(type("Look", (Feed,), {"objects": lambda _, site: sites.append(site) or ()}))
    text = CLASSES["document"](sites[0])
    assert "Bread at slack water" in text
    assert "Stepping" not in text


def test_what_django_has_is_there():
    assert set(DJANGO) <= set(ASPECTS)


ASPECTS_PAGE = "docs/reference/aspects.rst (or docs/feeds.rst)"


def test_every_aspect_has_a_heading_and_an_example():
    sections = re.split(r"\n(.*)\n~{3,}\n", PAGE)
    found = set()
    for heading, text in zip(sections[1::2], sections[2::2], strict=True):
        code = "".join(re.findall(r"\.\. code-block:: python\n\n((?:   .*\n|\n)+)", text))
        named = re.findall(r"``(\w+)``", heading)
        found |= {name for name in named if re.search(rf"(def {name}\(|\b{name} = )", code)}
    assert_names_each_aspect(
        found & set(ASPECTS), "what has a heading and an example under it", ASPECTS_PAGE
    )


def test_every_public_name_of_a_feed_is_on_the_page():
    names = [name for name in vars(Feed) if not name.startswith("_")]
    assert not [name for name in names if not re.search(rf"``{name}(\(.*?\))?``", PAGE)]


@pytest.mark.parametrize("name", [*GENERATOR_HOOKS, *feeds.__all__])
def test_every_name_to_import_and_every_hook_of_a_generator_is_on_the_page(name):
    pages = PAGE + (DOCS / "extending.rst").read_text("utf-8")
    assert re.search(rf"\b(Atom|Json)?{re.sub('^(Atom|Json)(?!Feed$)', '', name)}\b", pages)


@pytest.mark.parametrize("name", feeds.Site.__dataclass_fields__)
def test_every_attribute_of_the_site_is_on_the_page(name):
    assert re.search(rf"^``{name}`` ", PAGE, re.MULTILINE)


# The recipes, in one build with the stock feeds.

RECIPES = ["TagPairFeed", "ColumnFeed", "PageFeed", "LongestFeed", "RegattaFeed"]


def test_the_recipes_run_beside_the_stock_feeds(harbour):
    build = harbour.build(
        LINKBACK_FEEDS=[*feeds.STOCK_FEEDS, *(CLASSES[name] for name in RECIPES)],
        FEED_ALL_ATOM=None,
        CATEGORY_FEED_ATOM="feeds/{slug}.atom.xml",
    )
    assert build.problems == []
    stock = "boats.atom.xml", "bread.atom.xml"
    folder = build.output / "feeds"
    titles = {
        str(path.relative_to(folder)): [each.title for each in build.parse(path).entries]
        for path in folder.rglob("*.xml")
        if path.parent != folder
        or path.name in {*stock, "pages.xml", "longest.xml", "regattas.xml"}
    }
    mast, bread = "Stepping a mast", "Bread at slack water"
    assert titles == {
        "boats.atom.xml": [mast],
        "bread.atom.xml": [bread],
        "boats/ann-lee.xml": [mast],
        "boats/bo-ek.xml": [mast],
        "bread/bo-ek.xml": [bread],
        "tags/rope+wood.xml": [mast],
        "pages.xml": ["About"],
        "longest.xml": [bread, mast],
        "regattas.xml": ["Spring cup", "Night race"],
    }

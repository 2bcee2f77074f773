"""A language goes out as a tag of BCP 47, however it was written; what is no language does not."""

from __future__ import annotations

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pelican_linkback.feeds import ArticleFeed, Atom1Feed, Feed, JsonFeed, PodcastFeed, Site
from pelican_linkback.text.language import _COMMON, is_language_tag, language_tag

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        pytest.param("en", "en", id="a language"),
        pytest.param(" en\n", "en", id="white space around it"),
        pytest.param("EN-gb", "en-GB", id="case (RFC 5646, 2.1.1)"),
        pytest.param("zh_hant_tw", "zh-Hant-TW", id="a script"),
        pytest.param("es-419", "es-419", id="a region of the UN"),
        pytest.param("sl-ROZAJ", "sl-rozaj", id="a variant"),
        pytest.param("iw", "he", id="a preferred value (4.5)"),
        pytest.param("i-klingon", "tlh", id="grandfathered (2.2.8)"),
        pytest.param("zh-yue", "yue", id="an extended language (2.2.2)"),
        pytest.param("eng", "en", id="the shorter code (4.1)"),
        pytest.param("en-UK", "en-GB", id="a region by another name"),
        pytest.param("de-x-private", "de-x-private", id="private use (2.2.7)"),
        pytest.param("pt_BR", "pt-BR", id="a locale"),
        pytest.param("PT_br", "pt-BR", id="a locale in another case"),
        pytest.param("en_US.UTF-8", "en-US", id="a locale with its encoding"),
        pytest.param("ja.eucJP", "ja", id="no country, an encoding"),
        pytest.param("de_DE@euro", "de-DE", id="a modifier that is no matter of language"),
        pytest.param("de@collation=phonebook", "de", id="ICU's key words"),
        pytest.param("sr@latin", "sr-Latn", id="a script as a modifier"),
        pytest.param("uz_UZ.UTF-8@cyrillic", "uz-Cyrl-UZ", id="all of it"),
        pytest.param("ca@valencia", "ca-valencia", id="a variant as a modifier"),
        pytest.param("ca_ES@valencia", "ca-ES-valencia", id="after the country"),
        pytest.param("de@", "de", id="an empty modifier"),
    ],
)
def test_a_language_is_read(written, tag):
    assert language_tag(written) == tag
    assert language_tag(tag) == tag
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "jp", "xx", "english", "Português", "C", "C.UTF-8", "POSIX", "root", "a-DE"),
        *("en_", "-en", "en--US", "en US", "en/US", "en-EN", "en-US-US", "zh-CHT", "en-gbr"),
        *("ｅｎ", "e\u0301n", "en-u-x", "12", "en_US_POSIX", "a" * 101, "en" + "-x" * 4000),
    ],
)
def test_what_names_no_language_is_not_read(written):
    assert language_tag(written) is None
    assert not is_language_tag(written)


def test_a_locale_is_read_and_is_no_tag():
    assert not is_language_tag("pt_BR")
    assert not is_language_tag(" en")
    assert is_language_tag("PT-br")


def test_the_common_ones_are_what_the_tables_say():
    langcodes = pytest.importorskip("langcodes")
    assert all(langcodes.Language.get(tag).to_tag() == tag for tag in _COMMON)


FEEDS = {
    "FEED_ALL_ATOM": "all.xml",
    "FEED_ALL_RSS": "all.rss",
    "FEED_ALL_JSON": "all.json",
    "CATEGORY_FEED_ATOM": "{slug}.{lang}.xml",
    "TRANSLATION_FEED_ATOM": "lang/{lang}.xml",
}


def written(build, feed="all"):
    """What each format says of the language of the feed, and of the entry "two"."""
    atom = ET.fromstring(build.read(f"{feed}.xml"))
    rss = ET.fromstring(build.read(f"{feed}.rss"))
    data = json.loads(build.read(f"{feed}.json"))
    (entry,) = [e for e in atom.findall("{*}entry") if e.findtext("{*}title") == "two"]
    (item,) = [each for each in data["items"] if each["title"] == "two"]
    feeds = {atom.get(LANG), rss.findtext("channel/language"), data.get("language")}
    return feeds, {entry.get(LANG), item.get("language")}


def warnings(build):
    """What is said of languages, by us: docutils has a word of its own."""
    return [problem for problem in build.problems if "Docutils" not in problem]


@pytest.fixture
def blog(site):
    site.settings |= FEEDS
    site.article("one", "First.")
    site.article("two", "Second.", lang="zh_Hant_TW")
    return site


def test_the_site_and_an_article_are_in_the_languages_that_their_locales_mean(blog):
    build = blog.build(DEFAULT_LANG="pt_BR.UTF-8")
    assert written(build) == ({"pt-BR"}, {"zh-Hant-TW"})
    assert ET.fromstring(build.read("lang/zh_Hant_TW.xml")).get(LANG) == "zh-Hant-TW"
    assert ET.fromstring(build.read("misc.zh_Hant_TW.xml")).get(LANG) == "zh-Hant-TW"
    assert ET.fromstring(build.read("misc.pt_br.utf-8.xml")).get(LANG) == "pt-BR"
    assert warnings(build) == []


@pytest.mark.parametrize("language", ["jp", "english", "Português", "C"])
def test_one_warning_names_the_setting_that_is_no_language(blog, language):
    build = blog.build(DEFAULT_LANG=language)
    assert written(build) == ({None}, {"zh-Hant-TW"})
    (problem,) = warnings(build)
    assert problem.startswith(f"DEFAULT_LANG = {language.lower()!r} is no language tag (BCP 47)")


@pytest.mark.parametrize("language", ["jp", "English"])
def test_one_warning_names_the_files_that_are_in_no_language(blog, language):
    blog.article("two", "Second.", lang=language)
    build = blog.build()
    assert written(build) == ({"en"}, {None})
    assert ET.fromstring(build.read(f"lang/{language}.xml")).get(LANG) is None
    (problem,) = warnings(build)
    assert problem.startswith(f"Lang: {language!r} in 'two.md' is no language tag")
    for name in ("three", "four", "five", "six"):
        blog.article(name, lang=language)
    (problem,) = warnings(blog.build())
    assert re.match(r"Lang: '\w+' in ('\w+\.md', ){2}'\w+\.md' … is no", problem)


def test_an_article_without_a_language_says_so_once(blog):
    blog.article("two", "Second.", lang=" ")
    build = blog.build()
    assert written(build) == ({"en"}, {None})
    assert [each[:24] for each in warnings(build)] == ["Lang: '' in 'two.md' is "]


WARNED: list[str] = []
SITE = Site(
    "https://me.example",
    "Me",
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    language="en",
    warn=lambda words, *names: WARNED.append(words.format(*names)),
)


class Declared(Feed):
    title = link = description = "x"
    path = "x.xml"
    feed_type = Atom1Feed
    items = ("entry",)

    def item_link(self, item):
        return f"{item}.html"


def document(aspects, site=SITE):
    WARNED.clear()
    return type("Mine", (Declared,), aspects)()(site).writeString("utf-8")


@pytest.mark.parametrize("entry", ["language", "item_language"])
@pytest.mark.parametrize("through", ["an aspect", "extra arguments"])
def test_what_a_class_says_is_read_and_reported_like_a_setting(entry, through):
    def says(language):
        if through == "an aspect":
            return {entry: language}
        hook = "item_extra_kwargs" if entry.startswith("item_") else "feed_extra_kwargs"
        return {hook: lambda self, subject: {"language": language}}

    assert 'xml:lang="pt-BR"' in document(says("pt_BR"))
    assert WARNED == []
    assert "jp" not in document(says("jp"))
    named = "item_language of 'entry'" if entry == "item_language" else "language of Mine"
    assert [warned.partition(" = ")[0] for warned in WARNED] == [named]


def test_a_class_that_says_nothing_is_in_the_sites_language():
    assert 'xml:lang="en"' in document({"language": ""})
    assert 'xml:lang="en"' in document({"language": None})
    assert "xml:lang" not in document({}, replace(SITE, language=None))
    assert WARNED == []
    assert "xml:lang" not in document({}, replace(SITE, language=""))
    assert [warned[:18] for warned in WARNED] == ["DEFAULT_LANG = '' "]


def test_an_entry_in_the_feeds_language_does_not_say_so():
    assert document({"language": "pt-BR", "item_language": "pt_br"}).count("xml:lang") == 1
    text = document({"feed_type": JsonFeed, "language": "pt-BR", "item_language": "pt_br"})
    assert text.count('"language"') == 1


@pytest.mark.parametrize(
    ("default", "hreflangs"), [("pt_BR", ["pt-BR", "zh-Hant-TW"]), ("jp", ["zh-Hant-TW"])]
)
def test_links_to_feeds_name_the_tag(blog, default, hreflangs):
    build = blog.build(DEFAULT_LANG=default, LINKBACK_AUTODISCOVERY=True)
    pages = build.read("one.html") + build.read("two-zh_Hant_TW.html")
    assert sorted(set(re.findall('hreflang="(.*?)"', pages))) == hreflangs


def test_a_podcast_is_in_the_language_that_the_locale_means():
    show = type("Show", (PodcastFeed,), {"path": "x.xml", "language": "de_AT@euro"})
    assert "<language>de-AT</language>" in show()(SITE).writeString("utf-8")


def test_an_article_without_the_attribute_has_the_feeds_language():
    article = SimpleNamespace()
    assert ArticleFeed.item_language(ArticleFeed(), article) is None

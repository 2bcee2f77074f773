"""The pages that mentions are about: which of them a URL means; targets.json."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pelican_linkback.exceptions import JournalError
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.memory.targets_file import read_targets, write_targets
from tests.mentions import mention

PAGES = (
    Target(
        "a1",
        "https://blog.example/2025/walls/",
        "Garden walls",
        ("https://blog.example/walls.html", "https://old.example/archives/17"),
    ),
    Target("a2", "https://blog.example/picnic.html"),
    Target("a3", "https://blog.example/shut/", mentions=Mode.CLOSED),
    Target("a5", "https://blog.example/2024/%F0%9F%8C%B1-sprouts/"),
    Target("a6", "https://blog.example/%C3%BCben/c++,(it's)/"),
    Target("a7", "https://blog.example/latin/%FCben/"),
    Target("a8", "https://blog.example/view?post=8&lang=en"),
    Target("a9", "https://blog.example/read?source=paper"),
    Target("b1", "https://de.blog.example/mauern/"),
    Target("https://blog.example/", "https://blog.example/"),
    Target("d1", "https://blog.example/dot"),
    Target("d2", "https://blog.example/dot/"),
)
SITE = Targets(
    PAGES,
    "https://blog.example",
    ("https://old.example", "http://blog.example", "https://users.example/~me"),
)

FOUND = [
    ("as it is", "https://blog.example/2025/walls/", "a1"),
    ("http", "http://blog.example/2025/walls/", "a1"),
    ("the host in capitals", "HTTPS://Blog.Example/2025/walls/", "a1"),
    ("with www.", "https://www.blog.example/2025/walls", "a1"),
    ("the old domain with www.", "http://WWW.old.example./archives/17", "a1"),
    ("an old address with www.", "http://www.old.example/2025/walls/", "a1"),
    ("a page of another host with www.", "https://www.de.blog.example/mauern/", "b1"),
    ("the port that is the default", "https://blog.example:443/2025/walls/", "a1"),
    ("a dot after the host", "https://blog.example./2025/walls/", "a1"),
    ("without slash", "https://blog.example/2025/walls", "a1"),
    ("with index.html", "https://blog.example/2025/walls/index.html", "a1"),
    ("with index.htm", "https://blog.example/2025/walls/index.htm", "a1"),
    ("a doubled slash", "https://blog.example//2025//walls/", "a1"),
    ("two slashes at the end", "https://blog.example/2025/walls//", "a1"),
    ("dot segments", "https://blog.example/2025/./x/../walls/", "a1"),
    ("a tracker's parameter", "https://blog.example/2025/walls/?utm_source=x&utm_medium=y", "a1"),
    ("others", "https://blog.example/2025/walls?fbclid=Iw&gclid=1&mc_cid=2&mc_eid=3&ref=x", "a1"),
    (
        "more",
        "https://blog.example/2025/walls?gad_source=1&amp;amp;itm_campaign=x&__s=1&at_x",
        "a1",
    ),
    ("an empty query", "https://blog.example/2025/walls/?", "a1"),
    ("ampersands alone", "https://blog.example/2025/walls/?&&", "a1"),
    ("a fragment", "https://blog.example/2025/walls/#h2", "a1"),
    ("an escape without need", "https://blog.example/2025/%77alls/", "a1"),
    ("a former URL", "https://blog.example/walls.html", "a1"),
    ("a former URL as another server offers it", "https://blog.example/walls", "a1"),
    ("a former URL of the old domain", "http://old.example/archives/17?utm_source=x", "a1"),
    ("the old domain", "https://old.example/2025/walls", "a1"),
    ("a former URL at the old domain", "https://old.example/walls.html", "a1"),
    ("an address below an alias", "https://users.example/~me/2025/walls/", "a1"),
    ("the home page of an alias", "https://users.example/~me", "https://blog.example/"),
    ("with .html", "https://blog.example/picnic.html", "a2"),
    ("without .html", "https://blog.example/picnic", "a2"),
    ("without .html, with a slash", "https://blog.example/picnic/", "a2"),
    ("closed is found", "https://blog.example/shut/", "a3"),
    ("the emoji unescaped", "https://blog.example/2024/\U0001f331-sprouts/", "a5"),
    ("escapes in small letters", "https://blog.example/2024/%f0%9f%8c%b1-sprouts", "a5"),
    ("signs escaped", "https://blog.example/%C3%BCben/c%2B%2b%2C%28it%27s%29", "a6"),
    ("letters decomposed", "https://blog.example/u%CC%88ben/c++,(it's)/", "a6"),
    ("letters decomposed, unescaped", "https://blog.example/u\u0308ben/c++,(it's)/", "a6"),
    ("an escape that is no UTF-8", "https://blog.example/latin/%fcben/index.html", "a7"),
    ("a query that matters", "https://blog.example/view?post=8&lang=en", "a8"),
    ("and a tracker", "https://blog.example/view?utm_source=x&post=8&lang=en", "a8"),
    ("a query that a tracker might have", "https://blog.example/read?source=paper", "a9"),
    ("a subsite of another host", "http://de.blog.example/mauern", "b1"),
    ("the home page", "https://blog.example", "https://blog.example/"),
    ("the home page with index.html", "http://blog.example/index.html", "https://blog.example/"),
    ("two that differ by the slash: one", "https://blog.example/dot", "d1"),
    ("two that differ by the slash: the other", "https://blog.example/dot/", "d2"),
]

NOT_FOUND = [
    ("never was", "https://blog.example/2025/no-such-page/"),
    ("the folder above", "https://blog.example/2025/"),
    ("below it", "https://blog.example/2025/walls/more/"),
    ("another host", "https://other.example/2025/walls/"),
    ("another name before the host", "https://www2.blog.example/2025/walls/"),
    ("a host that ends alike", "https://notblog.example/2025/walls/"),
    ("another port", "https://blog.example:8443/2025/walls/"),
    ("another query", "https://blog.example/view?post=9&lang=en"),
    ("no query", "https://blog.example/view"),
    ("parameters in another order", "https://blog.example/view?lang=en&post=8"),
    ("a query of a page without one", "https://blog.example/2025/walls/?post=8"),
    ("capitals in the path", "https://blog.example/2025/Walls/"),
    ("an escaped slash", "https://blog.example/2025%2Fwalls/"),
    ("an escaped question mark", "https://blog.example/2025/walls/%3Futm_source=x"),
    ("another escape that is no UTF-8", "https://blog.example/latin/%FDben/"),
    ("beside an alias", "https://users.example/~me2/2025/walls/"),
    ("no URL", "walls"),
    ("a script", "javascript:alert(1)"),
    ("another scheme", "gemini://blog.example/2025/walls/"),
    ("white space", "https://blog.example/2025/wal ls/"),
    ("nothing", ""),
    ("too long", "https://blog.example/" + "a/" * 5000),
    ("two that differ by the slash: which?", "https://blog.example/dot/index.html"),
]


@pytest.mark.parametrize(("url", "name"), [row[1:] for row in FOUND], ids=[r[0] for r in FOUND])
def test_a_url_means_a_page(url, name):
    found = SITE.find(url)
    assert found
    assert found.target.id == name


@pytest.mark.parametrize("url", [row[1] for row in NOT_FOUND], ids=[r[0] for r in NOT_FOUND])
def test_a_url_means_no_page(url):
    assert SITE.find(url) is None


@pytest.mark.parametrize(
    ("fragment", "kept"),
    [("#h2", "h2"), ("#", ""), ("", ""), ("#:~:text=wall", ""), ("#h2:~:text=wall", "h2")],
)
def test_the_fragment_is_the_part_that_is_meant(fragment, kept):
    found = SITE.find(f"https://blog.example/2025/walls/{fragment}")
    assert found
    assert found.fragment == kept


def test_a_page_at_an_address_comes_before_one_that_was_there():
    new = Target("new", "https://blog.example/walls/")
    site = Targets((PAGES[0], new), "https://blog.example")
    assert site.find("https://blog.example/walls/").target is new
    assert site.find("https://blog.example/walls.html").target is PAGES[0]


def test_a_site_with_www_is_that_without_and_two_pages_are_two():
    new = Target("new", "https://blog.example/a/")
    old = Target("old", "https://www.blog.example/a/")
    site = Targets((old,), "https://www.blog.example")
    assert site.find("http://blog.example/a").target is old
    assert site.is_own("https://blog.example/")
    both = Targets((old, new), "https://www.blog.example")
    assert [both.find(each.url).target for each in (new, old)] == [new, old]
    assert both.find("https://blog.example/a") is None


def test_an_address_that_two_pages_had_is_that_of_neither():
    a, b = (Target(n, f"https://b.example/{n}/", former=("https://b.example/x",)) for n in "ab")
    assert Targets((a, b), "https://b.example").find("https://b.example/x") is None
    assert Targets((a,), "https://b.example").find("https://b.example/x").target is a


def test_a_page_or_alias_that_has_no_url_costs_itself():
    broken = Target("x", "http://[", former=("nothing",))
    site = Targets((broken, *PAGES), "", ("http://[",))
    assert site.find("https://blog.example/shut/").target.id == "a3"
    assert not site.is_own("https://blog.example/")


def test_a_mention_of_an_article_that_got_another_id_is_still_found():
    known = mention(article="a1")
    assert SITE.of(known) is PAGES[0]
    assert SITE.of(replace(known, article="x", target="http://old.example/walls.html")) is PAGES[0]
    page = replace(known, article="https://old.example/shut/", target="https://gone.example/")
    assert SITE.of(page) is PAGES[2]
    assert SITE.of(replace(page, article="x")) is None


def test_a_page_of_the_site_is_known():
    for url in ("https://blog.example", "http://blog.example/tag/x/", "https://old.example/?a"):
        assert SITE.is_own(url)
    for url in ("https://blog.example.net/", "https://users.example/~me2/", "x"):
        assert not SITE.is_own(url)
    assert SITE.is_own("https://www.blog.example/x")
    assert SITE.is_own("https://users.example/~me")


# The file


def test_the_file_is_sorted_and_has_a_page_a_line():
    document = SITE.to_json()
    again = Targets.of_json(document)
    assert again.to_json() == document == replace(SITE, pages=PAGES[::-1]).to_json()
    assert len(document.splitlines()) == len(PAGES) + 2
    assert json.loads(document)["targets"][-1] == {
        "id": "b1",
        "url": "https://de.blog.example/mauern/",
        "former": [],
        "title": "",
        "mentions": "open",
    }
    assert again.find("https://old.example/walls.html").target == PAGES[0]
    assert Targets.of_json(Targets().to_json()) == Targets([])


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        '{"targets": {}}',
        '{"v": 2, "targets": []}',
        '{"targets": [{"id": "a"}]}',
        '{"targets": [{"id": "a", "url": "b", "former": "c"}]}',
        '{"targets": [{"id": "a", "url": "b", "mentions": "sometimes"}]}',
        "[" * 100_000,
    ],
)
def test_a_file_that_cannot_be_used_is_an_error(tmp_path, document):
    (tmp_path / "targets.json").write_text(document, "utf-8")
    with pytest.raises(JournalError, match="cannot be used"):
        read_targets(tmp_path)


@pytest.mark.parametrize(
    ("said", "aliases"), [('[5, null, "https://old.example"]', ("https://old.example",)), ("7", ())]
)
def test_an_alias_that_is_no_text_is_none(said, aliases):
    site = Targets.of_json(f'{{"aliases": {said}, "targets": [7]}}')
    assert site == Targets([], "", aliases)
    assert site.find("https://old.example/") is None


def test_what_is_written_is_read_and_not_written_again(tmp_path):
    state = tmp_path / "linkback"
    assert read_targets(state) is None
    assert write_targets(state, SITE)
    assert read_targets(state).to_json() == SITE.to_json()
    assert not write_targets(state, SITE)
    assert write_targets(state, Targets())


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path):
    (tmp_path / "targets.json").mkdir()
    with pytest.raises(JournalError, match="cannot be read"):
        read_targets(tmp_path)
    with pytest.raises(JournalError, match="cannot be written"):
        write_targets(tmp_path, SITE)
    assert [each.name for each in tmp_path.iterdir()] == ["targets.json"]

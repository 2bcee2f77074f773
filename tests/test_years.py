"""The oracle of ``make test-years`` can fail, stands on its own, and a short life passes it."""

from __future__ import annotations

import ast
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.test_crashes import python
from tests.years import checks, oracle
from tests.years.author import Article, Config, merged
from tests.years.oracle import Knowledge
from tests.years.world import Heard, World

FOLDER = Path(__file__).parent / "years"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_short_life() -> None:
    done = python("-W", "ignore", "-m", "tests.years", 1, 4, "--first", 2)
    assert ", 0 violations, " in done.stdout, (done.stdout + done.stderr)[-3000:]


@pytest.mark.parametrize("module", ["author", "checks", "oracle", "world"])
def test_the_oracle_imports_nothing_of_the_package(module: str) -> None:
    tree = ast.parse((FOLDER / f"{module}.py").read_text())
    names = {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    names |= {
        alias.name
        for each in ast.walk(tree)
        if isinstance(each, ast.Import)
        for alias in each.names
    }
    own = {name for name in names if name.startswith("tests.")}
    assert own <= {f"tests.years.{name}" for name in ("author", "checks", "oracle", "world")}
    assert not any(name.startswith("pelican") for name in names)


ONE = Article(
    1,
    "a.md",
    "a",
    datetime(2026, 3, 1),
    "Boats",
    "Ann Lee",
    ("sea",),
    ("https://r0.example/p0",),
)
ID = "tag:blog.example.io,2026-03-01:/a.html"
CONFIG = Config()


def knowing(*articles: Article) -> Knowledge:
    known = Knowledge()
    oracle.learn_publication(known, {each.uid: each for each in articles}, CONFIG)
    return known


@pytest.mark.parametrize(
    ("article", "unique_id", "wrong"),
    [
        pytest.param(ONE, ID, False, id="as it was"),
        pytest.param(ONE, "tag:x", True, id="another one"),
        pytest.param(replace(ONE, slug="b"), ID, False, id="at another URL"),
        pytest.param(replace(ONE, slug="b"), f"{ID}b", True, id="the id of the new URL"),
        pytest.param(replace(ONE, file="b.md", slug="b"), ID, False, id="renamed, the same text"),
        pytest.param(replace(ONE, uid=2, file="b.md", title=1, text=1), ID, True, id="another's"),
    ],
)
def test_ids_are_permanent(article: Article, unique_id: str, wrong: bool) -> None:
    found = oracle.wrong_ids(knowing(ONE), {article.uid: article}, CONFIG, {article.uid: unique_id})
    assert bool(list(found)) is wrong


def test_a_killed_build_may_have_given_an_id_to_what_it_did_not_recognise() -> None:
    other = replace(ONE, file="b.md", slug="b", title=7, text=7)
    known = knowing(ONE)
    oracle.learn_part(known, {1: other}, CONFIG)
    for unique_id in (ID, oracle.plain_id(other, CONFIG.site_url)):
        assert not list(oracle.wrong_ids(known.copy(), {1: other}, CONFIG, {1: unique_id}))
    known = knowing(ONE)
    oracle.learn_part(known, {1: replace(ONE, slug="b")}, CONFIG)
    assert list(oracle.wrong_ids(known, {1: replace(ONE, slug="b")}, CONFIG, {1: "tag:x"}))


def test_a_new_entry_has_the_id_that_pelican_gives() -> None:
    assert not list(oracle.wrong_ids(Knowledge(), {1: ONE}, CONFIG, {1: ID}))
    assert list(oracle.wrong_ids(Knowledge(), {1: ONE}, CONFIG, {1: "tag:x"}))


SOURCE, TARGET = "https://blog.example.io/a.html", "https://r0.example/p0"
NEWER = (1, 0, 1)


def heard(protocol: str = "webmention", seen=ONE.content, at: float = 1000.0) -> Heard:
    return Heard("home", at, protocol, SOURCE, TARGET, seen, taken=True)


@pytest.mark.parametrize(
    ("before", "now", "built", "wrong"),
    [
        pytest.param(None, heard(), ONE.content, "", id="the first time"),
        pytest.param(None, heard(seen=None), ONE.content, "not online", id="not online"),
        pytest.param(heard(), heard(), ONE.content, "twice", id="twice"),
        pytest.param(heard(), heard(seen=NEWER), NEWER, "", id="an update"),
        pytest.param(heard(), heard(seen=None), None, "", id="a removal"),
        pytest.param(heard(), heard("pingback"), ONE.content, "pingback", id="by both"),
        pytest.param(
            heard("pingback"), heard("pingback", NEWER), NEWER, "pingback", id="a pingback, again"
        ),
        pytest.param(None, heard(), NEWER, "was built", id="before the upload"),
        pytest.param(None, heard(at=90_000.0), NEWER, "", id="before the upload, after a day"),
    ],
)
def test_a_receiver_hears_each_version_once(before, now, built, wrong: str) -> None:
    known = Knowledge()
    known.built[1] = 900.0, ONE.content
    if before:
        oracle.learn_telling(known, before, answered=True)
    if built:
        known.built[1] = 900.0, built
    found = oracle.wrong_telling(known, now, jumped_at=0.0)
    assert (wrong in found) if wrong else not found


def test_what_a_killed_run_may_have_sent_may_be_taken_back() -> None:
    known = Knowledge()
    oracle.learn_kill(known, {1: replace(ONE, targets=(TARGET,))}, ["blog.example.io"])
    assert not oracle.wrong_telling(known, heard(seen=None), jumped_at=0.0)
    both = oracle.merged(Knowledge(), Knowledge(), known)
    assert not oracle.wrong_telling(both, heard(seen=None), jumped_at=0.0)


def test_an_answer_that_was_lost_may_be_asked_for_again() -> None:
    known = Knowledge()
    known.built[1] = 900.0, ONE.content
    oracle.learn_telling(known, heard(), answered=False)
    assert not oracle.wrong_telling(known, heard(), jumped_at=0.0)


def test_feeds_hold_what_is_published() -> None:
    two = replace(ONE, uid=2, date=datetime(2026, 3, 2), category="Bread", tags=())
    draft = replace(two, uid=3, is_draft=True)
    every = oracle.entries({1: ONE, 2: two, 3: draft})
    feeds = oracle.feeds_of(every)
    assert feeds["every.atom.xml"] == feeds["by-ann-lee.atom.xml"] == [2, 1]
    assert (feeds["boats.atom.xml"], feeds["tag-sea.atom.xml"]) == ([1], [1])
    assert "tag-salt.atom.xml" not in feeds


def test_what_receivers_lack_and_hold_too_long() -> None:
    assert [each for each, _ in oracle.missing({1: ONE}, {}, TARGET)] == [ONE]
    holds = {(TARGET, SOURCE): ONE.content}
    assert not list(oracle.missing({1: ONE}, holds, TARGET))
    assert not list(oracle.left_over({1: ONE}, holds, [TARGET]))
    assert list(oracle.left_over({1: replace(ONE, targets=())}, holds, [TARGET]))


def test_branches_merge_field_by_field_and_line_by_line() -> None:
    home, away = replace(ONE, title=1, edited=2.0), replace(ONE, slug="b", edited=1.0)
    assert merged({1: ONE}, {1: home}, {1: away})[1] == replace(home, slug="b")
    assert merged({1: ONE}, {}, {1: ONE}) == {}
    assert merged({1: ONE}, {}, {1: away}) == {1: away}
    assert checks.merged_lines(b"1\n2\n", b"2\n3\n", b"1\n2\n4\n") == b"2\n3\n4\n"


def test_what_two_branches_sent_is_known_but_not_which_came_last() -> None:
    base = knowing(ONE)
    base.built[1] = 900.0, ONE.content
    one, other = base.copy(), base.copy()
    oracle.learn_telling(one, heard(), answered=True)
    both = oracle.merged(base, one, other)
    assert oracle.wrong_telling(both, heard(), 0.0) == "told of the same version twice"
    oracle.learn_telling(other, heard(at=2000.0), answered=True)
    assert not oracle.wrong_telling(oracle.merged(base, one, other), heard(), 0.0)


def test_the_world_notices_when_it_is_not_left_alone() -> None:
    from random import Random

    from tests.years.world import Asked

    world = World(Random(1))
    site = world.receivers["r0.example"]
    site.mood = "429 for ten minutes"
    for at in (0.0, 601.0, 1200.0):
        world.answer(Asked("home", at, "GET", TARGET))
        assert bool(world.violations) is (at == 1200.0)

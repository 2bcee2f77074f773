"""Whose next mention is shown at once: whoever was approved before, and really wrote it."""

from __future__ import annotations

import pytest

from pelican_linkback.receiving.inbox.first_contact import FirstContact
from pelican_linkback.receiving.inbox.policy import Policy, Verdict, Visibility, Why
from pelican_linkback.receiving.memory.decisions import Act, Decisions
from pelican_linkback.receiving.memory.forgotten import Forgotten
from pelican_linkback.receiving.memory.targets import Mode, Target
from pelican_linkback.receiving.received import Author, Kind
from tests.mentions import mention

ANN = "https://m.example/@ann"


def knows(source: str, author: str, approved: str = "", *, has_many: bool = False) -> bool:
    """Whether the author of a page is known, if the same author, or ``approved``, was approved."""
    new = mention(2, source=source, author=Author("Ann", author))
    past = {approved or author: [(new, True)]}
    contact = FirstContact(lambda url: past.get(url, []), lambda _host: has_many)
    return contact.knows(new)


@pytest.mark.parametrize(
    ("source", "author"),
    [
        pytest.param("https://ann.example/2026/x", "https://ann.example/", id="a site of one"),
        pytest.param("http://Ann.example/2026/x", "https://ann.example", id="spelt differently"),
        pytest.param("https://ann.example/2026/x", "https://ann.example/about", id="a page of it"),
        pytest.param("https://m.example/@ann/1", ANN, id="an account"),
        pytest.param("https://m.example/%40ann/1", ANN, id="an escaped account"),
        pytest.param("https://m.example/users/ann/1", "https://m.example/users/ann", id="users"),
        pytest.param("https://brid.gy/like/mastodon/@me/1/2", ANN, id="a bridge's copy"),
        pytest.param("https://github.com/ann/x/issues/1", "https://github.com/ann", id="known"),
        pytest.param("https://tilde.club/~ann/x", "https://tilde.club/~ann/", id="tilde"),
    ],
)
def test_an_author_who_was_approved_is_known_on_pages_of_the_authors_own(source, author):
    assert knows(source, author)
    assert not knows(source, author, approved="https://other.example/")


@pytest.mark.parametrize(
    ("source", "author"),
    [
        pytest.param("https://evil.example/1", "https://ann.example/", id="another host"),
        pytest.param("https://m.example/@evil/1", ANN, id="another account"),
        pytest.param("https://m.example/@anna/1", ANN, id="an account of a similar name"),
        pytest.param("https://tilde.club/~evil/1", "https://tilde.club/", id="the whole host"),
        pytest.param("https://pages.example/~evil/", "https://pages.example/ann", id="marked"),
        pytest.param("https://pages.example//~evil/", "https://pages.example/ann", id="slashes"),
        pytest.param("https://m.example//@evil/1", "https://m.example/", id="slashes at a root"),
        pytest.param("https://pages.example/%2f~evil/", "https://pages.example/ann", id="escaped"),
        pytest.param("https://pages.example/x%2F..%2F~evil/", "https://pages.example/", id="dots"),
        pytest.param("https://github.com/evil/x", "https://github.com/ann", id="another user"),
        pytest.param(
            "https://old.reddit.com/user/evil/1",
            "https://old.reddit.com/user/ann",
            id="a subdomain",
        ),
        pytest.param("https://evil.github.com/ann", "https://github.com/ann", id="below the host"),
        pytest.param("https://ann.example/1", "", id="no author's URL"),
    ],
)
def test_an_author_is_not_known_on_pages_that_others_could_write(source, author):
    assert not knows(source, author)


def test_a_host_on_which_several_authors_were_seen_is_one_of_many():
    page, author = "https://paper.example/2026/x", "https://paper.example/by/ann"
    assert knows(page, author)
    assert not knows(page, author, has_many=True)
    assert knows("https://paper.example/ann/2026", "https://paper.example/ann", has_many=True)
    assert not knows("https://paper.example", "https://paper.example/ann", has_many=True)


def test_a_decision_about_what_another_wrote_in_the_name_of_an_author_is_none():
    def past(source: str, *, approved: bool = False):
        return mention(1, source=source, author=Author("Ann", ANN)), approved

    new, _ = past("https://m.example/@ann/2")
    approved = past("https://m.example/@ann/1", approved=True)
    for decided, expected in (
        ([approved], True),
        ([past("https://evil.example/1"), approved], True),
        ([past("https://m.example/@evil/1"), approved], True),
        ([past("https://evil.example/1", approved=True)], False),
        ([past("https://m.example/@evil/1", approved=True)], False),
        ([past("https://m.example/@ann/3"), approved], False),
        ([past("https://brid.gy/comment/x", approved=True)], True),
        ([], False),
    ):
        contact = FirstContact(lambda _url, found=decided: found, lambda _host: False)
        assert contact.knows(new) is expected, decided


PAGE = Target("a", "https://blog.example/a/")
MINE = mention(1, source="https://m.example/@ann/1", author=Author("Ann", ANN))


def judged(*, known: bool, mode: Mode = Mode.OPEN, **rules: str) -> Verdict:
    acts = {rule: Act(act) for act, rule in rules.items()}
    decisions = Decisions.by(acts, Forgotten())
    policy = Policy(decisions, [*Kind], lambda _url: False, lambda _mention: known)
    return policy.judge(MINE, Target("a", PAGE.url, mentions=mode))


def test_the_first_mention_of_an_author_is_held_and_the_next_is_shown():
    assert judged(known=False) == (Visibility.HELD, Why.STRANGER)
    assert judged(known=True) == (Visibility.SHOWN, Why.OPEN)
    assert judged(known=True, mode=Mode.HELD) == (Visibility.HELD, Why.HELD)


def test_a_rule_weighs_more_than_what_was_approved():
    assert judged(known=True, hold="m.example") == (Visibility.HELD, Why.HOLD)
    assert judged(known=True, block="m.example") == (Visibility.HIDDEN, Why.BLOCKED)
    assert judged(known=False, trust="m.example") == (Visibility.SHOWN, Why.TRUSTED)
    assert judged(known=False, hold="m.example", trust="m.example/@ann").why is Why.TRUSTED
    assert judged(known=False, trust="m.example", hold="m.example/@ann").why is Why.HOLD

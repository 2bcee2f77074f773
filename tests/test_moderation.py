"""moderation.jsonl: decisions about mentions, sources, hosts and authors; what stays erased."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.exceptions import JournalError
from pelican_linkback.receiving.inbox.policy import REASONS, Policy, Visibility, Why
from pelican_linkback.receiving.memory.decisions import Act, Decision, Decisions
from pelican_linkback.receiving.memory.forgotten import Forgotten, hash_of, is_about
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.rules import RuleBook, rule_of
from pelican_linkback.receiving.memory.targets import Mode, Target
from pelican_linkback.receiving.received import Author, Kind
from tests.mentions import NOW, mention

A = mention(1)
BRIDGED = mention(
    2,
    source="https://brid.gy/comment/mastodon/@me/1/2",
    url="https://m.example/@ann/2",
    author=Author("Ann", "https://m.example/@ann"),
)
CLAIMED = mention(3, url="https://m.example/@ann/3", author=Author("Ann", "https://m.example/@ann"))


def after(*decisions: Decision) -> Decisions:
    return Decisions.of((NOW + dt.timedelta(seconds=n), each) for n, each in enumerate(decisions))


def rules(**acts):
    return after(*(Decision(Act(act), rule_of(what)) for act, what in acts.items()))


# Decisions about a mention


def test_a_mention_is_decided_about_by_its_id_or_by_its_source():
    assert after(Decision(Act.HIDE, A.id)).about(A) is Act.HIDE
    assert after(Decision(Act.HIDE, A.source)).about(A) is Act.HIDE
    assert after(Decision(Act.SHOW, A.source.replace("https://r", "http://R"))).about(A) is Act.SHOW
    assert after(Decision(Act.HIDE, A.id)).about(mention(2)) is None
    assert Decisions().about(A) is None


def test_the_last_decision_counts_however_it_names_the_mention():
    by_id, by_source = Decision(Act.HIDE, A.id), Decision(Act.SHOW, A.source)
    assert after(by_id, by_source).about(A) is Act.SHOW
    assert after(by_source, by_id).about(A) is Act.HIDE
    assert after(by_source, Decision(Act.UNDO, A.id)).about(A) is None
    assert after(by_id, Decision(Act.UNDO, A.source)).about(A) is None


def test_a_decision_is_still_known_when_the_article_has_another_id():
    decided = after(Decision.about(Act.HIDE, A))
    moved = replace(A, article="https://new.example/walls/")
    assert moved.id != A.id
    assert decided.about(moved) is Act.HIDE
    assert decided.about(replace(moved, target="https://blog.example/other/")) is None


def test_an_approval_is_of_what_a_mention_said():
    approved = after(Decision.about(Act.SHOW, A))
    assert approved.about(A) is Act.SHOW
    for change in (
        {"text": "BUY PILLS"},
        {"title": "BUY PILLS"},
        {"author": replace(A.author, name="BUY PILLS")},
        {"author": replace(A.author, url="https://pills.example/")},
        {"url": "https://pills.example/"},
        {"kind": Kind.QUOTE},
    ):
        edited = replace(A, **change)
        assert approved.about(edited) is None, change
        assert approved.has_changed(edited)
        again = after(Decision.about(Act.SHOW, A), Decision.about(Act.SHOW, edited))
        assert again.about(edited) is Act.SHOW
        assert again.about(A) is None


def test_a_new_date_picture_or_address_of_the_article_is_no_new_text():
    approved = after(Decision.about(Act.SHOW, A))
    for change in (
        {"published": NOW},
        {"received": NOW},
        {"author": replace(A.author, photo="https://reader1.example/me.png")},
        {"target": "https://blog.example/stone-walls/"},
        {"article": "https://new.example/walls/"},
        {"via": "other.example", "remote": "9"},
    ):
        assert approved.about(replace(A, **change)) is Act.SHOW, change


def test_a_moved_mention_is_found_with_what_was_approved():
    moved = replace(A, article="https://new.example/walls/")
    approved = after(Decision.about(Act.SHOW, A))
    assert approved.about(moved) is Act.SHOW
    assert approved.has_changed(replace(moved, text="BUY PILLS"))


def test_only_an_approval_that_says_of_what_is_of_a_text():
    edited = replace(A, text="BUY PILLS")
    for decision in (
        Decision(Act.SHOW, A.id),
        Decision(Act.SHOW, A.source),
        Decision(Act.HIDE, A.id, approved="0" * 32),
        Decision.about(Act.HIDE, A),
    ):
        assert after(decision).about(edited) is decision.act
        assert not after(decision).has_changed(edited)
    undone = after(Decision.about(Act.SHOW, A), Decision.about(Act.UNDO, A))
    assert undone.about(edited) is None
    assert not undone.has_changed(edited)


ACTS = st.sampled_from([*Act])
WHATS = st.sampled_from(
    [A.id, A.source, "https://reader1.example/", "reader1.example", "b.example"]
)


HASHES = st.sampled_from(["", Decision.about(Act.SHOW, A).approved, "0" * 32])


@given(st.lists(st.tuples(st.integers(0, 3), ACTS, WHATS, HASHES), max_size=8), st.randoms())
def test_neither_the_order_of_the_lines_nor_a_line_twice_matters(drawn, random):
    lines = [
        (NOW + dt.timedelta(n), Decision(act, what, approved=approved))
        for n, act, what, approved in drawn
    ]
    mixed = [*lines, *random.sample(lines, len(lines) // 2)]
    random.shuffle(mixed)
    one, other = Decisions.of(lines), Decisions.of(mixed)
    assert one.rules == other.rules
    assert one.forgotten == other.forgotten
    for each in (A, mention(2), BRIDGED):
        assert one.about(each) == other.about(each)
        assert one.rule_for(each) == other.rule_for(each)


# Rules


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("M.example", "m.example"),
        ("*.m.example", "m.example"),
        (" m.example ", "m.example"),
        ("m.example:8080", "m.example:8080"),
        ("https://m.example/", "m.example"),
        ("http://M.example/@ann/", "m.example/@ann"),
        ("https://m.example./@ann.", "m.example/@ann."),
        ("m.example.:8080", "m.example:8080"),
        ("m.example/@ann", "m.example/@ann"),
        ("https://m.example/?author=1", "m.example/?author=1"),
        ("gärten.example", "xn--grten-gra.example"),
        ("[::1]", "[::1]"),
    ],
)
def test_a_rule_is_a_host_or_a_url_without_its_scheme(text, rule):
    assert rule_of(text) == rule
    assert rule_of(rule) == rule


@pytest.mark.parametrize(
    "text",
    ["", "ann", "https://", "ftp://a.example", "a b.example", "https://me@a.example/", "@a.b"],
)
def test_what_is_neither_a_host_nor_a_url_is_refused(text):
    with pytest.raises(ValueError, match=r"neither a host nor a URL|: "):
        rule_of(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://m.example/@ann", "ann"),
        ("http://m.example/@ann/1", "ann"),
        ("https://m.example/@ann?page=2", "ann"),
        ("https://M.example.:443/%40ann/.", "ann"),
        ("https://m.example//@ann//1", "ann"),
        ("https://m.example/@ann#likes/1", "ann"),
        ("https://m.example/@anna", "m"),
        ("https://m.example/", "m"),
        ("https://sub.m.example/x", "m"),
        ("https://sub.m.example:8080/x", "m"),
        ("https://em.example/", None),
        ("https://example/", None),
        ("", None),
    ],
)
def test_the_most_specific_rule_counts(url, expected):
    found = RuleBook({"m.example": "m", "m.example/@ann": "ann"}).of(url)
    assert (found and found[1]) == expected


def test_a_mention_is_blocked_by_its_source_its_post_or_its_author():
    for what in ("brid.gy", "m.example", "https://m.example/@ann", "https://brid.gy/comment"):
        assert rules(block=what).rule_for(BRIDGED) is Act.BLOCK
        assert rules(trust=what).rule_for(BRIDGED) is Act.TRUST
    assert rules(block="m.example").rule_for(A) is None
    assert Decisions().rule_for(A) is None


def test_the_more_specific_rule_wins_and_of_equal_ones_the_block():
    assert rules(block="m.example", trust="https://m.example/@ann").rule_for(BRIDGED) is Act.TRUST
    assert rules(trust="m.example", block="https://m.example/@ann").rule_for(BRIDGED) is Act.BLOCK
    both = replace(
        BRIDGED, source="https://b.example/", url="https://c.example/", author=Author("A")
    )
    assert rules(trust="b.example", block="c.example").rule_for(both) is Act.BLOCK
    assert rules(trust="b.example", hold="c.example").rule_for(both) is Act.HOLD
    assert rules(hold="b.example", block="c.example").rule_for(both) is Act.BLOCK


def test_who_only_claims_to_be_a_trusted_author_is_not_trusted():
    assert rules(trust="https://m.example/@ann").rule_for(CLAIMED) is None
    assert rules(block="https://m.example/@ann").rule_for(CLAIMED) is Act.BLOCK
    own = replace(CLAIMED, source="https://m.example/@ann/3")
    assert rules(trust="https://m.example/@ann").rule_for(own) is Act.TRUST


def test_a_released_rule_is_as_if_it_had_not_been():
    assert rules(block="a.example", release="a.example").rules == {}


# What was erased


def test_what_was_erased_is_known_without_its_name():
    for what in ("reader1.example", A.source, "https://reader1.example/", "example"):
        rule = rule_of(what) if "." in what else what
        decided = after(Decision(Act.FORGET, hash_of(rule, "key"), key="key"))
        assert decided.forgotten.has(A), what
        assert not decided.forgotten.has(mention(2, source="https://b.test/")) or what == "example"
        assert is_about(A, rule)
        assert "reader1" not in repr(decided)
    assert after(Decision(Act.FORGET, hash_of("m.example/@ann", "k"), key="k")).forgotten.has(
        BRIDGED
    )


def test_branches_may_have_a_key_each():
    forgotten = Forgotten({"b": {hash_of("reader1.example", "b")}, "a": {"0"}})
    assert forgotten.has(A)
    assert not forgotten.has(mention(2))
    assert forgotten.key == "a"
    assert Forgotten().key == ""
    assert not is_about(A, "reader2.example")


# The file


def test_decisions_are_read_as_they_were_recorded(tmp_path):
    moderation = Moderation(tmp_path / "linkback")
    assert moderation.read() == (Decisions(), ())
    assert not moderation.path.exists()
    decisions = [
        Decision.about(Act.HIDE, A),
        Decision.about(Act.SHOW, mention(2)),
        Decision(Act.BLOCK, "spam.example"),
        Decision(Act.FORGET, "00", key="k"),
    ]
    moderation.record(decisions, NOW)
    history, problems = moderation.history()
    assert [each for _, each in history] == decisions
    assert problems == ()
    decided, _ = moderation.read()
    assert decided.about(A) is Act.HIDE
    assert decided.rules == {"spam.example": Act.BLOCK}


def test_a_decision_is_later_than_what_it_overrules_whatever_the_clock_says(tmp_path):
    moderation = Moderation(tmp_path)
    moderation.record([Decision(Act.HIDE, A.id)], NOW)
    moderation.record([Decision(Act.UNDO, A.id)], NOW - dt.timedelta(days=400))
    assert moderation.read()[0].about(A) is None


def test_a_damaged_line_is_one_warning_and_costs_itself(tmp_path):
    moderation = Moderation(tmp_path)
    moderation.record([Decision(Act.HIDE, A.id)], NOW)
    with moderation.path.open("a", encoding="utf-8") as file:
        file.write(
            '{"v": 1, "at": "yesterday", "act": "show", "what": "x"}\n{"v": 1, "act": "sing"'
        )
    decided, problems = moderation.read()
    assert decided.about(A) is Act.HIDE
    assert len(problems) == 2
    moderation.record([Decision(Act.SHOW, A.id)], NOW)
    assert moderation.read()[0].about(A) is Act.SHOW
    assert len(moderation.path.read_text("utf-8").splitlines()) == 4


def test_a_rule_that_was_written_by_hand_is_read_as_it_is_meant(tmp_path):
    moderation = Moderation(tmp_path)
    at = "2026-01-01T00:00:00+00:00"
    rules = ["*.Spam.Example", "https://m.example/@Ann/", "no rule"]
    lines = [json.dumps({"v": 1, "at": at, "act": "block", "what": each}) for each in rules]
    moderation.path.write_text("\n".join(lines) + "\n", "utf-8")
    decided, problems = moderation.read()
    assert decided.rules.keys() == {"spam.example", "m.example/@Ann"}
    assert len(problems) == 1
    assert "'no rule'" in problems[0]


def test_a_newer_version_is_an_error(tmp_path):
    moderation = Moderation(tmp_path)
    moderation.path.write_text(json.dumps({"v": 2, "act": "shade"}) + "\n", "utf-8")
    with pytest.raises(JournalError, match="newer version"):
        moderation.read()


# The policy

OPEN, HELD, CLOSED = (Target("a1", "https://blog.example/walls/", mentions=mode) for mode in Mode)
KINDS = tuple(Kind)


def judged(decisions=None, of=A, target=OPEN, kinds=KINDS, known=True):
    policy = Policy(
        decisions or Decisions(),
        kinds,
        lambda url: url.startswith("https://blog.example/"),
        lambda mention: known,
    )
    return policy.judge(of, target)


OWN = replace(A, source="https://blog.example/other/")
HIDE, SHOW = (after(Decision(act, A.id)) for act in (Act.HIDE, Act.SHOW))
SHOW_OWN = after(Decision(Act.SHOW, OWN.id))
EDITED, OWN_EDITED = replace(A, text="BUY PILLS"), replace(OWN, text="Mended.")
BLOCK, TRUST = rules(block="reader1.example"), rules(trust="reader1.example")
HOLD = rules(hold="reader1.example")
FORGET = after(Decision(Act.FORGET, hash_of("reader1.example", "k"), key="k"))


def edited(of=EDITED, **given):
    """A mention that says something else than when it was approved."""
    before = A if of is EDITED else OWN
    acts = [Decision(Act(act), "reader1.example") for act in given.pop("acts", ())]
    return {"decisions": after(Decision.about(Act.SHOW, before), *acts), "of": of, **given}


S, H, X = Visibility.SHOWN, Visibility.HELD, Visibility.HIDDEN

TABLE = [
    ("an open article", {}, S, Why.OPEN),
    ("a held one", {"target": HELD}, H, Why.HELD),
    ("a closed one", {"target": CLOSED}, X, Why.CLOSED),
    ("no article", {"target": None}, X, Why.NO_TARGET),
    ("another kind", {"kinds": ("like",)}, X, Why.KIND),
    ("our own page", {"of": OWN}, X, Why.OWN),
    ("our own page, approved", {"of": OWN, "decisions": SHOW_OWN}, S, Why.APPROVED),
    ("approved", {"decisions": SHOW}, S, Why.APPROVED),
    ("approved, of a held article", {"decisions": SHOW, "target": HELD}, S, Why.APPROVED),
    ("approved, of a closed article", {"decisions": SHOW, "target": CLOSED}, X, Why.CLOSED),
    ("approved, another kind", {"decisions": SHOW, "kinds": ()}, X, Why.KIND),
    ("refused", {"decisions": HIDE}, X, Why.REFUSED),
    ("blocked", {"decisions": BLOCK}, X, Why.BLOCKED),
    ("blocked, of a held article", {"decisions": BLOCK, "target": HELD}, X, Why.BLOCKED),
    ("trusted, of a held article", {"decisions": TRUST, "target": HELD}, S, Why.TRUSTED),
    ("trusted, a stranger", {"decisions": TRUST, "known": False}, S, Why.TRUSTED),
    ("held by a rule", {"decisions": HOLD}, H, Why.HOLD),
    ("a stranger", {"known": False}, H, Why.STRANGER),
    ("erased", {"decisions": FORGET}, X, Why.FORGOTTEN),
    ("edited", edited(), S, Why.OPEN),
    ("edited, of a held article", edited(target=HELD), H, Why.EDITED),
    ("edited, by a stranger", edited(known=False), H, Why.EDITED),
    ("edited, trusted, of a held article", edited(acts=["trust"], target=HELD), S, Why.TRUSTED),
    ("edited, held by a rule", edited(acts=["hold"]), H, Why.EDITED),
    ("edited, blocked", edited(acts=["block"]), X, Why.BLOCKED),
    ("our own page, edited", edited(OWN_EDITED), S, Why.OPEN),
    ("our own page, edited, of a held article", edited(OWN_EDITED, target=HELD), H, Why.EDITED),
]


@pytest.mark.parametrize(
    ("given", "state", "why"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_the_state_of_a_mention(given, state, why):
    assert judged(**given) == (state, why)


# What the states of a receiver say, and these rules do not: tests/test_inbox_database.py.
OF_A_RECEIVER = {
    *(
        Why.CHANGED,
        Why.UNDONE,
        Why.TWICE,
        Why.SPAM,
        Why.QUEUED,
        Why.GONE,
        Why.UNREACHABLE,
        Why.BROKEN,
    ),
}


def test_every_reason_occurs_and_has_words():
    assert {row[3] for row in TABLE} | OF_A_RECEIVER == {*Why} == REASONS.keys()


@pytest.mark.parametrize(
    ("target", "decided", "expected"),
    [
        (HELD, [], (S, Why.OPEN)),
        (CLOSED, [], (X, Why.CLOSED)),
        (HELD, [Decision(Act.BLOCK, "reader1.example")], (X, Why.BLOCKED)),
        (HELD, [Decision(Act.HIDE, A.id)], (X, Why.REFUSED)),
    ],
)
def test_what_a_receiver_of_ones_own_lists_was_approved_there(target, decided, expected):
    decisions = Decisions.of([(NOW, each) for each in decided])
    policy = Policy(decisions, KINDS, lambda url: True, approved={"blog.example/export"})
    pulled = mention(1, via="blog.example/export")
    assert policy.judge(pulled, target) == expected
    elsewhere = mention(1, via="other.example/export")
    assert policy.judge(elsewhere, target).visibility is not Visibility.SHOWN


def test_authors_are_known_by_default():
    policy = Policy(Decisions(), KINDS, lambda url: False)
    assert policy.judge(A, OPEN) == (S, Why.OPEN)


def test_a_block_beats_an_approval_only_if_it_is_of_the_mention():
    both = Decisions.of(
        [(NOW, Decision(Act.BLOCK, "reader1.example")), (NOW, Decision(Act.SHOW, A.id))]
    )
    assert judged(both) == (S, Why.APPROVED)

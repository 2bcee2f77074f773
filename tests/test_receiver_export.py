"""The export of a receiver, and what ``pull`` makes of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.receiving.hosted import jf2, puller
from pelican_linkback.receiving.hosted.export import Export
from pelican_linkback.receiving.hosted.progress import ProgressFile
from pelican_linkback.receiving.hosted.puller import Puller
from pelican_linkback.receiving.hosted.service import Service
from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.pull import find_in
from pelican_linkback.receiving.received import Author, Kind, Received
from pelican_linkback.receiving.server.export import Token
from pelican_linkback.receiving.server.http import Refusal, Request
from pelican_linkback.receiving.server.jf2 import item_of
from pelican_linkback.receiving.server.limits import Limiter
from tests.asking import ask
from tests.fake_receiver import BASE, NOW, SOURCE, TARGETS, TOKEN, FakeReceiver, row, said
from tests.fakeweb import FakeWeb, Reply

URL = f"{BASE}export"
find = find_in(TARGETS)


@pytest.fixture
def receiver() -> FakeReceiver:
    return FakeReceiver()


def export(receiver, query: str = "", word: str = TOKEN):
    return ask(receiver.application, "GET", f"/export{query}", authorization=f"Bearer {word}")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", f"Basic {TOKEN}", "Bearer wrong", f"Bearer {TOKEN}x", "Bearer \u00e9"],
)
def test_the_export_is_for_who_has_the_token(receiver, authorization):
    headers = {"authorization": authorization} if authorization else {}
    answer = ask(receiver.application, "GET", "/export", **headers)
    assert (answer.status, answer.header("WWW-Authenticate")) == (401, "Bearer")
    assert export(receiver).status == 200
    lower = ask(receiver.application, "GET", "/export", authorization=f"bearer {TOKEN}")
    assert lower.status == 200


def test_who_tries_words_is_made_to_wait(receiver):
    statuses = [export(receiver, word="wrong").status for _ in range(61)]
    assert statuses == [401] * 60 + [429]
    assert export(receiver).status == 200, "who has the token is not"


def test_without_a_token_nobody_is_let_in():
    request = Request("GET", "/export", BASE, headers={"authorization": "Bearer "})
    with pytest.raises(Refusal) as refusal:
        Token("", Limiter()).check(request)
    assert refusal.value.status == 403


def test_the_export_is_pages_by_the_numbers_of_changes(receiver):
    receiver.rows = [
        row(shown=said(f"{SOURCE}{n}"), number=n, source=f"{SOURCE}{n}") for n in range(1, 251)
    ]
    first = export(receiver).json
    assert [each["wm-id"] for each in first["children"]] == [*range(1, 101)]
    assert "paging" not in first
    assert len(export(receiver, "?since=100&per-page=1000").json["children"]) == 100
    assert len(export(receiver, "?since=100&per-page=0").json["children"]) == 1
    last = export(receiver, "?since=200&per-page=100").json
    assert (len(last["children"]), last["paging"]) == (50, {"total": 50})


@pytest.mark.parametrize("since", ["x", "-1", "\u0663", "1" * 19, "1.5"])
def test_a_number_is_a_number(receiver, since):
    assert export(receiver, f"?since={since}").status == 400


def test_what_is_shown_no_more_says_so_and_nothing_else(receiver):
    receiver.rows = [row(MentionState.GONE)]
    [item] = export(receiver).json["children"]
    assert item == {
        "wm-id": 1,
        "wm-source": SOURCE,
        "wm-target": "https://blog.example/article/",
        "wm-removed": True,
    }


# ---------------------------------------------------------------------------- there and back

texts = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me", "Mc"])
).map(lambda text: " ".join(text.split()))
words = texts.filter(lambda text: any(each.isalnum() for each in text))
moments = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2026, 1, 1)).map(
    lambda when: when.replace(tzinfo=dt.UTC)
)


@st.composite
def mentions(draw) -> Received:
    kind = draw(st.sampled_from(Kind))
    received = draw(moments)
    text = "" if kind in {Kind.LIKE, Kind.REPOST} else draw(texts)
    url = draw(st.sampled_from([SOURCE, "https://social.example/@ann/1"]))
    return said(
        kind=kind,
        text=text,
        title=draw(words.map(lambda title: f"Title: {title}")) if text else "",
        author=Author(draw(words), draw(st.sampled_from(["", "https://ann.example/"]))),
        received=received,
        published=draw(st.none() | moments.map(lambda when: min(when, received))),
        url=url,
        rsvp="maybe" if kind is Kind.RSVP else "",
        parent=draw(st.sampled_from(["", "0123456789ab"])) if kind is Kind.REPLY else "",
        fragment=draw(st.sampled_from(["", "part-2"])),
        protocol=draw(st.sampled_from(["webmention", "pingback"])),
    )


@given(mentions())
def test_a_mention_comes_home_as_it_was(mention):
    read = jf2.read(item_of(row(shown=mention, number=7)), find, "mine", NOW)
    assert isinstance(read, Received)
    expected = replace(mention, via="mine", remote="7")
    if mention.text.startswith(mention.title.rstrip(".… ")):
        expected = replace(expected, title="")
    author = replace(mention.author, name=read.author.name)
    assert replace(read, author=author) == replace(expected, author=author)
    assert read.author.name == mention.author.name or "://" in mention.author.name


@pytest.mark.parametrize("name", ["Ann <b>Lee</b>", "R&D", "a &amp; b", "1 < 2", "&lt;script>"])
def test_names_that_look_like_markup_come_home_as_they_were(name):
    mention = said(author=Author(name), title=name)
    read = jf2.read(item_of(row(shown=mention)), find, "mine", NOW)
    assert (read.author.name, read.title) == (name, name)


def test_long_texts_come_home_whole():
    for kind in (Kind.MENTION, Kind.REPLY):
        mention = said(kind=kind, text="words " * 300 + "end")
        assert jf2.read(item_of(row(shown=mention)), find, "mine", NOW).text == mention.text


# -------------------------------------------------------------------------------------- pull


class Over:
    """The client of a pull, over the application itself."""

    def __init__(self, receiver: FakeReceiver) -> None:
        def answered(request):
            parts = urlsplit(request.url)
            path = f"{parts.path.removeprefix('/receiver')}?{parts.query}"
            authorization = request.headers["Authorization"]
            answer = ask(receiver.application, "GET", path, authorization=authorization)
            self.asked.append(parts.query)
            return Reply(answer.status, tuple(answer.headers), answer.body)

        self.asked: list[str] = []
        self._answered = answered

    def exchange(self, request):
        return FakeWeb({request.url: self._answered}).exchange(request)


@pytest.fixture
def pull(receiver, tmp_path, monkeypatch):
    monkeypatch.setattr(puller, "FEW", 0)  # as for a site with many mentions
    client = Over(receiver)
    snapshot = Snapshot(tmp_path)
    works = Puller(snapshot, ProgressFile(tmp_path), find, lambda _: False, lambda: NOW)
    service = Service("mine", client, lambda _: True, lambda: NOW)
    source = Export(service, URL, TOKEN)

    def pulled():
        client.asked.clear()
        result = works.pull("mine", source.fetch)
        assert result.warnings == []
        return result, [each.text for each in snapshot.read().mentions], client.asked

    return pulled


def test_removals_and_changes_need_not_wait_for_a_listing_of_all(receiver, pull):
    one, two = (f"{SOURCE}{n}" for n in (1, 2))
    receiver.rows = [
        row(shown=said(one, text="One."), number=1, source=one),
        row(shown=said(two, text="Two."), number=2, source=two),
    ]
    result, texts, _ = pull()
    assert (len(result.new), sorted(texts)) == (2, ["One.", "Two."])
    receiver.rows = [
        row(shown=said(one, text="One, corrected."), number=3, source=one),
        row(MentionState.GONE, number=4, source=two),
    ]
    result, texts, asked = pull()
    assert asked == ["since=2&per-page=100"]
    assert (len(result.changed), len(result.removed)) == (1, 1)
    assert texts == ["One, corrected."]
    assert not result.left_out
    result, texts, asked = pull()
    assert asked == ["since=3&per-page=100"], "the removal is said again, and changes nothing"
    assert (result.new, result.changed, result.removed) == ({}, set(), set())
    receiver.rows[1] = row(shown=said(two, text="Two is back."), number=5, source=two)
    result, texts, _ = pull()
    assert sorted(texts) == ["One, corrected.", "Two is back."]


def test_a_removal_while_everything_is_listed_counts(receiver, pull):
    sources = [f"{SOURCE}{n}" for n in range(150)]
    receiver.rows = [
        row(shown=said(each), number=n, source=each) for n, each in enumerate(sources, 1)
    ]
    pages = receiver.exported

    def exported(since: int, limit: int):
        found = pages(since, limit)
        if since == 0:  # afterwards the first of them goes
            receiver.rows[0] = row(MentionState.REFUSED, number=151, source=sources[0])
        return found

    receiver.exported = exported
    _, texts, asked = pull()
    assert asked == ["since=0&per-page=100", "since=100&per-page=100"]
    assert len(texts) == 149

"""What is recorded as sent is what the receiver can have seen: builds, uploads and sends, mixed.

A small site: ``build`` writes a page and tells at once, ``upload`` puts it online, ``send`` is the
command on a machine with the output folder, or without it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.sending.deciding.readiness import BuiltPage
from pelican_linkback.sending.memory.delivery import State
from tests.fakeweb import Reply, Request
from tests.test_sender import BLOG, FAR, HUB, World, mention_of, offering, post

SOURCE, TARGET = f"{BLOG}/a", f"{FAR}/b"


def html(text: str) -> bytes:
    return f'<title>A</title><p>{text} <a href="{TARGET}">b</a>'.encode()


class Site(World):
    """A blog with one article, and a receiver that remembers which page it saw."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.output: dict[str, BuiltPage] = {}
        self.seen: list[bytes] = []
        self.answer = Reply(202)
        self.web.pages |= {TARGET: offering(webmention=f"{HUB}/wm"), f"{HUB}/wm": self.receive}

    def receive(self, request: Request) -> Reply:
        self.seen.append(self.web.pages[mention_of(request).source])
        return self.answer

    def build(self, text: str, *, mark: bool = True, send: bool = True, theme: str = ""):
        self.now += timedelta(seconds=10)
        self.output = {SOURCE: BuiltPage(html(text) + theme.encode(), self.now)}
        self.now += timedelta(seconds=10)
        article = post("a", *([TARGET] if mark else []), fingerprint=text)
        sender = self.sender(built=self.output.get, is_build=True, deadline=60.0 if send else 0)
        return sender.run([replace(article, links=frozenset([TARGET]))])

    def upload(self) -> None:
        self.web.pages[SOURCE] = self.output[SOURCE].body

    def send(self, *, output: bool = True, failed_too: bool = False):
        self.now += timedelta(minutes=5)
        built = self.output.get if output else {}.get
        return self.sender(built=built).run(failed_too=failed_too)

    def known(self) -> tuple[State, str]:
        delivery = self.delivery()
        return delivery.state, delivery.acknowledged


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_page_that_was_refused_and_fixed_is_sent_once_it_is_online(site: Site) -> None:
    site.build("one")
    site.upload()
    site.answer = Reply(400)
    site.send()
    assert site.known() == (State.REFUSED, "")
    site.answer = Reply(202)
    report = site.build("mended")
    assert (report.waiting, len(site.seen)) == (1, 1)
    site.upload()
    site.send()
    assert site.seen == [html("one"), html("mended")]
    assert site.known() == (State.DELIVERED, "mended")


@pytest.mark.parametrize("output", [True, False], ids=["with output", "without output"])
def test_a_text_and_its_mark_that_change_together_wait_for_the_upload(
    site: Site, output: bool
) -> None:
    site.build("one", mark=False)
    site.upload()
    site.build("two", send=False)
    site.send(output=output)
    assert (site.seen, site.delivery().reason) == ([], "older-version")
    site.upload()
    site.send(output=output)
    assert (site.seen, site.known()) == ([html("two")], (State.DELIVERED, "two"))


@pytest.mark.parametrize("output", [True, False], ids=["with output", "without output"])
def test_an_edit_after_trouble_waits_for_the_upload(site: Site, output: bool) -> None:
    site.build("one")
    site.upload()
    site.answer = Reply(503)
    site.send()
    site.answer = Reply(202)
    site.build("two", send=False)
    site.now += timedelta(days=5)
    site.send(output=output)
    assert len(site.seen) == 1
    site.upload()
    site.send(output=output)
    assert (site.seen[-1], site.known()) == (html("two"), (State.DELIVERED, "two"))


@pytest.mark.parametrize("output", [True, False], ids=["with output", "without output"])
def test_an_update_waits_for_its_upload_for_weeks(site: Site, output: bool) -> None:
    site.build("one")
    site.upload()
    site.send()
    site.build("two")
    for _ in range(10):
        site.now += timedelta(days=1)
        site.send(output=output)
    assert site.seen == [html("one")]
    site.upload()
    site.send(output=output)
    assert site.seen == [html("one"), html("two")]


def test_the_output_of_another_clone_does_not_count(site: Site, tmp_path: Path) -> None:
    """One clone built and queued; the other has the journal now, and the output from before."""
    site.build("one")
    site.upload()
    site.send()
    before = site.output
    site.build("two")
    site.output, built = before, site.output
    site.send()
    assert site.seen == [html("one")]
    site.output = built
    site.upload()
    site.output = before
    site.send()
    assert site.seen == [html("one"), html("two")]


def test_a_new_theme_is_no_new_version_and_no_obstacle(site: Site) -> None:
    site.build("one")
    report = site.build("one", theme="<p>Newest posts")
    assert report.waiting == 1
    site.upload()
    site.send(output=False)
    assert site.known() == (State.DELIVERED, "one")
    lines = site.events()
    site.build("one", theme="<p>Other posts")
    assert site.events() == lines


def test_what_failed_is_tried_again_by_the_page_that_is_online(site: Site) -> None:
    site.build("one")
    site.upload()
    site.answer = Reply(403)
    site.send()
    site.build("one", theme="<p>Newest posts")
    site.upload()
    site.answer = Reply(202)
    site.send(output=False, failed_too=True)
    assert site.known() == (State.DELIVERED, "one")


STEPS = st.sampled_from(
    ["build", "edit", "theme", "upload", "send", "send without output", "trouble", "day"]
)


def take(site: Site, steps: list[str]) -> str:
    """Take the ``steps`` and return the article's text after them."""
    text, theme = "text 0", ""
    site.build(text)
    for number, step in enumerate(steps, start=1):
        if step == "edit":
            text = f"text {number}"
        theme = f"<p>theme {number}" if step == "theme" else theme
        site.answer = Reply(503) if step == "trouble" else Reply(202)
        match step:
            case "build" | "edit" | "theme" | "trouble":
                site.build(text, theme=theme)
            case "upload":
                site.upload()
            case "send" | "send without output":
                site.send(output=step == "send")
            case "day":
                site.now += timedelta(hours=7)
    return text


@given(steps=st.lists(STEPS, max_size=12))
def test_whatever_happens_the_receiver_sees_the_last_version_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """Within the maximum wait of a day: every step takes some hours at most."""
    site = Site(tmp_path_factory.mktemp("site"))
    steps = [step for n, step in enumerate(steps) if step != "day" or steps[:n].count("day") < 2]
    text = take(site, steps)
    site.answer = Reply(202)
    site.build(text)
    site.upload()
    site.now += timedelta(days=8)
    for _ in range(3):
        site.send()
    assert site.known() == (State.DELIVERED, text)
    assert site.seen[-1].startswith(html(text))

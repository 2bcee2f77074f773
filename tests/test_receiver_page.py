"""The page about the receiver's addresses has all that there is."""

from __future__ import annotations

import re

import pytest

from pelican_linkback.receiving.inbox import states
from pelican_linkback.receiving.server.incoming import Status
from pelican_linkback.receiving.server.jf2 import item_of
from tests.asking import ask
from tests.fake_receiver import TOKEN, FakeReceiver, row, said
from tests.pages import DOCS

PAGE = (DOCS / "reference" / "receiver.rst").read_text(encoding="utf-8")


def test_every_address_is_on_the_page():
    named = {found[1] for found in re.finditer(r"``(?:GET|POST) (/[^`?]*)", PAGE)}
    assert named == {route.path for route in FakeReceiver().routes}


def test_every_number_is_on_the_page():
    receiver = FakeReceiver()
    form = {"source": "https://a.example/", "target": "https://blog.example/article/"}
    ask(receiver.application, "POST", "/webmention", form=form)
    # What is counted beside the application.
    receiver.metrics.count("accepted_total", protocol="webmention")
    receiver.metrics.count("verified_total", outcome="verified")
    receiver.metrics.time("verify_seconds", 1.0)
    text = ask(receiver.application, "GET", "/metrics", authorization=f"Bearer {TOKEN}").text
    counted = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    assert set(re.findall(r"^``(linkback_\w+)``", PAGE, re.MULTILINE)) == counted


@pytest.mark.parametrize("outcome", ["Verified", "Removed", "Missing", "Outage"])
def test_the_outcomes_are_those_of_verifiers(outcome):
    assert hasattr(states, outcome)
    assert f"``{outcome.lower()}``" in PAGE


def test_every_status_and_every_field_is_on_the_page():
    assert set(re.findall(r"^``(queued|accepted|rejected)``", PAGE, re.MULTILINE)) == {*Status}
    mention = said(fragment="part", parent="0123456789ab")
    fields = {*item_of(row(shown=mention)), *item_of(row())}
    own = {name for name in fields if name.startswith("wm-")}
    assert set(re.findall(r"^``(wm-\w+)``", PAGE, re.MULTILINE)) == own

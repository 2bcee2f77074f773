"""May a mention go out? Every page that a receiver could find, and what follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pelican_linkback.exceptions import Unreachable, WebError
from pelican_linkback.net.client import Response
from pelican_linkback.protocol.mention import Mention, Protocol
from pelican_linkback.sending.deciding.readiness import hindrance, objections
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import GONE, UNLINKED, Waiting
from pelican_linkback.sending.running.output_pages import TOMBSTONE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE, TARGET = "https://me.example/one", "https://you.example/two"
LINKED = f'<title>One</title><p>Old words. <a href="{TARGET}">two</a>'.encode()
BARE = b"<title>One</title><p>Old words."
NEW = LINKED.replace(b"Old", b"New")


def online(body: bytes = LINKED, status: int = 200, url: str = SOURCE) -> Response:
    return Response(url, status, (("Content-Type", "text/html"),), body)


DOWN = Unreachable(SOURCE, "no such host")
MOVED = online(url="https://me.example/elsewhere")


@pytest.mark.parametrize(
    ("version", "page", "built", "reason"),
    [
        pytest.param("2", online(), None, None, id="linked"),
        pytest.param("2", online(), NEW, None, id="linked, though another version: not told yet"),
        pytest.param("2", DOWN, None, "not-online", id="down"),
        pytest.param("2", online(status=404), None, "not-online", id="404"),
        pytest.param("2", MOVED, None, "redirected", id="redirects"),
        pytest.param("2", online(BARE), None, "link-missing", id="no link"),
        pytest.param("2", online(BARE), BARE, "link-missing", id="no link, nor will there be"),
        pytest.param("2", online(BARE), LINKED, "older-version", id="no link yet"),
        pytest.param(UNLINKED, online(BARE), None, None, id="link taken away"),
        pytest.param(UNLINKED, online(), None, "still-linked", id="link still there"),
        pytest.param(UNLINKED, online(BARE, 500), None, "not-online", id="who knows"),
        pytest.param(GONE, online(status=404), None, None, id="404: gone"),
        pytest.param(GONE, online(status=410), None, None, id="410: gone"),
        pytest.param(GONE, MOVED, None, None, id="moved on: gone"),
        pytest.param(GONE, online(TOMBSTONE), None, None, id="a tombstone: gone"),
        pytest.param(GONE, online(), None, "still-online", id="still there"),
        pytest.param(GONE, online(status=500), None, "still-online", id="ill is not gone"),
        pytest.param(GONE, DOWN, None, "not-online", id="down is not gone"),
    ],
)
def test_hindrance(
    version: str, page: Response | WebError, built: bytes | None, reason: str | None
) -> None:
    delivery = Delivery(Mention(SOURCE, TARGET), fingerprint=version)
    found = hindrance(delivery, page, built, NOON)
    assert (found and found.reason) == reason


@pytest.mark.parametrize(
    ("built", "hours", "waits"),
    [
        pytest.param(LINKED, 1, False, id="the page online reads like the built one"),
        pytest.param(
            b"<html><script>1</script>\n" + LINKED, 1, False, id="words and links are compared"
        ),
        pytest.param(NEW, 1, True, id="other words"),
        pytest.param(LINKED + b'<a href="/x"></a>', 1, True, id="another link"),
        pytest.param(NEW, 24, False, id="for a day at most: some hosts rewrite pages"),
        pytest.param(None, 1, False, id="nobody knows the built page"),
    ],
)
def test_an_update_waits_for_its_page(built: bytes | None, hours: int, waits: bool) -> None:
    delivery = Delivery(
        Mention(SOURCE, TARGET),
        fingerprint="2",
        acknowledged="1",
        acknowledged_by=Protocol.WEBMENTION,
        since=NOON - timedelta(hours=hours),
    )
    expected = Waiting("older-version") if waits else None
    assert hindrance(delivery, online(), built, NOON) == expected


@pytest.mark.parametrize(
    ("version", "page", "built", "codes"),
    [
        pytest.param("1", online(), None, [], id="nothing to object"),
        pytest.param("1", online(LINKED[18:]), None, ["no-title"], id="the page online"),
        pytest.param("1", online(LINKED[18:]), LINKED, [], id="the built one counts"),
        pytest.param("1", DOWN, BARE, ["not-linked"], id="before it is online"),
        pytest.param("1", DOWN, None, [], id="nothing to look at"),
        pytest.param(GONE, online(BARE), BARE, [], id="a page that is gone links to nobody"),
    ],
)
def test_objections(
    version: str, page: Response | WebError, built: bytes | None, codes: list[str]
) -> None:
    delivery = Delivery(Mention(SOURCE, TARGET), fingerprint=version)
    assert [objection.code for objection in objections(delivery, page, built)] == codes

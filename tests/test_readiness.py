"""What is online decides whether a receiver is notified now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pelican_linkback.exceptions import RedirectLoop, Refused, TimedOut, Unreachable, WebError
from pelican_linkback.net.client import Response
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.deciding.readiness import (
    LACKS_LINK,
    REWRITTEN,
    BuiltPage,
    Ready,
    digest_of,
    objections,
    readiness,
)
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import GONE, UNLINKED, Waiting
from pelican_linkback.sending.running.output_pages import TOMBSTONE
from tests import spoken

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOST = "https://me.example"
SOURCE, TARGET = f"{HOST}/one", "https://you.example/two"
LINKED = f'<title>One</title><p>Old words. <a href="{TARGET}">two</a>'.encode()
BARE = b"<title>One</title><p>Old words."
NEW = LINKED.replace(b"Old", b"New")
REWRITE = LINKED.replace(b"https://you", b"https://count.example/?to=https://you")


def online(body: bytes = LINKED, status: int = 200, url: str = SOURCE) -> Response:
    return Response(url, status, (("Content-Type", "text/html"),), body)


def built(body: bytes | None, at: datetime = NOON) -> BuiltPage | None:
    return None if body is None else BuiltPage(body, at)


def delivery(version: str = "2", hours: int = 1, source: str = SOURCE, **fields: str) -> Delivery:
    known = Delivery(Mention(source, TARGET), fingerprint=version, since=NOON - hours * HOUR)
    return replace(known, **fields)


def sent(known: Delivery, version: str = "1", **fields: str) -> Delivery:
    """Return a delivery that a receiver took by webmention, in an earlier version."""
    return replace(
        known,
        acknowledged=version,
        acknowledged_by=spoken.WEBMENTION,
        seen_version=version,
        **fields,
    )


def reason_of(known: Delivery, page: Response | WebError, output: BuiltPage | None = None) -> str:
    found = readiness(known, page, output, NOON)
    return found.reason if isinstance(found, Waiting) else ""


DOWN = Unreachable(SOURCE, "no such host")
CIRCLE = RedirectLoop(SOURCE, "its redirects lead in a circle")
PRIVATE = Refused(SOURCE, "its address 10.0.0.1 is not on the public internet")
MOVED = online(url=f"{HOST}/elsewhere")
HOME = online(BARE, url=f"{HOST}/")


@pytest.mark.parametrize(
    ("version", "page", "output", "reason"),
    [
        pytest.param("2", online(), None, "", id="linked"),
        pytest.param("2", online(), NEW, "older-version", id="linked, in another version"),
        pytest.param("2", DOWN, None, "not-online", id="down"),
        pytest.param("2", CIRCLE, None, "host-in-trouble", id="redirects in a circle"),
        pytest.param("2", PRIVATE, None, "address-refused", id="at a private address"),
        pytest.param("2", online(status=404), None, "not-online", id="404"),
        pytest.param("2", online(status=410), None, "not-online", id="410"),
        pytest.param("2", online(status=401), None, "host-refuses", id="401"),
        pytest.param("2", online(status=403), None, "host-refuses", id="403"),
        pytest.param("2", online(status=429), None, "host-in-trouble", id="429"),
        pytest.param("2", online(status=503), None, "host-in-trouble", id="503"),
        pytest.param("2", TimedOut(SOURCE, ""), None, "host-in-trouble", id="silent"),
        pytest.param("2", online(BARE), None, "link-missing", id="no link"),
        pytest.param("2", online(BARE), BARE, "link-missing", id="no link, nor will there be"),
        pytest.param("2", online(BARE), NEW, "older-version", id="no link yet"),
        pytest.param("2", online(REWRITE), LINKED, "link-missing", id="the host changed the link"),
        pytest.param(UNLINKED, online(BARE), None, "", id="link taken away"),
        pytest.param(UNLINKED, online(), None, "still-linked", id="link still there"),
        pytest.param(UNLINKED, online(BARE, 500), None, "host-in-trouble", id="who knows"),
        pytest.param(UNLINKED, online(status=404), None, "", id="the page is gone, too"),
        pytest.param(UNLINKED, DOWN, None, "not-online", id="down is not unlinked"),
        pytest.param("2", online(status=203), None, "", id="a proxy has changed it"),
        pytest.param("2", online(status=202), None, "not-online", id="a check for bots"),
        pytest.param(GONE, online(status=404), None, "", id="404: gone"),
        pytest.param(GONE, online(status=410), None, "", id="410: gone"),
        pytest.param(GONE, HOME, None, "", id="it redirects to a page without the link: gone"),
        pytest.param(GONE, MOVED, None, "still-online", id="it redirects to one with the link"),
        pytest.param(GONE, online(BARE), None, "", id="there, without the link"),
        pytest.param(
            GONE, online(BARE, 500, f"{HOST}/"), None, "host-in-trouble", id="redirected to trouble"
        ),
        pytest.param(GONE, online(TOMBSTONE), None, "", id="a tombstone: gone"),
        pytest.param(GONE, online(), None, "still-online", id="still there"),
        pytest.param(GONE, online(status=500), None, "host-in-trouble", id="ill is not gone"),
        pytest.param(GONE, online(status=403), None, "host-refuses", id="nor is forbidden"),
        pytest.param(GONE, DOWN, None, "not-online", id="down is not gone"),
    ],
)
def test_a_version_and_a_page(
    version: str, page: Response | WebError, output: bytes | None, reason: str
) -> None:
    assert reason_of(delivery(version), page, built(output)) == reason
    if not reason and isinstance(page, Response):
        # What is to be removed may be known by an address that leads to another page now.
        source = page.url if version == "2" else SOURCE
        assert readiness(delivery(version), page, built(output), NOON) == Ready(
            source, digest_of(page.body)
        )


@pytest.mark.parametrize("is_known", [False, True], ids=["first", "an update"])
@pytest.mark.parametrize(
    ("output", "hours", "waits"),
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
def test_a_version_waits_for_its_page(
    is_known: bool, output: bytes | None, hours: int, waits: bool
) -> None:
    known = delivery(hours=hours)
    known = sent(known) if is_known else known
    assert reason_of(known, online(), built(output)) == ("older-version" if waits else "")


@pytest.mark.parametrize(
    ("page", "output", "minutes", "reason"),
    [
        pytest.param(LINKED, None, 0, "", id="no output: the digest of the journal"),
        pytest.param(NEW, None, 0, "older-version", id="no output, and another page"),
        pytest.param(LINKED, NEW, -90, "", id="output of an earlier version"),
        pytest.param(NEW, NEW, -90, "older-version", id="which is what is online"),
        pytest.param(NEW, NEW, 0, "", id="output that was worked on, or built again"),
        pytest.param(BARE, None, 0, "link-missing", id="no output, all words but no link"),
        pytest.param(b"Wait", None, 0, "older-version", id="no output, no link"),
    ],
)
def test_the_page_of_the_version_is_known_from_the_journal(
    page: bytes, output: bytes | None, minutes: int, reason: str
) -> None:
    known = delivery(page=digest_of(LINKED))
    if page == BARE:
        known = delivery(page=digest_of(BARE).partition("-")[0] + "-links")
    output_page = built(output, NOON + timedelta(minutes=minutes))
    assert reason_of(known, online(page), output_page) == reason


@pytest.mark.parametrize(
    ("known", "days", "waits"),
    [
        pytest.param(sent(delivery(), seen=digest_of(LINKED)), 2, True, id="nobody uploaded"),
        pytest.param(sent(delivery(), seen=digest_of(LINKED)), 30, False, id="for a month"),
        pytest.param(sent(delivery(), seen=digest_of(NEW)), 2, False, id="the page has changed"),
        pytest.param(
            delivery(seen=digest_of(LINKED), seen_version="1"), 2, True, id="refused before"
        ),
        pytest.param(
            delivery(seen=digest_of(LINKED), seen_version="2"), 2, False, id="tried before"
        ),
    ],
)
def test_the_page_of_another_version_is_known_again(
    known: Delivery, days: int, waits: bool
) -> None:
    known = replace(known, since=NOON - timedelta(days=days))
    found = reason_of(known, online(), built(NEW, NOON))
    assert found == ("older-version" if waits else "")


@pytest.mark.parametrize(
    ("ahead", "found"),
    [(timedelta(minutes=5), "older-version"), (timedelta(days=400), "")],
    ids=["a little ahead", "far ahead"],
)
def test_what_a_wrong_clock_queued_does_not_wait_for_its_year(ahead: timedelta, found: str) -> None:
    known = replace(delivery(), since=NOON + ahead)
    assert reason_of(known, online(), built(NEW, NOON)) == found


@pytest.mark.parametrize("days", [0, 2])
def test_a_host_that_names_another_charset_shows_the_page_that_was_uploaded(days: int) -> None:
    headers = (("Content-Type", "text/html; charset=iso-8859-1"),)
    words, other = (
        LINKED.replace(b"words", each.encode()) for each in ("w\u00f6rds", "w\u00e4rds")
    )
    new, old = (replace(online(each), headers=headers) for each in (words, other))
    known = delivery(hours=1 + 24 * days)
    assert readiness(known, new, built(words), NOON) == Ready(SOURCE, digest_of(words))
    known = sent(known, seen=digest_of(other))
    assert reason_of(known, old, built(words)) == "older-version"
    assert reason_of(known, new, built(words)) == ""


def test_a_page_that_a_host_has_converted_is_read_in_its_charset() -> None:
    page = LINKED.replace(b"words", b"w\xf6rds")
    headers = (("Content-Type", "text/html; charset=iso-8859-1"),)
    output = built(page.decode("latin-1").encode())
    assert reason_of(delivery(), replace(online(page), headers=headers), output) == ""


@pytest.mark.parametrize("escaped", [b"&", b"&#38;", b"&#x26;"])
def test_how_a_host_escapes_characters_does_not_matter(escaped: bytes) -> None:
    output = LINKED + b'<a href="/?a=1&amp;b=2">t&amp;c</a>'
    page = output.replace(b"&amp;", escaped)
    assert reason_of(delivery(), online(page), built(output)) == ""


def test_a_page_that_was_cut_is_not_compared() -> None:
    page = replace(online(), truncated=True)
    assert reason_of(delivery(), page, built(NEW)) == ""


@pytest.mark.parametrize(
    ("page", "hours", "waiting"),
    [
        pytest.param(REWRITE, 1, Waiting("link-missing", REWRITTEN), id="another link"),
        pytest.param(BARE + b" two", 1, Waiting("link-missing", REWRITTEN), id="no link"),
        pytest.param(b"Are you human?", 1, Waiting("older-version", LACKS_LINK), id="a check"),
        pytest.param(b"Are you human?", 24, Waiting("link-missing", REWRITTEN), id="for a day"),
    ],
)
def test_a_link_that_the_built_page_has_and_the_one_online_has_not(
    page: bytes, hours: int, waiting: Waiting
) -> None:
    assert readiness(delivery(hours=hours), online(page), built(LINKED), NOON) == waiting


# Redirects


@pytest.mark.parametrize(
    ("source", "served_at", "body", "output", "found"),
    [
        ("/a.html", "/a", LINKED, LINKED, "/a"),
        ("/a.html", "/a", LINKED, None, "/a"),
        ("/a.html", "/a/", LINKED, LINKED, "/a/"),
        ("/a/index.html", "/a/", LINKED, LINKED, "/a/"),
        ("/a/", "/a", LINKED, LINKED, "/a"),
        ("/a", "/a.html", LINKED, LINKED, "/a.html"),
        ("/a.html", "/a", LINKED, NEW, "older-version"),
        ("/a.html", "/a", b"nothing", NEW, "older-version"),
        ("/a.html", "/a", BARE, None, "link-missing"),
        ("/a.html", "/posts/a", LINKED, LINKED, "/posts/a"),
        ("/a.html", "/posts/a", LINKED, None, "/posts/a"),
        ("/a.html", "/", LINKED, NEW, "older-version"),
        ("/a.html", "/", BARE, LINKED, "redirected"),
        ("/a.html", "/login", BARE, None, "redirected"),
        ("/a.html", "https://www.me.example/a.html", LINKED, LINKED, "redirected"),
        ("/a.html", "https://www.me.example/a.html", BARE, LINKED, "redirected"),
        ("/a.html", "http://me.example/a.html", LINKED, LINKED, "http://me.example/a.html"),
    ],
)
def test_a_redirect_on_the_own_host_leads_to_the_source(
    source: str, served_at: str, body: bytes, output: bytes | None, found: str
) -> None:
    address = served_at if ":" in served_at else HOST + served_at
    known = delivery(source=HOST + source, hours=1)
    result = readiness(known, online(body, url=address), built(output), NOON)
    if isinstance(result, Ready):
        assert result.source in {found, HOST + found}
    else:
        assert result.reason == found


def test_a_home_page_is_never_the_source_however_long_it_stands_in() -> None:
    known = delivery(source=f"{HOST}/a.html", hours=999)
    page = online(LINKED, url=f"{HOST}/")
    assert reason_of(known, page, built(NEW)) == "older-version"


@pytest.mark.parametrize("address", [f"{HOST}/a", f"{HOST}/b.html", "https://new.example/a.html"])
def test_a_receiver_that_knows_the_page_by_one_address_hears_of_no_other(address: str) -> None:
    known = sent(delivery(source=f"{HOST}/a.html"))
    found = readiness(known, online(NEW, url=address), built(NEW), NOON)
    assert found == Ready(f"{HOST}/a.html", digest_of(NEW))
    known = replace(known, served_at=f"{HOST}/served")
    found = readiness(known, online(NEW, url=address), built(NEW), NOON)
    assert found == Ready(f"{HOST}/served", digest_of(NEW))


# What WordPress would say


@pytest.mark.parametrize(
    ("version", "page", "output", "codes"),
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
    version: str, page: Response | WebError, output: bytes | None, codes: list[str]
) -> None:
    found = objections(delivery(version), page, built(output))
    assert [objection.code for objection in found] == codes

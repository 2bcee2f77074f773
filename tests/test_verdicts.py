"""What every answer means to every kind of news, pinned whole.

A row that is added, removed or changed fails here. The marks are: ``+`` delivered, ``-`` refused
for good, ``~`` tried again by itself, ``0`` nothing to send; and ``?`` behind a reason where the
receiver's status page is looked at once more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pelican_linkback.exceptions import (
    LookupFailed,
    RedirectLoop,
    Refused,
    TimedOut,
    Unreachable,
)
from pelican_linkback.protocol.pingback import FAULTS
from pelican_linkback.sending.deciding.decider import Skip, Wait
from pelican_linkback.sending.memory.delivery import State
from tests import spoken
from tests.fakeweb import Page, Reply
from tests.test_sender import BLOG, FAR, HUB, World, fault, offering, post

MARKS = {State.DELIVERED: "+", State.REFUSED: "-", State.LATER: "~", State.NOTHING: "0"}
TARGET, ENDPOINT, STATUS = f"{FAR}/b", f"{HUB}/webmention", f"{HUB}/status/1"
TAKEN = Reply(202)
HTML = ("Content-Type", "text/html")
XML = ("Content-Type", "text/xml")
ERRORS: dict[str, Page] = {
    "timed out": TimedOut,
    "unreachable": Unreachable,
    "name server down": LookupFailed,
    "redirect loop": RedirectLoop,
    "private address": Refused,
}


def json(word: str) -> Reply:
    return Reply(200, [("Content-Type", "application/json")], f'{{"status": "{word}"}}'.encode())


def statuses(*numbers: int) -> dict[str, Page]:
    return {str(number): Reply(number) for number in numbers}


# What is notified by webmention, and the endpoint answers

ENDPOINTS: dict[str, Page] = {
    **statuses(200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 405, 408, 409, 410, 418),
    **statuses(421, 422, 423, 425, 429, 451, 500, 501, 502, 503, 504, 599, 999),
    "302 away": Reply(302, [("Location", "/elsewhere")]),
    "307 to 202": Reply(307, [("Location", "/elsewhere")]),
    "429, wait": Reply(429, [("Retry-After", "60")]),
    "403, wait": Reply(403, [("Retry-After", "60")]),
    "404, wait": Reply(404, [("Retry-After", "60")]),
    "202, wait": Reply(202, [("Retry-After", "60")]),
    **ERRORS,
}

# A receiver answered 201, and its status page says

STATUS_PAGES: dict[str, Page] = {
    "queued": json("queued"),
    "success": json("success"),
    "deleted": json("deleted"),
    "failed": json("failed"),
    "no_link_found": json("no_link_found"),
    "a page for people": "Thank you",
    **statuses(202, 404, 410, 429, 500),
    **ERRORS,
}

# The target itself answers

TARGETS: dict[str, Page] = {
    "no endpoint": "nobody",
    **statuses(300, 302, 304, 401, 403, 404, 410, 412, 418, 429, 451, 500, 503, 999),
    "403, wait": Reply(403, [("Retry-After", "60")]),
    **ERRORS,
}

# A pingback is sent for what is new alone, and the endpoint answers

PINGBACKS: dict[str, Page] = {
    **{f"fault {number}": fault(number) for number in FAULTS},
    "fault 404": fault(404),
    "fault 500": fault(500),
    "fault 4711": fault(4711),
    "error page": Reply(200, [HTML], b"<!DOCTYPE html><p>The database is locked.</p>"),
    "words": Reply(200, [HTML], b"Error establishing a database connection"),
    "empty": Reply(200, [XML]),
    "other XML": Reply(200, [XML], b"<rss/>"),
    "half a reply": Reply(200, [XML], b"<methodResponse a='"),
    "no reply in it": Reply(200, [XML], b"<methodResponse/>"),
    "document type": Reply(200, [XML], b"<!DOCTYPE x><methodResponse><params/></methodResponse>"),
    "fault of no number": Reply(200, [XML], b"<methodResponse><fault>No</fault></methodResponse>"),
    "nonsense in params": Reply(
        200, [XML], b"<methodResponse><params>No</params></methodResponse>"
    ),
    **statuses(202, 301, 400, 403, 404, 405, 410, 418, 429, 500, 503),
    **ERRORS,
}


def new(world: World) -> None:
    world.sender().run(world.publish(post("a", TARGET)))


def update(world: World) -> None:
    world.sender().run(world.publish(post("a", TARGET, fingerprint="2")))


def unlinked(world: World) -> None:
    world.sender().run(world.publish(post("a", fingerprint="2")))


def gone(world: World) -> None:
    world.web.pages[f"{BLOG}/a"] = Reply(410)
    world.sender().retract(f"{BLOG}/a")


NEWS: list[Callable[[World], None]] = [new, update, unlinked, gone]
KINDS = [kind.__name__ for kind in NEWS]


def verdict(world: World) -> str:
    """Where the delivery stands, in a mark, and why."""
    ((delivery, decision),) = world.sender().plan()
    assert delivery == spoken.ledger_of(world.journal).deliveries[delivery.mention]
    assert isinstance(decision, Wait) == (delivery.state is State.LATER)
    asks = isinstance(decision, Skip) and decision.until is not None
    return f"{MARKS[delivery.state]} {delivery.reason}{' ?' if asks else ''}"


def told_before(world: World) -> None:
    world.web.pages |= {TARGET: offering(webmention=ENDPOINT), ENDPOINT: TAKEN}
    new(world)


def row(
    folder: Path,
    prepare: Callable[[World], None],
    news: list[Callable[[World], None]],
    *,
    asks: bool = False,
) -> list[str]:
    """Return what becomes of each kind of ``news``, once ``prepare`` has changed the web.

    With ``asks`` when its status page has been looked at.
    """
    verdicts = []
    for kind in news:
        world = World(folder / kind.__name__)
        if kind is not new:
            told_before(world)
        world.web.pages |= {TARGET: offering(webmention=ENDPOINT), f"{HUB}/elsewhere": TAKEN}
        prepare(world)
        kind(world)
        if asks:
            assert verdict(world) == "+ accepted ?"
            world.now += timedelta(minutes=15)
            world.sender().run()
        verdicts.append(verdict(world))
    return verdicts


def rows(table: str) -> dict[str, list[str]]:
    lines = [line.split("|") for line in table.strip().splitlines()]
    found = {name.strip(): [cell.strip() for cell in cells] for name, *cells in lines}
    assert found.pop("answer", KINDS) == KINDS
    assert len(found) >= len(lines) - 1  # no name twice
    return found


OF_ENDPOINTS = rows("""
answer           | new               | update            | unlinked          | gone
200              | + accepted        | + accepted        | + accepted        | + accepted
201              | + accepted        | + accepted        | + accepted        | + accepted
202              | + accepted        | + accepted        | + accepted        | + accepted
204              | + accepted        | + accepted        | + accepted        | + accepted
301              | - http-301        | - http-301        | - http-301        | - http-301
304              | - http-304        | - http-304        | - http-304        | - http-304
400              | - http-400        | - http-400        | + found-gone      | + found-gone
401              | - http-401        | - http-401        | - http-401        | - http-401
403              | - http-403        | - http-403        | - http-403        | - http-403
404              | - http-404        | - http-404        | + found-gone      | + found-gone
405              | - http-405        | - http-405        | - http-405        | - http-405
408              | ~ http-408        | ~ http-408        | ~ http-408        | ~ http-408
409              | - http-409        | - http-409        | - http-409        | - http-409
410              | - http-410        | - http-410        | + found-gone      | + found-gone
418              | - http-418        | - http-418        | - http-418        | - http-418
421              | ~ http-421        | ~ http-421        | ~ http-421        | ~ http-421
422              | - http-422        | - http-422        | + found-gone      | + found-gone
423              | ~ http-423        | ~ http-423        | ~ http-423        | ~ http-423
425              | ~ http-425        | ~ http-425        | ~ http-425        | ~ http-425
429              | ~ http-429        | ~ http-429        | ~ http-429        | ~ http-429
451              | - http-451        | - http-451        | - http-451        | - http-451
500              | ~ http-500        | ~ http-500        | ~ http-500        | ~ http-500
501              | ~ http-501        | ~ http-501        | ~ http-501        | ~ http-501
502              | ~ http-502        | ~ http-502        | ~ http-502        | ~ http-502
503              | ~ http-503        | ~ http-503        | ~ http-503        | ~ http-503
504              | ~ http-504        | ~ http-504        | ~ http-504        | ~ http-504
599              | ~ http-599        | ~ http-599        | ~ http-599        | ~ http-599
999              | ~ http-999        | ~ http-999        | ~ http-999        | ~ http-999
302 away         | - http-302        | - http-302        | - http-302        | - http-302
307 to 202       | + accepted        | + accepted        | + accepted        | + accepted
429, wait        | ~ http-429        | ~ http-429        | ~ http-429        | ~ http-429
403, wait        | ~ http-403        | ~ http-403        | ~ http-403        | ~ http-403
404, wait        | - http-404        | - http-404        | + found-gone      | + found-gone
202, wait        | + accepted        | + accepted        | + accepted        | + accepted
timed out        | ~ timed-out       | ~ timed-out       | ~ timed-out       | ~ timed-out
unreachable      | ~ unreachable     | ~ unreachable     | ~ unreachable     | ~ unreachable
name server down | ~ lookup-failed   | ~ lookup-failed   | ~ lookup-failed   | ~ lookup-failed
redirect loop    | ~ redirect-loop   | ~ redirect-loop   | ~ redirect-loop   | ~ redirect-loop
private address  | - address-refused | - address-refused | - address-refused | - address-refused
""")

OF_STATUS_PAGES = rows("""
answer            | new              | update           | unlinked         | gone
queued            | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
success           | + status-success | + status-success | + status-success | + status-success
deleted           | + status-deleted | + status-deleted | + status-deleted | + status-deleted
failed            | - status-refused | - status-refused | + found-gone     | + found-gone
no_link_found     | - status-refused | - status-refused | + found-gone     | + found-gone
a page for people | + status-200     | + status-200     | + status-200     | + status-200
202               | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
404               | + status-404     | + status-404     | + status-404     | + status-404
410               | + status-410     | + status-410     | + status-410     | + status-410
429               | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
500               | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
timed out         | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
unreachable       | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
name server down  | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
redirect loop     | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
private address   | + accepted ?     | + accepted ?     | + accepted ?     | + accepted ?
""")

OF_TARGETS = rows("""
answer           | new               | update            | unlinked          | gone
no endpoint      | 0 no-endpoint     | 0 no-endpoint     | 0 no-endpoint     | 0 no-endpoint
300              | ~ target-300      | ~ target-300      | ~ target-300      | ~ target-300
302              | ~ target-302      | ~ target-302      | ~ target-302      | ~ target-302
304              | ~ target-304      | ~ target-304      | ~ target-304      | ~ target-304
401              | - target-401      | - target-401      | - target-401      | - target-401
403              | - target-403      | - target-403      | - target-403      | - target-403
404              | - target-404      | - target-404      | - target-404      | - target-404
410              | - target-410      | - target-410      | - target-410      | - target-410
412              | ~ target-412      | ~ target-412      | ~ target-412      | ~ target-412
418              | - target-418      | - target-418      | - target-418      | - target-418
429              | ~ target-429      | ~ target-429      | ~ target-429      | ~ target-429
451              | - target-451      | - target-451      | - target-451      | - target-451
500              | ~ target-500      | ~ target-500      | ~ target-500      | ~ target-500
503              | ~ target-503      | ~ target-503      | ~ target-503      | ~ target-503
999              | ~ target-999      | ~ target-999      | ~ target-999      | ~ target-999
403, wait        | ~ target-403      | ~ target-403      | ~ target-403      | ~ target-403
timed out        | ~ timed-out       | ~ timed-out       | ~ timed-out       | ~ timed-out
unreachable      | ~ unreachable     | ~ unreachable     | ~ unreachable     | ~ unreachable
name server down | ~ lookup-failed   | ~ lookup-failed   | ~ lookup-failed   | ~ lookup-failed
redirect loop    | ~ redirect-loop   | ~ redirect-loop   | ~ redirect-loop   | ~ redirect-loop
private address  | - address-refused | - address-refused | - address-refused | - address-refused
""")

OF_PINGBACKS = rows("""
fault 0            | - fault-0
fault 16           | ~ fault-16
fault 17           | - fault-17
fault 32           | - fault-32
fault 33           | - fault-33
fault 48           | + already-registered
fault 49           | - fault-49
fault 50           | ~ fault-50
fault 429          | ~ fault-429
fault -32300       | ~ fault--32300
fault -32400       | ~ fault--32400
fault -32500       | ~ fault--32500
fault -32601       | - fault--32601
fault -32603       | ~ fault--32603
fault -32700       | - fault--32700
fault 404          | - fault-404
fault 500          | ~ fault-500
fault 4711         | - fault-4711
error page         | ~ html-page
words              | ~ not-xml-rpc
empty              | ~ empty
other XML          | ~ not-xml-rpc
half a reply       | ~ not-xml
no reply in it     | ~ not-xml-rpc
document type      | ~ doctype
fault of no number | ~ malformed-fault
nonsense in params | + accepted
202                | ~ empty
301                | - http-301
400                | - http-400
403                | - http-403
404                | - http-404
405                | - http-405
410                | - http-410
418                | - http-418
429                | ~ http-429
500                | ~ http-500
503                | ~ http-503
timed out          | ~ timed-out
unreachable        | ~ unreachable
name server down   | ~ lookup-failed
redirect loop      | ~ redirect-loop
private address    | - address-refused
""")


@pytest.mark.parametrize("answer", ENDPOINTS)
def test_what_an_endpoint_answers(tmp_path: Path, answer: str) -> None:
    def prepare(world: World) -> None:
        world.web.pages[ENDPOINT] = ENDPOINTS[answer]

    assert row(tmp_path, prepare, NEWS) == OF_ENDPOINTS[answer]


@pytest.mark.parametrize("answer", STATUS_PAGES)
def test_what_a_status_page_says(tmp_path: Path, answer: str) -> None:
    def prepare(world: World) -> None:
        world.web.pages[ENDPOINT] = Reply(201, [("Location", "/status/1")])
        world.web.pages[STATUS] = STATUS_PAGES[answer]

    assert row(tmp_path, prepare, NEWS, asks=True) == OF_STATUS_PAGES[answer]


@pytest.mark.parametrize("answer", TARGETS)
def test_what_a_target_answers(tmp_path: Path, answer: str) -> None:
    def prepare(world: World) -> None:
        world.web.pages[TARGET] = TARGETS[answer]

    assert row(tmp_path, prepare, NEWS) == OF_TARGETS[answer]


@pytest.mark.parametrize("answer", PINGBACKS)
def test_what_an_endpoint_for_pingbacks_answers(tmp_path: Path, answer: str) -> None:
    def prepare(world: World) -> None:
        world.web.pages |= {TARGET: offering(pingback=ENDPOINT), ENDPOINT: PINGBACKS[answer]}

    assert row(tmp_path, prepare, [new]) == OF_PINGBACKS[answer]


def test_the_tables_are_whole() -> None:
    assert list(OF_ENDPOINTS) == list(ENDPOINTS)
    assert list(OF_STATUS_PAGES) == list(STATUS_PAGES)
    assert list(OF_TARGETS) == list(TARGETS)
    assert list(OF_PINGBACKS) == list(PINGBACKS)

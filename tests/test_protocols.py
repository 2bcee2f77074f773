"""The protocols that settings name, in their order, and what is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pelican_linkback.protocol import Answer, Mention, Message, Outcome, Protocol, Verdict
from pelican_linkback.protocol.registry import BUILT_IN, Registry
from pelican_linkback.protocol.webmention import Webmention
from pelican_linkback.protocol.websub import WebSub
from pelican_linkback.sending.deciding.decider import Policy, Skip, decide
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.settings.protocols import protocols
from tests import spoken

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Signal(Protocol):
    """A protocol by flags, as a stranger writes one."""

    name = "flag-signal"
    updates = False

    def find(self, answer: Answer) -> None:
        return None

    def request(self, mention: Mention) -> Message:
        return Message("text/plain", mention.source.encode())

    def read(self, answer: Answer) -> Outcome:
        return Outcome(Verdict.DELIVERED, "accepted", status_url="/later")


class Plain:
    """One that has the attributes, and no base class."""

    name, updates = "plain", True
    find = request = read = print


class Beacon(Signal):
    name, of_feeds = "beacon", True


class Careful(Webmention):
    updates = False


def names(*chosen: object) -> list[str]:
    return [each.name for each in protocols([*chosen]).order]


def test_three_are_built_in_and_two_of_them_are_for_pages() -> None:
    assert [each.name for each in BUILT_IN] == ["webmention", "pingback", "websub"]
    assert [each.name for each in Registry().order] == ["webmention", "pingback"]
    assert [each.updates for each in spoken.ALL] == [True, False, True]
    assert [each.retracts for each in spoken.ALL] == [True, False, False]


def test_protocols_are_objects_classes_names_and_dotted_names() -> None:
    own = f"{__name__}.Signal"
    assert names("pingback", own, "webmention") == ["pingback", "flag-signal", "webmention"]
    assert names(Signal, Plain()) == ["flag-signal", "plain"]
    assert names(Beacon, " pingback ") == ["pingback"]
    assert names() == []


def test_what_an_object_does_not_say_is_as_the_interface_says() -> None:
    signal, plain = protocols([Signal(), Plain()]).order
    assert signal == ("flag-signal", False, False, False, False, True)
    assert plain == ("plain", True, False, False, False, True)


def test_one_with_the_name_of_a_built_in_one_takes_its_place() -> None:
    chosen = protocols([Careful()])
    assert chosen.named("webmention").updates is False
    with chosen.speaking(chosen.named("webmention")) as protocol:
        assert isinstance(protocol, Careful)


def test_one_that_is_not_registered_has_a_name_and_nothing_is_sent_by_it_twice() -> None:
    gone = Registry().named("flag-signal")
    assert (gone.name, gone.updates, gone.is_registered) == ("flag-signal", False, False)
    assert str(gone) == "flag-signal"


@pytest.mark.parametrize("state", [State.ATTEMPTED, State.LATER, State.REFUSED])
def test_what_it_began_is_left_alone_however_long_ago_that_was(state: State) -> None:
    mention = Mention("https://me.example/a", "https://far.example/b")
    known = Delivery(mention, state, at=NOON, attempts=1, fingerprint="1")
    later = NOON + timedelta(days=400)
    gone = replace(known, protocol=Registry().named("flag-signal"))
    assert decide(gone, later, Policy()) == Skip("unregistered")
    assert decide(replace(known, protocol=spoken.PINGBACK), later, Policy()) != Skip("unregistered")


def test_registries_of_one_order_are_equal() -> None:
    assert protocols(["webmention", "pingback"]) == Registry()
    assert len({protocols(["webmention", "pingback"]), Registry()}) == 1
    assert protocols(["pingback", "webmention"]) != Registry()
    assert Registry() != "webmention"
    assert repr(protocols([Signal(), "pingback"])) == "Registry(flag-signal, pingback)"


def test_what_is_accepted_stays_accepted_unless_a_protocol_knows_better() -> None:
    outcome = Signal().read_status(Answer("https://far.example/status", 410))
    assert (outcome.verdict, outcome.reason) == (Verdict.DELIVERED, "status-410")


def test_no_page_names_a_hub() -> None:
    links = [("Link", "<https://hub.example/>; rel=hub, </wm>; rel=webmention")]
    assert WebSub().find(Answer("https://far.example/", 200, links)) is None


class Nameless(Plain):
    name = "Not A Name"


class Numbered(Plain):
    name = 7


class Undecided(Plain):
    class _Updates:
        def __bool__(self) -> bool:
            raise KeyError("ebb")

    updates = _Updates()


class Raising:
    def __init__(self) -> None:
        raise KeyError("tide")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        pytest.param("pingback", "takes a list of", id="no list"),
        pytest.param(["websub"], "takes a list of", id="it is of feeds"),
        pytest.param(["trackback"], "takes a list of", id="nobody knows it"),
        pytest.param([Plain(), Plain()], "it has one twice", id="twice"),
        pytest.param([object()], "has no name and no updates and no find", id="any object"),
        pytest.param([Nameless()], "Not A Name is not a name in kebab-case", id="a title"),
        pytest.param([Numbered()], "7 is not a name in kebab-case", id="a number"),
        pytest.param([Raising], "KeyError: 'tide'", id="a class that raises"),
        pytest.param([Undecided], "KeyError: 'ebb'", id="an attribute that raises"),
        pytest.param(["no_such.Thing"], "no_such.Thing cannot be imported", id="no module"),
        pytest.param([f"{__name__}.Nothing"], "Nothing cannot be imported", id="no attribute"),
    ],
)
def test_what_is_no_protocol_is_refused_with_the_reason(value: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        protocols(value)


def test_ctrl_c_while_a_protocol_works_ends_the_run() -> None:
    chosen = Registry()
    with pytest.raises(KeyboardInterrupt), chosen.speaking(chosen.named("webmention")):
        raise KeyboardInterrupt

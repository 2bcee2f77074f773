"""Moderation in the browser: what the pages show and do."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.inbox.states import MentionState, Outage
from pelican_linkback.receiving.memory.decisions import Act
from pelican_linkback.receiving.received import Kind
from pelican_linkback.receiving.server.admin import inbox
from pelican_linkback.receiving.server.admin.chart import WEEKS, chart_of, monday_of
from pelican_linkback.receiving.server.admin.context import AdminContext, SiteName
from pelican_linkback.receiving.server.admin.routes import routes_of
from pelican_linkback.receiving.server.admin.search import TABS, Query
from pelican_linkback.receiving.server.application import Application
from pelican_linkback.receiving.server.http import Fields
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.rules import Rules
from tests.administration import ROOF, WALLS, ids, states
from tests.browsing import BASE, Browser
from tests.receiving import arrival

# Logging in


def test_a_link_only_asks_and_the_button_logs_in(stranger, admin, clock):
    key = admin.sessions.create_login_key()
    for _ in range(2):  # what reads links in mails does not use it up
        stranger.open(f"login?key={key}")
        assert admin.sessions.count() == 0
    stranger.press_words("Log in")
    assert stranger.url == f"{BASE}admin/"
    assert "Overview" in stranger.words
    stranger.cookies.clear()
    stranger.post("login", {"key": key})
    assert stranger.answer.status == 403
    assert "This link is not valid any more" in stranger.words


def test_who_is_not_logged_in_reads_how_to(stranger):
    page = stranger.open("inbox?state=shown&text=a%22b&other=1")
    assert stranger.answer.status == 403
    assert "pelican-linkback login" in page.text
    again = page.find("a", string="go on to the page")["href"]  # a link in a mail brings no cookie
    assert again == "inbox?state=shown&text=a%22b"
    assert stranger.open("./").find("a", string="go on to the page")["href"] == "./"
    assert not stranger.open("login").find("a", string="go on to the page")


def test_who_is_logged_in_is_not_asked_to(browser):
    browser.request("GET", "login")
    assert browser.answer.header("Location") == f"{BASE}admin/"


def test_the_short_address_leads_to_the_overview(browser):
    browser.request("GET", "/mentions/admin")
    assert browser.answer.header("Location") == f"{BASE}admin/"


def test_one_logs_out(browser, admin):
    browser.press_words("Log out")
    assert browser.cookies == {}
    assert admin.sessions.count() == 0
    assert "You are not logged in" in browser.words


def test_one_logs_out_everywhere(browser, admin):
    other = admin.sessions.log_in(admin.sessions.create_login_key())
    page = browser.open("health")
    assert "2 browsers are logged in" in browser.words
    assert page.find("a", attrs={"aria-current": "page"}).text == "Health"
    browser.press_words("Log out everywhere")
    assert not admin.sessions.is_valid(other)
    assert browser.open("inbox").h1.text == "You are not logged in"


# The inbox


def test_the_inbox_shows_what_waits(browser, take):
    take("ann")
    take("bo", kind=Kind.LIKE, text="", url="https://social.example/@bo/1")
    take("cy", kind=Kind.RSVP, rsvp="no", title="A week by the sea")
    take("dan", state=MentionState.SHOWN)
    page = browser.open("inbox")
    said_by = [" ".join(each.text.split()) for each in page.select(".by")]
    assert said_by == [
        "Cy will not come to Walls of slate held",
        "Bo liked Walls of slate held",
        "Ann answered Walls of slate held",
    ]
    assert page.select_one(".title").text.strip() == "A week by the sea"
    assert [each.text for each in page.select("blockquote")] == ["cy was here", "ann was here"]
    assert page.select(".facts a")[1]["href"] == "https://social.example/@bo/1"
    assert "it is the first of its author" in browser.words
    tabs = {each.contents[0].strip(): each.span.text for each in page.select(".tabs a")}
    assert tabs == {
        "Held": "3",
        "Shown": "1",
        "Being checked": "0",
        "Refused": "0",
        "Spam": "0",
        "Gone": "0",
        "All": "4",
    }
    assert page.select_one("header .count").text == "3"


def test_a_button_of_a_mention_acts_on_that_one(browser, take, inbox_store):
    take("ann")
    take("bo")
    browser.open("inbox")
    browser.press("one", f"approve {ids(inbox_store)['ann']}")
    assert states(inbox_store) == {"ann": "shown", "bo": "held"}
    assert "1 mention was approved. Undo" in browser.words
    browser.press_words("Undo")
    assert states(inbox_store) == {"ann": "held", "bo": "held"}
    assert "Undo" not in browser.words


@pytest.mark.parametrize(
    ("action", "state", "words"),
    [
        ("approve", "shown", "2 mentions were approved."),
        ("refuse", "refused", "2 mentions were refused."),
        ("spam", "spam", "2 mentions were marked as spam."),
    ],
)
def test_those_that_are_marked_are_decided_about_together(
    browser, take, inbox_store, action, state, words
):
    for name in ("ann", "bo", "cy"):
        take(name)
    browser.open("inbox")
    known = ids(inbox_store)
    browser.press("marked", action, known["ann"], known["cy"])
    assert states(inbox_store) == {"ann": state, "bo": "held", "cy": state}
    assert words in browser.words
    browser.press_words("Undo")
    assert set(states(inbox_store).values()) == {"held"}


def test_a_mention_has_the_buttons_that_would_change_it(browser, take, inbox_store):
    take("ann")
    browser.open("inbox")
    for action, state, others in (
        ("approve", "shown", ["refuse", "spam"]),
        ("refuse", "refused", ["approve", "spam"]),
        ("spam", "spam", ["approve", "refuse"]),
    ):
        browser.press("one", f"{action} {ids(inbox_store)['ann']}")
        page = browser.open(f"inbox?state={state}")
        assert [each["value"].split()[0] for each in page.select(".acts button")] == others


def test_nothing_marked_is_nothing_done(browser, take, inbox_store):
    take("ann")
    browser.open("inbox")
    browser.press("marked", "approve")
    assert states(inbox_store) == {"ann": "held"}
    assert "Undo" not in browser.words


def test_all_of_the_page_are_decided_about_and_no_others(browser, take, inbox_store, monkeypatch):
    monkeypatch.setattr(inbox, "OF_PAGE", 2)
    for name in ("ann", "bo", "cy"):
        take(name)
    browser.open("inbox")
    browser.press("listed", "approve")
    assert states(inbox_store) == {"ann": "held", "bo": "shown", "cy": "shown"}


def test_older_mentions_are_a_link_away_and_a_decision_stays_on_their_page(
    browser, take, inbox_store, monkeypatch
):
    monkeypatch.setattr(inbox, "OF_PAGE", 2)
    for name in ("ann", "bo", "cy"):
        take(name)
    older = browser.open("inbox").find("a", rel="next")["href"]
    page = browser.open(older)
    assert [each.text.strip() for each in page.select("blockquote")] == ["ann was here"]
    assert not page.find("a", rel="next")
    browser.press("one", f"refuse {ids(inbox_store)['ann']}")
    assert browser.url.startswith(f"{BASE}admin/{older}&done=")
    assert "There are none." in browser.words


def test_the_inbox_is_narrowed_and_widened_again(browser, take):
    take("ann")
    take("bo", page="/roof/")
    browser.open("inbox?host=ann.example&author=https://ann.example/")
    browser.press_words("Search", text="here")
    browser.open(browser.url + f"&article={WALLS}")
    assert len(browser.page.select(".mention")) == 1
    narrowed = [" ".join(each.text.split()) for each in browser.page.select(".narrowed li")]
    assert narrowed == [
        "host: ann.example ×",
        "author: https://ann.example/ ×",
        "page: Walls of slate ×",
        "words: here ×",
    ]
    for _ in narrowed:
        browser.open(browser.page.select_one(".narrowed a")["href"])
    assert browser.url == f"{BASE}admin/inbox"
    assert len(browser.page.select(".mention")) == 2
    assert browser.open("inbox?host=a b").select(".narrowed li") == []


def test_an_inbox_with_nothing_in_it_says_so(browser):
    browser.open("inbox")
    assert "Nothing waits for you." in browser.words
    browser.open("inbox?state=nonsense&after=" + "9" * 30)
    assert "Nothing waits for you." in browser.words
    browser.open("inbox?state=spam")
    assert "There are none." in browser.words


def test_a_text_that_changed_stands_beside_the_approved_one(browser, take, inbox_store, clock):
    take("ann")
    browser.open("inbox")
    browser.press("one", f"approve {ids(inbox_store)['ann']}")
    clock.pass_(days=1)
    take("ann", text="")
    page = browser.open("inbox")
    assert page.select_one("blockquote.before").text == "ann was here"
    assert "its text has changed; the one that you approved is still shown" in browser.words
    assert [each.text for each in page.select("blockquote")][1] == "(no text)"
    browser.press("one", f"approve {ids(inbox_store)['ann']}")
    assert states(inbox_store) == {"ann": "shown"}


@pytest.mark.parametrize(
    ("action", "state"),
    [
        pytest.param("approve", "held", id="it may say what nobody has seen"),
        pytest.param("refuse", "refused", id="whatever it says"),
    ],
)
def test_what_was_read_again_since_the_list_was_loaded_is_not_approved(
    browser, take, inbox_store, action, state
):
    take("ann")
    browser.open("inbox")
    take("ann", text="Buy this.")
    browser.press("one", f"{action} {ids(inbox_store)['ann']}")
    assert states(inbox_store) == {"ann": state}


def test_on_the_page_of_an_article_it_is_not_either(browser, take, inbox_store):
    take("ann")
    browser.open(f"article?id={WALLS}")
    take("ann", text="Buy this.")
    browser.press("listed", "approve")
    assert "Buy this." in browser.words
    assert states(inbox_store) == {"ann": "held"}
    browser.press("listed", "approve")
    assert states(inbox_store) == {"ann": "shown"}


def test_what_was_never_read_cannot_be_approved(browser, inbox_store, clock):
    Acceptor(inbox_store).accept(arrival("https://late.example/1", received=clock()))
    page = browser.open("inbox?state=queued")
    assert [each["value"].split()[0] for each in page.select(".acts button")] == ["refuse", "spam"]
    assert "late.example mentioned Walls of slate" in browser.words
    assert not page.select("blockquote")
    (job,) = Queue(inbox_store).claim(1)
    Queue(inbox_store).record(job, Outage("it does not answer"))
    assert "it does not answer" in " ".join(browser.open("inbox?state=queued").text.split())


QUERIES = st.builds(
    Query,
    state=st.sampled_from([*TABS]),
    host=st.sampled_from(["", "m.example", "xn--grten-gra.example"]),
    author=st.text(max_size=20).map(str.strip),
    article=st.text(max_size=20).map(str.strip),
    text=st.text(max_size=20).map(str.strip),
    after=st.integers(0, 10**17),
)


@given(QUERIES)
def test_a_list_is_named_by_its_address(query):
    encoded = query.link().removeprefix("?").encode("ascii")
    assert Query.read(Fields.read(encoded)) == query


# One page of the site


def test_a_page_of_the_site_has_its_mentions_in_all_states(browser, take, inbox_store):
    take("ann", state=MentionState.SHOWN)
    take("bo")
    take("cy", page="/roof/")
    browser.open("inbox")
    page = browser.open(browser.page.select(".page")[1]["href"])
    assert page.h1.text == "Walls of slate"
    assert page.select_one("main .facts a")["href"] == "https://blog.example/walls/"
    assert [each.text for each in page.select(".state")] == ["held", "shown"]
    browser.press("one", f"approve {ids(inbox_store)['bo']}")
    assert browser.url.partition("&done=")[0] == f"{BASE}admin/article?{urlencode({'id': WALLS})}"
    browser.press_words("Undo")
    assert "done" not in browser.url
    assert browser.page.h1.text == "Walls of slate"
    assert states(inbox_store)["bo"] == "held"


def test_a_page_says_how_it_takes_mentions(browser, take, inbox_store):
    browser.open(f"article?id={ROOF}")
    assert "each mention waits for you ( Mentions: held )" in browser.words
    assert "There are no mentions of it." in browser.words
    browser.open("article?id=c")
    assert "takes no mentions ( Mentions: closed )" in browser.words
    take("ann", page="/gone/")
    browser.open("article?id=tag:blog.example:/gone/")
    assert "This page is not on the site any more." in browser.words
    assert browser.page.h1.text == "https://blog.example/gone/"


def test_the_mentions_of_a_page_are_listed_page_by_page(browser, take, monkeypatch):
    monkeypatch.setattr(inbox, "OF_PAGE", 1)
    take("ann")
    take("bo")
    page = browser.open(browser.open(f"article?id={WALLS}").find("a", rel="next")["href"])
    assert page.select_one("blockquote").text == "ann was here"


def test_mentions_are_shown_though_the_pages_of_the_site_cannot_be_read(inbox_store, take):
    def fails():
        raise LinkbackError("the site cannot be reached")

    admin = AdminContext(inbox_store, SiteName("The Tide Table", "https://blog.example/"), fails)
    browser = Browser(Application(BASE, routes_of(admin)))
    browser.post("login", {"key": admin.sessions.create_login_key()})
    take("ann")
    browser.open("inbox")
    assert "Ann answered https://blog.example/walls/" in browser.words


# Rules


def test_a_rule_is_made_changed_and_taken_back(browser, take, admin):
    take("ann")
    page = browser.open("inbox")
    browser.open(page.find("a", string="Rule …")["href"])
    assert browser.page.find("input", id="rule")["value"] == "https://ann.example/"
    browser.press("act", "trust")
    assert browser.url == f"{BASE}admin/rules"
    assert [(each.rule, each.act) for each in admin.rules.all()] == [("ann.example", "trust")]
    browser.press_words("Block", rule="https://Spam.example/@x")
    rows = [" ".join(each.get_text(" ").split()) for each in browser.page.select("tbody tr")]
    assert rows == [
        "ann.example trust 2026-11-27 Take back",
        "spam.example/@x block 2026-11-27 Take back",
    ]
    browser.press("release", "ann.example")
    assert [each.rule for each in admin.rules.all()] == ["spam.example/@x"]
    assert browser.open(browser.page.select_one("td a")["href"]).select_one(".narrowed")


def test_what_is_no_rule_is_named_and_stays_to_be_corrected(browser, admin):
    browser.open("rules")
    browser.press_words("Hold", rule='not a "host')
    assert "is neither a host nor a URL" in browser.words
    assert browser.page.find("input", id="rule")["value"] == 'not a "host'
    assert admin.rules.all() == []


def test_many_rules_are_listed_page_by_page(browser, admin, monkeypatch):
    monkeypatch.setattr("pelican_linkback.receiving.server.admin.rules.OF_PAGE", 2)
    Rules(admin.store).set(["a.example", "b.example", "c.example"], Act.BLOCK, "command")
    page = browser.open(browser.open("rules").find("a", rel="next")["href"])
    assert [each.text for each in page.select("td a")] == ["c.example"]


# The overview


def test_the_overview_is_to_look_at(browser, take, clock):
    take("ann", state=MentionState.SHOWN)
    take("bo")
    take("ann", page="/roof/", state=MentionState.SHOWN)
    page = browser.open("./")
    numbers = {each.dt.text: each.dd.text for each in page.select(".numbers div")}
    assert numbers == {
        "wait for you": "1",
        "on the pages": "2",
        "being checked": "0",
        "refused, or spam": "0",
    }
    assert len(page.select("svg g")) == WEEKS
    assert page.select("svg title")[-1].text == "Week of 2026-11-23: 3, of them shown 2"
    assert [each.a.text for each in page.select("#answered + ol li")] == [
        "A roof",
        "Walls of slate",
    ]
    assert page.select_one("#from + ol li").text.split() == ["ann.example", "2"]
    browser.open(page.select_one("#from + ol a")["href"])
    assert len(browser.page.select(".mention")) == 2


def test_an_overview_of_nothing_says_so(browser):
    browser.open("./")
    for words in ("Nothing has come in this half year.", "Nothing is shown yet."):
        assert words in browser.words


def test_the_chart_has_half_a_year_and_every_week_that_is_not_empty_is_seen():
    today = dt.date(2026, 11, 27)
    monday = monday_of(today)
    chart = chart_of({monday: (1000, 999), monday - dt.timedelta(7): (1, 0)}, today)
    assert (len(chart.bars), chart.most, chart.total) == (WEEKS, 1000, 1001)
    last, before, empty = chart.bars[-1], chart.bars[-2], chart.bars[0]
    assert (last.week, last.top, last.height, last.shown_height) == (monday, 0, 120, 120)
    assert (before.height, before.shown_height, empty.height) == (3, 0, 0)
    assert last.left + chart.bar_width <= chart.width


def test_health_says_whether_the_receiver_keeps_up(browser, take, inbox_store, clock):
    browser.open("health")
    assert "Last check –" in browser.words
    take("ann")
    Acceptor(inbox_store).accept(arrival("https://late.example/1", received=clock()))
    for time, ago in (
        ({}, "less than a minute ago"),
        ({"minutes": 1}, "1 minute ago"),
        ({"hours": 3}, "3 hours ago"),
        ({"days": 2}, "2 days ago"),
    ):
        clock.pass_(**time)
        browser.open("health")
        assert f"The oldest of these came {ago}" in browser.words
        assert f"Last check {ago}" in browser.words
    assert "Pages that take mentions 2" in browser.words  # the third one is closed
    assert "Database SQLite" in browser.words
    assert "1 browser is logged in" in browser.words


# How the pages are made


def test_the_pages_need_no_script_and_load_one_style_of_ours(browser, take):
    take("ann")
    for path in ("./", "inbox", f"article?id={WALLS}", "rules", "health", "login?key=x"):
        page = browser.open(path)
        assert not page.find_all(["script", "img", "style", "iframe"]), path
        assert not page.find_all(style=True), path
        (style,) = page.find_all("link")
        assert style["href"] == "admin.css"
        assert page.html["lang"] == "en"
        assert len(page.find_all("h1")) == 1
    style = browser.request("GET", "admin.css")
    assert style.header("Content-Type") == "text/css; charset=utf-8"
    assert "prefers-color-scheme: dark" in style.text
    assert not re.search(r"url\(|@import", style.text)


def test_every_control_has_a_name_and_is_reached_by_keyboard(browser, take):
    take("ann")
    take("bo")
    for path in ("inbox", "rules", "health", "./"):
        page = browser.open(path)
        assert not page.find_all(tabindex=True)
        for each in page.find_all("input", type=lambda kind: kind != "hidden"):
            label = page.find("label", attrs={"for": each.get("id")})
            assert each.get("aria-label") or label, each
        for each in page.find_all("button"):
            assert each.text.strip()
        names = [each["id"] for each in page.find_all(id=True)]
        assert len(names) == len(set(names))

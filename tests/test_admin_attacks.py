"""Attacks on the administration: in another's name, by what strangers write, and by addresses."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import product
from urllib.parse import urlencode, urljoin

import html5lib
import pytest
import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.decisions import Act
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.received import Author, Kind
from pelican_linkback.receiving.server.admin.context import AdminContext, SiteName
from pelican_linkback.receiving.server.admin.guard import FORM_TOKEN, form_token
from pelican_linkback.receiving.server.admin.mention_view import mention_view_of
from pelican_linkback.receiving.server.admin.routes import routes_of
from pelican_linkback.receiving.server.application import Application
from pelican_linkback.receiving.store.mentions import Mentions
from pelican_linkback.receiving.store.searching import Search
from pelican_linkback.receiving.store.tables import mention
from tests.administration import WALLS, states
from tests.asking import ask
from tests.browsing import BASE, Browser
from tests.receiving import postgresql_store

COOKIE = "__Host-linkback"
ACTS = ("act", "undo", "rules", "logout")
"""What acts on a form of who is logged in; with ``login`` these are all that take a POST."""


def forms(visitor: Browser) -> dict[str, list[tuple[str, str]]]:
    """A form for each address that acts, which is right but for whose it is."""
    token = (FORM_TOKEN, form_token(visitor.cookies[COOKIE]))
    return {
        "act": [token, ("one", "approve 1")],
        "undo": [token, ("undo", "x")],
        "rules": [token, ("rule", "a.example"), ("act", "trust")],
        "logout": [token],
    }


def nothing_happened(admin, inbox_store) -> bool:
    is_held = set(states(inbox_store).values()) == {"held"}
    return is_held and admin.rules.all() == [] and admin.sessions.count() == 1


# Forms that others send (CSRF)


def test_the_addresses_that_act_take_no_get_and_are_all_tested_here(admin, browser):
    routes = {each.path: each.methods for each in routes_of(admin)}
    acting = {path.removeprefix("/admin/") for path, by in routes.items() if "POST" in by}
    assert acting == {*ACTS, "login"}
    for path in acting - {"rules", "login"}:
        assert browser.request("GET", path).status == 405
        assert browser.request("HEAD", path).status == 405


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "https://evil.example",
        "http://blog.example",
        "https://blog.example.evil.example",
        "https://blog.example:8443",
        "https://www.blog.example",
        "https://blog.example, https://evil.example",
    ],
)
def test_a_form_of_another_site_does_nothing(admin, browser, inbox_store, take, origin):
    take("ann")
    headers = {} if origin is None else {"origin": origin}
    for path, form in forms(browser).items():
        answer = browser.request("POST", path, form, referer=f"{BASE}admin/inbox", **headers)
        assert answer.status == 403, path
    assert nothing_happened(admin, inbox_store)
    key = admin.sessions.create_login_key()
    assert browser.request("POST", "login", {"key": key}, **headers).status == 403
    assert nothing_happened(admin, inbox_store)


@pytest.mark.parametrize("token", ["", "0" * 64, "é", "\0", "of another session"])
def test_a_form_without_the_token_of_the_session_does_nothing(
    admin, browser, inbox_store, take, token
):
    take("ann")
    if token == "of another session":
        other = admin.sessions.log_in(admin.sessions.create_login_key())
        token = form_token(other)
        admin.sessions.log_out(other)
    for path, form in forms(browser).items():
        wrong = [(FORM_TOKEN, token), *form[1:]]
        assert browser.request("POST", path, wrong, origin=browser.origin).status == 403, path
        assert browser.request("POST", path, form[1:] or {}, origin=browser.origin).status == 403
    assert nothing_happened(admin, inbox_store)


def test_a_form_in_another_media_type_does_nothing(admin, browser, inbox_store, take):
    """A form of another site can be text/plain, and a script can send JSON."""
    take("ann")
    for media_type in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
        for path, form in forms(browser).items():
            answer = browser.request(
                "POST", path, form, origin=browser.origin, content_type=media_type
            )
            assert answer.status == 415, path
    assert nothing_happened(admin, inbox_store)


def test_who_is_not_logged_in_does_nothing(admin, browser, inbox_store, take):
    take("ann")
    sent = forms(browser)
    cookie = browser.cookies.pop(COOKIE)
    for path, form in sent.items():
        assert browser.request("POST", path, form, origin=browser.origin).status == 403
    assert nothing_happened(admin, inbox_store)
    browser.cookies[COOKIE] = cookie
    assert browser.request("POST", "act", sent["act"], origin=browser.origin).status == 303
    assert states(inbox_store) == {"ann": "shown"}  # the form was right


# Sessions


def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_open_networks(admin):
    for base, name, secure in (
        (BASE, COOKIE, True),
        ("http://127.0.0.1:8000/", "linkback", False),
        ("http://[::1]:8000/", "linkback", False),
        ("http://localhost:8000/", "linkback", False),
        ("http://127.0.0.1.evil.example/", COOKIE, True),
    ):
        visitor = Browser(Application(base, routes_of(admin)), base)
        visitor.request(
            "POST", "login", {"key": admin.sessions.create_login_key()}, origin=visitor.origin
        )
        (cookie,) = visitor.set_cookies
        attributes = cookie.split("; ")
        assert attributes[0].startswith(f"{name}="), base
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
        assert ("Secure" in attributes) is secure, base


def test_a_session_that_an_attacker_planted_is_not_the_one_of_the_login(admin, stranger):
    planted = admin.sessions.log_in(admin.sessions.create_login_key())
    for cookie in ("a" * 43, planted):
        stranger.cookies = {COOKIE: cookie}
        stranger.post("login", {"key": admin.sessions.create_login_key()})
        assert stranger.cookies[COOKIE] != cookie
        assert not admin.sessions.is_valid(cookie)
    assert admin.sessions.count() == 2


def test_a_session_that_was_left_cannot_be_used_again(admin, browser):
    cookie = browser.cookies[COOKIE]
    browser.press_words("Log out")
    browser.cookies = {COOKIE: cookie}
    browser.open("inbox")
    assert browser.answer.status == 403


@pytest.mark.parametrize(
    "cookie",
    [
        f"{COOKIE}=",
        f"{COOKIE}=' OR 1=1 --",
        f"{COOKIE}={'a' * 4000}",
        f'{COOKIE}="\\r\\nSet-Cookie: a=b"',
        f"{COOKIE}=\xff\xfe",
        f"linkback={'a' * 43}",
        ";;;=;",
        "[]=1",
    ],
)
def test_what_is_no_cookie_of_ours_is_nobody(stranger, cookie):
    answer = stranger.request("GET", "inbox", cookie=cookie)
    assert answer.status == 403
    assert not stranger.set_cookies


def test_pages_and_log_give_no_secret_away(admin, browser, take, caplog):
    take("ann")
    caplog.set_level(logging.DEBUG)
    secret = browser.cookies[COOKIE]
    for path in ("./", "inbox", f"article?id={WALLS}", "rules", "health"):
        browser.open(path)
        assert secret not in browser.answer.text
        assert form_token(secret) in browser.answer.text
    assert secret not in caplog.text


def test_every_page_forbids_frames_scripts_and_caches(admin, browser):
    for path in ("./", "inbox", "rules", "health", "login?key=x", f"article?id={WALLS}"):
        answer = browser.request("GET", path)
        policy = answer.header("Content-Security-Policy").split("; ")
        assert {"default-src 'none'", "style-src 'self'", "form-action 'self'"} <= set(policy)
        assert {"frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
        assert answer.header("Cache-Control") == "no-store"
        # With no-referrer a browser would send its own forms with "Origin: null".
        assert answer.header("Referrer-Policy") == "same-origin"


# Addresses

INJECTIONS = ["a\r\nSet-Cookie: x=y", "//evil.example/", "https://evil.example/", "\0", "é\u2028"]


def test_an_answer_leads_to_a_page_of_ours_and_has_the_headers_of_ours(browser, take, inbox_store):
    take("ann")
    names = ("view", "state", "host", "author", "article", "text", "after", "id", "done")
    for name, value in product(names, INJECTIONS):
        query = urlencode({name: value})
        for view in ("", "&view=article&id=x"):
            sent = [(FORM_TOKEN, form_token(browser.cookies[COOKIE])), ("marked", "approve")]
            answer = browser.request("POST", f"act?{query}{view}", sent, origin=browser.origin)
            assert answer.status == 303
            location = answer.header("Location")
            assert location.isascii()
            assert location.isprintable()
            assert urljoin(BASE, location).startswith(
                (f"{BASE}admin/inbox", f"{BASE}admin/article?")
            )
            assert not browser.set_cookies
            assert browser.request("GET", f"inbox?{query}").status == 200
            assert browser.request("GET", f"rules?{query}").status == 200
    assert states(inbox_store) == {"ann": "held"}


def test_a_form_that_says_nothing_is_refused_with_a_sentence(browser):
    token = (FORM_TOKEN, form_token(browser.cookies[COOKIE]))
    for path, fields in product(
        ("act", "rules"), ([], [("one", "")], [("act", "forget")], [("marked", "drop table")])
    ):
        answer = browser.request("POST", path, [token, *fields], origin=browser.origin)
        assert (answer.status, answer.text) == (400, "The form does not say what to do.\n")


def test_numbers_that_are_none_name_no_mention(browser, take, inbox_store):
    take("ann")
    token = (FORM_TOKEN, form_token(browser.cookies[COOKIE]))
    wrong = ["", "-1", "1.0", "١", "9" * 400, "1 OR 1=1", "%", "0"]
    fields = [token, ("marked", "spam"), *(("id", each) for each in wrong)]
    assert browser.request("POST", "act", fields, origin=browser.origin).status == 303
    assert states(inbox_store) == {"ann": "held"}


@pytest.mark.parametrize(
    "path",
    [
        "/mentions/admin/inbox/",
        "/mentions/admin//inbox",
        "/mentions//admin/inbox",
        "/mentions/admin/./inbox",
        "/mentions/x/../admin/inbox",
        "/mentions/admin/inbox;x",
        "/mentions/admin/inbox%00",
        "/mentions/admin/inbox\0",
        "/mentions/Admin/inbox",
        "/mentions/admin/templates/base.html",
        "/mentions/admin/admin.py",
        "/mentions/admin/../../../etc/passwd",
    ],
)
def test_no_other_spelling_of_an_address_leads_past_a_proxy(browser, path):
    cookie = f"{COOKIE}={browser.cookies[COOKIE]}"
    assert ask(browser.application, "GET", path, cookie=cookie).status == 404


# What strangers write

MARKUP = (
    "<script>alert(1)</script>",
    "</blockquote></form><form action=https://evil.example><button>Approve</button>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% raw %}",
    "<!--",
    "]]>",
    "<plaintext>",
    "\u202egnihtemos",
)
KNOWN = """
    html head meta title link body a header p nav ul li span form input button main h1 h2 ol div
    article bdi cite blockquote time label dl dt dd section svg g rect meter table thead tbody tr th
    td pre code
"""


def elements(page: bytes):
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return [
        (each.tag.rpartition("}")[2], each) for each in tree.iter() if isinstance(each.tag, str)
    ]


@pytest.mark.parametrize(
    "markup", [" ".join(MARKUP), " ".join(reversed(MARKUP))], ids=["first to last", "last to first"]
)
def test_the_texts_of_strangers_are_text(admin, browser, take, inbox_store, markup):
    hostile = {
        "author": Author(markup, f"https://ann.example/{markup}"),
        "url": f"https://ann.example/{markup}",
        "title": markup,
        "text": markup,
    }
    take("ann", why=markup, **hostile)
    take("bo", kind=Kind.RSVP, rsvp=markup, state=MentionState.SHOWN, **hostile)
    with inbox_store.engine.begin() as connection:
        connection.execute(sa.update(mention).values(host=markup, article=markup, target=markup))
    admin.rules.set([markup], Act.TRUST, markup)
    titled = Targets([Target(markup, "https://blog.example/a/", markup)], "https://blog.example")
    named = AdminContext(inbox_store, SiteName(markup, "https://blog.example/"), lambda: titled)
    queries = [urlencode({name: markup}) for name in ("text", "author", "article", "id", "rule")]
    browser.application, known = Application(BASE, routes_of(named)), browser.cookies
    lists = product(("inbox", "article", "rules"), [*queries, "host=x.y"])
    paths = ["./", "rules", "health", *(f"{place}?state=&{query}" for place, query in lists)]
    paths.append(f"login?{urlencode({'key': markup})}")
    for path, cookies in product(paths, (known, {})):
        browser.cookies = cookies
        answer = browser.request("GET", path)
        assert answer.status in {200, 403}, path
        for tag, element in elements(answer.body):
            assert tag in KNOWN.split(), (path, tag)
            assert not [name for name in element.attrib if name.lower().startswith("on")], path
            for name in ("href", "action", "src"):
                url = urljoin(f"{BASE}admin/", element.get(name, ""))
                assert url.startswith(("https://blog.example/", "https://ann.example/")), url
            if tag == "form":
                action = urljoin(f"{BASE}admin/", element.get("action"))
                assert action.startswith(f"{BASE}admin/")
    browser.cookies = known
    browser.request("GET", "inbox?state=")
    page = html5lib.parse(browser.answer.body, namespaceHTMLElements=False)
    assert "".join(page.itertext()).count(markup) >= 9, "each of its texts can be read"


def test_an_address_that_would_run_is_no_link(take, inbox_store):
    take("ann")
    (row,) = Mentions(inbox_store).listing(Search(), 1)
    for url in ("javascript:alert(1)", "data:text/html,x", "JavaScript:x", "//evil.example"):
        latest = replace(row.latest, url=url, author=Author("Ann", url))
        assert mention_view_of(replace(row, latest=latest), Targets()).url == ""
        assert mention_view_of(replace(row, latest=latest), Targets()).author_url == ""
    assert mention_view_of(row, Targets()).url == row.source


def test_what_a_database_cannot_search_for_costs_nothing(postgresql_url, clock):
    """PostgreSQL refuses NUL in a text, and numbers that are too large."""
    with postgresql_store(postgresql_url, clock=clock) as opened:
        admin = AdminContext(opened, SiteName("Site", "https://blog.example/"), Targets)
        visitor = Browser(Application(BASE, routes_of(admin)))
        visitor.post("login", {"key": admin.sessions.create_login_key()})
        token = (FORM_TOKEN, form_token(visitor.cookies[COOKIE]))
        for value in ("\0", "9" * 30, "\ufffe", "%", "'", '"', "\\", "a" * 500):
            names = ("host", "author", "article", "text", "after", "done", "id", "rule", "key")
            query = urlencode(dict.fromkeys(names, value))
            for path in ("inbox", "article", "rules"):
                assert visitor.request("GET", f"{path}?{query}").status == 200, (path, value)
            for path, field in (("undo", "undo"), ("rules", "release"), ("login", "key")):
                sent = [token, (field, value)]
                answer = visitor.request("POST", path, sent, origin=visitor.origin)
                assert answer.status in {303, 403}, (path, value)


def test_more_than_a_form_of_ours_has_is_refused(browser):
    token = (FORM_TOKEN, form_token(browser.cookies[COOKIE]))
    many = [token, ("marked", "spam"), *(("id", str(n)) for n in range(5000))]
    assert browser.request("POST", "act", many, origin=browser.origin).status == 413
    empty = [token, ("marked", "spam"), *(("i", "") for _ in range(2000))]
    assert browser.request("POST", "act", empty, origin=browser.origin).status == 400

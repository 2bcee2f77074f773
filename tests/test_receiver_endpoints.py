"""What the receiver answers: webmentions, pingbacks, status pages, the fragment, health."""

from __future__ import annotations

import json
import time
import xmlrpc.client
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from jinja2 import UndefinedError

from pelican_linkback.exceptions import QueueFull, StoreError
from pelican_linkback.net.rate_limit import MOST
from pelican_linkback.protocol.answer import Answer as ProtocolAnswer
from pelican_linkback.protocol.mention import Mention, Verdict
from pelican_linkback.protocol.pingback import Pingback
from pelican_linkback.protocol.webmention import Webmention
from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.received import Author, Kind
from pelican_linkback.receiving.server.application import MAX_BODY
from pelican_linkback.receiving.server.incoming import status_of
from pelican_linkback.receiving.server.limits import Limiter
from pelican_linkback.receiving.server.metrics import Gauge, Metrics
from pelican_linkback.receiving.server.pages import render
from tests.asking import ask
from tests.fake_receiver import BASE, NOW, SITE, SOURCE, TARGET, TOKEN, FakeReceiver, row, said


@pytest.fixture
def receiver() -> FakeReceiver:
    return FakeReceiver()


@pytest.fixture
def app(receiver):
    return receiver.application


def webmention(app, source: str = SOURCE, target: str = TARGET, **more):
    return ask(app, "POST", "/webmention", form={"source": source, "target": target}, **more)


# -------------------------------------------------------------------------------- webmention


def test_a_webmention_is_taken_and_gets_a_status_page(app, receiver):
    answer = webmention(app, accept="application/json")
    assert answer.status == 201
    assert answer.header("Location") == f"{BASE}status/token"
    assert answer.json["status"] == "queued"
    [arrival] = receiver.arrivals
    assert (arrival.source, arrival.target, arrival.article) == (SOURCE, TARGET, "tag:article")
    assert (arrival.protocol, arrival.fragment, arrival.vouch) == ("webmention", "", "")
    assert (arrival.received, arrival.sender) == (NOW, "hash of 203.0.113.9")


def test_our_own_sender_understands_the_answer(app):
    answer = webmention(app)
    read = Webmention().read(ProtocolAnswer(BASE, answer.status, answer.headers, answer.body, NOW))
    assert (read.verdict, read.status_url) == (Verdict.DELIVERED, f"{BASE}status/token")


def test_a_person_gets_a_page(app):
    answer = webmention(app, accept="text/html,*/*;q=0.8")
    assert answer.status == 201
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    assert "Thank you." in answer.text
    assert f'href="{BASE}status/token"' in answer.text
    assert f'href="{BASE}status.css"' in answer.text
    css = ask(app, "GET", "/status.css")
    assert (css.status, css.header("Content-Type")) == (200, "text/css; charset=utf-8")


def test_the_part_of_the_page_and_who_vouches_are_kept(app, receiver):
    form = {"source": SOURCE, "target": f"{TARGET}#mention-1", "vouch": "https://v.example/"}
    assert ask(app, "POST", "/webmention", form=form).status == 201
    assert receiver.arrivals[0].fragment == "mention-1"
    assert receiver.arrivals[0].vouch == "https://v.example/"
    form["vouch"] = "javascript:alert(1)"
    ask(app, "POST", "/webmention", form=form)
    form["vouch"] = "https://v.example/" + "x" * 2000
    ask(app, "POST", "/webmention", form=form)
    assert [each.vouch for each in receiver.arrivals[1:]] == ["", ""]


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("", TARGET, "the form needs one source and one target"),
        ("nonsense", TARGET, "nonsense: it is not absolute"),
        ("ftp://a.example/", TARGET, "scheme is ftp"),
        (SOURCE, "https://blog.example/none", "The target is no page of this site."),
        (SOURCE, "https://other.example/", "The target is no page of this site."),
        (SOURCE, f"{SITE}/closed/", "The target takes no mentions."),
        (TARGET, TARGET, "source and target are the same"),
        ("http://BLOG.example:80/article", TARGET, "Source and target are the same page."),
        (f"{TARGET}#a", TARGET, "Source and target are the same page."),
        (f"{SITE}/article?utm_source=x", TARGET, "Source and target are the same page."),
        (SOURCE + "x" * 2000, TARGET, "A URL is longer than 2000 characters."),
    ],
)
def test_what_is_no_webmention_is_refused_with_a_sentence(app, receiver, source, target, sentence):
    answer = webmention(app, source, target)
    assert answer.status == 400
    assert sentence in answer.text
    assert answer.header("Location") is None
    assert receiver.arrivals == []


def test_an_article_of_the_site_may_mention_another_one(app, receiver):
    assert webmention(app, f"{SITE}/held/").status == 201


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_a_webmention_is_a_form(app, kind):
    body = b'{"source": "https://a.example/", "target": "https://b.example/"}'
    assert ask(app, "POST", "/webmention", body=body, content_type=kind).status == 415


def test_who_looks_at_an_endpoint_gets_a_sentence(app):
    for path, word in (("/webmention", "webmention"), ("/pingback", "pingback.ping")):
        answer = ask(app, "GET", path)
        assert (answer.status, answer.header("Allow")) == (405, "OPTIONS, POST")
        assert word in answer.text


@pytest.mark.parametrize("failure", [QueueFull("full"), StoreError("away")])
def test_what_cannot_be_put_on_disk_is_not_taken(app, receiver, failure, caplog):
    receiver.failure = failure
    answer = webmention(app)
    assert (answer.status, answer.header("Retry-After")) == (503, "60")
    assert str(failure) in caplog.text


def test_a_network_has_its_limit(app, receiver):
    statuses = [webmention(app, client=f"203.0.113.{n}").status for n in range(61)]
    assert statuses == [201] * 60 + [429]
    assert webmention(app, client="203.0.112.1").status == 201
    answer = webmention(app)
    assert (answer.status, answer.header("Retry-After")) == (429, "2")
    receiver.seconds += 2
    assert webmention(app).status == 201
    assert webmention(app).status == 429
    receiver.seconds += 3600
    assert [webmention(app).status for _ in range(61)] == [201] * 60 + [429]


# ------------------------------------------------------------------------------------ status


def test_a_status_is_coarse(app, receiver):
    shown = said()
    states = {
        MentionState.QUEUED: "queued",
        MentionState.CHECKING: "queued",
        MentionState.HELD: "accepted",
        MentionState.SHOWN: "accepted",
        MentionState.REFUSED: "rejected",
        MentionState.SPAM: "rejected",
        MentionState.GONE: "rejected",
        MentionState.UNREACHABLE: "rejected",
        MentionState.BROKEN: "rejected",
    }
    assert {state: status_of(row(state)) for state in MentionState} == states
    assert status_of(row(MentionState.UNREACHABLE, shown)) == "accepted"
    receiver.rows = [row(MentionState.UNREACHABLE)]
    timed_out = ask(app, "GET", "/status/token", accept="application/json").json
    receiver.rows = [row(MentionState.REFUSED)]
    assert ask(app, "GET", "/status/token", accept="application/json").json == timed_out


def test_a_status_is_for_people_and_for_programs(app, receiver):
    receiver.rows = [row(MentionState.HELD)]
    page = ask(app, "GET", "/status/token")
    assert "<h1>Your mention: accepted</h1>" in page.text
    assert page.header("Vary") == "Accept"
    document = ask(app, "GET", "/status/token", accept="application/json")
    assert (document.status, document.json["status"]) == (200, "accepted")
    read = Webmention().read_status(ProtocolAnswer(BASE, 200, document.headers, document.body, NOW))
    assert read.verdict is Verdict.DELIVERED
    assert ask(app, "GET", "/status/other").status == 404


# ---------------------------------------------------------------------------------- pingback


def pingback(app, *mentions: Mention, content_type: str = "text/xml", **more):
    if len(mentions) == 1:
        body = Pingback().request(mentions[0]).body
    else:
        calls = [{"methodName": "pingback.ping", "params": [*each]} for each in mentions]
        body = xmlrpc.client.dumps((calls,), "system.multicall").encode()
    return ask(app, "POST", "/pingback", body=body, content_type=content_type, **more)


def test_a_pingback_is_taken_without_a_fetch(app, receiver):
    answer = pingback(app, Mention(SOURCE, TARGET))
    assert (answer.status, answer.header("Content-Type")) == (200, "text/xml; charset=utf-8")
    ((said,), _) = xmlrpc.client.loads(answer.text)
    assert said.startswith("Thank you.")
    assert receiver.arrivals[0].protocol == "pingback"


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        (SOURCE, f"{SITE}/none", 32),
        (SOURCE, f"{SITE}/closed/", 33),
        (TARGET, TARGET, 0),
        (f"{SITE}/article", TARGET, 0),
        ("nonsense", TARGET, 0),
    ],
)
def test_faults_are_given_at_once(app, receiver, source, target, code):
    answer = pingback(app, Mention(source, target))
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xmlrpc.client.loads(answer.text)
    assert fault.value.faultCode == code
    assert receiver.arrivals == []


def test_what_is_known_is_looked_at_again(app, receiver):
    pingback(app, Mention(SOURCE, TARGET))
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xmlrpc.client.loads(pingback(app, Mention(SOURCE, TARGET)).text)
    assert fault.value.faultCode == 48
    assert len(receiver.arrivals) == 2


def test_several_calls_are_answered_each(app, receiver):
    answer = pingback(app, Mention(SOURCE, TARGET), Mention(SOURCE, f"{SITE}/none"))
    ((first, second),), _ = xmlrpc.client.loads(answer.text)
    assert first[0].startswith("Thank you.")
    assert second["faultCode"] == 32
    assert len(receiver.arrivals) == 1


def test_each_of_several_calls_counts(app):
    calls = [Mention(f"{SOURCE}{n}", TARGET) for n in range(30)]
    assert [pingback(app, *calls).status for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("body", [b"", b"<html>", b"<methodCall>", b"\xff\xfe", b"<!DOCTYPE a>"])
def test_what_is_no_call_is_a_fault(app, body):
    answer = ask(app, "POST", "/pingback", body=body, content_type="application/xml")
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xmlrpc.client.loads(answer.text)
    assert fault.value.faultCode == 0


def test_a_pingback_is_xml(app):
    assert pingback(app, Mention(SOURCE, TARGET), content_type="text/plain").status == 415


# ---------------------------------------------------------------------------------- fragment


def fragment(app, target: str = TARGET, **headers: str):
    return ask(app, "GET", f"/mentions?target={target}", **headers)


def test_the_fragment_is_what_a_page_shows(app, receiver):
    like = said("https://other.example/like", kind=Kind.LIKE, text="")
    receiver.rows = [row(shown=said()), row(MentionState.HELD), row(shown=like)]
    answer = fragment(app)
    assert answer.status == 200
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    assert answer.header("Cache-Control") == "public, max-age=60"
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert answer.text.startswith('<section class="linkback-mentions"')
    assert "Well said." in answer.text
    assert f'href="{SITE}/linkback-mentions.css"' in answer.text
    assert 'class="u-like h-cite"' in answer.text


def test_a_page_without_mentions_has_an_empty_fragment(app, receiver):
    receiver.rows = [row(MentionState.HELD)]
    answer = fragment(app)
    assert (answer.status, answer.text) == (200, "\n")


@pytest.mark.parametrize("target", ["", "https://blog.example/none", "nonsense"])
def test_there_is_no_fragment_of_another_page(app, target):
    assert fragment(app, target).status == 404


def test_a_closed_page_shows_nothing(app, receiver):
    receiver.rows = [row(shown=said(), article="tag:closed")]
    assert fragment(app, f"{SITE}/closed/").text == "\n"


def test_a_fragment_that_is_known_is_not_sent_again(app, receiver):
    receiver.rows = [row(shown=said())]
    tag = fragment(app).header("ETag")
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = fragment(app, if_none_match=known)
        assert (answer.status, answer.body, answer.header("ETag")) == (304, b"", tag)
    receiver.rows = [row(shown=said(text="Another."))]
    assert fragment(app, if_none_match=tag).status == 200


def test_the_fragment_is_jf2_for_who_wants_that(app, receiver):
    late = said("https://late.example/", received=NOW.replace(hour=13))
    receiver.rows = [row(shown=late), row(shown=said())]
    answer = fragment(app, accept="application/json")
    assert answer.header("Content-Type") == "application/jf2feed+json"
    assert answer.header("Vary") == "Accept"
    assert [each["wm-source"] for each in answer.json["children"]] == [SOURCE, late.source]
    assert "wm-id" not in answer.json["children"][0]


def test_what_strangers_write_stays_text(app, receiver):
    hostile = said(
        text="<script>alert(1)</script>\"'&amp;",
        title="<img src=x onerror=alert(1)>",
        author=Author("<b>Ann", 'https://x.example/"onclick="alert(1)'),
    )
    receiver.rows = [row(shown=hostile)]
    tags = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append((tag, dict(attrs)))

    Reader().feed(fragment(app).text)
    assert not {"script", "img", "b"} & {tag for tag, _ in tags}
    assert not [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)]


def test_the_script_is_small(app):
    answer = ask(app, "GET", "/mentions.js")
    assert answer.header("Content-Type") == "text/javascript; charset=utf-8"
    assert len(answer.body) <= 500
    assert b"mentions?target=" in answer.body


# ------------------------------------------------------------------------- health and metrics


def test_health_is_that_the_database_answers(app, receiver, caplog):
    answer = ask(app, "GET", "/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert receiver.overviews == 0, "a stranger has nothing counted"
    receiver.failure = StoreError("the database is away")
    assert ask(app, "GET", "/health").status == 503
    assert "the database is away" in caplog.text


def test_metrics_are_for_who_has_the_token(app, receiver):
    webmention(app)
    webmention(app, target="https://x.example/")
    ask(app, "GET", "/nowhere/secret")
    assert ask(app, "GET", "/metrics").status == 401
    answer = ask(app, "GET", "/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    post = 'linkback_requests_total{method="POST",route="/webmention",status='
    assert f'{post}"201"}} 1' in lines
    assert f'{post}"400"}} 1' in lines
    assert 'linkback_mentions{state="held"} 2' in lines
    assert "linkback_queue_length 1" in lines
    assert "linkback_queue_age_seconds 60" in lines
    assert 'linkback_request_seconds_count{route="/webmention"} 2' in lines
    assert "secret" not in answer.text


def test_an_empty_queue_has_no_age(app, receiver):
    receiver.counts = receiver.counts._replace(waiting=0, waiting_since=None)
    answer = ask(app, "GET", "/metrics", authorization=f"Bearer {TOKEN}")
    assert "linkback_queue_age_seconds 0\n" in answer.text


def test_durations_are_counted_up_to_their_bounds():
    metrics = Metrics()
    for seconds in (0.001, 0.3, 0.4, 60):
        metrics.time("check_seconds", seconds)
    metrics.count("checks_total", outcome='a "quoted"\nword\\')
    text = metrics.text([Gauge("held", "How many.", 2.5)])
    assert text == (
        "# TYPE linkback_checks_total counter\n"
        'linkback_checks_total{outcome="a \\"quoted\\"\\nword\\\\"} 1\n'
        "# TYPE linkback_check_seconds histogram\n"
        'linkback_check_seconds_bucket{le="0.005"} 1\n'
        'linkback_check_seconds_bucket{le="0.01"} 1\n'
        'linkback_check_seconds_bucket{le="0.05"} 1\n'
        'linkback_check_seconds_bucket{le="0.1"} 1\n'
        'linkback_check_seconds_bucket{le="0.5"} 3\n'
        'linkback_check_seconds_bucket{le="1.0"} 3\n'
        'linkback_check_seconds_bucket{le="5.0"} 3\n'
        'linkback_check_seconds_bucket{le="10.0"} 3\n'
        'linkback_check_seconds_bucket{le="+Inf"} 4\n'
        "linkback_check_seconds_sum 60.701\n"
        "linkback_check_seconds_count 4\n"
        "# HELP linkback_held How many.\n"
        "# TYPE linkback_held gauge\n"
        "linkback_held 2.5\n"
    )


def test_so_many_networks_are_remembered():
    from pelican_linkback.receiving.server.http import Refusal, Request

    limiter = Limiter(burst=1, monotonic=lambda: 0.0)

    def asked(client: str) -> bool:
        try:
            limiter.check(Request("POST", "/", BASE, client=client))
        except Refusal:
            return False
        return True

    assert asked("9.9.9.9")
    assert not asked("9.9.9.9")
    for number in range(MOST):
        assert asked(f"10.{number // 250}.{number % 250}.1")
    assert asked("9.9.9.9"), "forgotten"


def test_a_request_for_more_than_a_bucket_costs_what_it_asks_for():
    from pelican_linkback.receiving.server.http import Refusal, Request

    now = [0.0]
    limiter = Limiter(per_minute=60, burst=10, monotonic=lambda: now[0])
    request = Request("POST", "/", BASE, client="9.9.9.9")
    limiter.check(request, 14)  # a full bucket is enough
    for seconds, number in ((4, 1), (9, 14)):
        now[0] += seconds
        with pytest.raises(Refusal):
            limiter.check(request, number)
    now[0] += 1
    limiter.check(request, 1)


def test_an_answer_in_json_is_a_document(app):
    answer = webmention(app, accept="application/json")
    assert json.loads(answer.body)["url"] == f"{BASE}status/token"


# ----------------------------------------------------------------------------------- attacks

BOMBS = {
    "nested": b"<methodCall>" + b"<value>" * 2000,
    "nested, closed": b"<methodCall>" + b"<a>" * 900 + b"</a>" * 900 + b"</methodCall>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><methodCall>&b;</methodCall>',
    "a tag that does not end": b"<methodCall " * 1300,
    "references": b"<methodCall>" + b"&#" * 8000,
    "comments": b"<methodCall>" + b"<!--" * 4000,
    "sections": b"<methodCall>" + b"<![CDATA[" * 1700,
    "attributes": b"<methodCall " + b"a='" * 5000,
    "many calls": xmlrpc.client.dumps(([{"methodName": "x"}] * 60,), "system.multicall").encode(),
    "end tags": b"<methodCall>" + b"</methodCall>" * 1200,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_of_xml_is_answered_at_once(app, receiver, bomb):
    begun = time.perf_counter()
    answer = ask(app, "POST", "/pingback", body=BOMBS[bomb][:MAX_BODY], content_type="text/xml")
    assert answer.status == 200
    assert b"faultCode" in answer.body
    assert receiver.arrivals == []
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize("host", ["evil.example", "blog.example:99", "a\tb"])
def test_who_names_another_host_gets_no_address_there(app, host):
    answer = webmention(app, host=host, x_forwarded_host=host, x_forwarded_proto="gopher")
    assert answer.header("Location") == f"{BASE}status/token"
    assert host not in answer.text


@pytest.mark.parametrize(
    "source",
    [
        "https://a.example/\r\nSet-Cookie: x=1",
        "https://a.example/\x00",
        "https://user:secret@a.example/",
        "https://a.example/\ud800",
        "https://" + "a" * 300 + ".example/",
        "javascript:alert(1)//https://a.example/",
    ],
)
def test_a_source_that_is_no_address_is_named_in_no_header(app, receiver, source):
    form = urlencode({"source": source, "target": TARGET}, errors="surrogatepass").encode()
    answer = ask(
        app,
        "POST",
        "/webmention",
        body=form,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status == 400
    assert receiver.arrivals == []
    assert len(answer.text.splitlines()) == 1


def test_a_page_without_one_of_its_values_is_an_error():
    with pytest.raises(UndefinedError, match="sentence"):
        render("status.html", {"status": "queued", "url": "", "base": ""})

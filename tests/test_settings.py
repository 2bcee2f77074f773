"""All problems of the settings are reported at once: the name, what it got, what it takes."""

from datetime import date, datetime
from pathlib import Path

import pytest

from pelican_linkback.exceptions import SettingsError
from pelican_linkback.plugin.build import Build
from pelican_linkback.protocol.registry import BUILT_IN
from pelican_linkback.settings.model import NAMES, USER_AGENT, read
from tests import spoken

SITE = {"PATH": "/site/content", "SITEURL": "https://me.example.io/"}


@pytest.mark.parametrize(
    ("own", "receives"),
    [
        ({}, False),
        ({"LINKBACK_PULL": False}, False),
        ({"LINKBACK_RECEIVE": "webmention.io"}, True),
        ({"LINKBACK_RECEIVE": "webmention.io", "LINKBACK_PULL": False}, True),
        ({"LINKBACK_PULL": ["webmention.io"]}, True),
    ],
)
def test_a_site_receives_if_it_names_a_receiver_or_a_source(own, receives):
    assert read({**SITE, **own}).receives is receives


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("", ""),
        (" sqlite:////srv/inbox.sqlite ", "sqlite:////srv/inbox.sqlite"),
        ("postgres://me@db/blog", "postgresql+psycopg://me@db/blog"),
        ("postgresql://me@db/blog", "postgresql+psycopg://me@db/blog"),
        ("postgresql+psycopg://me@db/blog", "postgresql+psycopg://me@db/blog"),
    ],
)
def test_the_url_of_a_database_is_written_as_platforms_do(given, read_as):
    assert read({**SITE, "LINKBACK_INBOX": given}).inbox == read_as


@pytest.mark.parametrize("given", ["mysql://db/blog", "postgre://db/blog", "sqlite", 7, None])
def test_another_database_is_refused(given):
    with pytest.raises(SettingsError, match="LINKBACK_INBOX"):
        read({**SITE, "LINKBACK_INBOX": given})


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("ftp://me:a secret@host/a", "ftp://me:***@host/a"),
        ("ftp://me:s/e:c@ret@host:5/a", "ftp://me:***@host:5/a"),
        ("ftp://host/a:me@home", "ftp://host/a:me@home"),
        ("ftp://host:5/a", "ftp://host:5/a"),
        (["ftp://me:you@host", 7], ["ftp://me:***@host", 7]),
    ],
)
def test_a_url_that_is_refused_is_shown_without_its_password(given, shown):
    with pytest.raises(SettingsError) as caught:
        read({**SITE, "LINKBACK_RECEIVE": given})
    assert f"LINKBACK_RECEIVE = {shown!r}: " in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        "mysql://me:PASS@db/blog",
        "me:PASS@db/blog",
        "host=db user=me password=PASS",
        "postgresql+psycopg2://db/blog?user=me&password=PASS",
        "postgres://me:PASS WORD@db/blog",
        ["postgres://me:PASS@db/blog"],
    ],
)
def test_a_database_that_is_refused_is_not_shown(given):
    with pytest.raises(SettingsError, match="LINKBACK_INBOX takes the URL of a data") as caught:
        read({**SITE, "LINKBACK_INBOX": given})
    assert "PASS" not in str(caught.value)


def test_without_settings_of_ours_the_defaults_hold():
    settings = read(SITE)
    assert settings.site_url == "https://me.example.io"
    assert settings.state == Path("/site/linkback")
    assert settings.protocols.order == (spoken.WEBMENTION, spoken.PINGBACK)
    assert settings.feeds is None
    assert (settings.timeout, settings.deadline, settings.workers, settings.per_host) == (
        10,
        60,
        16,
        2,
    )


@pytest.mark.parametrize(
    ("name", "value", "field", "read_as"),
    [
        ("LINKBACK_SEND", False, "send", False),
        ("LINKBACK_TARGETS", "all", "targets", "all"),
        ("LINKBACK_SINCE", "2015-01-31", "since", date(2015, 1, 31)),
        ("LINKBACK_SINCE", date(2015, 1, 31), "since", date(2015, 1, 31)),
        ("LINKBACK_SINCE", datetime(2015, 1, 31, 12), "since", date(2015, 1, 31)),
        ("LINKBACK_SINCE", None, "since", None),
        ("LINKBACK_STATE", "memory", "state", Path("/site/memory")),
        ("LINKBACK_STATE", "/var/memory", "state", Path("/var/memory")),
        ("LINKBACK_TIMEOUT", 3, "timeout", 3.0),
        ("LINKBACK_WORKERS", 4, "workers", 4),
        ("LINKBACK_EXCLUDE", [" a.example "], "exclude", ("a.example",)),
        ("LINKBACK_EXCLUDE", ["*.FAß.example."], "exclude", ("*.xn--fa-hia.example",)),
        ("LINKBACK_EXCLUDE", ["[::0001]"], "exclude", ("[::1]",)),
        ("LINKBACK_EXCLUDE", ["HTTPS://A.example"], "exclude", ("https://a.example/",)),
        ("LINKBACK_FEEDS", ["my.Feed", int], "feeds", ("my.Feed", int)),
        ("LINKBACK_FEEDS", None, "feeds", None),
        ("LINKBACK_FUTURE", True, "future", True),
        ("LINKBACK_FEED_STYLE", " /x.css ", "feed_style", "/x.css"),
        ("LINKBACK_AUTODISCOVERY", True, "autodiscovery", True),
        ("LINKBACK_FEEDS_PAGE", "feeds/index.html", "feeds_page", "feeds/index.html"),
        ("LINKBACK_ICON", " images/i.png ", "icon", "images/i.png"),
        ("LINKBACK_AUTHORS", {"A": {"url": "u"}}, "authors", {"A": {"url": "u"}}),
        ("LINKBACK_HUBS", [" https://h.io/ "] * 2, "hubs", ("https://h.io/",)),
        ("LINKBACK_USER_AGENT", " me/1 ", "user_agent", "me/1"),
        ("LINKBACK_RECEIVE", None, "receive", ""),
        ("LINKBACK_RECEIVE", " webmention.io ", "receive", "webmention.io"),
        ("LINKBACK_RECEIVE", "https://m.io/in", "receive", "https://m.io/in/"),
        ("LINKBACK_PULL", True, "pull", True),
        ("LINKBACK_PULL", ["webmention.io"], "pull", ("webmention.io",)),
        ("LINKBACK_PULL", [" https://m.io/export"], "pull", ("https://m.io/export",)),
        ("LINKBACK_PULL", ["tests.spoken.SOURCE"], "pull", (spoken.SOURCE,)),
        ("LINKBACK_PULL", [spoken.SOURCE], "pull", (spoken.SOURCE,)),
        (
            "LINKBACK_PULL",
            ["webmention.io=http://a.io/api"],
            "pull",
            ("webmention.io=http://a.io/api",),
        ),
        ("LINKBACK_SHOW_MENTIONS", None, "show_mentions", None),
        ("LINKBACK_SHOW_MENTIONS", True, "show_mentions", True),
        ("LINKBACK_SHOW_KINDS", ["mention", "reply"], "show_kinds", ("reply", "mention")),
        ("LINKBACK_MENTION_WORDS", {"replies": "Yo"}, "mention_words", {"replies": "Yo"}),
        ("LINKBACK_ALIASES", ["http://a.io/", "http://a.io"], "aliases", ("http://a.io",)),
        ("OUTPUT_PATH", "/site/public", "output", Path("/site/public")),
        ("FEED_DOMAIN", None, "feed_domain", "https://me.example.io"),
        ("FEED_DOMAIN", "https://feeds.example.io/", "feed_domain", "https://feeds.example.io"),
        ("FEED_ALL_ATOM", "a.xml", "feeds_readdressed", False),
        ("FEED_ALL_ATOM_URL", "a/", "feeds_readdressed", True),
        ("TAG_FEED_RSS_URL", "", "feeds_readdressed", False),
    ],
)
def test_a_setting_is_read(name, value, field, read_as):
    assert getattr(read({**SITE, name: value}), field) == read_as


def test_a_build_reads_its_settings_once():
    build, ours, others = Build(), dict(SITE), {**SITE, "LINKBACK_ICON": " images/i.png "}
    settings = build.settings(ours)
    ours["LINKBACK_ICON"] = "late.png"
    assert build.settings(ours) is settings
    assert settings.icon == ""
    assert build.settings(others).icon == "images/i.png"


def test_allow_hosts_are_entries():
    (entry,) = read({**SITE, "LINKBACK_ALLOW_HOSTS": ["127.0.0.1:8080"]}).allow_hosts
    assert entry.opens("127.0.0.1", None, 8080)
    assert not entry.opens("127.0.0.1", None, 8081)


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [
        ("LINKBACK_SEND", "yes", "True or False"),
        ("LINKBACK_RECEIVE", 1, 'takes "webmention.io", or'),
        ("LINKBACK_RECEIVE", "mentions/", 'takes "webmention.io", or'),
        ("LINKBACK_RECEIVE", "https://a.io/?x=1", 'takes "webmention.io", or'),
        ("LINKBACK_RECEIVE", "http://127.0.0.1:25/m/", "port 25 is never used for the web"),
        ("LINKBACK_PULL", ["http://127.0.0.1:9/"], "port 9 is never used for the web"),
        ("LINKBACK_PULL", ["webmention.io=http://127.0.0.1:9/"], "port 9 is never used"),
        ("LINKBACK_PULL", ["webmention.io="], "takes True, False, or a list"),
        ("LINKBACK_PULL", "webmention.io", "takes True, False, or a list"),
        ("LINKBACK_PULL", ["webmention"], "takes True, False, or a list"),
        ("LINKBACK_PULL", ["webmention.io=x"], "takes True, False, or a list"),
        ("LINKBACK_PULL", ["no.module"], "cannot be imported"),
        ("LINKBACK_PULL", [7], "has no name and no fetch"),
        ("LINKBACK_PULL", ["tests.spoken.Broken"], "RuntimeError: broken; takes True, False"),
        ("LINKBACK_SHOW_KINDS", "like", "takes a list of"),
        ("LINKBACK_MENTION_WORDS", {"a": 1}, "takes a dictionary of texts"),
        ("LINKBACK_ALIASES", ["a.io"], "takes absolute URLs"),
        ("LINKBACK_ALIASES", ["http://a.io/?x"], "a query or a fragment"),
        ("LINKBACK_LINK_MARKED", 1, "True or False"),
        ("LINKBACK_TARGETS", "some", '"marked" or "all"'),
        ("LINKBACK_ICON", "an icon.png", "an address, such as"),
        ("LINKBACK_ICON", "https://[i.png", "an address, such as"),
        ("LINKBACK_LOGO", None, "an address, such as"),
        ("LINKBACK_STATE", "", "path of a folder"),
        ("LINKBACK_STATE", "~nobody-of-this-name/linkback", "path of a folder"),
        ("LINKBACK_STATE", "link\0back", "path of a folder"),
        ("LINKBACK_PROTOCOLS", "pingback", "takes a list of"),
        ("LINKBACK_PROTOCOLS", ["trackback"], 'takes a list of "webmention", "pingback"'),
        ("LINKBACK_PROTOCOLS", ["pingback", "pingback"], "it has one twice"),
        ("LINKBACK_SINCE", "31.1.2015", "a day, such as"),
        ("LINKBACK_SINCE", 2015, "a day, such as"),
        ("LINKBACK_TIMEOUT", 0, "seconds above 0"),
        ("LINKBACK_TIMEOUT", True, "seconds above 0"),
        ("LINKBACK_TIMEOUT", float("nan"), "seconds above 0"),
        ("LINKBACK_WORKERS", 0, "1 to 1000"),
        ("LINKBACK_PER_HOST", 2.5, "1 to 1000"),
        ("LINKBACK_EXCLUDE", "example.org", "list of strings"),
        ("LINKBACK_EXCLUDE", [1], "list of strings"),
        ("LINKBACK_EXCLUDE", 1, "list of strings"),
        ("LINKBACK_EXCLUDE", [""], "list of strings"),
        ("LINKBACK_EXCLUDE", ["example.org/blog"], 'write "https://example.org/blog"'),
        ("LINKBACK_EXCLUDE", ["example.org:80/x"], 'write "https://example.org:80/x"'),
        ("LINKBACK_EXCLUDE", ["//example.org/"], 'write "https://example.org/"'),
        ("LINKBACK_EXCLUDE", ["Example.org?x"], 'write "https://example.org/?x"'),
        ("LINKBACK_EXCLUDE", ["ann@example.org"], 'takes "example.org", "*.example.org" or'),
        ("LINKBACK_EXCLUDE", ["https:/example.org"], 'takes "example.org", "*.example.org" or'),
        ("LINKBACK_EXCLUDE", ["*.example.org/x"], 'takes "example.org", "*.example.org" or'),
        ("LINKBACK_EXCLUDE", ["two words"], "white space in it; takes"),
        ("LINKBACK_EXCLUDE", ["*."], "no host; takes"),
        ("LINKBACK_EXCLUDE", ["*"], "* is not the name of a host; takes"),
        ("LINKBACK_EXCLUDE", ["https://"], "no host; takes"),
        ("LINKBACK_EXCLUDE", ["ftp://example.org/"], "only http and https"),
        ("LINKBACK_ALLOW_HOSTS", ["host:port"], "host:port"),
        ("LINKBACK_HUBS", "https://hub.example/", "list of strings"),
        ("LINKBACK_HUBS", ["hub.example"], "takes absolute URLs; 'hub.example' is none: it is not"),
        ("LINKBACK_HUBS", ["/a", "https://h.io/", "ftp://h.io/"], "'ftp://h.io/' is none: its"),
        ("LINKBACK_USER_AGENT", "a\nb", "one line"),
        ("LINKBACK_FEEDS", "my.Feed", "list of Feed classes"),
        ("LINKBACK_FEED_STYLE", " ", "the URL of a stylesheet"),
        ("LINKBACK_AUTHORS", ["Ann"], "takes a dictionary"),
        ("LINKBACK_AUTHORS", {"Ann": "ann@me.example"}, "takes a dictionary"),
        ("LINKBACK_AUTHORS", {"Ann": {"mail": "ann@me.example"}}, "takes a dictionary"),
    ],
)
def test_a_wrong_value_is_reported_with_what_it_takes(name, value, takes):
    with pytest.raises(SettingsError) as told:
        read({**SITE, name: value})
    (problem,) = told.value.problems
    assert problem.startswith(f"{name} = {value!r}: ")
    assert takes in problem


@pytest.mark.parametrize("name", ["SITEURL", "FEED_DOMAIN"])
@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("https://me[", "Invalid IPv6 URL"),
        ("ftp://me.example.io", "does not begin with https://"),
        ("me.example.io", "does not begin with https://"),
        (" https://me.example.io", "white space"),
        ("https://ann:secret@me.example.io", "a user name in it"),
    ],
)
def test_an_address_that_is_none_is_reported(name, value, says):
    with pytest.raises(SettingsError, match=says) as told:
        read({**SITE, name: value})
    assert str(told.value.problems[0]).startswith(f"{name} = {value!r}: ")


def test_a_memory_that_would_be_published_and_lost_is_reported():
    with pytest.raises(SettingsError, match=r"LINKBACK_STATE = .*: it is below the output folder"):
        read({**SITE, "OUTPUT_PATH": "/site/out", "LINKBACK_STATE": "out/linkback"})


@pytest.mark.parametrize(("lang", "subsite"), [("de", True), ("en", False)])
def test_a_subsite_is_known_by_its_language(lang, subsite):
    assert read({**SITE, "DEFAULT_LANG": lang, "I18N_SUBSITES": {"de": {}}}).subsite is subsite


@pytest.mark.parametrize("items", ["10", -1, True, 2.5])
def test_a_length_of_feeds_that_is_none_is_reported(items):
    with pytest.raises(SettingsError, match=r"FEED_MAX_ITEMS = .*: takes a whole number, or None"):
        read({**SITE, "FEED_MAX_ITEMS": items})
    assert read({**SITE, "FEED_MAX_ITEMS": 0}) == read({**SITE, "FEED_MAX_ITEMS": None})


def test_all_problems_are_reported_at_once():
    with pytest.raises(SettingsError) as told:
        read({**SITE, "LINKBACK_SEND": 3, "LINKBACK_TIMEOUT": -1, "LINKBACK_XYZZY": 1})
    assert len(told.value.problems) == 3
    assert "3 settings are wrong" in str(told.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("LINKBACK_TARGET", "did you mean LINKBACK_TARGETS?"),
        ("LINKBACK_ALLOWED_HOSTS", "did you mean LINKBACK_ALLOW_HOSTS?"),
        ("LINKBACK_XYZZY", ", ".join(NAMES)),
    ],
)
def test_an_unknown_setting_is_reported_with_its_nearest(name, hint):
    with pytest.raises(SettingsError, match=f"pelican_linkback: {name} is not") as told:
        read({**SITE, name: 1})
    assert hint in str(told.value)


@pytest.mark.parametrize(
    ("url", "allow", "publishes"),
    [
        pytest.param("https://me.example.io", [], True, id="a public host"),
        pytest.param("http://me.example.io:8080/blog", [], True, id="with a port and a path"),
        pytest.param("", [], False, id="development"),
        pytest.param(None, [], False, id="no SITEURL"),
        pytest.param("http://localhost:8000", [], False, id="localhost"),
        pytest.param("http://127.0.0.1:8000", [], False, id="loopback"),
        pytest.param("http://127.0.0.1:8000", ["127.0.0.1:8000"], True, id="allowed"),
        pytest.param("http://127.0.0.1:8000", ["127.0.0.1:8001"], False, id="other port allowed"),
        pytest.param("https://intranet", ["intranet"], True, id="an allowed name"),
        pytest.param("//me.example.io", [], False, id="no scheme"),
        pytest.param("/blog", [], False, id="no host"),
        pytest.param("https://example.com", [], False, id="nobody's own domain"),
    ],
)
def test_a_publication_is_a_build_for_a_public_or_allowed_host(url, allow, publishes):
    settings = read({**SITE, "SITEURL": url, "LINKBACK_ALLOW_HOSTS": allow})
    assert settings.publishes is publishes


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "SITEURL is empty"),
        ("/blog", "SITEURL = '/blog' is no public address"),
        ("http://10.0.0.1", "SITEURL = 'http://10.0.0.1' is no public address"),
        ("http://a.test", """SITEURL = 'http://a.test' is no public address: it ends in "test\""""),
        ("https://ann.example.io", ""),
    ],
)
def test_what_is_no_public_address_is_said_with_the_reason(url, problem):
    assert read({**SITE, "SITEURL": url}).address_problem == problem


def test_the_user_agent_names_the_protocols_that_are_built_in():
    names = [each.name.capitalize() for each in BUILT_IN if not each.of_feeds]
    assert f"pelican_linkback ({'; '.join(names)})" == USER_AGENT


def test_a_class_of_a_source_of_mentions_is_called():
    pull = read({**SITE, "LINKBACK_PULL": [spoken.Source]}).pull
    assert isinstance(pull, tuple)
    (source,) = pull
    assert isinstance(source, spoken.Source)

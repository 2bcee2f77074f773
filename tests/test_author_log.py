"""What an author reads while a site is built: each case through a real ``pelican``.

At the default level there is one line for feeds and one for linkbacks, and warnings only for what
an author can fix; each names the article, the target, the reason and the remedy.
"""

from __future__ import annotations

import os
from xmlrpc.client import Fault

import pytest

from pelican_linkback.plugin import messages as plugin
from tests import terminal
from tests.conftest import NO_FEEDS
from tests.servers import Blog, WebHost, serving
from tests.versions import needs_plain_log

pytestmark = needs_plain_log


def written(site, name="publishconf.py", more="", **settings):
    """Write the site's settings; return the words that build it."""
    conf = site.folder / name
    lines = (f"{key} = {value!r}\n" for key, value in (site.settings | settings).items())
    conf.write_text("".join(lines) + more, encoding="utf-8")
    return ["pelican", "-s", name, "--log-handler", "plain"]


@pytest.mark.parametrize("words", [[], ["--autoreload"]], ids=["build", "autoreload"])
def test_wrong_settings_are_sentences_and_no_traceback(site, words):
    build = written(site, LINKBACK_TIMEOUT=-1, LINKBACK_SNED=True)
    done = terminal.run(site.folder, *build, *words)
    assert done.returncode == 1
    assert (done.stdout + done.stderr).splitlines() == [
        "pelican_linkback: 2 settings are wrong:",
        "- LINKBACK_SNED is not a setting of pelican_linkback; did you mean LINKBACK_SEND?",
        "- LINKBACK_TIMEOUT = -1: takes a number of seconds above 0, such as 10",
    ]


def test_with_debug_a_wrong_setting_has_its_traceback(site):
    done = terminal.run(site.folder, *written(site, LINKBACK_TIMEOUT=-1), "--debug")
    assert "Traceback" in done.stdout


# One build, and what is said of it. A case prepares a site whose pages are online and whose
# neighbour takes pingbacks, and returns the line for linkbacks and the pieces of each message.

MANY = 12
CASES = {}


def case(function):
    CASES[function.__name__.replace("_", " ")] = function
    return function


def mark(site, target, name="one", body=None, **metadata):
    return site.article(
        name, f"[a link]({target})" if body is None else body, pingback=target, **metadata
    )


def memory(site, name, *lines):
    path = site.folder / "linkback" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)


@case
def nothing_is_marked(site, host, blog, target):
    site.article("one")
    return "", []


@case
def it_is_sent(site, host, blog, target):
    mark(site, target)
    return "Linkbacks: 1 sent", []


@case
def the_upload_is_still_to_come(site, host, blog, target):
    host.online = False
    mark(site, target)
    return f"Linkbacks: 1 waits for {host.url}/one.html to be online", []


@case
def it_is_refused(site, host, blog, target):
    mark(site, target)
    blog.answer = Fault(17, "I see none")
    reason = (
        "the receiver refuses (fault 17): it finds no link to the target on your page: I see none"
    )
    remedy = (
        "it is tried again when the article changes, "
        "or by pelican-linkback send -s publishconf.py --retry-failed"
    )
    return "Linkbacks: 1 failed", [("one.md", target, reason, remedy)]


@case
def a_server_is_down(site, host, blog, target):
    mark(site, target)
    blog.page_status = 503
    return "Linkbacks: 1 to be tried again", []


@case
def nobody_listens(site, host, blog, target):
    mark(site, target)
    blog.headers = []
    return "Linkbacks: 1 without an endpoint", []


@case
def the_deadline_is_over(site, host, blog, target):
    mark(site, target)
    site.settings["LINKBACK_DEADLINE"] = 1e-9
    return "Linkbacks: 1 left for the next run (LINKBACK_DEADLINE = 1e-09", []


@case
def sending_is_left_to_the_command(site, host, blog, target):
    mark(site, target)
    site.settings["LINKBACK_SEND"] = False
    return "Linkbacks: 1 due; upload the site, then run pelican-linkback send -s publishconf.py", []


@case
def the_site_is_not_public(site, host, blog, target):
    mark(site, target)
    mark(site, target, "pages/two")
    site.settings["LINKBACK_ALLOW_HOSTS"] = []
    said = "Linkbacks: 2 articles mark targets, and nothing is sent; SITEURL = "
    return said, []


@case
def the_article_does_not_link_to_it_and_is_not_online(site, host, blog, target):
    mark(site, target, body="No link.")
    host.online = False
    said = f"Linkbacks: 1 waits for {host.url}/one.html to be online"
    remedy = "the article does not link to it; add the link, or set LINKBACK_LINK_MARKED = True"
    return said, [("one.md", target, remedy)]


@case
def the_article_does_not_link_to_it_and_is_online(site, host, blog, target):
    mark(site, target, body="No link.")
    said = f"Linkbacks: 1 waits for {host.url}/one.html to link to {target}"
    return said, [("one.md", target, "the article does not link to it; add the link")]


@case
def the_article_does_not_link_to_it_and_nothing_is_sent(site, host, blog, target):
    mark(site, target, body=f"[nearly]({target}/)")
    site.settings["LINKBACK_SEND"] = False
    return "Linkbacks: 1 due", [("one.md", target, "which is not exactly the target; write")]


@case
def the_theme_links_to_it(site, host, blog, target):
    mark(site, target, body="No link.")
    theme = site.folder / "theme" / "templates"
    theme.mkdir(parents=True)
    page = "{% for each in article.pingback.split() %}<a href='{{ each }}'>re</a>{% endfor %}"
    (theme / "article.html").write_text(f"<title>One</title>{page}")
    site.settings |= {"THEME": str(theme.parent), "THEME_STATIC_DIR": "theme"}
    (theme.parent / "static").mkdir()
    return "Linkbacks: 1 sent", []


@case
def the_marks_cannot_be_used(site, host, blog, target):
    mark(site, "you.example.io/post; https://a.example.io https://b.example.io")
    return "", [
        ('one.md: Pingback: "you.example.io/post"', "it does not begin with https:// or http://"),
        ("one.md: Pingback:", 'these are several; put ";" between URLs'),
    ]


@case
def the_site_redirects(site, host, blog, target):
    mark(site, target)
    host.redirects["/one.html"] = "/categories.html"
    said = f"Linkbacks: 1 waits for {host.url}/one.html to be online"
    return said, [("one.md", target, "/categories.html", "set SITEURL to the address that")]


@case
def the_journals_are_damaged(site, host, blog, target):
    mark(site, target)
    ids, known = (memory(site, name, '{"v":', "") for name in ("ids.jsonl", "deliveries.jsonl"))
    torn = "line 1 is not used: it is not JSON; fix the line or take it out"
    return "Linkbacks: 1 sent", [(ids, torn), (known, torn)]


@case
def a_merge_left_its_markers(site, host, blog, target):
    mark(site, target)
    markers = "<<<<<<< ours", "=======", ">>>>>>> theirs"
    path = memory(site, "deliveries.jsonl", *markers)
    what = "conflict markers (line 1, 2, 3); delete these, and keep the lines between them"
    return "Linkbacks: 1 sent", [(path, what)]


@case
def the_journals_are_somebody_else_s(site, host, blog, target):
    mark(site, target)
    ids, known = (memory(site, name, "Mine.") for name in ("ids.jsonl", "deliveries.jsonl"))
    remedy = "move it away, or name another folder in LINKBACK_STATE"
    return "", [("Feeds are not written", ids, remedy), ("nothing more is sent", known, remedy)]


@case
def a_file_is_where_the_state_folder_belongs(site, host, blog, target):
    mark(site, target)
    place = site.folder / "linkback"
    place.write_text("mine")
    what = f"cannot be written, since a file is where a folder belongs: {place}"
    return "", [("ids of feed entries cannot be saved", what), ("nothing more is sent", what)]


@case
def two_feeds_have_one_path(site, host, blog, target):
    site.article("one")
    site.settings |= {"FEED_ALL_ATOM": "feed.xml", "FEED_ALL_RSS": "feed.xml"}
    return "", [("Feed ", "feed.xml belongs to", "give FEED_ALL_RSS a path that differs")]


@case
def a_feed_would_replace_a_page(site, host, blog, target):
    site.article("one")
    site.settings |= {"FEED_ALL_ATOM": "index.html", "OUTPUT_PATH": "output"}
    return "", [("Feed ", "index.html is a page of the site; give the feed another path")]


@case
def a_feed_class_cannot_read_a_file(site, host, blog, target):
    site.article("one")
    site.settings["LINKBACK_FEEDS"] = ["myfeeds.Broken"]
    (site.folder / "myfeeds.py").write_text(
        "from pelican_linkback.feeds import ArticleFeed\n"
        "class Broken(ArticleFeed):\n"
        "    path, title = 'feed.xml', 'Broken'\n"
        "    def items(self): return self.site.articles\n"
        "    def item_description(self, article): return open('no-such.txt').read()\n"
    )
    where = "No such file or directory: 'no-such.txt', in item_description of 'one.md'"
    return "", [("Feed Broken: FileNotFoundError: ", where)]


@case
def many_articles_have_the_same_trouble(site, host, blog, target):
    for number in range(MANY):
        metadata = {"feed_id": f"no uri {number}"}
        mark(site, f"{target}/{number:02}", f"a{number:02}", body="An odd \x0b.", **metadata)
        mark(site, f"nowhere{number}", f"b{number:02}")
    others = f"(and {MANY - 1} more like it; -v names them)"
    said = f"Linkbacks: {MANY} wait for their pages to be ready"
    return said, [
        ("a00.md: Feed_ID: 'no uri 0' is not a URI", others),
        ("a00.md holds control characters", others),
        ('b00.md: Pingback: "nowhere0": it is not absolute', others),
        ("a00.md", f"{target}/00", "the article does not link to it", others),
    ]


@pytest.mark.parametrize("name", CASES)
def test_a_build_is_a_line_for_feeds_and_one_for_linkbacks(site, name):
    site.output.mkdir()
    site.settings |= {"FEED_ALL_ATOM": None, "LINKBACK_SEND": True}
    with serving(WebHost(site.output)) as host, serving(Blog()) as blog:
        site.settings |= {"SITEURL": host.url, "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"]}
        says, messages = CASES[name](site, host, blog, f"{blog.url}/a-post")
        done = terminal.run(
            site.folder, *written(site), PYTHONPATH=f"{terminal.ROOT}{os.pathsep}.", COLUMNS="1000"
        )
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "Feeds",
        *(["Linkbacks"] if says else []),
        "Done",
    ]
    assert says in done.stdout
    said = done.stderr.splitlines()
    assert len(said) == len(messages), done.stderr
    for line, pieces in zip(said, messages, strict=True):
        for piece in pieces:
            assert piece in line


def test_an_unchanged_site_says_that_nothing_was_to_be_done(site):
    site.output.mkdir()
    with serving(WebHost(site.output)) as host, serving(Blog()) as blog:
        settings = {"SITEURL": host.url, "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"]}
        site.settings |= settings | {"LINKBACK_SEND": True}
        mark(site, f"{blog.url}/a-post")
        _, second = (terminal.run(site.folder, *written(site)) for _ in range(2))
    assert second.stderr == ""
    assert "Feeds: 0 written, 5 unchanged\nLinkbacks: nothing to send\n" in second.stdout


def test_with_v_each_of_many_messages_is_said(site):
    for number in range(MANY):
        mark(site, f"nowhere{number}", f"a{number:02}")
    words = [*written(site), "--log-handler", "rich", "-v"]
    done = terminal.run(site.folder, *words, COLUMNS="1000")
    for number in range(MANY):
        assert f'a{number:02}.md: Pingback: "nowhere{number}"' in done.stdout


@pytest.mark.parametrize(("status", "said"), [("draft", "a draft"), ("hidden", "hidden")])
def test_with_v_marks_of_unpublished_articles_are_listed(site, status, said):
    mark(site, "https://you.example.io/post", status=status)
    site.article("two", status=status)
    build = site.build()
    lines = [each.getMessage() for each in build.records if "nothing is sent" in each.getMessage()]
    assert lines == [f"one.md: nothing is sent, since it is {said}"]
    assert build.problems == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Linkbacks: 1 waits; upload, then run it", ["Linkbacks: 1 waits; upload, then run it"]),
        (
            f"Linkbacks: 1 waits for {'x' * 70}; upload the site, then run it; or not",
            [f"Linkbacks: 1 waits for {'x' * 70};", "  upload the site, then run it; or not"],
        ),
    ],
)
def test_a_line_fits_a_terminal_and_a_command_stays_whole(line, shown):
    assert plugin._fitted(line, 80).splitlines() == shown


def test_a_waiting_linkback_is_said_with_the_next_step(site):
    site.output.mkdir()
    with serving(WebHost(site.output)) as host, serving(Blog()) as blog:
        host.online = False
        site.settings |= {"SITEURL": host.url, "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"]}
        site.settings |= {"LINKBACK_SEND": True, "FEED_ALL_ATOM": None}
        mark(site, f"{blog.url}/a-post")
        done = terminal.run(site.folder, *written(site), COLUMNS="80")
    (line, step) = done.stdout.splitlines()[1:3]
    assert line == f"Linkbacks: 1 waits for {host.url}/one.html to be online;"
    assert step == "  upload the site, then run pelican-linkback send -s publishconf.py"


def test_a_site_without_feeds_says_nothing_of_them(site):
    site.article("one")
    assert "Feeds" not in site.build(**NO_FEEDS).printed


@pytest.mark.parametrize("plugins", [["linkbacks"], []])
def test_another_plugin_for_linkbacks_is_named(site, plugins):
    fake = site.folder / "linkbacks.py"
    fake.write_text("def register():\n    pass\n")
    site.article("one")
    site.settings["PLUGIN_PATHS"] = [str(site.folder)]
    build = site.build(PLUGINS=["pelican_linkback", *plugins])
    found = [each for each in build.problems if "pelican-plugin-linkbacks is loaded, too" in each]
    assert len(found) == len(plugins)

"""What becomes of a mention later: update, removed link, move, deletion; over real HTTP."""

from __future__ import annotations

import json
import shutil

import pytest

from pelican_linkback import cli
from tests.servers import Blog, Receiver, WebHost, serving


@pytest.fixture
def receiver():
    with serving(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def host(host, site):
    site.settings |= {"DELETE_OUTPUT_DIRECTORY": True, "CACHE_CONTENT": False}
    return host


def write(site, *targets, text="Some text.", name="one", **metadata):
    links = " ".join(f"[a link]({url})" for url in targets)
    return site.article(name, f"{text} {links}", **{"pingback": "all", **metadata})


def command(site, *argv):
    conf = site.folder / "publishconf.py"
    conf.write_text("".join(f"{k} = {v!r}\n" for k, v in site.settings.items()))
    return cli.main([argv[0], "-s", str(conf), *argv[1:]])


def test_an_update_is_sent_once_and_to_a_fresh_endpoint(site, host, receiver):
    target = f"{receiver.url}/a"
    write(site, target)
    site.build()
    write(site, target, text="Better text.")
    for _ in range(2):
        build = site.build()
        assert not build.problems
    assert receiver.log == [202, 202]
    (page,) = receiver.mentions.values()
    assert "Better text." in page


def test_an_update_waits_until_the_page_online_is_the_built_one(site, host, receiver, tmp_path):
    """Building comes before uploading: the page online is then the old one, link and all."""
    online = tmp_path / "online"
    with serving(WebHost(online)) as uploaded:
        site.settings["SITEURL"] = uploaded.url
        write(site, f"{receiver.url}/a")
        site.build()
        shutil.copytree(site.output, online)
        assert command(site, "send") == 0
        write(site, f"{receiver.url}/a", text="Better text.")
        build = site.build()
        assert (
            f"1 waits for {uploaded.url}/one.html to be online in its new version" in build.printed
        )
        assert receiver.log == [202]
        shutil.copytree(site.output, online, dirs_exist_ok=True)
        assert command(site, "send") == 0
        assert receiver.log == [202, 202]


def test_a_link_that_is_taken_away_is_sent_once(site, host, receiver):
    kept, gone = f"{receiver.url}/kept", f"{receiver.url}/gone"
    write(site, kept, gone)
    site.build()
    write(site, kept)
    site.build()
    assert sorted(receiver.log) == [200, 202, 202, 202]
    assert list(receiver.mentions) == [(f"{host.url}/one.html", kept)]
    write(site, kept, text="Again.")
    site.build()
    assert sorted(receiver.log) == [200, 202, 202, 202, 202]
    write(site, kept, gone)
    site.build()
    assert len(receiver.mentions) == 2


def test_a_link_whose_mark_alone_is_taken_away_stands(site, host, receiver):
    write(site, f"{receiver.url}/a")
    site.build()
    write(site, f"{receiver.url}/a", pingback="none")
    site.build()
    assert receiver.log == [202]
    write(site, f"{receiver.url}/a", pingback="none", text="Better text.")
    site.build()
    assert receiver.log == [202, 202]


@pytest.mark.parametrize("old_page", ["gone", "redirects"])
def test_a_move_sends_the_new_url_and_retracts_the_old(site, host, receiver, old_page):
    target = f"{receiver.url}/a"
    write(site, target)
    site.build()
    write(site, target, slug="two")
    if old_page == "redirects":
        host.redirects["/one.html"] = "/elsewhere.html"
    site.build()
    assert list(receiver.mentions) == [(f"{host.url}/two.html", target)]
    answers = [200, 202, 202]
    # The second mention of the page in a run meets a key that the first one used up.
    assert sorted(set(receiver.log)) == [200, 202, 403]
    assert sorted(each for each in receiver.log if each != 403) == answers
    site.build()
    assert len(receiver.log) == 4


def test_a_move_waits_for_the_old_page_to_be_taken_away(site, host, receiver):
    target = f"{receiver.url}/a"
    write(site, target)
    site.build()
    write(site, target, slug="two")
    build = site.build(DELETE_OUTPUT_DIRECTORY=False)
    assert "2 wait for their pages to be ready" in build.printed
    assert list(receiver.mentions) == [(f"{host.url}/one.html", target)]
    (site.output / "one.html").unlink()
    assert command(site, "send") == 0
    assert list(receiver.mentions) == [(f"{host.url}/two.html", target)]


def test_a_deletion_is_reported_and_sent_only_when_the_author_says_so(site, host, receiver, capsys):
    source = f"{host.url}/one.html"
    article = write(site, f"{receiver.url}/a", f"{receiver.url}/b")
    write(site, name="other")
    site.build()
    article.unlink()
    site.build()
    assert receiver.log == [202, 202]
    assert command(site, "plan") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert f"{source} is not part of the site any more, and 2 of its targets were notified" in shown
    assert command(site, "plan", "--json") == 1
    assert json.loads(capsys.readouterr().out)["vanished"] == [source]
    assert receiver.log == [202, 202]

    assert command(site, "retract", source) == 0
    assert 'content="410 Gone"' in (site.output / "one.html").read_text()
    assert receiver.log == [202, 202, 200, 200]
    assert receiver.mentions == {}
    assert command(site, "plan") == 0
    site.build()
    assert len(receiver.log) == 4


def test_a_page_in_the_way_of_a_tombstone_is_left_as_it_is(site, host, receiver, capsys):
    write(site, f"{receiver.url}/a")
    site.build()
    before = (site.output / "one.html").read_text()
    assert command(site, "retract", f"{host.url}/one.html") == 0
    shown = capsys.readouterr().out
    assert "A page is at" in shown
    assert "1 waits for" in shown
    assert (site.output / "one.html").read_text() == before
    assert receiver.log == [202]


def test_nothing_is_retracted_that_was_not_sent(site, host, receiver, capsys):
    site.article("one")
    site.build()
    assert command(site, "retract", f"{host.url}/one.html") == 1
    assert "nothing that can be retracted was sent" in capsys.readouterr().err


def test_a_pingback_is_never_repeated(site, host):
    with serving(Blog()) as blog:
        write(site, f"{blog.url}/a")
        site.build()
        write(site, f"{blog.url}/a", text="Better text.")
        site.build()
        write(site, text="Better text.")
        site.build()
        write(site, f"{blog.url}/a").unlink()
        site.article("other")
        site.build()
        assert len(blog.pings) == 1
        assert command(site, "retract", f"{host.url}/one.html") == 1
        assert len(blog.pings) == 1

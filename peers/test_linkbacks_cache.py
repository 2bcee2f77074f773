"""pelican-plugin-linkbacks sends a site's links; we take over its cache, and send none again."""

from __future__ import annotations

from xmlrpc.client import Fault

import pytest

from pelican_linkback import cli
from tests.conftest import plugins_disconnected
from tests.servers import Blog, Receiver, serving
from tests.test_versions import command, host, write  # noqa: F401 (host is a fixture)

pytest.importorskip("pelican.plugins.linkbacks")


@pytest.fixture
def receivers():
    servers = takes, knows, refuses, receiver = Blog(), Blog(), Blog(), Receiver()
    knows.answer, refuses.answer = Fault(48, "known"), Fault(17, "no link")
    with serving(takes), serving(knows), serving(refuses), serving(receiver):
        yield [f"{each.url}/a" for each in servers]


def test_nobody_is_told_again(site, host, receivers, capsys):  # noqa: F811
    takes, knows, refuses, receiver = receivers
    write(site, *receivers)
    site.build(PLUGINS=[])  # so that the receivers find the page online
    cache = site.folder / "told.json"
    old = {"PLUGINS": ["linkbacks"], "LINKBACKS_CACHEPATH": str(cache)}
    with plugins_disconnected():  # else it would send again whenever a command reads the site
        site.build(**old, DELETE_OUTPUT_DIRECTORY=False)

    assert command(site, "import-linkbacks", str(cache)) == 0
    assert f"{cache}: 3 links had been sent, 3 of them new here" in capsys.readouterr().out
    conf = str(site.folder / "publishconf.py")
    cli.main(["plan", "-v", "-s", conf])
    shown = capsys.readouterr().out
    assert "Linkbacks: 1 due, 0 later or never, 3 settled" in shown
    assert shown.index("send") < shown.index(refuses)
    assert shown.count("sent by pelican-plugin-linkbacks") == 3
    assert "by webmention" in shown[shown.index(receiver) :]

    # A new version is sent where the protocol has updates, and where nothing was delivered yet.
    write(site, takes, knows, refuses, receiver, text="Better text.")
    cli.main(["plan", "-s", conf])
    shown = capsys.readouterr().out
    assert "Linkbacks: 2 due, 0 later or never, 2 settled" in shown

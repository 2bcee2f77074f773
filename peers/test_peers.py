"""From an article to a receiver that others wrote, and through all that becomes of a mention."""

from __future__ import annotations

from xmlrpc.server import SimpleXMLRPCServer

import pytest

from peers.receivers import DjangoWebmention, FlaskWebmentions, served
from tests.servers import serving
from tests.test_versions import command, host, write  # noqa: F401 (host is a fixture)


@pytest.fixture(scope="module", params=[DjangoWebmention, FlaskWebmentions])
def peer(request, tmp_path_factory):
    receiver = request.param(tmp_path_factory.mktemp("peer"))
    with served(receiver.application) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        yield receiver


@pytest.mark.usefixtures("host")
def test_told_updated_unlinked_and_retracted(site, host, peer, capsys):  # noqa: F811
    source = f"{host.url}/one.html"
    one, two = f"{peer.url}/one", f"{peer.url}/two"
    article = write(site, one, two)
    assert "Linkbacks: 2 sent" in site.build().printed
    assert peer.mentions() == {(source, one), (source, two)}

    write(site, one, two, text="Better text.")
    assert "Linkbacks: 2 sent" in site.build().printed
    assert "Linkbacks: nothing to send" in site.build().printed

    write(site, two)
    assert "Linkbacks: 2 sent" in site.build().printed
    assert peer.mentions() == {(source, two)}

    article.unlink()
    site.article("other")
    site.build()
    assert peer.mentions() == {(source, two)}
    assert command(site, "retract", source) == 0
    assert "Linkbacks: 1 sent" in capsys.readouterr().out
    assert peer.mentions() == set()


def test_pingback_to_the_standard_library(site, host):  # noqa: F811
    pings = []

    def ping(source, target):
        pings.append((source, target))
        return "Thank you."

    class Server(SimpleXMLRPCServer):
        """It serves no pages: the target is one of another host, which names this server."""

    with serving(Server(("127.0.0.1", 0), logRequests=False)) as server:
        server.register_function(ping, "pingback.ping")
        endpoint = f"http://127.0.0.1:{server.server_address[1]}/RPC2"
        target = f"http://localhost:{host.server_port}/target.html"
        page = f'<title>A post</title><link rel="pingback" href="{endpoint}">'
        write(site, target)
        site.build(LINKBACK_SEND=False)
        (site.output / "target.html").write_text(page)
        site.settings["LINKBACK_ALLOW_HOSTS"] = ["127.0.0.1", "localhost"]
        assert command(site, "send") == 0
    assert pings == [(f"{host.url}/one.html", target)]

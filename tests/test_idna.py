"""An international host is one host in all its spellings, wherever it stands."""

import pytest

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.protocol.extraction import links, read_marks
from pelican_linkback.sending.deciding.targets import choose
from pelican_linkback.settings.model import read
from pelican_linkback.text.idna import as_address, to_ascii
from pelican_linkback.text.urls import host_of


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        pytest.param("Example.ORG", "example.org", id="ASCII in lower case"),
        pytest.param("example.org.", "example.org.", id="the root's dot is kept"),
        pytest.param("bücher.example", "xn--bcher-kva.example", id="U-label"),
        pytest.param("XN--BCHER-KVA.example", "xn--bcher-kva.example", id="A-label"),
        pytest.param("BU\u0308CHER.example", "xn--bcher-kva.example", id="decomposed"),
        pytest.param("faß.example", "xn--fa-hia.example", id="not transitional: sharp s"),
        pytest.param("βόλος.example", "xn--nxasmm1c.example", id="not transitional: final sigma"),
        pytest.param("bücher。example", "xn--bcher-kva.example", id="ideographic full stop"),
        pytest.param("ｅxample.org", "example.org", id="full width"),
        pytest.param("bü\u00adcher.example", "xn--bcher-kva.example", id="soft hyphen"),
        pytest.param("☕.example", "xn--53h.example", id="a symbol that is registered"),
        pytest.param("bücher_a.example", "xn--bcher_a-n2a.example", id="an underscore"),
    ],
)
def test_a_host_has_one_spelling(name, plain):
    assert to_ascii(name) == plain
    assert to_ascii(plain) == plain


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "a..b",
        "ü..b",
        "a b",
        "ü b",
        "exa!mple.org",
        "⒈.example",
        "\ufffe.example",
        "ü" * 64,
        "ü." * 128,
        "a" * 64,
        "a." * 127 + "a",
    ],
)
def test_what_is_no_host_is_refused(name):
    with pytest.raises(ValueError, match="is not the name of a host"):
        to_ascii(name)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Faß.example.:8080/a", "xn--fa-hia.example"),
        ("http://[2001:DB8::1]:8080/", "[2001:db8::1]"),
        ("https://[::1]/", "[::1]"),
    ],
)
def test_the_host_of_a_url(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    "written",
    [
        "203.0.113.9",
        "203.0.113.9.",
        "3405803785",
        "0xcb007109",
        "0xCB.0.0x71.9",
        "0313.0.0161.011",
        "00000313.0x.0161.011",
        "203.0.28937",
        "203.28937",
        "２０３.0.113.9",
        "[::ffff:203.0.113.9]",
        "[0:0::FFFF:cb00:7109]",
    ],
)
def test_an_address_is_one_host_in_every_spelling_that_systems_read(written):
    assert host_of(f"http://{written}:80/") == "203.0.113.9"


@pytest.mark.parametrize("name", ["1.example.", "x0x1", "0xg", "1a", "1.2.3.4a"])
def test_a_name_with_digits_is_a_name(name):
    assert as_address(name) == name


@pytest.mark.parametrize(
    "name", ["a.1", "256.1.1.1", "1.2.3.256", "1.2.65536", "4294967296", "1.2.3.4.5", "1.2.3.08"]
)
def test_what_ends_in_a_number_is_an_address_or_nothing(name):
    with pytest.raises(InvalidURL, match=f"{name} is not an address"):
        host_of(f"http://{name}/")


SPELLINGS = ("faß.example.io", "xn--fa-hia.example.io", "FAß.Example.IO", "XN--FA-HIA.example.io")


@pytest.mark.parametrize("written", SPELLINGS)
@pytest.mark.parametrize("linked", SPELLINGS)
def test_a_setting_means_the_host_in_every_spelling(written, linked):
    site = {"PATH": "content", "SITEURL": f"https://{linked}.test"}
    (entry,) = read({**site, "LINKBACK_ALLOW_HOSTS": [f"{written}.test"]}).allow_hosts
    assert entry.opens(f"{linked}.test.", None, 443)
    assert not entry.opens("fass.example.io.test", None, 443)
    assert not entry.opens("no host", None, 443)
    assert read({**site, "LINKBACK_ALLOW_HOSTS": [f"{written}.test"]}).publishes
    assert not read({**site, "LINKBACK_ALLOW_HOSTS": ["fass.example.io.test"]}).publishes
    for entry in (written, f"*.{written}", f"https://{written}/a"):
        excluded = read({**site, "LINKBACK_EXCLUDE": [entry]}).exclude
        name = f"www.{linked}" if entry.startswith("*.") else linked
        html = f'<a href="https://{name}/a">x</a> <a href="https://other.example/">y</a>'
        source = "https://me.example/"
        targets = choose(read_marks("all"), links(html, source), source, exclude=excluded)
        assert targets == ("https://other.example/",)


def test_an_entry_for_a_host_is_in_its_one_spelling():
    assert AllowEntry.parse("FAß.example:8080").host == "xn--fa-hia.example"

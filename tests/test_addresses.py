"""Which addresses are public, which hosts look so, and exactly what an allow entry opens."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.net.addresses import BAD_PORTS, AllowEntry, is_global, is_public_host

PUBLIC = {
    "public v4": "93.184.215.14",
    "just below private": "9.255.255.255",
    "just above private": "172.32.0.1",
    "just above carrier NAT": "100.128.0.1",
    "public v6": "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "mapped public": "::ffff:93.184.215.14",
    "NAT64 of a public address": "64:ff9b::93.184.215.14",
}
CLOSED = {
    "unspecified": "0.0.0.0",
    "this network": "0.1.2.3",
    "private 10": "10.1.2.3",
    "private 172": "172.31.255.255",
    "private 192": "192.168.0.1",
    "carrier NAT": "100.64.0.1",
    "loopback": "127.0.0.1",
    "loopback, far end": "127.255.255.254",
    "link-local, metadata": "169.254.169.254",
    "metadata in carrier NAT": "100.100.100.200",
    "metadata on a public address": "168.63.129.16",
    "protocol assignments": "192.0.0.192",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "6to4 relay": "192.88.99.1",
    "benchmark": "198.19.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 unspecified": "::",
    "v6 loopback": "::1",
    "v6 unique local": "fd00:ec2::254",
    "v6 link-local": "fe80::1",
    "v6 link-local with its zone": "fe80::1%1",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "v6 documentation": "2001:db8::1",
    "v6 documentation, new": "3fff::1",
    "v6 discard": "100::1",
    "v6 segment routing": "5f00::1",
    "v6 ORCHID": "2001:20::1",
    "Teredo": "2001:0:5ef5:79fb::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:10.0.0.1",
    "compatible loopback": "::127.0.0.1",
    "NAT64 of loopback": "64:ff9b::127.0.0.1",
    "NAT64 of metadata": "64:ff9b::169.254.169.254",
    "NAT64, local prefix": "64:ff9b:1::7f00:1",
    "6to4 of loopback": "2002:7f00:1::",
    "6to4 of private": "2002:a00:1::",
}


@pytest.mark.parametrize("text", PUBLIC.values(), ids=PUBLIC)
def test_public_addresses_are_global(text: str) -> None:
    assert is_global(ip_address(text))


@pytest.mark.parametrize("text", CLOSED.values(), ids=CLOSED)
def test_every_other_address_is_not(text: str) -> None:
    assert not is_global(ip_address(text))


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6, network="fc00::/6"))
def test_what_python_calls_private_is_never_global(ip: IPv4Address | IPv6Address) -> None:
    assert not (is_global(ip) and (ip.is_private or ip.is_multicast or ip.is_reserved))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_the_address_in_it(ip: IPv4Address) -> None:
    assert is_global(ip_address(f"::ffff:{ip}")) == is_global(ip)


# fmt: off
LOOK_PUBLIC = [
    "blog.python.org", "Blog.Python.ORG.", "bücher.de", "notexample.com", "a_b.example.museum",
    "93.184.215.14", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]",
]
DO_NOT = [
    "localhost", "LOCALHOST.", "blog.localhost", "intranet", "printer.local", "nas.lan",
    "example.com", "www.example.org.", "a.test", "b.invalid", "db.internal", "x.home.arpa",
    "a.onion", "127.0.0.1", "[::1]", "::1", "10.1.2.3", "fe80::1%eth0", "2130706433",
    "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1.", "1.2.3.4.5", "１２７.0.0.1",
    "a.0x", "", ".", "a..de", "x" * 64 + ".de",
]
# fmt: on


@pytest.mark.parametrize("host", LOOK_PUBLIC)
def test_hosts_that_look_public(host: str) -> None:
    assert is_public_host(host)


@pytest.mark.parametrize("host", DO_NOT)
def test_hosts_that_do_not(host: str) -> None:
    assert not is_public_host(host)


@given(st.text())
def test_any_text_may_be_asked_about(host: str) -> None:
    assert is_public_host(host) in (True, False)


@pytest.mark.parametrize(
    ("text", "host", "network", "port"),
    [
        ("localhost", "localhost", None, None),
        (" Staging.Example.org.:8080 ", "staging.example.org", None, 8080),
        ("Bücher.example", "xn--bcher-kva.example", None, None),
        ("127.0.0.1", None, "127.0.0.1/32", None),
        ("127.0.0.1:8000", None, "127.0.0.1/32", 8000),
        ("10.0.0.0/8", None, "10.0.0.0/8", None),
        ("10.0.0.0/8:8080", None, "10.0.0.0/8", 8080),
        ("::1", None, "::1/128", None),
        ("[::1]", None, "::1/128", None),
        ("[::1]:8080", None, "::1/128", 8080),
        ("fd00::/8", None, "fd00::/8", None),
        ("[fd00::/8]:443", None, "fd00::/8", 443),
    ],
)
def test_allow_entries_that_can_be_read(
    text: str, host: str | None, network: str | None, port: int | None
) -> None:
    entry = AllowEntry.parse(text)
    assert entry == AllowEntry(host, ip_network(network) if network else None, port)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "neither a host name"),
        ("a b", "neither a host name"),
        ("*.example.org", "neither a host name"),
        ("a..b", "neither a host name"),
        ("2130706433", "usual spelling"),
        ("0177.0.0.1", "usual spelling"),
        ("http://localhost", "no scheme"),
        ("http://localhost:80/x", "no scheme"),
        ("localhost/blog", "no path"),
        ("10.0.0.1/8", "no bits after"),
        ("[::g]", "not a host name"),
        ("localhost:", "from 1 to 65535, not ''"),
        ("localhost:http", "not 'http'"),
        ("localhost:0", "not '0'"),
        ("localhost:65536", "not '65536'"),
        ("localhost:٣", "from 1 to 65535"),
        ("[::1]:99999999999", "from 1 to 65535"),
        ("localhost:25", "never used for the web"),
    ],
)
def test_allow_entries_that_cannot_say_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        AllowEntry.parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port", "opens"),
    [
        ("localhost", "localhost", "127.0.0.1", 80, True),
        ("localhost", "LOCALHOST.", "::1", 8000, True),
        ("localhost", "localhost", None, 80, True),
        ("localhost", "other", "127.0.0.1", 80, False),
        ("localhost:8000", "localhost", "127.0.0.1", 8000, True),
        ("localhost:8000", "localhost", "127.0.0.1", 8001, False),
        ("127.0.0.1", "anything.org", "127.0.0.1", 80, True),
        ("127.0.0.1", "anything.org", "127.0.0.2", 80, False),
        ("127.0.0.1", "127.0.0.1", None, 80, True),
        ("127.0.0.1", "localhost", None, 80, False),
        ("10.0.0.0/8:81", "wiki", "10.9.8.7", 81, True),
        ("10.0.0.0/8:81", "wiki", "10.9.8.7", 80, False),
        ("10.0.0.0/8", "wiki", "::ffff:10.9.8.7", 80, False),
        ("[::1]:81", "[::1]", None, 81, True),
        ("fd00::/8", "wiki", "fd12::1", 443, True),
    ],
)
def test_an_allow_entry_opens_exactly_that(
    entry: str, host: str, address: str | None, port: int, opens: bool
) -> None:
    ip = ip_address(address) if address else None
    assert AllowEntry.parse(entry).opens(host, ip, port) is opens


def test_bad_ports_leave_the_web_open() -> None:
    assert {25, 6379, 6667, 10080} <= BAD_PORTS
    assert not {80, 443, 1024, 4000, 8000, 8080, 8443} & BAD_PORTS

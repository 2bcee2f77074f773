"""URLs: what is fetched, and which spellings are one page."""

from __future__ import annotations

import string
from urllib.parse import urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.text import urls


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "http://example.org:8080/a?b=c#d",
        "https://bücher.example/straße?q=ä",
        "http://[2001:db8::1]:8080/",
        "http://127.0.0.1/",
        "https://a_b.example.org./",
    ],
)
def test_check_returns_what_would_be_fetched_unchanged(url: str) -> None:
    assert urls.check(url) == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "not absolute"),
        ("example.org/post", "not absolute"),
        ("//example.org/post", "not absolute"),
        ("ftp://example.org/", "scheme is ftp"),
        ("javascript:alert(1)", "scheme is javascript"),
        ("https:///post", "no host"),
        ("https:post", "no host"),
        ("https://user@example.org/", "user name"),
        ("https://user:secret@example.org/", "user name"),
        ("https://@example.org/", "user name"),
        ("https://example.org/a b", "white space"),
        (" https://example.org/", "white space"),
        ("https://example.org/a\u00a0b", "white space"),
        ("https://example.org/\x1b[31m", "control character"),
        ("https://example.org/\r\nX-Evil: 1", "control character"),
        ("https://example.org/\ud800", "control character"),
        ("<https://example.org/>", "a < in it"),
        ("https://good.example\\@evil.example/", "a \\ in it"),
        ("https://example.org:99999/", "Port out of range"),
        ("https://example.org:port/", "Port could not be cast"),
        ("https://example.org:0/", "port is 0"),
        ("https://[::1/", "Invalid IPv6"),
        ("https://[::zz]/", "::zz"),
        ("https://[fe80::1%25eth0]/", "fe80::1%25eth0"),
        ("https://ex%61mple.org/", "not the name of a host"),
        ("https://example..org/", "not the name of a host"),
        ("https://exam!ple.org/", "not the name of a host"),
        (f"https://{'a' * 64}.example/", "not the name of a host"),
        (f"https://{'a.' * 130}example/", "not the name of a host"),
        (f"https://{'ä' * 5000}.example/", "not the name of a host"),
        ("https://℀.example/", "NFKC"),
        ("https://example.org/" + "a" * 8000, "8000 characters"),
    ],
)
def test_check_names_what_is_wrong(url: str, why: str) -> None:
    with pytest.raises(InvalidURL) as caught:
        urls.check(url)
    assert why in caught.value.reason
    assert len(str(caught.value)) <= 402
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org:443/", "https://example.org/"),
        ("https://example.org:80/", "https://example.org:80/"),
        ("https://example.org:/", "https://example.org/"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org?q", "https://example.org/?q"),
        ("https://example.org/%7euser/%c3%a4", "https://example.org/~user/%C3%A4"),
        ("https://example.org/ä?ö", "https://example.org/%C3%A4?%C3%B6"),
        ("https://example.org/a%2fb", "https://example.org/a%2Fb"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/%%341", "https://example.org/%2541"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/../..", "https://example.org/"),
        ("https://example.org/a/b/.", "https://example.org/a/b/"),
        ("https://example.org/%2e%2E/a", "https://example.org/a"),
        ("https://example.org/a//b", "https://example.org/a//b"),
        ("https://Bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://XN--BCHER-KVA.example/", "https://xn--bcher-kva.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://℡.example/", "https://tel.example/"),
        ("http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]/"),
    ],
)
def test_normalise(url: str, normal: str) -> None:
    assert urls.normalise(url) == normal


def test_normalise_refuses_what_check_refuses() -> None:
    with pytest.raises(InvalidURL):
        urls.normalise("mailto:someone@example.org")


anything = st.text(st.one_of(st.sampled_from("%./?#;:[]@é24aEf"), st.characters()), max_size=40)


@given(st.sampled_from(["", "a.", "Ä.", "%", "ß", "ſ", "K", "İ."]), anything)
def test_normalise_is_idempotent(host: str, rest: str) -> None:
    try:
        once = urls.normalise(f"https://{host}example.org/{rest}")
    except InvalidURL:
        return
    assert urls.normalise(once) == once
    assert once.isascii()


@given(st.text(st.one_of(st.characters(), st.sampled_from(string.punctuation)), max_size=30))
def test_no_text_breaks_more_than_the_rule(text: str) -> None:
    for candidate in (text, f"http://{text}", f"http://{text}/"):
        try:
            assert urls.check(candidate) == candidate
        except InvalidURL:
            assert not urls.same_site(candidate, candidate)
        else:
            assert urls.same_site(candidate, candidate)


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("", "https://example.org/blog/post?x=1"),
        ("  \n", "https://example.org/blog/post?x=1"),
        ("wm", "https://example.org/blog/wm"),
        ("/wm", "https://example.org/wm"),
        ("//other.example/wm", "https://other.example/wm"),
        ("?y=2", "https://example.org/blog/post?y=2"),
        ("#part", "https://example.org/blog/post?x=1#part"),
        (" /w\nm\t", "https://example.org/wm"),
        ("/a b", "https://example.org/a%20b"),
        ('/"<a>"', "https://example.org/%22%3Ca%3E%22"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("/é\u202eexe.gnp", "https://example.org/é%E2%80%AEexe.gnp"),
        ("/a\x1b\ud800\u2066", "https://example.org/a\x1b\ud800%E2%81%A6"),
    ],
)
def test_resolve(reference: str, url: str) -> None:
    assert urls.resolve("https://example.org/blog/post?x=1#top", reference) == url


def test_resolve_refuses_what_is_too_long_before_any_work() -> None:
    with pytest.raises(InvalidURL, match="more than 8000 characters"):
        urls.resolve("https://example.org/", "a/" * 4001)


def test_resolve_refuses_what_cannot_be_taken_apart() -> None:
    with pytest.raises(InvalidURL, match="not a URL"):
        urls.resolve("https://example.org/", "http://[bad")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://example.org/a", "http://EXAMPLE.org/b", True),
        ("https://example.org", "https://example.org./", True),
        ("https://example.org/", "https://example.org:8443/", False),
        ("https://example.org:8443/", "https://example.org.:8443/", True),
        ("https://example.org/", "https://www.example.org/", False),
        ("https://example.org/", "https://example.org.evil.example/", False),
        ("https://bücher.example/", "https://xn--bcher-kva.example/", True),
        ("mailto:a", "mailto:a", False),
    ],
)
def test_same_site(a: str, b: str, same: bool) -> None:
    assert urls.same_site(a, b) is same


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://Example.org/a", "example.org"),
        ("https://example.org.:444/a", "example.org:444"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("http://[::1]/", "[::1]"),
        ("http://example.org/://[", "example.org"),
    ],
)
def test_host_key(url: str, key: str) -> None:
    assert urls.host_key(url) == key


@pytest.mark.parametrize(
    ("reference", "resolved"),
    [
        ("#", "https://me.example/a/b"),
        ("c#", "https://me.example/a/c"),
        ("c?", "https://me.example/a/c"),
        ("c?#", "https://me.example/a/c"),
        ("c?#e", "https://me.example/a/c#e"),
        ("c?d#e", "https://me.example/a/c?d#e"),
        ("c?d=what?", "https://me.example/a/c?d=what?"),
        ("c??", "https://me.example/a/c??"),
        ("c#e?", "https://me.example/a/c#e?"),
        ("c#e#", "https://me.example/a/c#e#"),
        ("https://you.example/é?", "https://you.example/é"),
        ("mailto:ann?", "mailto:ann?"),
    ],
)
def test_a_reference_is_resolved_alike_on_every_python(reference: str, resolved: str) -> None:
    assert urls.join("https://me.example/a/b", reference) == resolved


@pytest.mark.parametrize(
    ("reference", "resolved"),
    [
        ("", "https://me.example/a/b?c#d"),
        ("?", "https://me.example/a/b"),
        ("?#e", "https://me.example/a/b#e"),
        ("#", "https://me.example/a/b?c"),
        ("#?", "https://me.example/a/b?c#?"),
        ("https:", "https://me.example/a/b?c"),
        ("https:?", "https://me.example/a/b"),
        ("https:#e", "https://me.example/a/b?c#e"),
        ("e??", "https://me.example/a/e??"),
        ("??", "https://me.example/a/b??"),
    ],
)
def test_what_a_reference_lacks_is_that_of_its_page_on_every_python(
    reference: str, resolved: str
) -> None:
    """RFC 3986, section 5.2.2; an empty query or fragment is left out."""
    assert urls.join("https://me.example/a/b?c#d", reference) == resolved


REFERENCE = st.from_regex(
    r"(https?:)?/{0,2}[a-z.~:é-]{0,5}(/[a-z.é;%-]{0,3}){0,4}(\?a\??)?(#b\??)?", fullmatch=True
)


@given(
    st.sampled_from(
        [
            *("https://me.example/", "/", "http://a.b:80/c/d/e.html", "//h/", "https://a/../b/"),
            *("https://me.example", "https://me.example/é/", "https://me.example/a/?b", "/a/b", ""),
        ]
    ),
    REFERENCE,
)
@example("https://me.example/", "https://other.example/a/../b")
@example("https://me.example/", "posts/../b/")
@example("https://me.example/", "https://me.example/a#b.c")
@example("https://me.example/", "https://me.example/a#")
def test_a_plain_url_is_joined_as_urljoin_does(base, url):
    # An empty fragment says nothing; newer Pythons keep its sign.
    assert urls.join(base, url).rstrip("#") == urljoin(base, url).rstrip("#")
    assert urls.plainly_joined(base, url) in {None, urls.resolve(base, url)}


@given(
    st.builds(
        "http{}://{}/{}".format,
        st.sampled_from(["", "s"]),
        st.text("az09-._xn", min_size=1, max_size=12),
        st.text("aZ09-._~/%?", max_size=12),
    )
)
@example("https://xn--a.example/a")
@example("https://-a.example/")
@example("https://a.example/" + "a/" * 4100)
@example("http://1.2.3.4/a")
def test_a_url_that_is_plainly_in_normal_form_is_its_key(url: str) -> None:
    try:
        expected = urls.normalise(url)
    except InvalidURL:
        expected = url
    assert urls.page_key(url) == expected

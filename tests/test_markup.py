"""One pass over a page: links, rels, the base, and any bytes made text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pelican_linkback.text.encodings import decode
from pelican_linkback.text.markup import Link, Page, Tag, end_of_head, read, tags
from pelican_linkback.text.urls import resolve


@pytest.mark.parametrize(
    ("html", "links"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("no markup", (), id="words only"),
        pytest.param('<a href="/x">x</a>', (Link("a", "/x", ()),), id="a"),
        pytest.param(
            "<LINK REL=Webmention HREF=/x>", (Link("link", "/x", ("webmention",)),), id="upper case"
        ),
        pytest.param(
            "<link rel='a  B\nc'/>", (Link("link", None, ("a", "b", "c")),), id="rels, no href"
        ),
        pytest.param("<link rel href>", (Link("link", "", ()),), id="empty attributes"),
        pytest.param('<a href="?a=1&amp;b=2">', (Link("a", "?a=1&b=2", ()),), id="unescaped once"),
        pytest.param('<a href="?a=1&copy=2">', (Link("a", "?a=1&copy=2", ()),), id="no reference"),
        pytest.param("<!-- <a href=/x> --><a href=/y>", (Link("a", "/y", ()),), id="comment"),
        pytest.param("<script>'<a href=/x>'</script>", (), id="script"),
        pytest.param("<style><a href=/x></style>", (), id="style"),
        pytest.param("&lt;a href=/x&gt;", (), id="escaped"),
        pytest.param("<area href=/x><form rel=webmention href=/x>", (), id="other elements"),
        pytest.param('<p>x</p><a href="/cut', (), id="a tag cut off"),
        pytest.param('<p>x</p><a href="/cut>', (), id="an attribute cut off"),
        pytest.param(
            '<?xml version="1.0" encoding="latin-1"?><html xmlns="http://www.w3.org/1999/xhtml">'
            '<link rel="x" href="/é"/></html>',
            (Link("link", "/é", ("x",)),),
            id="XHTML with a declaration",
        ),
        pytest.param("\0<a href=/x>\ud800", (Link("a", "/x", ()),), id="NUL and surrogate"),
        pytest.param(
            "<pre><a href=/1></a><code><a href=/2></a></code><a href=/3></a></pre><a href=/4></a>",
            (
                Link("a", "/1", (), in_code=True),
                Link("a", "/2", (), in_code=True),
                Link("a", "/3", (), in_code=True),
                Link("a", "/4", ()),
            ),
            id="code listings",
        ),
        pytest.param(
            "</code><code><a href=/x>", (Link("a", "/x", (), in_code=True),), id="stray end"
        ),
    ],
)
def test_links(html: str, links: tuple[Link, ...]) -> None:
    assert read(html).links == links


@pytest.mark.parametrize(
    ("head", "url"),
    [
        pytest.param("", "https://example.org/blog/wm", id="without a base"),
        pytest.param("<base href=/other/>", "https://example.org/other/wm", id="relative base"),
        pytest.param(
            "<base target=x><base href=//b.example><base href=/c/>",
            "https://b.example/wm",
            id="the first with href",
        ),
        pytest.param(
            "<base href='http://[bad'>", "https://example.org/blog/wm", id="a base that is none"
        ),
        pytest.param(
            "<base href='javascript:1'>",
            "https://example.org/blog/wm",
            id="a base that is a script",
        ),
        pytest.param(
            "<base href='data:text/html,x'>",
            "https://example.org/blog/wm",
            id="one with a document",
        ),
    ],
)
def test_base(head: str, url: str) -> None:
    assert read(f"{head}<p>").resolve("https://example.org/blog/post", "wm") == url


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("<head><title>x</title>", id="a head"),
        pytest.param("<title>x</title>", id="its start tag is left out"),
        pytest.param("<!-- </head> -->", id="in a comment"),
        pytest.param("<!-- -- </head> --->", id="in a comment with dashes"),
        pytest.param("<script>'</head>'</script>", id="in a script"),
        pytest.param("<STYLE>/* </head> */</style>", id="in a style sheet"),
        pytest.param("<title>About </head></title>", id="in the title"),
        pytest.param("<template></head></template>", id="in a template"),
        pytest.param('<meta content="a > b </head>">', id="in an attribute"),
        pytest.param("<meta content = '</head>' name=a>", id="in an attribute with single quotes"),
        pytest.param("<meta content=it's>", id="an apostrophe in an attribute without quotes"),
        pytest.param("<meta content=a=b content>", id="attributes without quotes and values"),
        pytest.param("<head =''>", id="an attribute without a name"),
    ],
)
def test_the_end_of_a_head_is_its_tag_not_text(head: str) -> None:
    for tag in ("</head>", "</HEAD\n>"):
        assert end_of_head(f"{head}{tag}<p></head>'") == len(head)
    assert end_of_head(head) is None


@pytest.mark.parametrize(
    "html",
    ["", "<!-- </head>", "<script></head>", '<meta content="</head>', "<meta content='</head>"],
)
def test_what_does_not_end_reaches_over_the_end_of_the_head(html: str) -> None:
    assert end_of_head(html) is None


@pytest.mark.parametrize(
    ("hostile", "count"),
    [
        pytest.param("<div>" * 100_000, 1, id="100,000 nested elements"),
        pytest.param("<a href=x>" * 100_000, 100_001, id="100,000 nested links"),
        pytest.param(
            f"<link {' '.join(f'a{i}' for i in range(100_000))}>", 2, id="100,000 attributes"
        ),
        pytest.param("<!--" * 250_000, 0, id="250,000 comments begun"),
        pytest.param("<" * 1_000_000, 1, id="1,000,000 angle brackets"),
        pytest.param("<script>" * 100_000, 0, id="100,000 scripts begun"),
        pytest.param("<pre>" * 100_000 + "</pre>" * 100_000, 1, id="100,000 listings"),
    ],
)
def test_a_hostile_page_costs_little(hostile: str, count: int) -> None:
    assert len(read(f"{hostile}<a href=/x>x</a>").links) == count


@given(
    st.from_regex(r"https?://a\.example(/[a-z.é;%-]{0,3}){0,4}(\?a?\??)?(#b?\??)?", fullmatch=True),
    st.from_regex(
        r"(https?:)?/{0,2}[a-z.~:é-]{0,5}(/[a-z.é;%-]{0,3}){0,4}(\?a?\??)?(#b?\??)?", fullmatch=True
    ),
)
@example("https://a.example/b?c#d", "")
@example("https://a.example/b?#", "#d")
@example("https://a.example#?", "https:")
def test_without_a_base_of_its_own_a_page_is_its_own_base(url: str, reference: str) -> None:
    resolved = Page((), "").resolve(url, reference)
    assert resolved == Page(()).resolve(url, reference) == resolve(resolve(url, ""), reference)


@given(st.binary(), st.none() | st.text())
def test_any_bytes_are_a_page(body: bytes, charset: str | None) -> None:
    assert isinstance(read(decode(body, charset)), Page)


@given(
    st.lists(
        st.sampled_from(
            [
                "<a ",
                "<link ",
                "href=x",
                ">",
                "'",
                '"',
                "<!--",
                "-->",
                "</a>",
                "<pre>",
                "&",
                "\0",
                "<?",
                "<![CDATA[",
                "/",
            ]
        )
    ).map("".join)
)
def test_any_markup_is_a_page(html: str) -> None:
    assert all(link.name in {"a", "link"} for link in read(html).links)


def test_tags_are_those_of_elements_in_order() -> None:
    html = '<!-- <b> --><P Class="x y">words &lt;i&gt;<IMG SRC="?a&amp;b" hidden></p><script>"<u>"'
    found = [tag for tag in tags(html + "</script>") if tag.name not in {"html", "head", "body"}]
    assert found == [
        Tag("p", (("class", "x y"),)),
        Tag("img", (("src", "?a&b"), ("hidden", ""))),
        Tag("script", ()),
    ]
    assert tags("") == ()

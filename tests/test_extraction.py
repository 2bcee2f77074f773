"""What an author marked, and what an article links to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.protocol.extraction import Hyperlink, Marks, links, read_marks

A = "https://example.org/a-post"
B = "https://example.net/another?x=1#part"


@pytest.mark.parametrize(
    ("value", "marks"),
    [
        pytest.param(None, Marks(), id="no metadata"),
        pytest.param("", Marks(), id="an empty value"),
        pytest.param(" ;\n; ", Marks(), id="separators only"),
        pytest.param(A, Marks((A,)), id="one"),
        pytest.param(f"{A}; {B}", Marks((A, B)), id="semicolons"),
        pytest.param(f"{A};{B};", Marks((A, B)), id="no space, one too many"),
        pytest.param(f"\n  {A}\r\n  {B}\n", Marks((A, B)), id="lines, as reST gives"),
        pytest.param([A, f"{B};{A}"], Marks((A, B)), id="a list, as Markdown gives"),
        pytest.param((A, None, A), Marks((A,)), id="without doubles"),
        pytest.param(f"{A}; {A}/", Marks((A, f"{A}/")), id="compared to the letter"),
        pytest.param("all", Marks(all=True), id="all"),
        pytest.param(" All ", Marks(all=True), id="All"),
        pytest.param(f"ALL; {A}", Marks((A,), all=True), id="all and one"),
        pytest.param("none", Marks(none=True), id="none"),
        pytest.param(["none", "None"], Marks(none=True), id="none twice"),
    ],
)
def test_marks(value: object, marks: Marks) -> None:
    assert read_marks(value) == marks


@pytest.mark.parametrize(
    ("value", "urls"),
    [
        pytest.param(f"{A};b=1", [f"{A};b=1"], id="in the path"),
        pytest.param(f"{A}?x=1;y=2", [f"{A}?x=1;y=2"], id="in the query"),
        pytest.param(f"{A};p=1;q?x=1;y=2;z", [f"{A};p=1;q?x=1;y=2;z"], id="several"),
        pytest.param(f"{A};;b", [f"{A};;b"], id="one after another"),
        pytest.param(f"{A};b=1;{B}", [f"{A};b=1", B], id="before a URL"),
        pytest.param(
            f"{A};b=1;HTTP://example.com/", [f"{A};b=1", "HTTP://example.com/"], id="HTTP"
        ),
        pytest.param(f"{A};b=1 ; {B} ;", [f"{A};b=1", B], id="with spaces"),
        pytest.param(f"{A};b=1;\n{B};c;", [f"{A};b=1", f"{B};c"], id="at the end of a line"),
        pytest.param(f"{A};;{B};;", [A, B], id="two where one is meant"),
        pytest.param(f"{A};allow=1", [f"{A};allow=1"], id="a word that begins with all"),
        pytest.param(f"{A};none=1", [f"{A};none=1"], id="a parameter of that name"),
        pytest.param([f"{A};b", f"{B};c"], [f"{A};b", f"{B};c"], id="a list"),
    ],
)
def test_a_semicolon_may_be_part_of_a_url(value: object, urls: list[str]) -> None:
    assert read_marks(value) == Marks(tuple(urls))


def test_and_before_a_keyword_it_separates() -> None:
    assert read_marks(f"{A};b;all") == Marks((f"{A};b",), all=True)
    assert read_marks(f"{A};b;All;{B}") == Marks((f"{A};b", B), all=True)
    assert read_marks(f"{A}; nonsense").urls == (A,)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("example.org", '"example.org": it is not absolute'),
        ("ftp://example.org/", '"ftp://example.org/": its scheme is ftp'),
        ("https://me@example.org/", '"https://me@example.org/": it has a user name'),
        (f"{A}, {B}", f'"{A}, {B}": these are several; put ";" between URLs'),
        (f"{A},{B}", f'"{A},{B}": these are several; put ";" between URLs'),
        (f"{A} today", f'"{A} today": it has white space in it'),
        ("https://example.org/\x1b[2J", '"https://example.org/\\x1b[2J": it has a control'),
        ("alles", '"alles": it is not absolute'),
        (True, '"True": it is not text; write URLs, "all" or "none"'),
        ([{"url": A}], f"\"{{'url': '{A}'}}\": it is not text"),
        (f"none; {B}", '"none" is combined with other values'),
        ("none; all", '"none" is combined with other values'),
    ],
)
def test_a_problem_names_the_value_and_what_is_wrong(value: object, problem: str) -> None:
    (sentence,) = read_marks(value).problems
    assert sentence.startswith(problem)


def test_a_word_that_is_no_url_names_those_that_are_understood() -> None:
    remedy = '; write a URL, "all" or "none"'
    (word,), (url,) = read_marks("yes").problems, read_marks("ftp://example.org/").problems
    assert word.endswith(remedy)
    assert not url.endswith(remedy)


def test_a_bad_value_does_not_cost_the_good_ones() -> None:
    marks = read_marks(["no", A, 7, f"never;{B}"])
    assert marks.urls == (A, B)
    assert [problem.split(":")[0] for problem in marks.problems] == ['"7"', '"no"', '"never"']


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_any_metadata_is_read(value: object) -> None:
    marks = read_marks(value)
    assert len(set(marks.urls)) == len(marks.urls)


def test_links_are_as_written_and_as_meant() -> None:
    html = """
    <p><a href="https://example.org/?a=1&amp;b=2#c" rel="nofollow Me">one</a>
    <a href="//example.net/two">two</a> <a href="../three">three</a> <a href="#fn:1">note</a></p>
    <pre><code>curl <a href="https://example.com/four">four</a></code></pre>
    """
    assert links(html, "https://blog.example/2024/post/") == (
        Hyperlink(
            "https://example.org/?a=1&b=2#c",
            "https://example.org/?a=1&b=2#c",
            ("nofollow", "me"),
            in_code=False,
        ),
        Hyperlink("//example.net/two", "https://example.net/two", (), in_code=False),
        Hyperlink("../three", "https://blog.example/2024/three", (), in_code=False),
        Hyperlink("#fn:1", "https://blog.example/2024/post/#fn:1", (), in_code=False),
        Hyperlink("https://example.com/four", "https://example.com/four", (), in_code=True),
    )


@pytest.mark.parametrize(
    "html",
    [
        "<a>no href</a>",
        '<a href="mailto:me@example.org">mail</a>',
        '<a href="javascript:void(0)">script</a>',
        '<a href="http://[bad">bad</a>',
        '<a href="https://me:secret@example.org/">credentials</a>',
        '<link href="https://example.org/style.css">',
        '<img src="https://example.org/picture.png">',
        "<!-- <a href='https://example.org/'>comment</a> -->",
    ],
)
def test_what_is_no_link_to_a_page_is_passed_over(html: str) -> None:
    assert links(html, "https://blog.example/") == ()

"""The mentions on pages: where they go, which pages get them, and what strangers can do there."""

from __future__ import annotations

import copy
import re
from importlib.resources import files

import html5lib
import pytest

from pelican_linkback.feeds import MENTION_FEEDS, STOCK_FEEDS
from pelican_linkback.plugin.build import current
from pelican_linkback.plugin.mentions.hooks import NoMentions
from pelican_linkback.receiving.display.insertion import has_mentions, is_twice, with_mentions
from pelican_linkback.receiving.display.words import names
from pelican_linkback.receiving.received import Author
from tests.page_mentions import received, write
from tests.pages import DOCS, blocks

HERE = "[mentions]"

# Where they go


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p><!-- linkback mentions --><article></article>", f"<p>{HERE}<article></article>"),
        (
            "a<!--Linkback Mentions-->b<!-- linkback mentions -->",
            f"a{HERE}b<!-- linkback mentions -->",
        ),
        (
            "<script>'<!-- linkback mentions -->'</script><article>a</article>",
            f"<script>'<!-- linkback mentions -->'</script><article>a{HERE}</article>",
        ),
        ("<main><article>a</article></main>", f"<main><article>a{HERE}</article></main>"),
        (
            "<body><ARTICLE class=x>a<article>b</article>c</ARTICLE ><article>d</article>",
            f"<body><ARTICLE class=x>a<article>b</article>c{HERE}</ARTICLE ><article>d</article>",
        ),
        (
            "<aside><article>a</article></aside><main><p><article>b</article></main>",
            f"<aside><article>a</article></aside><main><p><article>b{HERE}</article></main>",
        ),
        ("<body><main>a</main>b</body>", f"<body><main>a{HERE}</main>b</body>"),
        ("<html><body>a</body></html>", f"<html><body>a{HERE}</body></html>"),
        ("<html><body>a</html>", f"<html><body>a{HERE}</html>"),
        ("<p>a\n", f"<p>a\n{HERE}"),
        ("<article>a<p>no end</body>", f"<article>a<p>no end{HERE}</body>"),
        ("</article><article>a</article>", f"</article><article>a{HERE}</article>"),
        (
            "<!-- <article></article> --><script>'</article>'</script><main></main>",
            f"<!-- <article></article> --><script>'</article>'</script><main>{HERE}</main>",
        ),
        ("<articles></articles><body></body>", f"<articles></articles><body>{HERE}</body>"),
        ("<body><script>a</body>", f"<body><script>a</body>{HERE}"),
        (
            "<art\u0130cle></art\u0130cle><body></body>",
            f"<art\u0130cle></art\u0130cle><body>{HERE}</body>",
        ),
        ("<scr\u0130pt><main></main>", f"<scr\u0130pt><main>{HERE}</main>"),
    ],
)
def test_the_place_of_the_mentions(page, expected):
    assert with_mentions(page, HERE) == expected


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("raw", ["script", "style", "textarea", "title", "template"])
@pytest.mark.parametrize("place", ["article", "main", "body", "html"])
def test_each_tag_counts_however_it_is_written(raw, place, case):
    raw, place = case(raw), case(place)
    before = f"<{raw}></{place}></{raw} ><{place}>a"
    assert with_mentions(f"{before}</{place}>", HERE) == f"{before}{HERE}</{place}>"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<section class="linkback-mentions" id=x>', True),
        ("<DIV id='a' class='box linkback-mentions'>", True),
        ("<p data-n='1' id=linkback-mentions>", True),
        ('<link rel="stylesheet" href="/linkback-mentions.css">', False),
        ('<a class="button" href="#linkback-mentions">To the answers</a>', False),
        ("<article data-linkback-mentions=off>", False),
        ('<!-- <section class="linkback-mentions"> -->', False),
        ("<script>'<p class=linkback-mentions>'</script>", False),
        ('<p class="linkback-mentions-of-mine">', False),
        ("<p>&lt;p class=linkback-mentions&gt; linkback-mentions</p>", False),
    ],
)
def test_a_page_has_mentions_if_an_element_is_for_them(page, expected):
    assert has_mentions(page) is expected


def test_our_template_two_times():
    once = '<section class="linkback-mentions" id="linkback-mentions">'
    assert not is_twice(once)
    assert is_twice(once + once)
    assert not is_twice(f"<!-- {once} -->{once}")


# A site


@pytest.fixture
def blog(site):
    site.settings |= {"LINKBACK_RECEIVE": "webmention.io", "LINKBACK_PULL": False}
    site.templates = site.folder / "templates"
    site.templates.mkdir()
    site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(site.templates)]
    site.article("one", title="One")
    site.article("two", title="Two")
    return site


def remember(blog, *mentions):
    write(blog.folder / "linkback", mentions)


def parsed(html):
    return html5lib.parse(html, namespaceHTMLElements=False)


def mentions_of(page):
    """The element with the mentions of a page."""
    found = parsed(page).findall(".//*[@id='linkback-mentions']")
    assert len(found) <= 1
    return found[0] if found else None


def text_of(element):
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("more", [{}, {"enable_async": True}], ids=["usual", "async"])
def test_the_template_of_a_theme_has_the_variables_and_functions_of_the_site(blog, more):
    remember(blog, received("like"))
    folder = blog.templates / "linkback"
    folder.mkdir()
    (folder / "mentions.html").write_text(
        '<p class="linkback-mentions">{{ article.title }}: {{ article.mentions.count }}'
        " {{ range(3)|join }} {{ lipsum }} {{ mine }}</p>"
    )
    environment = {"trim_blocks": True, "lstrip_blocks": True, **more}
    page = blog.build(
        JINJA_ENVIRONMENT=environment, JINJA_GLOBALS={"mine": 7, "lipsum": 8}, LIPSUM=9
    ).read("one.html")
    assert '<p class="linkback-mentions">One: 1 012 8 7</p>' in page


def test_a_page_shows_its_mentions(blog):
    ann = received("reply", "Ann Lee", 1, text="So?\nWhy?")
    remember(
        blog,
        ann,
        received("reply", "Bo Ek", 2, parent=ann.id, title="Re: One", text="Because."),
        received("like", "Cy", 3),
        received("reply", "Di", 4, text="🎉"),
        received("mention", "Ed", 5, title="Ten walls", text="Ten walls"),
        received("rsvp", "Fay", 6, rsvp="yes", author=Author("Fay")),
    )
    (blog.content / "pages").mkdir()
    (blog.content / "pages" / "about.md").write_text("Title: About\n\nMe.\n")
    build = blog.build()
    assert build.problems == []
    section = mentions_of(build.read("one.html"))
    assert text_of(section) == (
        "Responses Likes 1 Cy Reactions 1 🎉 Di Attending 1 Fay "
        "Replies AL Ann Lee Mon 02 February 2026 · ann.example So?Why? "
        "BE Bo Ek Tue 03 February 2026 · bo.example Re: One Because. "
        "Mentioned elsewhere E Ed Fri 06 February 2026 · ed.example Ten walls"
    )
    answer = section.find(f".//li[@id='mention-{ann.id}']/ol/li[@class='u-comment h-cite']")
    assert answer is not None
    links = list(section.iter("a"))
    assert {link.get("rel") for link in links} == {"nofollow ugc"}
    assert "https://cy.example/notes/3" in {link.get("href") for link in links}
    sheet = section.find("link").get("href")
    assert sheet == "https://me.example.io/linkback-mentions.css"
    assert len(build.read("linkback-mentions.css").encode()) < 2048
    for other in ("two.html", "index.html", "pages/about.html"):
        assert mentions_of(build.read(other)) is None

    # Nothing keeps what was read, and who asks now has it read again.
    (of_site,) = current().mentions
    assert vars(of_site).keys().isdisjoint({"received", "shown"})
    assert ann in of_site.received[of_site._targets.of(ann).id]


def test_a_setting_leaves_pages_as_their_theme_made_them(blog):
    remember(blog, received())
    (blog.templates / "article.html").write_text(
        "{{ article.mentions.count }} {{ article.mentions.replies|map(attribute='text')|first }}"
    )
    build = blog.build(LINKBACK_SHOW_MENTIONS=False)
    assert build.read("one.html") == "1 Mine is of slate."
    assert build.read("two.html") == "0 "


def test_a_theme_that_includes_them_has_them_once(blog):
    remember(blog, received())
    for name, place in (("article", "<p>in the theme</p>"), ("page", "")):
        (blog.templates / f"{name}.html").write_text(
            f'{place}{{% include "linkback/mentions.html" ignore missing %}}<article></article>'
        )
    build = blog.build()
    assert build.problems == []
    assert build.read("one.html").startswith('<p>in the theme</p><section class="linkback-ment')
    assert mentions_of(build.read("one.html")) is not None
    assert build.read("two.html").strip() == "<p>in the theme</p><article></article>"


def test_a_theme_may_show_them_in_its_own_way(blog):
    remember(blog, received())
    (blog.templates / "article.html").write_text(
        '<ul class="of-mine linkback-mentions">{% for each in article.mentions %}'
        "<li>{{ each.text|e }}</li>{% endfor %}</ul>"
    )
    assert blog.build().read("one.html").endswith("<li>Mine is of slate.</li></ul>")
    (blog.templates / "article.html").write_text("<article></article>")
    (blog.templates / "linkback").mkdir()
    (blog.templates / "linkback" / "mentions.html").write_text("{{ article.mentions.count }} said")
    assert blog.build().read("one.html") == "<article>1 said\n</article>"


def test_two_includes_are_noticed(blog):
    remember(blog, received(), received(article="https://me.example.io/two.html"))
    include = '{% include "linkback/mentions.html" %}'
    (blog.templates / "article.html").write_text(f"<article>{include}</article>{include}")
    (problem,) = blog.build().problems
    assert (
        problem
        == "one.html has its mentions twice: linkback/mentions.html is included in two places"
    )


def test_a_template_that_fails_costs_its_page_the_mentions(blog):
    remember(blog, received())
    (blog.templates / "linkback").mkdir()
    (blog.templates / "linkback" / "mentions.html").write_text("{{ 1 / 0 }}")
    build = blog.build()
    assert build.problems == [
        "one.html is without its mentions: ZeroDivisionError: division by zero"
    ]
    assert "<p>Some text.</p>" in build.read("one.html")


def test_a_site_without_mentions_is_as_before(site):
    site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(site.folder)]
    (site.folder / "article.html").write_text(
        '{% include "linkback/mentions.html" %}{% include "linkback/mention-form.html" %}'
        "{{ article.mentions.count }}{{ article.mentions.likes|length }}"
        "{% if article.mentions %}some{% endif %}"
        "{% for each in article.mentions %}{{ each }}{% endfor %}{{ article.mentions.updated }}"
    )
    site.article("one")
    build = site.build()
    assert build.problems == []
    assert build.read("one.html").strip() == "00None"
    assert not (build.output / "linkback-mentions.css").exists()


def test_what_has_no_mentions_can_be_copied():
    nothing = NoMentions()
    assert (len(copy.copy(nothing)), [*copy.deepcopy(nothing)], nothing.replies) == (0, [], ())


def test_dates_are_written_as_the_site_writes_them(blog):
    remember(blog, received(), received("reply", "Bo", 170, text="In summer."))
    day = blog.build(DEFAULT_DATE_FORMAT="%-d/%m").read("one.html")
    assert re.findall(r"<time class=.dt-published.[^>]*>(.*?)</time>", day) == ["1/02", "21/07"]
    time = blog.build(DEFAULT_DATE_FORMAT="%H:%M").read("one.html")
    assert re.findall(r"<time class=.dt-published.[^>]*>(.*?)</time>", time) == ["10:00", "11:00"]
    assert 'datetime="2026-07-21T11:00:00+01:00"' in time


def test_drafts_have_none(blog):
    blog.article("draft", status="draft")
    remember(blog, received(article="https://me.example.io/drafts/draft.html"))
    (blog.templates / "article.html").write_text("{{ article.mentions.count }}")
    assert blog.build().read("drafts/draft.html") == "0"


# What the documentation says

DOCUMENTED = [*blocks((DOCS / "mentions.rst").read_text(encoding="utf-8"))]


def test_the_snippets_of_the_documentation(blog):
    remember(blog, received(text="<b>Slate</b>"), received("like", "Bo", 1))
    page, form, own = (each.text for each in DOCUMENTED if each.kind == "html+jinja")
    (blog.templates / "article.html").write_text(f"<article>{own}</article>{form}")
    (words,) = (each.text for each in DOCUMENTED if each.kind == "python")
    settings: dict = {}
    exec(words, settings)
    words = settings["LINKBACK_MENTION_WORDS"]
    build = blog.build(LINKBACK_MENTION_WORDS=words | {"likse": "x", "zzzzz": "y"})
    assert build.problems[0] == (
        "LINKBACK_MENTION_WORDS: there is no word 'likse'; did you mean 'likes'?"
    )
    assert build.problems[1].endswith(
        "there is no word 'zzzzz'; there are " + ", ".join(sorted(names()))
    )
    html = parsed(build.read("one.html"))
    assert text_of(html.find(".//aside")) == "<b>Slate</b> Ann Lee, Sun 01 February 2026"
    assert html.find(".//section") is None
    form = html.find(".//form")
    assert form.get("action") == "https://webmention.io/me.example.io/webmention"
    sent = {each.get("name"): each.get("value") for each in form.iter("input")}
    assert sent == {"target": "https://me.example.io/one.html", "source": None}
    (blog.templates / "article.html").write_text(page)
    again = mentions_of(blog.build(LINKBACK_MENTION_WORDS=words).read("one.html"))
    assert [each.text for each in again.iter() if each.tag in {"h2", "h3"}] == [
        "What others say",
        "Answers",
    ]


def test_the_documentation_names_every_word():
    page = (DOCS / "mentions.rst").read_text(encoding="utf-8")
    assert [name for name in sorted(names()) if f"``{name}``" not in page] == []


@pytest.mark.parametrize("name", ["mentions.html", "mention-form.html"])
def test_the_documentation_names_what_our_templates_use(name):
    """A theme that has its own can do what they do."""
    page = (DOCS / "mentions.rst").read_text(encoding="utf-8")
    template = files("pelican_linkback.receiving.display").joinpath(name).read_text("utf-8")
    used = re.findall(r"\b(?:each|author|mentions|line|words)\.(\w+)", template)
    unnamed = {each for each in used if not re.search(rf"``\.?{each}``", page)}
    assert "words" in used
    assert unnamed <= {"html", "css"}  # of the names of files


def test_a_page_without_mentions_may_say_how_to_answer(blog):
    blog.article("shut", mentions="closed")
    (blog.content / "pages").mkdir()
    (blog.content / "pages" / "about.md").write_text("Title: Info\nLang: de\n\nIch.\n")
    remember(blog, received())
    template = '<article>{% include "linkback/mention-form.html" %}</article>'
    (blog.templates / "article.html").write_text(template)
    build = blog.build(LINKBACK_INVITE_MENTIONS=True)
    assert build.problems == []
    assert "linkback-form" in build.read("two.html")
    assert "linkback-form" not in build.read("shut.html")
    invited = mentions_of(build.read("two.html"))
    assert text_of(invited).startswith("Responses Answer on your own site")
    assert mentions_of(build.read("pages/info-de.html")).get("lang") == "de"
    assert "Answer on your own site" not in build.read("one.html")
    assert mentions_of(build.read("shut.html")) is None


def test_a_file_of_the_site_takes_the_place_of_our_style(blog):
    remember(blog, received())
    (blog.content / "linkback-mentions.css").write_text("/* mine */")
    static = {"STATIC_PATHS": ["linkback-mentions.css"]}
    assert blog.build().read("linkback-mentions.css") != "/* mine */"
    for _ in range(2):
        build = blog.build(**static)
        assert build.read("linkback-mentions.css") == "/* mine */"
    assert build.problems == []


def test_the_style_goes_with_the_last_mention(blog):
    remember(blog, received())
    assert (blog.build().output / "linkback-mentions.css").is_file()
    (blog.folder / "linkback" / "received.jsonl").unlink()
    build = blog.build(LINKBACK_RECEIVE=None)
    assert not (build.output / "linkback-mentions.css").exists()


def test_an_unchanged_build_writes_nothing(blog):
    def files():
        found = (path for path in blog.folder.rglob("*") if path.is_file())
        return {
            path: path.read_bytes() if path.suffix == ".html" else path.stat().st_mtime_ns
            for path in found
        }

    remember(blog, received(), received("like", "Bo", 1))
    settings = {"LINKBACK_FEEDS": [*STOCK_FEEDS, *MENTION_FEEDS]}
    blog.build(**settings)
    before = files()
    blog.build(**settings)
    assert files() == before


@pytest.mark.parametrize("name", ["received.jsonl", "moderation.jsonl"])
def test_what_cannot_be_read_costs_the_mentions_alone(blog, name):
    remember(blog, received())
    (blog.folder / "linkback" / name).write_text('{"v": 99}\n')
    build = blog.build()
    (problem,) = build.problems
    assert problem.startswith("No mentions are shown: ")
    assert name in problem
    assert "<p>Some text.</p>" in build.read("one.html")


def test_damaged_lines_are_one_warning(blog):
    remember(blog, received())
    with (blog.folder / "linkback" / "received.jsonl").open("a") as file:
        file.write('{"v": 1, "id": "cut\n')
    build = blog.build()
    (problem,) = build.problems
    assert "received.jsonl" in problem
    assert mentions_of(build.read("one.html")) is not None

"""A blog of any size, written to a folder and read by Pelican itself."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pelican import Pelican, signals
from pelican.generators import ArticlesGenerator
from pelican.settings import read_settings

from benchmarks.measure import folder

__all__ = ["SITE_URL", "Plan", "prose", "published", "section"]

SITE_URL = "https://blog.example.net"
WORDS = (
    "the of and to in is that for it as was with be by on not he his but at are this have from or"
    " had an they which one you were all her she there would their we him been has when who will"
    " no more if out so up said what its about than into them can only other time new some could"
    " café naïve “quoted” state—of affairs… write feed reader entry publish article"
).split()


class Plan:
    """The measures of a blog.

    ``relative`` puts relative URLs into every article, ``untidy`` what a browser has to repair.
    """

    def __init__(  # noqa: PLR0913
        self,
        articles: int = 2000,
        *,
        categories: int = 20,
        authors: int = 50,
        tags: int = 200,
        relative: bool = False,
        untidy: bool = False,
    ) -> None:
        self.articles = articles
        self.categories = categories
        self.authors = authors
        self.tags = tags
        self.relative = relative
        self.untidy = untidy


@contextmanager
def published(plan: Plan) -> Iterator[Any]:
    """Give the articles generator of a blog as it is when Pelican begins to write.

    Nothing is cached yet: contents and summaries are made by whoever asks first.
    """
    with folder() as home:
        content = Path(home, "content")
        content.mkdir()
        chance = random.Random(2026)
        for number in range(plan.articles):
            (content / f"{number}.html").write_text(_article(plan, number, chance), "utf-8")
        yield _read(content)


def _read(content: Path) -> Any:
    settings = read_settings(override=_settings(content))
    pelican = Pelican(settings)
    context = settings.copy()
    context |= {"generated_content": {}, "static_links": set(), "static_content": {}}
    context["localsiteurl"] = settings["SITEURL"]
    generator = ArticlesGenerator(
        context=context,
        settings=settings,
        path=pelican.path,
        theme=pelican.theme,
        output_path=pelican.output_path,
    )
    generator.generate_context()
    signals.all_generators_finalized.send([generator])
    generator.refresh_metadata_intersite_links()
    return generator


def _settings(content: Path) -> dict[str, Any]:
    groups = ("CATEGORY", "AUTHOR", "TAG")
    feeds = {
        f"{group}_FEED_{form.upper()}": f"feeds/{group.lower()}/{{slug}}.{form}.xml"
        for group in groups
        for form in ("atom", "rss")
    }
    return feeds | {
        "PATH": str(content),
        "OUTPUT_PATH": str(content.parent / "output"),
        "CACHE_PATH": str(content.parent / "cache"),
        "SITEURL": SITE_URL,
        "SITENAME": "A blog",
        "TIMEZONE": "Europe/Lisbon",
        "PLUGINS": [],
        "FEED_DOMAIN": SITE_URL,
        "FEED_ATOM": "feeds/atom.xml",
        "FEED_RSS": "feeds/rss.xml",
        "FEED_ALL_ATOM": None,
        "FEED_ALL_RSS": None,
        "TRANSLATION_FEED_ATOM": None,
        "TRANSLATION_FEED_RSS": None,
        "FEED_MAX_ITEMS": None,
        "ARTICLE_URL": "posts/{slug}/",
        "ARTICLE_SAVE_AS": "posts/{slug}/index.html",
    }


def _article(plan: Plan, number: int, chance: random.Random) -> str:
    date = dt.datetime(2005, 1, 1, 12) + dt.timedelta(hours=3 * number)
    tags = ", ".join(f"tag {tag}" for tag in chance.sample(range(plan.tags), 5))
    return f"""<html><head><title>Article {number} &amp; {prose(chance, 4)}</title>
<meta name="date" content="{date:%Y-%m-%d %H:%M}">
<meta name="category" content="category {number % plan.categories}">
<meta name="authors" content="Author {number % plan.authors}">
<meta name="tags" content="{tags}">
</head><body>
{"".join(section(plan, part, chance) for part in range(5))}</body></html>
"""


def section(plan: Plan, part: int, chance: random.Random) -> str:
    """Return about 1 KB of an article as Markdown makes it."""
    root = "" if plan.relative else SITE_URL
    end = "" if plan.untidy else "</li>"
    return f"""<h2 id="part-{part}">{prose(chance, 4)}</h2>
<p>{prose(chance, 40)} <a href="{root}/posts/other-{part}/">{prose(chance, 3)}</a>
{prose(chance, 40)} <em>{prose(chance, 2)}</em> &amp; <code>a &lt; b</code>.</p>
<p><img alt="{prose(chance, 3)}" src="{root}/images/{part}.png"></p>
<ul>
<li>{prose(chance, 8)}{end}
<li><a class="external" href="https://example.org/?a={part}&amp;b=1">{prose(chance, 6)}</a></li>
</ul>
<pre><code class="language-python">if a &lt; {part} and b &gt; 3:
    print("{prose(chance, 8)}")
</code></pre>
"""


def prose(chance: random.Random, words: int) -> str:
    """Return words in no order."""
    return " ".join(chance.choices(WORDS, k=words))

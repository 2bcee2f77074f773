"""The author: articles and settings as they stand at a moment, and as files of a clone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

CATEGORIES = ("Boats", "Bread", "Birds")
AUTHORS = ("Ann Lee", "Bo Ek")
TAGS = ("sea", "salt", "sun", "sand")

Content = tuple[int, int, int]
"""An article's number, and those of its title and its text: what a reader of the page sees."""


@dataclass(frozen=True)
class Article:
    """An article; ``title`` and ``text`` are counted up with each change."""

    uid: int
    file: str
    slug: str
    date: datetime
    category: str
    author: str
    tags: tuple[str, ...]
    targets: tuple[str, ...]
    title: int = 0
    text: int = 0
    is_draft: bool = False
    edited: float = 0.0

    def __str__(self) -> str:
        version = f"t{self.title}r{self.text}{' (draft)' * self.is_draft}"
        targets = " ".join(target.removeprefix("https://") for target in self.targets)
        return f"piece {self.uid} {self.file} {self.url} {version} -> {targets}"

    @property
    def url(self) -> str:
        return f"{self.slug}.html"

    @property
    def content(self) -> Content:
        return self.uid, self.title, self.text

    def written(self) -> str:
        head = {
            "Title": f"Piece {self.uid} named {self.title}",
            "Slug": self.slug,
            "Date": f"{self.date:%Y-%m-%d %H:%M}",
            "Category": self.category,
            "Author": self.author,
            "Tags": ", ".join(self.tags),
            "Pingback": "; ".join(self.targets),
            "Status": "draft" if self.is_draft else "published",
        }
        links = ", ".join(f"[there]({target})" for target in self.targets)
        return (
            "".join(f"{name}: {value}\n" for name, value in head.items() if value)
            + f"\nWords of u{self.uid}r{self.text}. See {links or 'nobody'}.\n"
        )


Articles = Mapping[int, Article]


def merged(base: Articles, one: Articles, other: Articles) -> dict[int, Article]:
    """Return what a careful author makes of two branches: each field as it was changed last."""
    found = {}
    for uid in sorted({*one, *other}):
        a, b, was = one.get(uid), other.get(uid), base.get(uid)
        if a is None or b is None:
            left = a or b
            if left is not None and left != was:  # new, or edited after the other took it away
                found[uid] = left
            continue
        older, newer = sorted((a, b), key=lambda article: article.edited)
        changed = {
            field.name: getattr(newer, field.name)
            for field in fields(newer)
            if was is None or getattr(newer, field.name) != getattr(was, field.name)
        }
        found[uid] = replace(older, **changed)
    return found


@dataclass(frozen=True)
class Config:
    """The settings that the author changes in the course of the years."""

    host: str = "blog.example.io"
    lang: str = "en"
    emptied: bool = False
    sends: bool = True
    plugin: bool = True

    @property
    def site_url(self) -> str:
        return f"https://{self.host}"

    def settings(self, folder: Path, theme: str) -> dict[str, Any]:
        return {
            "PATH": str(folder / "content"),
            "OUTPUT_PATH": str(folder / "output"),
            "THEME": theme,
            "SITENAME": "A Site",
            "SITEURL": self.site_url,
            "AUTHOR": "Ann Lee",
            "TIMEZONE": "UTC",
            "DEFAULT_LANG": self.lang,
            "LOCALE": ["C"],
            "DELETE_OUTPUT_DIRECTORY": self.emptied,
            "PLUGINS": ["pelican_linkback"] if self.plugin else [],
            "LINKBACK_SEND": self.sends,
            "LINKBACK_STATE": str(folder / "linkback"),
            "LINKBACK_FEEDS": "FEEDS",
            "LINKBACK_HUBS": ["https://hub.example.net/"],
            "LINKBACK_WORKERS": 1,
            "LINKBACK_DEADLINE": 30,
            "FEED_MAX_ITEMS": 6,
            "FEED_ALL_ATOM": "feeds/all.atom.xml",
            "FEED_ALL_RSS": "feeds/all.rss.xml",
            "CATEGORY_FEED_ATOM": "feeds/{slug}.atom.xml",
            "AUTHOR_FEED_ATOM": "feeds/by-{slug}.atom.xml",
            "AUTHOR_FEED_RSS": None,
            "TRANSLATION_FEED_ATOM": None,
            # The pages of articles are all that a receiver looks at, and the rest takes time.
            "DIRECT_TEMPLATES": [],
            "CATEGORY_SAVE_AS": "",
            "AUTHOR_SAVE_AS": "",
            "TAG_SAVE_AS": "",
        }

    def write(self, folder: Path, theme: str) -> None:
        lines = [f"{name} = {value!r}\n" for name, value in self.settings(folder, theme).items()]
        text = "".join(lines).replace(
            "'FEEDS'", "[*STOCK_FEEDS, 'tests.years.moody.TagFeed', 'tests.years.moody.Every']"
        )
        text = f"from pelican_linkback.feeds import STOCK_FEEDS\n{text}"
        (folder / "publishconf.py").write_text(text)


def write_content(folder: Path, articles: Iterable[Article]) -> None:
    """Make the content folder hold these ``articles``; what did not change is not touched."""
    content = folder / "content"
    content.mkdir(exist_ok=True)
    texts = {article.file: article.written() for article in articles}
    for path in content.iterdir():
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        path = content / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


class Pen:
    """Makes articles and changes them, by chance; all names are new ones each time."""

    def __init__(self, random: Random, targets: tuple[str, ...]) -> None:
        self._random = random
        self._targets = targets
        self._count = 0

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _some(self, of: tuple[str, ...], most: int) -> tuple[str, ...]:
        return tuple(sorted(self._random.sample(of, self._random.randint(0, most))))

    def article(self, now: datetime) -> Article:
        number, random = self._new(), self._random
        return Article(
            number,
            f"a{number}.md",
            f"piece-{number}",
            now.replace(second=0, microsecond=0, tzinfo=None),
            random.choice(CATEGORIES),
            random.choice(AUTHORS),
            self._some(TAGS, 2),
            self._some(self._targets, 3),
            is_draft=random.random() < 0.15,
        )

    def edited(self, article: Article) -> Article:
        random, number = self._random, self._new()
        some_targets, some_tags = self._some(self._targets, 3), self._some(TAGS, 2)
        edits: tuple[tuple[int, dict[str, Any]], ...] = (
            (5, {"text": number}),
            (1, {"title": number}),
            (2, {"text": number, "targets": some_targets}),
            (1, {"category": random.choice(CATEGORIES)}),
            (1, {"tags": some_tags}),
            (1, {"author": random.choice(AUTHORS)}),
            (1, {"is_draft": not article.is_draft}),
            (1, {"file": f"b{number}.md"}),
            (1, {"slug": f"place-{number}"}),
            (1, {"file": f"b{number}.md", "slug": f"place-{number}"}),
        )
        weights, changes = zip(*edits, strict=True)
        return replace(article, **random.choices(changes, weights)[0])

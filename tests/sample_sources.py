"""The sample site's articles as their authors wrote them, read without Pelican and without us."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import markdown

CONTENT = Path(__file__).parent.parent / "sample_site" / "content"
SITE = "https://tidetable.example"
OWNER = "Inês Carvalho"  # who is meant where no author is named


@dataclass(frozen=True)
class Source:
    """A file of the content folder: its metadata by their names in lower case, and its text."""

    path: Path
    metadata: dict[str, str]
    text: str

    @property
    def title(self) -> str:
        return self.metadata["title"]

    @property
    def language(self) -> str:
        return self.metadata.get("lang", "en")

    @property
    def date(self) -> dt.datetime:
        return _date(self.metadata["date"])

    @property
    def updated(self) -> dt.datetime:
        return _date(self.metadata.get("modified", self.metadata["date"]))

    @property
    def authors(self) -> list[str]:
        named = self.metadata.get("authors") or self.metadata.get("author", OWNER)
        return [name.strip() for name in re.split("[;,]", named)]

    @property
    def category(self) -> str:
        return self.metadata["category"]

    @property
    def tags(self) -> list[str]:
        return [tag.strip() for tag in self.metadata.get("tags", "").split(",") if tag.strip()]

    @property
    def link(self) -> str:
        language = "" if self.language == "en" else f"/{self.language}"
        slug = self.metadata["slug"].replace("é", "%C3%A9")
        return f"{SITE}{language}/{self.date.year}/{slug}/"

    @property
    def id(self) -> str:
        return f"tag:tidetable.example,{self.date:%Y-%m-%d}:{self.link.removeprefix(SITE)}"

    @property
    def is_plain(self) -> bool:
        """Whether it is Markdown that feeds need not change."""
        return self.path.suffix == ".md" and not re.search("<(?:script|iframe|button)", self.text)

    @property
    def words(self) -> str:
        """What is read in the article, of Markdown."""
        return words(markdown.markdown(self.text, extensions=["extra", "codehilite"]))


def words(html: str) -> str:
    """What is read in HTML, without the white space."""
    return "".join(unescape(re.sub("<[^>]*>", "", html)).split())


def _date(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Lisbon"))


def _markdown(path: Path) -> Source:
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    fields = re.findall(r"(?m)^(\w+):\s*((?:.+|\n\s+)*)", head)
    return Source(path, {name.lower(): value.strip() for name, value in fields}, text)


def _restructured(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    fields = dict(re.findall(r"(?m)^:(\w+):\s*(.+)", text))
    return Source(path, {"title": text.splitlines()[0], **fields}, text)


def published() -> list[Source]:
    """All that is published, the newest first."""
    found = [*map(_markdown, CONTENT.rglob("*.md")), *map(_restructured, CONTENT.rglob("*.rst"))]
    articles = [each for each in found if "date" in each.metadata and "status" not in each.metadata]
    return sorted(articles, key=lambda source: source.date, reverse=True)

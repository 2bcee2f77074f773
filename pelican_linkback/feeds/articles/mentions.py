"""MentionFeed: what others say about the articles, as feeds to follow.

::

    article.mentions of each article and page | the site's document, and one of each that has some
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain
from typing import NamedTuple, cast

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.articles.answers import is_unread, mentions_of
from pelican_linkback.feeds.articles.pages import page_of_article
from pelican_linkback.feeds.formats.atom import Atom1Feed
from pelican_linkback.feeds.formats.extensions import InReplyTo
from pelican_linkback.feeds.formats.jsonfeed import JsonFeed
from pelican_linkback.feeds.formats.kinds import safe_overrides
from pelican_linkback.feeds.formats.people import Person
from pelican_linkback.feeds.framework.aspects import Aspect, default, hook
from pelican_linkback.feeds.framework.contents import Content, Mention, Mentions
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.items import ARGUMENTS_OF
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.feeds.framework.site_aspects import SAFE_IN_SITE, SiteAspects
from pelican_linkback.feeds.ids.entries import tag_uri
from pelican_linkback.text.titles import plain_text

__all__ = ["MENTION_FEEDS", "AtomMentionFeed", "JsonMentionFeed", "MentionFeed", "MentionItem"]

HEADING = "Responses"
"""The heading of the mentions of a site that receives none."""

LONGEST_TITLE = 100
"""The maximum length of an entry's title, in characters."""

PREFIX = "mention-"
"""What the part of an entry's id begins with that tells the mentions of one article apart."""

_WORDS = {
    "like": "likes",
    "repost": "reposts",
    "bookmark": "bookmarks",
    "reply": "replies",
    "rsvp": "rsvps",
}
"""The names of the words for what was done."""


@dataclass(frozen=True, slots=True, eq=False)
class MentionItem:
    """An item of a MentionFeed: a mention, and the article or page that it is of.

    ``parent`` is the mention that it answers, if that is shown, too.
    """

    mention: Mention
    content: Content
    parent: Mention | None = None

    def __str__(self) -> str:
        return f"{self.mention.author.name} ({self.mention.url})"


@safe_overrides(
    *SAFE_IN_SITE,
    state=("site", "obj"),
    asked=ARGUMENTS_OF,
)
class MentionFeed(SiteAspects):
    """The mentions of the site, and those of each article and page that has some; newest first.

    They are in the feeds of a site that lists it, ``LINKBACK_FEEDS = [*STOCK_FEEDS, MentionFeed]``,
    or all of ``MENTION_FEEDS``: then entries of articles link to them. A subclass may say where
    the documents go and what stands in them::

        class Answers(MentionFeed):
            path = "feeds/answers{page}.xml"

            def item_title(self, item: MentionItem) -> str:
                return item.mention.author.name
    """

    path = "feeds/mentions{page}.rss.xml"
    """``{page}`` is "" for the site, else a slash and the path of the page without its ending."""

    @default
    def objects(self, site: Site) -> Iterable[object]:
        """Return None, for all mentions of the site, and the articles and pages that have some."""
        return (None, *(each.content for each in self._mentioned(site).values()))

    def _mentioned(self, site: Site) -> Mapping[int, _Mentioned]:
        """Return what has mentions, by its ``id()``; raise FeedError where none could be read."""
        if any(map(is_unread, chain[Content](site.articles, site.translations, site.pages))):
            name = type(self).__name__
            raise FeedError(name, "the mentions cannot be read, so its documents stay as they are")
        return site.sharing.once(_read, site, _read)

    def expand(self, pattern: str, obj: object, **more: object) -> str:
        """Return a pattern with its fields filled in, ``{page}`` among them."""
        return super().expand(pattern, obj, **{"page": _page(obj), **more})

    @hook
    def items(self, obj: Content | None) -> Iterable[MentionItem]:
        """Return the mentions of an article, or of all."""
        found = self._mentioned(self.site)
        if obj is None:
            return list(chain.from_iterable(each.items for each in found.values()))
        return found[id(obj)].items if id(obj) in found else []

    @hook
    def order_by(self, item: MentionItem) -> dt.datetime:
        """Return when the mention was published."""
        return item.mention.published

    # Aspects of the feed

    @default
    def title(self, obj: Content | None) -> str:
        """Return the site's name, and whose mentions they are, in the words of the page."""
        heading = _word(obj or next(iter(self.site.articles), None), "heading") or HEADING
        of_article = f": {plain_text(str(obj.title))}" if obj else ""
        return f"{plain_text(self.site.name)} - {heading}{of_article}"

    @default
    def link(self, obj: Content | None) -> str:
        """Return the page that shows them; the home page for those of the site."""
        return _page_url(self.site, obj) if obj else ""

    @default
    def language(self, obj: Content | None) -> str | None:
        """Return the article's language."""
        return getattr(obj, "lang", None) or self.site.language

    @default
    def hubs(self, obj: Content | None) -> Sequence[str]:
        """Return LINKBACK_HUBS for the document of the site: an article has few subscribers."""
        return () if obj else self.site.hubs

    # Aspects of the items

    @default
    def item_title(self, item: MentionItem) -> str | None:
        """Return the author, and what was written, or done: ``Ann Lee: Likes``."""
        mention = item.mention
        said = mention.title or mention.text or _in_a_word(item)
        title = " ".join(f"{mention.author.name}: {said}".split())
        is_long = len(title) > LONGEST_TITLE
        return f"{title[: LONGEST_TITLE - 1].rstrip()}…" if is_long else title

    @default
    def item_description(self, item: MentionItem) -> str | None:
        """Return what was written, as HTML of paragraphs and lines; None for nothing."""
        paragraphs = map(str.strip, item.mention.text.split("\n\n"))
        html = (escape(each, quote=False).replace("\n", "<br>") for each in paragraphs if each)
        return "".join(f"<p>{each}</p>" for each in html) or None

    @default
    def item_link(self, item: MentionItem) -> str:
        """Return the address of the mention itself, at its author's site."""
        return item.mention.url or _page_url(self.site, item.content)

    @default
    def item_guid(self, item: MentionItem) -> str:
        """Return the id of the article's entry, with the mention's own after it."""
        return self._id(item.content, item.mention)

    def _id(self, content: Content, mention: Mention) -> str:
        article = self._answered(content).ref
        return f"{article}{'-' if '#' in article else '#'}{PREFIX}{mention.id}"

    item_guid_is_permalink: Aspect[bool | None] = False

    @default
    def item_pubdate(self, item: MentionItem) -> dt.date | None:
        """Return when it was published."""
        return item.mention.published

    @default
    def item_authors(self, item: MentionItem) -> Iterable[Person | str] | None:
        """Return the author of the mention."""
        return [Person(item.mention.author.name, None, item.mention.author.url or None)]

    @default
    def item_categories(self, item: MentionItem) -> Iterable[str] | None:
        """Return the kind of the mention: ``reply``, ``like`` and so on."""
        return [str(item.mention.kind)]

    @default
    def item_in_reply_to(
        self, item: MentionItem
    ) -> Iterable[InReplyTo | str] | InReplyTo | str | None:
        """Return the article's entry, and before it that of the mention that is answered."""
        article = self._answered(item.content)
        if item.parent is None:
            return article
        return [InReplyTo(self._id(item.content, item.parent), item.parent.url), article]

    def _answered(self, content: Content) -> InReplyTo:
        return self.site.sharing.once(_answered, content, _answered, self.site)


class AtomMentionFeed(MentionFeed):
    """MentionFeed in Atom 1.0."""

    path = "feeds/mentions{page}.atom.xml"
    feed_type = Atom1Feed


class JsonMentionFeed(MentionFeed):
    """MentionFeed in JSON Feed 1.1."""

    path = "feeds/mentions{page}.json"
    feed_type = JsonFeed


MENTION_FEEDS: tuple[type[Feed], ...] = (MentionFeed, AtomMentionFeed, JsonMentionFeed)
"""The mentions in each format."""


class _Mentioned(NamedTuple):
    """An article or a page that has mentions, and those."""

    content: Content
    items: Sequence[MentionItem]


def _read(site: Site) -> dict[int, _Mentioned]:
    articles = chain(site.articles, site.translations)
    public = (each for each in articles if site.future or site.aware(each.date) <= site.now)
    return {
        id(content): _Mentioned(content, _items(content, mentions))
        for content in chain[Content](public, site.pages)
        if (mentions := mentions_of(content))
    }


def _items(content: Content, mentions: Mentions) -> list[MentionItem]:
    by_id = {each.id: each for each in mentions}
    return [MentionItem(each, content, by_id.get(each.parent)) for each in by_id.values()]


def _page(obj: object) -> str:
    if obj is None:
        return ""
    content = cast("Content", obj)
    stem = posixpath.splitext(str(content.save_as) or content.slug)[0]
    return f"/{stem.removesuffix('/index')}"


def _page_url(site: Site, content: Content) -> str:
    return page_of_article(content, site.url_of(content))


def _answered(site: Site, content: Content) -> InReplyTo:
    """Return the entry of an article; a page has none, and its address stands for it."""
    date: dt.datetime | None = getattr(content, "date", None)
    link = site.absolute_uri(_page_url(site, content))
    return InReplyTo(site.entry_id(content) or (tag_uri(link, date) if date else link), link)


def _word(content: object, name: str) -> str:
    """Return a word in the language of the mentions of ``content``, as its page has it."""
    words = getattr(getattr(content, "mentions", None), "words", None)
    return str(words[name]) if words else ""


def _in_a_word(item: MentionItem) -> str:
    """Return what was done, for a mention without words: ``Likes``."""
    mention = item.mention
    name = mention.rsvp or _WORDS.get(mention.kind, "mentions")
    return _word(item.content, name) or str(mention.kind)

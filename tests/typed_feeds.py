"""Feed classes as users write them, with types: ``mypy --strict`` has nothing to say of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import NamedTuple

from pelican_linkback.feeds import (
    Article,
    ArticleFeed,
    Aspect,
    Atom1Feed,
    AtomCategoryFeed,
    AtomSiteFeed,
    AuthorFeed,
    Category,
    Content,
    Enclosure,
    Feed,
    Group,
    InReplyTo,
    JsonFeed,
    MentionFeed,
    MentionItem,
    Person,
    PodcastFeed,
    Rss201rev2Feed,
    Site,
    Stylesheet,
    TagFeed,
)


class Values(Feed):
    """Every aspect as a plain value."""

    path = PurePath("feeds/values/{obj}.xml")
    url = "feeds/values/{obj}/"
    archive_path = "feeds/values/{obj}.{number}.xml"
    feed_url = "https://feeds.example/values"
    objects = ["Boats", "Bread"]
    items = [dt.date(2026, 4, 18), dt.date(2026, 6, 20)]
    order_by = "month"
    limit = 10
    feed_type = Atom1Feed
    title = "Boats"
    link = "/boats/"
    description = "What came in"
    subtitle = None
    language = "pt-BR"
    author_name = "Ann Lee"
    author_email = "ann@harbour.example"
    author_link = "https://harbour.example/ann"
    categories = ["boats", Category("387.1", "https://harbour.example/shelves", "Harbours")]
    contributors = ["Bo Ek", Person("Cy Tide")]
    feed_copyright = "CC BY 4.0"
    feed_guid = "tag:harbour.example,2026:values"
    hubs = ()
    ttl = 60
    icon = "images/buoy.png"
    logo = "images/harbour.png"
    skip_hours = range(2)
    skip_days = ["Sunday"]
    stylesheets = ["/feed.xsl", Stylesheet("/print.css", media="print")]
    title_template = "title.html"
    description_template = None
    feed_extra_kwargs = {"explicit": "false"}
    item_title = "A race"
    item_description = "<p>With boats.</p>"
    item_content = None
    item_link = "/races/"
    item_guid = "tag:harbour.example,2026:race"
    item_guid_is_permalink = False
    item_pubdate = dt.date(2026, 4, 18)
    item_updateddate = dt.datetime(2026, 4, 19, tzinfo=dt.UTC)
    item_authors = ["Ann Lee", Person("Bo Ek", "bo@harbour.example")]
    item_author_name = "Ann Lee"
    item_author_email = "ann@harbour.example"
    item_author_link = "https://harbour.example/ann"
    item_contributors = ["Di Ebb"]
    item_categories = ("boats", "races")
    item_copyright = "CC BY 4.0"
    item_language = "pt"
    item_image = "images/race.jpg"
    item_enclosure_url = "https://harbour.example/race.mp3"
    item_enclosure_length = 4200
    item_enclosure_mime_type = "audio/mpeg"
    item_comments = "https://harbour.example/races/#comments"
    item_comment_count = 3
    item_replies = "/races/#replies"
    item_comments_feed = {"application/atom+xml": "/races/replies.atom.xml"}
    item_comments_updated = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
    item_in_reply_to = [InReplyTo("tag:harbour.example,2026:cup"), "tag:harbour.example,2026:race"]
    item_extra_kwargs = {"row": 7}


class Regatta(NamedTuple):
    """An item of one's own."""

    name: str
    day: dt.date


class Methods(Feed):
    """Methods with their subject, without it, and everything that a method can be."""

    path = "feeds/{obj}.xml"

    def objects(self, site: Site) -> Iterable[int]:
        return sorted({article.date.year for article in site.articles})

    def items(self, year: int) -> list[Regatta]:
        return [Regatta("Spring cup", dt.date(year, 4, 18))]

    def title(self, year: int) -> str:
        return f"Regattas of {year}, {self.site.name}"

    def link(self) -> str:
        return self.site.absolute("/regattas/")

    def description(self) -> str:
        return "Where we sail"

    @staticmethod
    def feed_copyright() -> str:
        return "CC BY 4.0"

    @classmethod
    def author_name(cls) -> str:
        return cls.__name__

    def feed_type(self) -> type[JsonFeed]:
        return JsonFeed

    def limit(self) -> int | None:
        return None

    def filter(self, regatta: Regatta) -> bool:
        return bool(regatta.name)

    def order_by(self, regatta: Regatta) -> tuple[dt.date, str]:
        return regatta.day, regatta.name

    def get_object(self, site: Site, year: str) -> int:
        return int(year)

    def path_fields(self, year: int) -> Mapping[str, object]:
        return {**super().path_fields(year), "short": year % 100}

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"season": "spring"}

    def item_title(self, regatta: Regatta) -> str:
        return regatta.name

    def item_description(self) -> str | None:
        return None

    def item_link(self, regatta: Regatta) -> str:
        return f"/regattas/#{regatta.day}"

    def item_pubdate(self, regatta: Regatta) -> dt.date:
        return regatta.day

    def item_enclosures(self, regatta: Regatta) -> list[Enclosure]:
        return [*super().item_enclosures(regatta), Enclosure("/a.ogg", 100, "audio/ogg")]


class News(ArticleFeed):
    """Aspects that have a default, as values; ``None`` turns one off."""

    path = "feeds/news.xml"
    title: Aspect[str] = "News"
    link = "/news/"
    limit = 5
    order_by = "title"
    author_name = "The harbour master"
    summary_only = True
    item_guid_is_permalink = True
    item_image = None
    item_author_name = "Ann Lee"
    item_updateddate = None

    def items(self) -> list[Article]:
        return [article for article in self.site.articles if article.category.name == "News"]


class Louder(News):
    """A method in the place of a base class's value, which has a type for it."""

    path = "feeds/louder.xml"

    def title(self) -> str:
        return f"{self.site.name}!"


class Long(AtomSiteFeed):
    """The methods of a stock feed, called by ``super()``."""

    def title(self, obj: object) -> str:
        return f"{self.site.name}!"

    def items(self) -> list[Article]:
        return list(super().items())[:3]

    def filter(self, article: Article) -> bool:
        return super().filter(article) and len(article.content) > 1000

    def order_by(self, article: Article) -> int:
        return len(article.content)

    def item_title(self, article: Article) -> str:
        return super().item_title(article).upper()

    def item_description(self, article: Article) -> str | None:
        return (super().item_description(article) or "") + self.site.absolute(article.url)

    def item_content(self, article: Article) -> str:
        return article.get_content(self.site.url)

    def item_categories(self, article: Article) -> list[str]:
        return [*super().item_categories(article), str(article.metadata["season"])]

    def item_authors(self, article: Article) -> list[Person]:
        return [Person(name.strip()) for name in str(article.metadata["by"]).split(",")]

    def item_image(self, article: Article) -> str:
        return f"images/{article.slug}.jpg"


class Emphatic(AtomCategoryFeed):
    def feed_extra_kwargs(self, category: Group) -> dict[str, object]:
        return {**super().feed_extra_kwargs(category), "name": category.name}

    def title(self, category: Group) -> str:
        return f"{category.name}!"

    def items(self, category: Group) -> list[Article]:
        return list(super().items(category))[:3]


class Columns(ArticleFeed):
    """Objects of one's own, without a name for their type."""

    path = "feeds/{obj[0].slug}/{obj[1].slug}.xml"

    def objects(self, site: Site) -> list[tuple[Group, Group]]:
        return [(author, category) for author in site.authors for category in site.categories]

    def items(self, column: tuple[Group, Group]) -> list[Article]:
        author, category = column
        return [each for each in self.site.authors[author] if each.category == category]

    def title(self, column: tuple[Group, Group]) -> str:
        return f"{column[0]} on {column[1]}"


class Pages(Feed):
    path = "feeds/pages.xml"
    title = "Pages"
    link = "/"

    def items(self) -> Iterable[Content]:
        return self.site.pages

    def item_title(self, page: Content) -> str:
        return page.title


class Show(PodcastFeed):
    path = "feeds/show.xml"
    category = "Boats"
    cover = "images/soundings.png"
    explicit = False
    itunes_type = "serial"
    itunes_categories = ["Leisure", ("Society & Culture", "Documentary")]
    owner = Person("Ann Lee", "ann@harbour.example")
    locked = True
    medium = "audiobook"
    funding = [("/give/", "Buy us a rope")]
    limit = 100
    item_explicit = True
    item_season = 2
    podcast_guid = "9b024349-ccf0-5f69-a609-6b82873eab3c"

    def persons(self) -> list[tuple[str, str]]:
        return [("Ann Lee", "host")]

    def item_duration(self, article: Article) -> int:
        return int(article.metadata["seconds"])

    def item_extra_kwargs(self, article: Article) -> dict[str, object]:
        return {**super().item_extra_kwargs(article), "row": 7}


class Free(Feed):
    """What several feeds say, in a class that stands before them."""

    feed_copyright = "CC BY 4.0"
    language = "de"
    title = "Free"
    author_name = "The harbour"


class FreeTags(Free, TagFeed):
    pass


class FreeAuthors(Free, AuthorFeed):
    pass


class FreePages(Free, Pages):
    path = "feeds/free.xml"


class Generator(Rss201rev2Feed):
    """A generator of one's own."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:air": "https://air.example/ns"}


class Responses(MentionFeed):
    """The mentions of the articles, in words of one's own."""

    path = "feeds/responses{page}.xml"
    limit = 20

    def item_title(self, item: MentionItem) -> str:
        return f"{item.mention.author.name} on {item.content.title}"

    def item_authors(self, item: MentionItem) -> list[Person]:
        return [Person(item.mention.author.name, link=item.mention.author.url)]

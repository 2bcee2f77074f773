"""The longest articles of the site."""

from pelican_linkback.feeds import ArticleFeed, Atom1Feed


class LongestFeed(ArticleFeed):
    feed_type = Atom1Feed
    path = "feeds/longest.atom.xml"
    limit = 10

    def title(self):
        return f"{self.site.name}: the longest"

    def items(self):
        return self.site.articles

    def order_by(self, article):
        return len(article.content)

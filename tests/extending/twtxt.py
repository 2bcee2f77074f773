"""twtxt (https://twtxt.readthedocs.io): one line a post."""

from pelican_linkback.feedcheck import FeedDocument, Part, Rules
from pelican_linkback.feeds import Generator, register_format


class Twtxt(Generator):
    name = "twtxt"
    label = "twtxt"
    content_type = "text/plain; charset=utf-8"
    extension = ".txt"
    caches_entries = True

    def head(self):
        feed = self.feed
        return f"# nick = {feed['title']}\n# url = {feed['feed_url']}\n".encode()

    def render(self, item):
        date = item["updateddate"] or item["pubdate"]
        return f"{date.isoformat()}\t{item['title']} {item['link']}\n".encode()


RULES = Rules("twtxt", "twtxt", entry_ids=False)


def read(document):
    lines = document.decode().splitlines()
    said = dict(line[2:].split(" = ", 1) for line in lines if line.startswith("# "))
    entries = []
    for line in lines:
        if not line.startswith("#"):
            date, _, text = line.partition("\t")
            title, _, link = text.rpartition(" ")
            dates = (("date", date),)
            part = Part(len(entries) + 1, link=link, title=title, dates=dates)
            entries.append(part)
    head = Part(0, title=said["nick"], link=said["url"])
    return FeedDocument(RULES, head, self_url=said["url"], entries=tuple(entries))


def register():
    register_format(Twtxt, reader=read)

"""The feeds of The Tide Table that Pelican has no setting for."""

from pelican_linkback.feeds import Atom1Feed, JsonFeed, Person, PodcastFeed, SiteFeed


class Soundings(PodcastFeed):
    """A category as a podcast."""

    path = "feeds/soundings.xml"
    category = "Soundings"
    title = "Soundings"
    description = "What is heard in the harbour, a few seconds at a time"
    cover = "images/soundings.png"
    itunes_categories = ("Leisure", ("Society & Culture", "Places & Travel"))
    itunes_type = "serial"
    owner = Person("Inês Carvalho", "soundings@tidetable.example")
    feed_copyright = "CC0 1.0, The Tide Table"


class JsonSoundings(Soundings):
    """The same for readers of JSON Feed: the sounds are attachments."""

    path = "feeds/soundings.json"
    feed_type = JsonFeed


class Latest(SiteFeed):
    """The newest eight articles; those before them are in archive documents (RFC 5005)."""

    path = "feeds/latest.rss.xml"
    archive_path = "feeds/latest.{number}.rss.xml"
    limit = 8
    summary_only = True


class AtomLatest(Latest):
    """The same in Atom."""

    path = "feeds/latest.atom.xml"
    archive_path = "feeds/latest.{number}.atom.xml"
    feed_type = Atom1Feed


class JsonLatest(Latest):
    """The same in JSON."""

    path = "feeds/latest.json"
    archive_path = "feeds/latest.{number}.json"
    feed_type = JsonFeed


FEEDS = [Soundings, JsonSoundings, AtomLatest, Latest, JsonLatest]

"""The settings for publishing: everything of `pelicanconf.py`, an address, and the feeds."""

# This file is only used if you use `make publish` or
# explicitly specify it as your config file.

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
from pelicanconf import *  # noqa: F403
from tide_feeds import FEEDS

from pelican_linkback.feeds import MENTION_FEEDS, STOCK_FEEDS

# If your site is available via HTTPS, make sure SITEURL begins with https://
SITEURL = os.environ.get("SITEURL", "https://tidetable.example")
RELATIVE_URLS = False

FEED_ATOM = "feeds/atom.xml"
FEED_RSS = "feeds/rss.xml"
FEED_ALL_ATOM = "feeds/all.atom.xml"
FEED_ALL_RSS = "feeds/all.rss.xml"
CATEGORY_FEED_ATOM = "feeds/category/{slug}.atom.xml"
CATEGORY_FEED_RSS = "feeds/category/{slug}.rss.xml"
AUTHOR_FEED_ATOM = "feeds/author/{slug}.atom.xml"
AUTHOR_FEED_RSS = "feeds/author/{slug}.rss.xml"
TAG_FEED_ATOM = "feeds/tag/{slug}.atom.xml"
TAG_FEED_RSS = "feeds/tag/{slug}.rss.xml"
TRANSLATION_FEED_ATOM = "feeds/language/{lang}.atom.xml"
TRANSLATION_FEED_RSS = "feeds/language/{lang}.rss.xml"
FEED_JSON = "feeds/feed.json"
CATEGORY_FEED_JSON = "feeds/category/{slug}.json"
RSS_FEED_SUMMARY_ONLY = False

# A podcast, and a feed with an archive: see tide_feeds.py.
LINKBACK_FEEDS = [*STOCK_FEEDS, *FEEDS]

# What others say about the articles, where a receiver takes it in: on the pages, and in feeds.
LINKBACK_RECEIVE = os.environ.get("RECEIVER_URL")
if LINKBACK_RECEIVE:
    LINKBACK_FEEDS += MENTION_FEEDS

DELETE_OUTPUT_DIRECTORY = True

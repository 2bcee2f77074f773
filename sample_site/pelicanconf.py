"""The Tide Table: the settings for writing. `publishconf.py` adds what publishing needs."""

import os

AUTHOR = "Inês Carvalho"
SITENAME = "The Tide Table"
SITESUBTITLE = "Notes from a harbour, its old tide gauge and the people who mend it"
SITEURL = ""

PATH = "content"
STATIC_PATHS = ["images", "audio"]
THEME = "simple"
CSS_FILE = ""  # the theme "simple" has no style sheet

TIMEZONE = "Europe/Lisbon"
DEFAULT_LANG = "en"

# /2024/mare-alta/ in the browser, 2024/mare-alta/index.html on the disk
ARTICLE_URL = "{date:%Y}/{slug}/"
ARTICLE_SAVE_AS = "{date:%Y}/{slug}/index.html"
ARTICLE_LANG_URL = "{lang}/{date:%Y}/{slug}/"
ARTICLE_LANG_SAVE_AS = "{lang}/{date:%Y}/{slug}/index.html"

# Feed generation is usually not desired when developing
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None

PLUGIN_PATHS = ["plugins"]
PLUGINS = ["pelican_linkback", "neighbour"]

# The blog across the river, which the articles link to. A demonstration or a test that plays
# its part on this machine names its own address in NEIGHBOUR_URL: see plugins/neighbour.py.
NEIGHBOUR = os.environ.get("NEIGHBOUR_URL", "https://neighbour.example")

# Blogroll
LINKS = [
    ("The Other Bank", NEIGHBOUR),
    ("Pelican", "https://getpelican.com/"),
]

DEFAULT_PAGINATION = 10

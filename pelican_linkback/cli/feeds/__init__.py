"""``pelican-linkback check`` and ``feeds``: the feeds of the built site."""

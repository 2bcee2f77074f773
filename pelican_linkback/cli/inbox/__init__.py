"""``pelican-linkback inbox`` and ``forget``: what others say, and what the author decides of it."""

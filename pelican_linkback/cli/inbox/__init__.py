"""``pelican-linkback pull``, ``inbox`` and the like: what others say, and what is decided of it."""

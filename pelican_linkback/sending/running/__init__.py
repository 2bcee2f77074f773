"""A run: sends due mentions, with all exchanges, and reports the results."""

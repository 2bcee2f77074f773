"""Mentions that you found yourself: a table with the columns source, target, name and words."""

import csv
from pathlib import Path


class Found:
    """The rows of found.csv, beside pelicanconf.py."""

    name = "found"

    def fetch(self, since):
        """Yield every row as a JF2 item; they have no numbers, so each pull lists all."""
        with Path("found.csv").open(encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table):
                yield {
                    "wm-source": row["source"],
                    "wm-target": row["target"],
                    "wm-property": "mention-of",
                    "author": {"name": row["name"]},
                    "content": row["words"],
                }

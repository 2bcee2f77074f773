"""What granary reads of pages of HTML: run by the Python of its environment, JSON in and out."""

from __future__ import annotations

import json
import sys
import warnings


def main() -> None:
    from granary.microformats2 import html_to_activities

    warnings.simplefilter("ignore")
    source, pages = json.load(sys.stdin)
    read = [(html_to_activities(html, url=source) or [{}])[0] for html in pages]
    json.dump(read, sys.stdout)


if __name__ == "__main__":
    main()

"""Receiving mentions: what others say about an article, from where it is kept to where it is shown.

::

    a source of mentions | hosted   JF2 -> Received
    received.jsonl       | memory   what is known, and what the author decided
    inbox                           which of them are shown, held or hidden, and why
    display                         article.mentions, the page, what feeds say
"""

TARGETS_COPY = "linkback-targets.json"
"""The name of the copy of ``targets.json`` in the output folder: for a receiver elsewhere."""

"""Receiving mentions: what others say about an article, from where it is kept to where it is shown.

::

    a source of mentions | hosted   JF2 -> Received
    received.jsonl       | memory   what is known, and what the author decided
    inbox                           which of them are shown, held or hidden, and why
    display                         article.mentions, the page, what feeds say
"""

"""The protocols: messages in, data out. No module of this package does I/O.

It exports what a protocol of your own needs: see docs/extending.rst.
"""

from __future__ import annotations

from pelican_linkback.protocol.answer import Answer, Found
from pelican_linkback.protocol.interface import Message, Protocol
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.protocol.response import failure

__all__ = [
    "Answer",
    "Found",
    "Mention",
    "Message",
    "Outcome",
    "Protocol",
    "Verdict",
    "failure",
]

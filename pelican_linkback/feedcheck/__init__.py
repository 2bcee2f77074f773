"""Finds errors in feed documents, whoever wrote them: documents in, findings out.

A reader of a format of your own returns a ``FeedDocument``, or raises ``UnreadableFeed``.
"""

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feedcheck.document import Enclosed, FeedDocument, Part, Rules

__all__ = ["Enclosed", "FeedDocument", "Part", "Rules", "UnreadableFeed"]

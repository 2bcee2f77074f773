"""The daily mail about what is held: sent by one of the processes, once a day at most."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.net.mail import Mailbox
from pelican_linkback.receiving.digest import MANY, Digest, message_of
from pelican_linkback.receiving.entries import newest_held
from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.store.mentions import Mentions
from pelican_linkback.receiving.store.upkeep.schedule import Schedule
from pelican_linkback.text.printable import reason_of

__all__ = ["DAY", "DailyMail", "held"]

logger = logging.getLogger(__name__)

DAY = dt.timedelta(days=1)
AGAIN = dt.timedelta(hours=1)
"""When it is tried again with a server that did not take the mail."""


def held(
    mentions: Mentions, targets: Callable[[], Targets], site: str, inbox: str
) -> Digest | None:
    """Return what is held, for the site with this name; None if nothing is."""
    entries = newest_held(mentions, targets, MANY)
    return Digest(site, inbox, entries, mentions.count(MentionState.HELD)) if entries else None


class DailyMail:
    """Sends what ``held`` returns to a mailbox; what goes wrong costs one line in the log."""

    interval = 60.0

    def __init__(
        self,
        schedule: Schedule,
        mailbox: Mailbox,
        held: Callable[[], Digest | None],
        now: Callable[[], dt.datetime],
    ) -> None:
        self._schedule, self._mailbox, self._held, self._now = schedule, mailbox, held, now

    def run_if_due(self) -> None:
        """Send the mail if something is held, and none was sent for a day."""
        try:
            if not self._schedule.is_due:
                return
            digest = self._held()
            if digest is not None and self._schedule.take():
                self._send(digest)
        except FAULTS as error:
            logger.error("The mail about mentions cannot be sent now: %s", reason_of(error))

    def _send(self, digest: Digest) -> None:
        try:
            sender, recipient = self._mailbox.sender, self._mailbox.recipient
            self._mailbox.send(message_of(digest, sender, recipient, self._now()))
        except FAULTS:
            self._schedule.give_back(AGAIN)
            raise

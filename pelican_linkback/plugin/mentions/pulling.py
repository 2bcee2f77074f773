"""LINKBACK_PULL: a build that publishes the site asks for new mentions before it writes pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from pelican_linkback.exceptions import JournalError
from pelican_linkback.plugin.mentions.publishing import joined
from pelican_linkback.plugin.mentions.targets import SiteTargets
from pelican_linkback.plugin.messages import say
from pelican_linkback.receiving.pull import pull
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import described

__all__ = ["pull_news"]

logger = logging.getLogger(__name__)

TRIES = 2
"""A build does not wait long for a service that fails: the next one asks it again."""


def pull_news(sites: Sequence[SiteTargets], settings: Settings) -> None:
    """Pull what is new about the pages of ``sites``, within LINKBACK_DEADLINE.

    Nothing that happens here fails the build: the mentions that are known are shown.
    """
    try:
        pages = joined(sites, settings, is_early=True)
        report = pull(settings, pages, settings.deadline, _sleep, TRIES)
    except JournalError as error:
        logger.error("No mentions are pulled: %s", error)
    except Exception as error:
        logger.error("No mentions are pulled: %s; please report it", described(error))
        logger.debug("Details:", exc_info=True)
    else:
        for warning in report.warnings:
            logger.warning("Mentions: %s", warning)
        if summary := report.summary():
            say(f"Mentions: {summary}")


def _sleep(seconds: float) -> None:
    say(f"Mentions: waiting {seconds:.0f} s for a service that asks for it, or is in trouble")
    time.sleep(seconds)

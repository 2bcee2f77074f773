"""What signals call for the targets and endpoints of a site that receives mentions."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import typing
from collections.abc import Sequence

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.plugin import build
from pelican_linkback.plugin.invocation import is_preview
from pelican_linkback.plugin.pelican_types import Generator, Pelican
from pelican_linkback.receiving import TARGETS_COPY
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import described

if typing.TYPE_CHECKING:
    from pelican_linkback.plugin.mentions.targets import SiteTargets

__all__ = ["LINKS", "find_targets", "has_mentions", "publish_targets", "pull_news"]

logger = logging.getLogger(__name__)

LINKS = "linkback_endpoints"
"""The variable of the templates that adds the links to the receiver to pages."""


def has_mentions(settings: Settings) -> bool:
    """Return whether a site has mentions, or may get some."""
    return settings.receives or (settings.state / "received.jsonl").exists()


def find_targets(read: Sequence[Generator]) -> SiteTargets | None:
    """Return the pages that mentions can be about, as soon as everything is read.

    None for a site that has no mentions, and gets none: it needs nothing of this.
    """
    this = build.current()
    settings = this.settings(read[0].settings)
    if not has_mentions(settings):
        return None
    from pelican_linkback.plugin.mentions import endpoints, targets  # noqa: PLC0415
    from pelican_linkback.receiving.endpoints import endpoints_of  # noqa: PLC0415

    try:
        found = targets.read_targets(read, this.stages, settings, dt.datetime.now(dt.UTC))
    except FAULTS as error:  # the site is built in any case, and its pages stay as published
        logger.error("No page takes mentions in this build: %s; please report it", described(error))
        found = targets.nothing_read(settings)
    this.targets.append(found)
    if to := endpoints_of(settings):
        # The pages of another site may be written before those of this one.
        read[0].context[LINKS] = endpoints.EndpointLinks(to, found, settings.output)
    return found


def pull_news(settings: Settings) -> None:
    """Ask the sources of LINKBACK_PULL for new mentions, before pages are written.

    Those of subsites are pulled with the main site, which knows all pages.
    """
    if settings.receives and settings.pull is not False and _is_publication(settings):
        from pelican_linkback.plugin.mentions.pulling import pull_news  # noqa: PLC0415

        pull_news(build.current().targets, settings)


def _is_publication(settings: Settings) -> bool:
    """Return whether a build publishes a site, with its subsites."""
    is_for_others = settings.subsite or build.is_only_read() or is_preview(sys.argv)
    return settings.publishes and not is_for_others


def publish_targets(pelican: Pelican) -> None:
    """Write ``targets.json`` and its copy in the output folder, when the whole site is complete.

    The copy of a site that receives no mentions any more is removed. Nothing that happens here
    fails the build.
    """
    this = build.current()
    settings = this.settings(pelican.settings)
    copy = settings.output / TARGETS_COPY
    is_stale = not settings.receives and copy.is_file()
    is_new = settings.receives and this.targets
    if (is_stale or is_new) and _is_publication(settings):
        from pelican_linkback.plugin.mentions import publishing  # noqa: PLC0415

        if is_stale:
            publishing.withdraw(copy, settings)
        else:
            publishing.publish(this.targets, copy, settings)

"""The files that pages with mentions load from the site: the style sheet."""

from __future__ import annotations

import logging
from importlib.resources import files

from pelican_linkback.feeds.framework.catalogue import Owner
from pelican_linkback.plugin.feeds.stage import FeedStage
from pelican_linkback.plugin.pelican_types import Writer
from pelican_linkback.receiving import display
from pelican_linkback.text.printable import described

__all__ = ["STYLESHEET", "write_files"]

logger = logging.getLogger(__name__)

STYLESHEET = "linkback-mentions.css"
"""The name of our style sheet in the output folder."""


def write_files(stage: FeedStage, writer: Writer) -> None:
    """Write the style sheet, unless the site has a file of its own at that path."""
    if stage.users_of({STYLESHEET}, writer):
        stage.output.release({STYLESHEET})
        return
    stage.paths = {*stage.paths, STYLESHEET}
    sheet = files(display).joinpath("mentions.css").read_bytes()
    try:
        stage.output.write(STYLESHEET, Owner(STYLESHEET, ""), lambda file: file.write(sheet))
    except OSError as error:
        logger.error("The style sheet of the mentions cannot be written: %s", described(error))

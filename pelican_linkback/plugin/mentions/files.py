"""The files that pages with mentions load from the site: the style sheet, pictures of authors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from importlib.resources import files
from pathlib import Path

from pelican_linkback.feeds.formats.xml import Sink
from pelican_linkback.feeds.framework.catalogue import Owner
from pelican_linkback.plugin.feeds.stage import FeedStage
from pelican_linkback.plugin.pelican_types import Writer
from pelican_linkback.receiving import display
from pelican_linkback.text.printable import described

__all__ = ["STYLESHEET", "write_files"]

logger = logging.getLogger(__name__)

STYLESHEET = "linkback-mentions.css"
"""The name of our style sheet in the output folder."""


def write_files(pictures: Mapping[str, Path], stage: FeedStage, writer: Writer) -> None:
    """Write the style sheet, and our copies of ``pictures``: files of the state folder by paths.

    A file of the site at one of these paths takes the place of ours.
    """
    sheet = Path(str(files(display))) / "mentions.css"
    wanted = {STYLESHEET: sheet, **pictures}
    for path in stage.users_of(wanted, writer):
        stage.output.release({path})
        del wanted[path]
    stage.paths = {*stage.paths, *wanted}
    for path, file in wanted.items():
        try:
            stage.output.write(path, Owner(STYLESHEET, ""), partial(_copy, file.read_bytes()))
        except OSError as error:
            logger.error("%s cannot be written: %s", path, described(error))


def _copy(data: bytes, sink: Sink) -> None:
    sink.write(data)

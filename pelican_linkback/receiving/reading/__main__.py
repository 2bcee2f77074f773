"""The process that reads microformats, see ``child``."""

from pelican_linkback.receiving.reading.worker import main

main()

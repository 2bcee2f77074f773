"""The process that reads microformats, see ``child``."""

from pelican_linkback.receiving.reading.worker import main

if __name__ == "__main__":  # whoever looks at all modules must not get its limits
    main()

"""The process that reads microformats, see ``reader_process``."""

from pelican_linkback.receiving.reading.worker import main

if __name__ == "__main__":  # whoever looks at all modules must not get its limits
    main()

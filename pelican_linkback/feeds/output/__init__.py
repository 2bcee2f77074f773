"""The output folder: writes, recognises and removes documents."""

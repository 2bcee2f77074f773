"""The settings of a site, LINKBACK_* and those of Pelican that matter, read once."""

"""The settings of a site, LINKBACK_* and the relevant ones of Pelican, read once."""

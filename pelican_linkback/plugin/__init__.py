"""The adapter to Pelican: its signals, its articles and pages, the log messages of a build."""

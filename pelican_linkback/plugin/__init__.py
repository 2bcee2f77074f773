"""The adapter to Pelican: its signals, what it has read, what a build says."""

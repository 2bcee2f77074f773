"""Feeds of Pelican's articles."""

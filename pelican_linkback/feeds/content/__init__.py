"""Prepares the HTML of an article for feed readers."""

"""The HTML of an article made fit for a reader far from the site."""

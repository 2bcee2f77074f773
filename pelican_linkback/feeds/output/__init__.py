"""The output folder: what is written there, what it is known by, and when it goes."""

"""The pages on which an author decides which mentions are shown."""

"""A run: due mentions are sent, with their exchanges and what is reported."""

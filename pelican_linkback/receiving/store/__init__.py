"""The database of a receiver of one's own."""

"""The commands of a receiver of one's own."""

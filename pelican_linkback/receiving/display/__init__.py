"""What templates, pages and feeds show of the mentions."""

"""What to send, when, and what an answer means. Pure functions."""

"""Whom to tell, when, and the memory of it."""

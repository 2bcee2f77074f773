"""Decisions of sending: what to send, when, and what an answer means. Pure functions."""

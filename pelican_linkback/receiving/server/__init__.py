"""The receiver's web application."""

"""What makes the tables, and changes those of older versions; run by ``migration.py``."""

"""What makes the tables, and changes those of older versions; run by ``upgrade.py``."""

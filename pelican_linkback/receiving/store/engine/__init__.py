"""How a database is connected to, and what is said where it cannot be used."""

"""The declarative Feed class, and the site that it reads."""

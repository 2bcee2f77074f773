"""The declarative Feed class, and what it may ask of the site."""

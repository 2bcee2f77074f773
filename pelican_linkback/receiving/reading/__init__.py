"""What a page says that mentions an article of the site."""

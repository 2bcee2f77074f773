"""URLs, markup and text. Contains no business logic."""

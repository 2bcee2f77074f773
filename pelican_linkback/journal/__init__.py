"""An append-only file of JSON lines. Contains no business logic."""

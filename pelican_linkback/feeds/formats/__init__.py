"""The generators: one class for each format of feed documents."""

"""The language: text in, data out. Nothing in this folder does I/O."""

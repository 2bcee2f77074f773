"""The protocols: messages in, data out. No module of this package does I/O."""

"""Articles in, feed documents out."""

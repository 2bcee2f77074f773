"""Feed documents in, findings out: what would go wrong in readers, whoever wrote the feeds."""

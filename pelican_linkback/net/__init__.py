"""The only way to the network: checked addresses, limits, deadlines."""

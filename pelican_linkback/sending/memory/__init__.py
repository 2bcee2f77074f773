"""The record of each mention: events, and the deliveries that are computed from them."""

"""What is known of each mention: events, and the deliveries they add up to."""

"""What is known of mentions: received.jsonl, moderation.jsonl and targets.json."""

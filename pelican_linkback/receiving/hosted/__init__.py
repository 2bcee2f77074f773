"""Sources of mentions: hosted services, and the export of a receiver of one's own."""

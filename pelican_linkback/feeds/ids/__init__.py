"""The ids of entries: given once, kept in the state folder."""

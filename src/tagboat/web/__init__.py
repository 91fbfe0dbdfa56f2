"""The web surface; it has no page yet."""

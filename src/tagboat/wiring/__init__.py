"""The only place that chooses implementations, and the only one that starts the sandbox."""

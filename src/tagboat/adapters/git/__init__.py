"""Git, run so that nothing a repository configures runs: the engine's own mirror, and the user's history in place."""

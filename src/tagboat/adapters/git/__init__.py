"""Git, run so that nothing a repository configures runs: the engine's own mirror of a project."""

from tagboat.adapters.git.mirror import Mirror

__all__ = ["Mirror"]

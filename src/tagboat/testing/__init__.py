"""For those who write adapters: contract suites that every implementation of a port must pass."""

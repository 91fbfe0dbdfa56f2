"""The ports over real programs and services."""

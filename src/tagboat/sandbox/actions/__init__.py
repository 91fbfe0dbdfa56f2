"""Workflows that the sandbox's forge runs for real; shares nothing with the rooms that write and judge them."""

"""Killing real releases anywhere, resuming them, and holding the world against what must never happen.

``python -m tagboat.testing.crash`` runs it; ``--help`` tells how to replay one case.
"""

"""Forges: one module (and its parts) for each product."""

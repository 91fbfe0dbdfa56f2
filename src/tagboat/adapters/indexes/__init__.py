"""Package indexes: one module (and its parts) for each product."""

"""Running plans: find or run, then an entry in the ledger."""

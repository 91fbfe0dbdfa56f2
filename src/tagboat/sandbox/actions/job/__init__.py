"""One job on this machine: its directory, its environment, its steps."""

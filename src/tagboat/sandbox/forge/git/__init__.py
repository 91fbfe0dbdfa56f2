"""The forge's bare repositories: real git, shut off from the machine, asked by plumbing only."""

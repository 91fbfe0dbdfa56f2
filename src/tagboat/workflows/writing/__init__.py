"""The workflow files that Tagboat writes: from a configuration to their whole text."""

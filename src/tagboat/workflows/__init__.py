"""The forge's workflow files: what they say, what is wrong with them, what they cost, and how Tagboat writes them."""

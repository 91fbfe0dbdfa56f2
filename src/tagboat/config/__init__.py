"""Pure: configuration text in, :class:`~tagboat.config.model.Config` out, or every mistake at once."""

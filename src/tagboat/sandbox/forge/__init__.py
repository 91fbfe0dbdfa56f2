"""A forge on this machine that speaks GitHub's REST interface and git over HTTP, for rehearsals and tests."""

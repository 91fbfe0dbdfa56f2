"""The forge's interfaces, a file for each subject; each lists its ``ROUTES``: method, path, handler."""

from __future__ import annotations

from tagboat.sandbox.forge.calls import Endpoint

Route = tuple[str, str, Endpoint]
"""A method, a path in aiohttp's notation, and what answers it."""

API = "/api/v3"
"""Where the REST interface begins, as on a GitHub server of one's own."""

REPOSITORY = f"{API}/repos/{{owner}}/{{repo}}"
"""The path of a repository in the REST interface."""

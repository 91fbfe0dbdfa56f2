"""A workflow that publishes as a Trusted Publisher wants it, for projects that tests make up."""

from __future__ import annotations


def publishing_workflow(tag: str = "v*", environment: str = "pypi") -> str:
    """Return a workflow that a pushed tag starts and that publishes from one environment.

    Args:
        tag: the pattern of the tags.
        environment: the forge's environment.
    """
    return f"""\
on:
  push:
    tags: ["{tag}"]
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: {environment}
    permissions:
      id-token: write
    steps:
      - run: tagboat publish --manifest manifest.json
"""

"""A workflow that publishes as a Trusted Publisher wants it, for projects that tests make up."""

from __future__ import annotations

_DISPATCH = """\
  workflow_dispatch:
    inputs:
      tag: {type: string, required: true}
      dry-run: {type: boolean, default: true}
"""


def publishing_workflow(tag: str = "v*", environment: str = "pypi", *, by_tag: bool = True) -> str:
    """Return a workflow that publishes from one environment.

    Args:
        tag: the pattern of the tags.
        environment: the forge's environment.
        by_tag: a pushed tag starts it; else a dispatch, with the tag.
    """
    pushed = f'  push:\n    tags: ["{tag}"]\n'
    return f"""\
on:
{pushed if by_tag else _DISPATCH}jobs:
  publish:
    runs-on: ubuntu-latest
    environment: {environment}
    permissions:
      id-token: write
    steps:
      - run: tagboat publish --manifest manifest.json
"""

"""A credential is used and never kept: not in files, logs, answers, arguments, and not within reach of a build."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harbour import Project, answer_of, until
from projects import setuptools
from traces import arguments, texts

from tagboat.adapters.isolation import network_off

PLANTED = {
    "TAGBOAT_FORGE_TOKEN": "planted-forge-1f0c",
    "GH_TOKEN": "planted-gh-2a9d",
    "GITHUB_TOKEN": "planted-github-77b1",
    "TAGBOAT_PYPI_TOKEN": "pypi-planted-3e5f",
    "TAGBOAT_TESTPYPI_TOKEN": "pypi-planted-4c6a",
    "TWINE_PASSWORD": "planted-twine-5d8b",
    "UV_PUBLISH_TOKEN": "planted-uv-6e9c",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "planted-identity-8b3e",
    "PYPI_ID_TOKEN": "planted-identity-9c4f",
    "AWS_SECRET_ACCESS_KEY": "planted-aws-7fad",
}
NOSY = '''\
"""Tells what it can see."""

import glob
import os
import sys


def tell():
    for name, value in os.environ.items():
        print("SEEN", name, value, file=sys.stderr)
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            print("SEEN", path, open(path, "rb").read(), file=sys.stderr)
        except OSError:
            pass


tell()
'''


@pytest.mark.slow
@pytest.mark.skipif(network_off().network == "open", reason="this machine allows no process namespace")
def test_no_credential_is_kept_or_shown_anywhere(launch: Callable[..., Project]) -> None:
    project = launch()
    flat = project.name.replace("-", "_")
    files = {
        **setuptools(project.name),
        "setup.py": f"{NOSY}\nimport setuptools\n\nsetuptools.setup()\n",
        f"src/{flat}/__init__.py": NOSY,
    }
    tag = project.ready("1.0", files)
    project.variables.update(PLANTED)
    secrets = [value.encode() for value in PLANTED.values()] + [project.harbour.addresses.token.encode()]
    process = project.start("--tag", tag)
    seen: set[bytes] = set()
    until(lambda: seen.update(arguments()) or process.poll() is not None, "the release ends", 120)
    out, err = process.communicate(timeout=60)
    assert answer_of(process.returncode, out, err).exit == 0, err
    logs = b"".join(path.read_bytes() for path in (project.state / "logs").iterdir())
    assert b"SEEN" in logs, "the nosy build was not heard"
    for secret in secrets:
        assert secret not in out.encode() + err.encode()
        assert not [line for line in seen if secret in line]
        assert not [str(path) for path, data in texts(project.state) if secret in data]


@pytest.mark.parametrize("name", ["TAGBOAT_FORGE_TOKEN", "GH_TOKEN"])
def test_a_credential_of_the_real_services_never_meets_a_sandbox(project: Project, name: str) -> None:
    """With a wrong token in the environment the sandbox would deny everything, if it were sent."""
    project.variables[name] = "planted-and-wrong"
    answer = project.tagboat("check", "--tag", project.ready())
    assert answer.exit == 0, answer.err

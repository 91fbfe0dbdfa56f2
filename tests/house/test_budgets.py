"""What an installation brings with it, computed from the installed packages' own metadata on this machine."""

import re

import pytest
from packages import LOCK, PINS, PROJECT, brought, declared
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def test_the_base_brings_at_most_twelve_packages() -> None:
    assert len(brought(declared())) <= 12, sorted(brought(declared()))


def test_publishing_adds_at_most_twelve() -> None:
    assert len(brought(declared("publish")) - brought(declared())) <= 12


@pytest.mark.parametrize("extra", ["build", "publish"])
def test_the_sandbox_includes_what_a_rehearsal_does(extra: str) -> None:
    assert brought(declared(extra)) <= brought(declared("sandbox"))


def test_the_lock_holds_everything_and_only_by_hash() -> None:
    groups = [*PROJECT["dependency-groups"]["dev"], *declared()]
    for extra in PROJECT["project"]["optional-dependencies"]:
        groups += declared(extra)
    for line in groups:
        requirement = Requirement(line)
        if requirement.name != "tagboat":
            name = canonicalize_name(requirement.name)
            assert name in PINS, f"make lock: {line}"
            assert PINS[name] in requirement.specifier, f"make lock: {line}"
    for block in re.split(r"(?m)^(?=[\w.-]+==)", LOCK)[1:]:
        assert "--hash=sha256:" in block
    assert "://" not in LOCK


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_every_supported_python_is_declared(version: str) -> None:
    assert f"Programming Language :: Python :: {version}" in PROJECT["project"]["classifiers"]

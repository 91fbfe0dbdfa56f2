"""A publisher is tried against the sandbox: its index, its identity provider, and the product's own exchange."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tagboat.adapters.addresses import IndexAddress
from tagboat.adapters.http import HTTP
from tagboat.core.publisher import Publisher
from tagboat.ports.trial import PublishingJob
from tagboat.sandbox.server import Sandbox
from tagboat.sandbox.trust import list_publishers
from tagboat.testing.clock import FakeClock
from tagboat.wiring.publisher_trial import SandboxTrial

PUBLISHER = Publisher("acme", "gig", "release.yml", "pypi")
JOB = PublishingJob("acme/gig", "release.yml", "pypi", "push", "refs/tags/v1.0", "5" * 40, identity=True)


@pytest.fixture
def trial(sandbox: Sandbox) -> SandboxTrial:
    addresses = sandbox.addresses
    http = HTTP(FakeClock(), ca=Path(addresses.ca), environment={})
    index = IndexAddress(addresses.pypi.upload, addresses.pypi.simple)
    return SandboxTrial(http, addresses, {"pypi": index}, {"pypi": "pypi"})


def test_a_job_that_fits_is_lent_a_token_and_nothing_of_the_trial_stays(
    trial: SandboxTrial, sandbox: Sandbox
) -> None:
    before = list_publishers(sandbox.addresses, "pypi")
    assert trial.refusal("pypi", PUBLISHER, JOB) == ""
    assert list_publishers(sandbox.addresses, "pypi") == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"environment": "production"}, "environment"),
        ({"environment": ""}, "environment"),
        ({"workflow": "other.yml"}, "workflow"),
        ({"repository": "fork/gig"}, "owner"),
        ({"called": ".github/workflows/upload.yml"}, "upload.yml"),
        ({"event": "pull_request_target"}, "pull_request_target"),
        ({"identity": False}, "no identity"),
    ],
)
def test_a_job_that_does_not_fit_is_told_what_the_index_says(
    trial: SandboxTrial, change: dict[str, str], said: str
) -> None:
    assert said in trial.refusal("pypi", PUBLISHER, replace(JOB, **change))  # type: ignore[arg-type] # one field

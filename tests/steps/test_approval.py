from __future__ import annotations

from typing import Any

import pytest

from tagboat.errors import RefusedError, UsageError
from tagboat.steps.approval import approve


def approvals(bench: Any) -> list[Any]:
    return [entry for entry in bench.ports.ledger.entries() if entry.event == "approval"]


def test_an_approval_records_the_digest_who_and_why(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest))
    approve(bench.ports, ("v1.0",), manifest.digest, "built by our\nrunner", bench.folder)
    (entry,) = approvals(bench)
    assert entry.actor == "tester"
    assert entry.body["digest"] == manifest.digest
    assert "\n" not in entry.body["reason"]
    assert "our" in entry.body["reason"]


@pytest.mark.parametrize("digest", ["", "abc", "g" * 64, "A" * 64, "a" * 65])
def test_a_part_of_a_digest_is_invalid_input(bench: Any, digest: str) -> None:
    with pytest.raises(UsageError, match="whole digest") as caught:
        approve(bench.ports, ("v1.0",), digest, "", bench.folder)
    assert caught.value.remedy
    assert approvals(bench) == []


def test_a_digest_that_no_manifest_has_is_refused_and_those_that_are_there_are_named(bench: Any) -> None:
    manifest = bench.built()
    bench.draft(*bench.files(manifest))
    with pytest.raises(RefusedError, match=f"v1.0 holds {manifest.digest}; v2.0 holds no tagboat-manifest"):
        approve(bench.ports, ("v1.0", "v2.0"), "0" * 64, "", bench.folder)
    assert approvals(bench) == []

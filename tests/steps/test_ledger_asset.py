"""The ledger's way into a release that somebody made public before it was there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tagboat.core.step import StepState
from tagboat.errors import StepFailedError

TAG = {"tag": "v1.0"}


def seal(bench: Any) -> None:
    """The forge makes published releases immutable."""
    (release,) = bench.forge.releases()
    bench.hosted.releases[release.id] = replace(release, immutable=True)


def test_a_public_release_that_takes_files_gets_the_ledger(bench: Any) -> None:
    bench.ports.ledger.append("plan", body={})
    bench.draft()
    bench.publish()
    assert bench.find("ledger-asset", **TAG) is None
    bench.run("ledger-asset", **TAG)
    assert bench.find("ledger-asset", **TAG).summary.startswith("the published release has")


def test_an_immutable_release_without_a_ledger_is_done_without_it(bench: Any) -> None:
    bench.draft()
    bench.publish()
    seal(bench)
    for receipt in (bench.find("ledger-asset", **TAG), bench.run("ledger-asset", **TAG)):
        assert receipt.state is StepState.SKIPPED
        assert "immutable" in receipt.summary


def test_a_release_that_is_sealed_while_the_ledger_is_sent_is_done_without_it(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.draft()

    def refused(*_: object) -> None:
        bench.publish()
        seal(bench)
        raise StepFailedError("Cannot upload assets to an immutable release.")

    monkeypatch.setattr(bench.forge, "upload_asset", refused)
    assert bench.run("ledger-asset", **TAG).state is StepState.SKIPPED


def test_a_refused_ledger_is_an_error_where_the_release_can_be_changed(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.draft()

    def refused(*_: object) -> None:
        raise StepFailedError("no space left")

    monkeypatch.setattr(bench.forge, "upload_asset", refused)
    with pytest.raises(StepFailedError, match="no space"):
        bench.run("ledger-asset", **TAG)


@pytest.mark.parametrize("public", [True, False])
def test_an_empty_asset_is_no_ledger(bench: Any, public: bool) -> None:
    bench.ports.ledger.append("plan", body={})
    bench.draft(bench.write("tagboat-ledger.jsonl", ""))
    if public:
        bench.publish()
    assert bench.find("ledger-asset", **TAG) is None
    bench.run("ledger-asset", **TAG)
    names = [asset.name for asset in bench.forge.releases()[0].assets]
    assert names == ["tagboat-ledger.jsonl", "tagboat-ledger-2.jsonl"]
    assert bench.find("ledger-asset", **TAG) is not None

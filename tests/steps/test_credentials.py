"""Whoever cannot finish a release does not begin it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagboat.config.model import Component, Config, IndexTarget
from tagboat.core.artifact import Manifest
from tagboat.core.plan import broken_laws
from tagboat.core.step import Phase
from tagboat.core.verdict import Verdict
from tagboat.engine.events import Moment
from tagboat.engine.history import receipt_from_json
from tagboat.errors import DeniedError, TagboatError
from tagboat.ports.index import CredentialKind, UploadCredential
from tagboat.testing.forge import FakeForge
from tagboat.testing.simulation import Simulation

TWO_FINALS = Config(
    components=(Component("demo", distributions=("demo",), targets=("testpypi", "pypi", "mirror")),),
    indexes=(
        *Config().indexes,
        IndexTarget("mirror", "https://mirror.example/legacy/", "https://mirror.example/simple/"),
    ),
)
NOTHING = UploadCredential(CredentialKind.NONE)


def written(world: Simulation) -> list[object]:
    uploads = [(name, file) for name, index in world.indexes.items() for file in index.uploads]
    return [*uploads, *world.hosted.releases.values()]


@pytest.mark.parametrize("index", ["testpypi", "pypi", "mirror"])
def test_a_missing_index_token_stops_before_anything_is_written(tmp_path: Path, index: str) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    world.indexes[index].credential = NOTHING
    with pytest.raises(DeniedError, match=f"no token for {index}") as caught:
        world.release()
    assert f"TAGBOAT_{index.upper()}_TOKEN" in caught.value.remedy
    assert written(world) == []


def test_every_missing_credential_is_named_at_once(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    world.indexes["pypi"].credential = world.indexes["mirror"].credential = NOTHING
    world.forge = FakeForge(world.hosted, may_write=False)
    with pytest.raises(DeniedError) as caught:
        world.release()
    for word in ("v1.0", "acme/demo", "pypi", "mirror"):
        assert word in caught.value.cause
    for word in ("TAGBOAT_FORGE_TOKEN", "TAGBOAT_PYPI_TOKEN", "TAGBOAT_MIRROR_TOKEN"):
        assert word in caught.value.remedy
    assert written(world) == []


def test_it_is_no_partial_release_and_goes_on_with_the_token(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    lent, world.indexes["mirror"].credential = world.indexes["mirror"].credential, NOTHING
    with world.machine() as run:
        manifest = run.prepare()
        with pytest.raises(DeniedError) as caught:
            run.publish(manifest)
        assert run.verdict(caught.value).exit_status == 4
    world.indexes["mirror"].credential = lent
    assert list(world.missing(world.release())) == []


def interrupted(world: Simulation, step: str) -> Manifest:
    """Release until just before the step whose key starts like this."""

    def stop() -> bool:
        return any(event.step.key.startswith(step) for event in world.events)

    with world.machine(stop=stop) as run:
        manifest = run.prepare()
        with pytest.raises(TagboatError, match="stopped"):
            run.publish(manifest)
    return manifest


def test_what_is_published_already_needs_no_credential_any_more(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    interrupted(world, "undraft")
    for index in world.indexes.values():
        index.credential = NOTHING
    assert list(world.missing(world.release())) == []


def test_a_public_release_needs_no_token_of_the_forge(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    interrupted(world, "confirm:pypi")
    world.forge = FakeForge(world.hosted, may_write=False)
    assert list(world.missing(world.release())) == []


def test_a_token_of_which_the_forge_tells_nothing_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeForge, "may_write", lambda _self: None)
    world = Simulation(tmp_path)
    assert list(world.missing(world.release())) == []


def test_the_question_is_the_first_of_its_half(tmp_path: Path) -> None:
    world = Simulation(tmp_path)
    with world.machine() as run:
        plan = run.plan_publish(run.prepare())
    assert (plan.steps[0].kind, plan.steps[0].phase) == ("credentials", Phase.STAGE)
    assert list(broken_laws(plan)) == []


def test_an_identity_that_an_index_does_not_take_stops_before_anything_is_written(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    world.indexes["pypi"].refusal = DeniedError("pypi has no such publisher", remedy="register it")
    world.indexes["mirror"].credential = NOTHING
    with pytest.raises(DeniedError) as caught:
        world.release()
    assert "pypi has no such publisher; there is no token for mirror" in caught.value.cause
    assert "register it; set TAGBOAT_MIRROR_TOKEN" in caught.value.remedy
    assert written(world) == []


def test_the_reason_why_there_is_no_identity_is_told_with_the_way_to_have_one(tmp_path: Path) -> None:
    world = Simulation(tmp_path)
    world.indexes["pypi"].credential = UploadCredential(
        CredentialKind.NONE, absence="the job lacks id-token: write", remedy="give it that permission"
    )
    with pytest.raises(DeniedError, match=r"no token for pypi \(the job lacks id-token: write\)") as caught:
        world.release()
    assert (
        "set TAGBOAT_PYPI_TOKEN with a token that may do this, or give it that permission"
        in caught.value.remedy
    )


@pytest.mark.parametrize("kind", [CredentialKind.TOKEN, CredentialKind.KEYRING, CredentialKind.NETRC])
def test_a_lasting_secret_is_a_warning_and_its_kind_stands_in_the_ledger(
    tmp_path: Path, kind: CredentialKind
) -> None:
    world = Simulation(tmp_path)
    world.indexes["pypi"].credential = UploadCredential(kind, "TAGBOAT_PYPI_TOKEN", "a laptop", "go to CI")
    with world.machine() as run:
        run.publish(run.prepare())
        entries = run.ports.ledger.entries()
    (outcome,) = [e for e in entries if e.event == "outcome" and e.step == "credentials"]
    receipt = receipt_from_json(outcome.body["receipt"])
    assert receipt.facts["credentials"] == {"testpypi": "trusted-publishing", "pypi": kind.value}
    (finding,) = receipt.findings
    assert (finding.verdict, finding.code, finding.remedy) == (Verdict.WARN, "lasting-credential", "go to CI")
    assert "TAGBOAT_PYPI_TOKEN" in finding.reason
    assert "a laptop" in finding.reason


@pytest.mark.parametrize("kind", [CredentialKind.IDENTITY, CredentialKind.SANDBOX])
def test_an_identity_and_a_sandbox_s_own_token_are_no_warning(tmp_path: Path, kind: CredentialKind) -> None:
    world = Simulation(tmp_path)
    for index in world.indexes.values():
        index.credential = UploadCredential(kind, "somewhere")
    world.release()
    (last,) = [e for e in world.events if e.step.kind == "credentials" and e.moment is Moment.RECORDED]
    assert last.findings == ()
    assert "from somewhere" in last.detail


def test_what_is_published_already_is_not_asked_a_credential_for(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    interrupted(world, "undraft")
    for index in world.indexes.values():
        index.refusal = DeniedError("asked all the same")
    assert list(world.missing(world.release())) == []


def test_what_an_index_lent_is_given_back_after_the_last_upload_to_it(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    seen: list[tuple[str, int]] = []

    def stop() -> bool:
        index = world.indexes["testpypi"]
        seen.append((world.events[-1].step.key if world.events else "", index.burnt))
        return False

    with world.machine(stop=stop) as run:
        run.publish(run.prepare())
    uploads = [burnt for key, burnt in seen if key.startswith("upload:testpypi")]
    assert uploads == [0, 1]
    assert {name: index.burnt for name, index in world.indexes.items()} == {
        "testpypi": 1,
        "pypi": 1,
        "mirror": 1,
    }

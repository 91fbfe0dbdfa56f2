"""Guard: the tag's release is public, holds every file by digest, and the tag has not moved."""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.steps.adopt import LEDGER_NAME, the_release
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CONFIRM
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The tag, its commit, and ``name=sha256`` of every file."""

    tag: str
    commit: str
    files: tuple[str, ...]


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Compare the world with the Manifest and name every difference."""
    options = inputs.options(Options)
    release = the_release(ports, options.tag)
    drift = []
    if release is None:
        drift.append("the release is gone")
    else:
        wanted = dict(item.rsplit("=", 1) for item in options.files)
        held = {asset.name: asset.sha256 for asset in release.assets}
        drift += ["it is a draft again"] if release.draft else []
        drift += [f"{name} is absent" for name in wanted if name not in held]
        drift += [f"{name} has other bytes" for name, sha in wanted.items() if held.get(name, sha) != sha]
        stem = LEDGER_NAME.removesuffix(".jsonl")
        drift += [
            f"{name} is not of this build"
            for name in held
            if name not in wanted and not name.startswith(stem)
        ]
    commit = ports.forge.tag_commit(options.tag)
    if commit != options.commit:
        drift.append(f"the tag is now {(commit or 'gone')[:12]}, it was {options.commit[:12]}")
    attempt.log("; ".join(drift) or "all files by digest")
    if not drift:
        return Receipt(f"{options.tag} holds all {len(options.files)} files by digest")
    reason = f"the forge's release of {options.tag} is not what was made: {'; '.join(drift)}"
    finding = Finding(
        Verdict.FAIL, reason, "find out who changed it; the Manifest has the true digests", "forge-drift"
    )
    return Receipt(reason, findings=(finding,))

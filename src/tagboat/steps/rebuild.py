"""Guard: a second, independent build of the shard gives the same bytes.

It is for the machine that built the shard: where the build is adopted, or the wheels that it needs were made elsewhere,
nothing is built, and the receipt says so.
"""

from __future__ import annotations

from tagboat.config.frozen import component_from_json
from tagboat.core.artifact import ShardRecord
from tagboat.core.step import Effect, Phase, Receipt, StepState
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.steps.adopt import adopted
from tagboat.steps.build_shard import Options as BuildOptions
from tagboat.steps.build_shard import build
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.VERIFY
EFFECT = Effect.NONE
Options = BuildOptions


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Build again in another folder and compare each file; name the members that differ."""
    component = component_from_json(inputs.options(Options).component)
    if adopted(inputs) is not None:
        return Receipt("the adopted build was compared where it was built", state=StepState.SKIPPED)
    if set(inputs.step.needs) - set(inputs.receipts):
        reason = f"the wheels that {component.name} is built with were made on another machine"
        return Receipt(reason, state=StepState.SKIPPED)
    record = ShardRecord.from_json(_record(inputs))
    again = {path.name: path for path in build(ports, inputs, attempt, component).files}
    differences = []
    for artifact in record.artifacts:
        path = again.pop(artifact.file, None)
        if path is None:
            differences.append(f"{artifact.file} was not made again")
        else:
            differences.extend(ports.builder.differences(ports.store.path(artifact), path))
    differences.extend(f"{name} was made only the second time" for name in sorted(again))
    if not differences:
        return Receipt(f"a second build of {component.name} gave the same bytes")
    reason = f"two builds of {component.name} differ: {'; '.join(differences)}"
    remedy = "make the build deterministic (SOURCE_DATE_EPOCH is set), or take 'reproduce' out"
    return Receipt(reason, findings=(Finding(Verdict.FAIL, reason, remedy, "not-reproducible"),))


def _record(inputs: Inputs) -> dict[str, object]:
    data = inputs.fact("build-shard", "record")
    if not isinstance(data, dict):
        raise TypeError("the rebuild step needs its build step")
    return dict(data)

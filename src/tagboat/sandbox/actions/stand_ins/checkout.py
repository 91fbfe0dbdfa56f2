"""Stands in for actions/checkout: real git, from the sandbox's forge, with the job's own token."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.job.visit import Visit

_SHA = re.compile(r"[0-9a-f]{40}")


async def act(visit: Visit) -> None:
    """Fetch what is asked for, and check it out.

    Raises:
        StepFailedError: There is no such reference, the token may not read it, or the path leads out of the workspace.
    """
    repository = visit.given("repository", default=visit.about("repository"))
    own = repository.lower() == visit.about("repository").lower()
    place = visit.rooms.workspace / visit.given("path", default=".")
    if not place.resolve().is_relative_to(visit.rooms.workspace.resolve()):
        raise StepFailedError(f"Repository path '{place}' is not under '{visit.rooms.workspace}'")
    visit.say(f"Syncing repository: {repository}")
    _empty(place)
    token = visit.given("token", default=visit.about("token"))
    credential = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    visit.log.masks.add(credential)
    await visit.run("git", "init", "--quiet", "--initial-branch=main", str(place))
    await _git(visit, place, "remote", "add", "origin", f"{visit.machine.server}/{repository}")
    header = f"http.{visit.machine.server}/.extraheader"
    if token:
        await visit.run(
            "git", "config", "--local", header, f"AUTHORIZATION: basic {credential}", cwd=place,
            told=f"git config --local {header} AUTHORIZATION: basic ***",
        )  # fmt: skip
    try:
        await _check_out(visit, place, own=own)
    finally:
        if not visit.flag("persist-credentials", default=True):
            await _forget(visit, place, header)
    if visit.flag("persist-credentials", default=True):

        async def later(after: Visit) -> None:
            if (place / ".git").is_dir():
                await _forget(after, place, header)

        visit.after.append(later)
    commit = await visit.run("git", "log", "-1", "--format=%H", cwd=place)
    visit.outputs |= {"commit": commit, "ref": visit.given("ref", default=visit.about("ref"))}


async def _check_out(visit: Visit, place: Path, *, own: bool) -> None:
    asked = visit.given("ref")
    if asked or not own:
        ref, sha = await _resolved(visit, place, asked)
    else:
        ref, sha = visit.about("ref"), visit.about("sha")
    depth = visit.number("fetch-depth", 1)
    options = ["--no-tags", "--prune", "--no-recurse-submodules"]
    if visit.flag("fetch-tags"):
        options.remove("--no-tags")
    options += [f"--filter={visit.given('filter')}"] if visit.given("filter") else []
    options += [f"--depth={depth}"] if depth else []
    wanted = _refspecs(ref, sha, everything=not depth)
    await _git(visit, place, "-c", "protocol.version=2", "fetch", "--quiet", *options, "origin", *wanted)
    await _sparse(visit, place)
    if ref.startswith("refs/heads/"):
        name = ref.removeprefix("refs/heads/")
        await _git(visit, place, "checkout", "--quiet", "--force", "-B", name, f"refs/remotes/origin/{name}")
        if depth == 0 and sha:
            await _git(visit, place, "reset", "--quiet", "--hard", sha)
    else:
        target = ref if ref.startswith("refs/tags/") else sha
        await _git(visit, place, "checkout", "--quiet", "--force", "--detach", target)


def _refspecs(ref: str, sha: str, *, everything: bool) -> list[str]:
    if everything:
        whole = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
        return whole if ref.startswith(("refs/heads/", "refs/tags/")) else [*whole, sha]
    if ref.startswith("refs/heads/"):
        name = ref.removeprefix("refs/heads/")
        return [f"+{sha or ref}:refs/remotes/origin/{name}"]
    return [f"+{ref}:{ref}"] if ref.startswith("refs/tags/") else [sha]


async def _resolved(visit: Visit, place: Path, asked: str) -> tuple[str, str]:
    """The full reference and commit behind an input ``ref``: a branch before a tag, or a commit."""
    if _SHA.fullmatch(asked):
        return "", asked
    names = [asked] if asked.startswith("refs/") else [f"refs/heads/{asked}", f"refs/tags/{asked}"]
    listed = await _git(visit, place, "ls-remote", "origin", *(names if asked else ["HEAD"]), quiet=True)
    found = {name: sha for sha, _, name in (line.partition("\t") for line in listed.splitlines())}
    if not asked and "HEAD" in found:
        symbolic = await _git(visit, place, "ls-remote", "--symref", "origin", "HEAD", quiet=True)
        target = next((line.split()[1] for line in symbolic.splitlines() if line.startswith("ref:")), "")
        return target, found["HEAD"]
    for name in names:
        if name in found:
            return name, found[name] if name.startswith("refs/heads/") else ""
    raise StepFailedError(f"A branch or tag with the name '{asked}' could not be found")


async def _sparse(visit: Visit, place: Path) -> None:
    patterns = visit.given("sparse-checkout").splitlines()
    if not patterns:
        return
    mode = "--cone" if visit.flag("sparse-checkout-cone-mode", default=True) else "--no-cone"
    await _git(visit, place, "sparse-checkout", "set", mode, "--", *(line.strip() for line in patterns))


def _empty(place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for each in place.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


async def _forget(visit: Visit, place: Path, header: str) -> None:
    await visit.run("git", "config", "--local", "--unset-all", header, cwd=place, fine=(0, 5))


async def _git(visit: Visit, place: Path, *arguments: str, quiet: bool = False) -> str:
    return await visit.run("git", *arguments, cwd=place, quiet=quiet)

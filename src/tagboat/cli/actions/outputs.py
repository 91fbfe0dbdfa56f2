"""A step's outputs: ours, and those of release-please for workflows that read these.

release-please (its action, v4) sets ``release_created``, ``tag_name`` and the rest for a project in the root, the same
names behind ``PATH--`` for one in a folder, and ``releases_created``, ``paths_released``, ``prs_created`` for all.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from packaging.version import Version

from tagboat.core.release import Release
from tagboat.ports.forge import ForgeRelease

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./@+-]*")


def rendered(values: Mapping[str, str], draw: Callable[[], str] = lambda: secrets.token_hex(16)) -> str:
    """Return what is appended to the file of outputs; every value stands between delimiters that are not in it.

    Args:
        values: output → anything; an output whose name could end the name is left out.
        draw: gives something that nobody can guess.
    """
    lines = []
    for name, value in values.items():
        if not _NAME.fullmatch(name):
            continue
        delimiter = f"tagboat_{draw()}"
        while delimiter in value:
            delimiter = f"tagboat_{draw()}"
        lines.append(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
    return "".join(lines)


def own(
    *, result: str, exit_status: int, releases: Sequence[Release], error: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the outputs that every command has; those of the release when there is exactly one."""
    values = {"result": result, "exit": str(exit_status)}
    values["releases"] = _json([release.as_json() for release in releases])
    for name in ("component", "tag", "version", "commit"):
        values[name] = str(releases[0].as_json()[name]) if len(releases) == 1 else ""
    for name, key in (("error", "code"), ("cause", "cause"), ("remedy", "remedy")):
        values[name] = error[key] if error else ""
    return values


def release_please(
    releases: Sequence[Release],
    paths: Mapping[str, str],
    public: Sequence[ForgeRelease],
    created: Collection[str],
) -> dict[str, str]:
    """Return release-please's outputs.

    Args:
        releases: what this command released.
        paths: component → its folder.
        public: what the forge holds under their tags.
        created: the tags whose release this very run made public.
    """
    values: dict[str, str] = {}
    released: list[str] = []
    held = {release.tag: release for release in public}
    for release in releases:
        path = paths.get(release.component, ".")
        made = release.tag in created
        prefix = "" if path in ("", ".") else f"{path}--"
        values[f"{prefix}release_created"] = _flag(made)
        if made:
            released.append(path or ".")
            told = _release(release, held.get(release.tag))
            values |= {f"{prefix}{name}": value for name, value in told.items()}
    values |= {
        "releases_created": _flag(bool(released)),
        "paths_released": _json(released),
        "prs_created": "false",
    }
    return values


def _release(release: Release, held: ForgeRelease | None) -> dict[str, str]:
    numbers = Version(release.version)
    values = {
        "tag_name": release.tag,
        "version": release.version,
        "major": str(numbers.major),
        "minor": str(numbers.minor),
        "patch": str(numbers.micro),
        "sha": release.commit,
    }
    if held is not None:
        values |= {
            "id": str(held.id),
            "name": held.title,
            "html_url": held.url,
            "upload_url": held.upload_url,
            "body": held.notes,
            "draft": _flag(held.draft),
            "prerelease": _flag(held.prerelease),
        }
    return values


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

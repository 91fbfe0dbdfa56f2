"""The index's rules about projects and releases: names, limits, duplicates, age, one sdist."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Final

from packaging.metadata import Metadata
from packaging.utils import canonicalize_name

from tagboat.sandbox.index.form import Content, Form
from tagboat.sandbox.index.refusals import bad, denied, refusal
from tagboat.sandbox.index.store import Project, Store, Token

RELEASE_OPEN_SECONDS: Final = 14 * 24 * 3600
"""New files are taken for this long after a release's first (observed behaviour of PyPI since July 2026)."""

DAY_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that passed the first checks, and whom it comes from."""

    content: Content
    kind: str
    metadata: Metadata
    token: Token

    @property
    def project(self) -> str:
        """The project's normalised name."""
        return canonicalize_name(self.metadata.name)

    @property
    def version(self) -> str:
        """The release's normalised version."""
        return str(self.metadata.version)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes a file and bytes a project as on PyPI; new projects an account and day, without limit unless one is set."""

    file: int = 100 << 20
    project: int = 10 << 30
    new_projects: int = 1_000_000

    @classmethod
    def of(cls, store: Store) -> Limits:
        """The limits as set for this instance."""
        usual = cls()
        return cls(
            int(store.setting("file-limit", str(usual.file))),
            int(store.setting("project-limit", str(usual.project))),
            int(store.setting("new-projects-limit", str(usual.new_projects))),
        )


def check_open(store: Store) -> None:
    """The index takes uploads at all.

    Raises:
        web.HTTPForbidden: It was set to read-only, or uploads are off.
    """
    mode = store.setting("uploads", "open")
    if mode == "read-only":
        raise denied("Read-only mode: Uploads are temporarily disabled.")
    if mode == "disabled":
        raise denied("Uploads are temporarily disabled. See the status page for more information.")


def check_project(store: Store, name: str, token: Token, help_: str) -> Project | None:
    """The project, or None when this upload may create it.

    Raises:
        web.HTTPException: The name is not to be had, too many were created, or only a person could create it.
    """
    project = store.project(name)
    if project is not None:
        return project
    if token.publisher is not None:
        raise bad(
            "Non-user identities cannot create new projects. Perhaps a pending publisher was used whose project name is"
            f" not that of the metadata; both have to be the same. See {help_}#invalid-non-user"
        )
    check_new_name(store, name, help_)
    limit = Limits.of(store).new_projects
    if store.projects_since(store.now() - DAY_SECONDS, token.owner) >= limit:
        headers = {
            "RateLimit": f'"project.create";r=0;t={DAY_SECONDS}',
            "RateLimit-Policy": f'"project.create";q={limit}',
        }
        raise refusal(429, "Too many new projects created", headers=headers)
    return None


def check_new_name(store: Store, name: str, help_: str) -> None:
    """A project of this name may be made.

    Raises:
        web.HTTPBadRequest: It is the standard library's, or too close to another project's.
    """
    if canonicalize_name(name).replace("-", "_") in sys.stdlib_module_names:
        raise bad(
            f"The name {name!r} isn't allowed (conflict with the Python standard library). See {help_}#project-name"
        )
    for other in store.projects():
        if _confusable(other.name) == _confusable(name):
            raise bad(f"The name {name!r} is too similar to an existing project. See {help_}#project-name")


def check_sizes(store: Store, content: Content, name: str, help_: str) -> None:
    """The file, and the project with it, are small enough.

    Raises:
        web.HTTPBadRequest: One is not.
    """
    limits = Limits.of(store)
    if content.bytes.size > limits.file:
        size = limits.file / (1 << 20)
        raise bad(f"File too large. Limit for project {name!r} is {size:.0f} MB. See {help_}#file-size-limit")
    if store.total_size(canonicalize_name(name)) + content.bytes.size > limits.project:
        size = limits.project / (1 << 30)
        raise bad(f"Project size too large. Limit for project {name!r} total size is {size:.0f} GB.")


def check_digests(form: Form, content: Content) -> None:
    """The digests that the client gave are those of the bytes that came.

    Raises:
        web.HTTPBadRequest: One is not.
    """
    taken = {
        "md5_digest": content.bytes.md5,
        "sha256_digest": content.bytes.sha256,
        "blake2_256_digest": content.bytes.blake2_256,
    }
    for name, digest in taken.items():
        if form.one(name) and form.one(name).lower() != digest:
            raise bad("The digest supplied does not match a digest calculated from the uploaded file.")


def is_repeat(store: Store, content: Content, help_: str) -> bool:
    """Whether exactly this file, with exactly these bytes, is here already.

    Raises:
        web.HTTPBadRequest: The name is here with other bytes, or the bytes under another name.
    """
    found = store.file(content.filename)
    if found is not None and found.blake2_256 == content.bytes.blake2_256:
        return True
    if found is not None or store.same_bytes(content.bytes.blake2_256) is not None:
        raise bad(
            f"File already exists ({content.filename!r}, with blake2_256 hash {content.bytes.blake2_256!r})."
            f" See {help_}#file-name-reuse for more information."
        )
    return False


def check_release(store: Store, candidate: Candidate, help_: str) -> None:
    """The release still takes this new file.

    Raises:
        web.HTTPBadRequest: The name was used by a deleted file, the release is too old, or it has its sdist.
    """
    if store.was_used(candidate.content.filename):
        raise bad(
            "This filename was previously used by a file that has since been deleted. Use a different version."
            f" See {help_}#file-name-reuse for more information."
        )
    created = store.release_created(candidate.project, candidate.version)
    if created is not None and store.now() - created > RELEASE_OPEN_SECONDS:
        raise bad("Uploading new files to releases older than 14 days is not allowed.")
    siblings = store.files(candidate.project, version=candidate.version)
    if candidate.kind == "sdist" and any(file.kind == "sdist" for file in siblings):
        raise bad("Only one sdist may be uploaded per release.")


def _confusable(name: str) -> str:
    """A name with what the eye confuses made equal, as PyPI compares new names."""
    return re.sub(r"[l1i]", "1", re.sub(r"[-_.]", "", name.lower())).replace("o", "0")

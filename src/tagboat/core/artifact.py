"""Files with their digests: an Artifact, one machine's Shard record, and the Manifest of everything that one build made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tagboat.core.canonical import JSON, canonical, digest
from tagboat.core.release import Release, word

_SHA256 = re.compile(r"[0-9a-f]{64}")
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_MOST_BYTES = 1 << 50
_LONGEST_NAME = 255


class Role(StrEnum):
    """What a file is for."""

    SDIST = "sdist"
    WHEEL = "wheel"
    ARCHIVE = "archive"
    CHECKSUM = "checksum"
    BUILD_ONLY = "build-only"


def plain_name(name: str) -> bool:
    """Tell whether a file of this name stays in the folder that it is put into, whatever the system."""
    fits = 0 < len(name.encode()) <= _LONGEST_NAME and name not in (".", "..")
    return fits and name.isprintable() and not set(name) & set("/\\:")


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file that a build made.

    Attributes:
        file: the plain file name, without a folder.
        sha256: lower-case hex.
        size: bytes.
        component: the component that it belongs to.
        role: what it is for; sdists and wheels go to indexes, build-only files go nowhere.
    """

    file: str
    sha256: str
    size: int
    component: str
    role: Role

    def as_json(self) -> dict[str, JSON]:
        """Return the artifact as it stands in shard records and manifests."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "size": self.size,
            "component": self.component,
            "role": self.role.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Artifact:
        """Read what ``as_json`` wrote; a name that could leave its folder is refused here.

        Raises:
            KeyError, TypeError, ValueError: it is not an artifact's record.
        """
        file, sha256, size = word(data["file"]), word(data["sha256"]), data["size"]
        if not plain_name(file):
            raise ValueError(f"not a plain file name: {file!a:.80}")
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"the digest of {file} is not a SHA-256 in lower-case hex")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= _MOST_BYTES:
            raise TypeError(f"the size of {file} is not a number of bytes")
        return cls(file, sha256, size, word(data["component"]), Role(word(data["role"])))


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """What one machine built, written as ``shard.json`` beside its files.

    Attributes:
        component: the component that was built.
        shard: the shard's name in the configuration.
        commit: the commit whose tree was built.
        plan: the digest of the prepare plan.
        builder: name and version of what built it, such as ``build 1.6.1``.
        python: the interpreter's version.
        network: ``off`` when the build could reach nothing, else ``open``.
        requirements: the build requirements, one ``name==version --hash=sha256:...`` each, sorted.
        artifacts: the files.
        repaired: for a repaired wheel, its file name → SHA-256 of the wheel as built.
        untagged: it was built from a commit that no tag names, as on a pull request; no release takes it.
    """

    component: str
    shard: str
    commit: str
    plan: str
    builder: str
    python: str
    network: str
    requirements: tuple[str, ...]
    artifacts: tuple[Artifact, ...]
    repaired: Mapping[str, str] = field(default_factory=dict)
    untagged: bool = False

    def as_json(self) -> dict[str, JSON]:
        """Return the record as it stands in ``shard.json``; only an untagged one says what it is."""
        return {
            "schema": "tagboat/shard/1",
            "component": self.component,
            "shard": self.shard,
            "commit": self.commit,
            "plan": self.plan,
            "builder": self.builder,
            "python": self.python,
            "network": self.network,
            "requirements": list(self.requirements),
            "artifacts": [artifact.as_json() for artifact in self.artifacts],
            "repaired": dict(self.repaired),
            **({"untagged": True} if self.untagged else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> ShardRecord:
        """Read what ``as_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is not a shard record of this schema.
        """
        if data["schema"] != "tagboat/shard/1":
            raise ValueError(f"unknown shard schema {data['schema']!r}")
        artifacts, repaired, requirements = data["artifacts"], data["repaired"], data["requirements"]
        if not (
            isinstance(artifacts, list) and isinstance(repaired, dict) and isinstance(requirements, list)
        ):
            raise TypeError("not a shard record")
        if data.get("untagged", True) is not True:
            raise ValueError("a record is untagged, or says nothing of it")
        return cls(
            component=word(data["component"]),
            shard=word(data["shard"]),
            commit=word(data["commit"]),
            plan=word(data["plan"]),
            builder=word(data["builder"]),
            python=word(data["python"]),
            network=word(data["network"]),
            requirements=tuple(word(line) for line in requirements),
            artifacts=tuple(Artifact.from_json(item) for item in artifacts),
            repaired={word(name): word(value) for name, value in repaired.items()},
            untagged="untagged" in data,
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that one build made: the only channel from the prepare half to the publish half.

    It holds no time and no machine's name, so that the same build gives the same bytes.

    Attributes:
        tool: name and version of what wrote it.
        repository: ``owner/name`` on the forge.
        plan: the digest of the prepare plan.
        releases: what is released.
        shards: the record of each build, those of build-only wheels included.
        artifacts: every file that is published, sorted by name; a build-only wheel stands in its record alone.
    """

    tool: str
    repository: str
    plan: str
    releases: tuple[Release, ...]
    shards: tuple[ShardRecord, ...]
    artifacts: tuple[Artifact, ...]

    def as_json(self) -> dict[str, JSON]:
        """Return the manifest as data."""
        return {
            "schema": "tagboat/manifest/1",
            "tool": self.tool,
            "repository": self.repository,
            "plan": self.plan,
            "releases": [release.as_json() for release in self.releases],
            "shards": [shard.as_json() for shard in self.shards],
            "artifacts": [artifact.as_json() for artifact in self.artifacts],
        }

    @property
    def text(self) -> str:
        """The file's exact text: canonical JSON that also states its own digest, and a line end.

        The digest shows damage and edits by hand; against forgers stand the plan, the files and those who vouch.
        """
        return canonical({**self.as_json(), "digest": self.digest}) + "\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest as data, as plans name it."""
        return digest(self.as_json())

    def of(self, component: str, *roles: Role) -> tuple[Artifact, ...]:
        """Return this component's files of these roles (all roles when none is named)."""
        return tuple(a for a in self.artifacts if a.component == component and (not roles or a.role in roles))

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Manifest:
        """Read what ``as_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is not a manifest of this schema.
        """
        if data["schema"] != "tagboat/manifest/1":
            raise ValueError(f"unknown manifest schema {data['schema']!r}")
        releases, shards, artifacts = data["releases"], data["shards"], data["artifacts"]
        if not (isinstance(releases, list) and isinstance(shards, list) and isinstance(artifacts, list)):
            raise TypeError("not a manifest")
        repository = word(data["repository"])
        if not _REPOSITORY.fullmatch(repository) or {".", ".."} & set(repository.split("/")):
            raise ValueError(f"not owner/name: {repository!a:.80}")
        return cls(
            tool=word(data["tool"]),
            repository=repository,
            plan=word(data["plan"]),
            releases=tuple(Release.from_json(item) for item in releases),
            shards=tuple(ShardRecord.from_json(item) for item in shards),
            artifacts=tuple(Artifact.from_json(item) for item in artifacts),
        )

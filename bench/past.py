"""The past of a synthetic repository as a stream for ``git fast-import``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from random import Random
from typing import IO, Final

from bench.histories import UNRELEASED, Shape
from bench.messages import message

BLOBS: Final = 509
"""Contents that files take in turn, so that every change of a file is one."""

_BEGIN, _STEP = 1_577_836_800, 600  # 2020-01-01, and ten minutes between commits
_FIRST_COMMIT = 1_000  # marks below are blobs'
_PEOPLE = (b"Ada Example <ada@example.org>", b"Bo Example <bo@example.org>", b"Chi Example <chi@example.org>")
_NAMES = (
    "storage", "client", "auth", "core", "http", "cli", "config", "models", "events", "queue", "search", "tables",
    "files", "images", "metrics", "tracing", "billing", "users", "tasks", "webhooks",
)  # fmt: skip
_MANIFEST, _CONFIG = ".release-please-manifest.json", "release-please-config.json"


class Past:
    """Writes a history, and knows afterwards what a planner must find in it.

    Attributes:
        last: the newest tag.
        oldest: the oldest of the components' last tags.
    """

    def __init__(self, shape: Shape) -> None:
        if shape.tags > shape.commits - UNRELEASED - 1:
            raise ValueError(f"{shape.commits} commits have no room for {shape.tags} releases")
        self.last = self.oldest = ""
        self._shape = shape
        self._draw = Random(shape.seed)  # noqa: S311 - it must be repeatable, and keeps no secret
        self._folders = [name_of(number) for number in range(shape.folders)]
        self._components = self._folders if shape.apart else ["bench"]
        self._versions = dict.fromkeys(self._components, "")
        self._levels = dict.fromkeys(self._components, 0)
        self._tags: dict[str, str] = {}
        self._turns: dict[str, int] = {}
        self._count = 0

    @property
    def next(self) -> dict[str, str]:
        """Component → its next version, for those with something to release."""
        return {name: self._next(name) for name, level in self._levels.items() if level}

    def write(self, stream: IO[bytes]) -> None:
        """Write everything."""
        self._stream = stream
        for mark in range(1, BLOBS + 1):
            stream.write(b"blob\nmark :%d\n" % mark + _data(f"# content {mark}\n"))
        self._begin()
        releases = self._releases()
        due, component = next(releases)
        while self._count < self._shape.commits:
            if self._count + 1 == due:
                self._release(component)
                due, component = next(releases, (self._shape.commits + 1, ""))
            elif due - self._count > 6 and self._draw.random() < 0.03:
                self._branch()
            else:
                self._ordinary()
        stream.write(b"done\n")
        order = list(self._tags.items())
        self.last = order[-1][1]
        self.oldest = order[0][1]

    def _releases(self) -> Iterator[tuple[int, str]]:
        """The number of each release's commit, and whose release it is."""
        tags, room = self._shape.tags, self._shape.commits - UNRELEASED
        lively = self._components[self._shape.behind :]
        names = islice(cycle(lively), tags - len(self._components)) if self._shape.apart else cycle(lively)
        first = self._components if self._shape.apart else []
        for number, name in zip(range(1, tags + 1), [*first, *islice(names, tags)], strict=False):
            yield number * room // tags, name

    def _begin(self) -> None:
        packages = {
            self._folder(name): {"release-type": "python", "package-name": name} for name in self._components
        }
        config = {"include-component-in-tag": self._shape.apart, "packages": packages}
        files = {_CONFIG: json.dumps(config, indent=2), **self._version_files("")}
        for name in self._components:
            files |= self._version_files(name)
        self._commit("chore: begin", files, level=0)

    def _ordinary(self) -> list[str]:
        paths = self._paths()
        drawn = message(self._draw, self._count)
        self._commit(drawn.text, dict.fromkeys(paths), level=drawn.level)
        return paths

    def _branch(self) -> None:
        """A branch of a few commits, and its merge."""
        trunk = self._count
        self._ordinary()
        forked = self._count
        changed: dict[str, str | None] = {}
        for number in range(self._draw.randrange(1, 4)):
            drawn = message(self._draw, self._count)
            paths = self._paths()
            changed |= dict.fromkeys(paths)
            self._commit(
                drawn.text, dict.fromkeys(paths), level=drawn.level, parents=() if number else (trunk,)
            )
        title = f"Merge pull request #{self._count} from example/topic-{trunk}\n\nSomething about a topic"
        for path in changed:
            self._turns[path] -= 1  # the merge has what the branch made of it
        self._commit(title, changed, level=0, parents=(forked, self._count))

    def _paths(self) -> list[str]:
        draw = self._draw
        name = draw.choice(self._folders)
        module = name.replace("-", "_")
        paths = [f"packages/{name}/src/{module}/part_{draw.randrange(10)}.py"]
        for _ in range(draw.randrange(4)):
            chance = draw.random()
            if chance < 0.1:
                paths.append(draw.choice(("README.md", ".ci/build.yml", "docs/index.md")))
            elif chance < 0.2:
                other = draw.choice(self._folders)
                paths.append(f"packages/{other}/tests/test_{draw.randrange(10)}.py")
            else:
                paths.append(f"packages/{name}/tests/test_{draw.randrange(10)}.py")
        return paths

    def _release(self, name: str) -> None:
        version = self._versions[name] = self._next(name)
        self._commit(f"chore(main): release {name} {version}", self._version_files(name), level=0)
        self._levels[name] = 0
        tag = f"{name}-v{version}" if self._shape.apart else f"v{version}"
        if self._draw.random() < 0.25:
            person = self._person(0)
            text = b"tag %s\nfrom :%d\ntagger %s\n" % (tag.encode(), _FIRST_COMMIT + self._count, person)
            self._stream.write(text + _data(f"{name} {version}"))
        else:
            self._stream.write(
                b"reset refs/tags/%s\nfrom :%d\n\n" % (tag.encode(), _FIRST_COMMIT + self._count)
            )
        self._tags.pop(name, None)  # the newest stands last
        self._tags[name] = tag

    def _next(self, name: str) -> str:
        if not self._versions[name]:
            return "1.0.0"
        major, minor, patch = map(int, self._versions[name].split("."))
        level = self._levels[name]
        if level == 3:
            return f"{major + 1}.0.0"
        return f"{major}.{minor + 1}.0" if level == 2 else f"{major}.{minor}.{patch + 1}"

    def _folder(self, name: str) -> str:
        return f"packages/{name}" if self._shape.apart else "."

    def _version_files(self, name: str) -> dict[str, str]:
        """The files that a release of this component changes."""
        known = {self._folder(each): version for each, version in self._versions.items() if version}
        files = {_MANIFEST: json.dumps(known, indent=2)}
        if name:
            version = self._versions[name] or "0.0.0"
            base = f"packages/{name}/" if self._shape.apart else ""
            files[f"{base}pyproject.toml"] = f'[project]\nname = "{name}"\nversion = "{version}"\n'
            files[f"{base}CHANGELOG.md"] = f"# Changelog\n\n## {version}\n\n### Features\n\n* everything\n"
        return files

    def _commit(
        self, text: str, files: Mapping[str, str | None], *, level: int, parents: tuple[int, ...] = ()
    ) -> None:
        """Write a commit; a file without content takes the next one of its own."""
        self._count += 1
        person = self._person(self._draw.randrange(len(_PEOPLE)))
        lines = [b"commit refs/heads/main\nmark :%d\ncommitter %s\n" % (_FIRST_COMMIT + self._count, person)]
        lines.append(_data(text))
        for word, parent in zip((b"from", b"merge"), parents, strict=False):
            lines.append(b"%s :%d\n" % (word, _FIRST_COMMIT + parent))
        for path, content in files.items():
            if content is not None:
                lines.append(b"M 100644 inline %s\n" % path.encode() + _data(content))
                continue
            turn = self._turns[path] = self._turns.get(path, 0) + 1
            lines.append(b"M 100644 :%d %s\n" % (1 + turn % BLOBS, path.encode()))
            self._count_for(path, level)
        self._stream.write(b"".join(lines))

    def _count_for(self, path: str, level: int) -> None:
        if not self._shape.apart:
            name = "bench"
        elif path.startswith("packages/"):
            name = path.split("/", 2)[1]
        else:
            return
        self._levels[name] = max(self._levels[name], level)

    def _person(self, number: int) -> bytes:
        return b"%s %d +0000" % (_PEOPLE[number], _BEGIN + self._count * _STEP)


def name_of(number: int) -> str:
    """The name of a folder; some begin with another's name."""
    turn, word = divmod(number, len(_NAMES))
    return f"{_NAMES[word]}-{turn}" if turn else _NAMES[word]


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%s\n" % (len(content), content)

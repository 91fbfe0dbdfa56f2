"""Which commits each component's next release holds: one walk through the history for all of them.

A commit belongs to a component's range when it can be reached from the head and not from the component's last tag
(``TAG..HEAD``). The walk carries, from child to parent, which tags have reached a commit; only the frontier is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tagboat.config.planning import Rules
from tagboat.core.commit import Commit
from tagboat.core.record import Record
from tagboat.ports.history import History


class Ranges(Record):
    """The commits since each component's last release.

    Attributes:
        commits: component → its commits, newest first.
        astray: the components whose tag the head cannot reach; their commits are not meant.
    """

    commits: Mapping[str, Sequence[Commit]]
    astray: Sequence[str]


class Owners:
    """Which components a commit belongs to, by the folders that it changed.

    The root gets every commit; a folder those with a file in it and in no deeper component's folder; a commit without
    files goes to all. A commit whose files all lie below a component's excluded folders is not that component's.
    """

    def __init__(self, components: Sequence[Rules]) -> None:
        self._components = {rules.component: rules for rules in components}
        self._everything = [rules.component for rules in components if rules.path == "."]
        self._folders: dict[str, list[str]] = {}
        for rules in components:
            if rules.path != ".":
                self._folders.setdefault(rules.path, []).append(rules.component)
        self._excluding = [rules for rules in components if rules.exclude]
        self._known: dict[str, Sequence[str]] = {}

    @property
    def need_paths(self) -> bool:
        """Whether anything depends on the paths at all."""
        return bool(self._folders or self._excluding)

    def of(self, commit: Commit) -> Iterable[str]:
        """Return the components of one commit."""
        if not commit.paths:
            return self._components if self.need_paths else self._everything
        found = dict.fromkeys(self._everything)
        for path in commit.paths:
            folder = path.rpartition("/")[0]
            owners = self._known.get(folder)
            if owners is None:
                owners = self._known[folder] = self._owners(folder)
            for name in owners:
                found[name] = None
        for rules in self._excluding:
            if rules.component in found and _excluded(rules, commit.paths):
                del found[rules.component]
        return found

    def _owners(self, folder: str) -> Sequence[str]:
        while folder:
            if folder in self._folders:
                return self._folders[folder]
            folder = folder.rpartition("/")[0]
        return ()


def _excluded(rules: Rules, paths: Sequence[str]) -> bool:
    prefix = "" if rules.path == "." else f"{rules.path}/"
    outside = tuple(f"{folder}/" for folder in rules.exclude)
    own = [path for path in paths if path.startswith(prefix)]
    return bool(own) and all(path.startswith(outside) for path in own)


def ranges(
    history: History,
    head: str,
    components: Sequence[Rules],
    ends: Mapping[str, str],
    *,
    oldest: str,
    beside: Sequence[Rules] = (),
) -> Ranges:
    """Return the commits since each component's last release.

    Args:
        history: where they are read.
        head: the commit to plan from.
        components: the components.
        ends: component → the commit of its last release; a component without one gets the whole history.
        oldest: of these commits the oldest, or "" when there is a component without one.
        beside: components that are not asked for; their folders are theirs all the same.
    """
    owners = Owners((*components, *beside))
    stops = tuple(dict.fromkeys(rules.stop for rules in components if rules.stop))
    walk = _Walk(history, head, ends, owners.need_paths, (*stops, oldest) if oldest else stops)
    found: dict[str, list[Commit]] = {rules.component: [] for rules in components}
    for commit, reached in walk.commits():
        for name in owners.of(commit):
            if name in found and not reached & walk.bits.get(name, 0):
                found[name].append(commit)
    for name in walk.apart(oldest):
        found[name] = _by_definition(history, head, name, (*stops, ends[name]), owners)
    return Ranges(found, walk.astray(oldest))


def range_of(
    history: History, head: str, rules: Rules, end: str, beside: Sequence[Rules] = ()
) -> Sequence[Commit]:
    """Return one component's commits that ``head`` reaches and ``end`` does not, wherever ``end`` lies."""
    without = tuple(dict.fromkeys(filter(None, (rules.stop, end))))
    return _by_definition(history, head, rules.component, without, Owners((rules, *beside)))


def _by_definition(
    history: History, head: str, component: str, without: Sequence[str], owners: Owners
) -> list[Commit]:
    commits = history.commits(head, without=without, paths=owners.need_paths)
    return [commit for commit in commits if component in owners.of(commit)]


class _Walk:
    def __init__(
        self, history: History, head: str, ends: Mapping[str, str], paths: bool, without: Sequence[str]
    ) -> None:
        self.history = history
        self.head = head
        self.ends = ends
        self.paths = paths
        self.without = without
        self.reached: dict[str, int] = {}
        self.met: set[str] = set()
        self.bits = {name: 2 << place for place, name in enumerate(self.ends)}
        self.reached[self.head] = 1
        for name, commit in self.ends.items():
            self.reached[commit] = self.reached.get(commit, 0) | self.bits[name]

    def commits(self) -> Iterator[tuple[Commit, int]]:
        """Yield the commits that the head reaches, each with the tags that reach it too."""
        starts = dict.fromkeys((self.head, *self.ends.values()))
        tagged = frozenset(self.ends.values())
        reached = self.reached
        for commit in self.history.commits(*starts, without=self.without, paths=self.paths, ordered=True):
            mask = reached.pop(commit.id, 0)
            for parent in commit.parents:
                reached[parent] = reached.get(parent, 0) | mask
            if mask & 1:
                if commit.id in tagged:
                    self.met.add(commit.id)
                yield commit, mask

    def astray(self, oldest: str) -> list[str]:
        """Return the components whose tag the head did not reach."""
        met = self.met | ({oldest} if self.reached.get(oldest, 0) & 1 else set())
        return [name for name, commit in self.ends.items() if commit not in met]

    def apart(self, oldest: str) -> list[str]:
        """Return the components whose tag does not descend from the oldest: their range was not walked whole."""
        if not oldest:
            return []
        mask = self.reached.get(oldest, 0)
        astray = self.astray(oldest)
        return [name for name in self.ends if name not in astray and not mask & self.bits[name]]

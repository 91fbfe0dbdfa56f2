"""Other tools that plan releases from commits, in an environment of their own, told to do as little as they can.

None of them is a dependency of the project. Each gets the configuration that makes it read ``vX.Y.Z`` tags and group
conventional commits; what it would ask of a forge is switched off.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.processes import Command

LOCK: Final = Path(__file__).parents[1] / "requirements" / "bench.lock"
"""Which versions, with everything that they need, by hash."""

_CLIFF: Final = r"""
[changelog]
body = '''
{% if version %}## {{ version }} ({{ timestamp | date(format="%Y-%m-%d") }}){% else %}## Unreleased{% endif %}
{% for group, commits in commits | group_by(attribute="group") %}
### {{ group }}
{% for commit in commits %}
* {% if commit.scope %}**{{ commit.scope }}:** {% endif %}{{ commit.message }} ({{ commit.id }}){% endfor %}
{% endfor %}'''
trim = true
[git]
conventional_commits = true
filter_unconventional = true
protect_breaking_commits = true
tag_pattern = "^v[0-9]"
commit_parsers = [
  { message = "^feat", group = "Features" },
  { message = "^fix", group = "Bug Fixes" },
  { message = "^perf", group = "Performance Improvements" },
  { message = "^docs", group = "Documentation" },
  { message = ".*", skip = true },
]
"""
_COMMITIZEN: Final = """
[tool.commitizen]
name = "cz_conventional_commits"
tag_format = "v$version"
version_provider = "scm"
"""
_SEMANTIC: Final = """
[semantic_release]
tag_format = "v{version}"
commit_parser = "conventional"
[semantic_release.branches.all]
match = ".*"
[semantic_release.remote]
type = "gitea"
domain = "forge.example"
token = { env = "BENCH_TOKEN" }
"""
_FILES: Final = {"cliff.toml": _CLIFF, "commitizen.toml": _COMMITIZEN, "semantic.toml": _SEMANTIC}


@dataclass(frozen=True, slots=True)
class Peers:
    """The installed tools.

    Attributes:
        programs: the folder with their commands.
        settings: the folder with their configuration.
    """

    programs: Path
    settings: Path

    def cliff(self, folder: Path, *words: str) -> Command:
        """git-cliff, without network."""
        settings = str(self.settings / "cliff.toml")
        words = (str(self.programs / "git-cliff"), "--offline", "-c", settings, *words)
        return Command(f"git-cliff {words[4]}" if len(words) > 4 else "git-cliff", words, folder)

    def commitizen(self, folder: Path, *words: str) -> Command:
        """commitizen; its status 21 says that there is nothing to release."""
        settings = str(self.settings / "commitizen.toml")
        name = f"commitizen {words[0]}"
        return Command(name, (str(self.programs / "cz"), "--config", settings, *words), folder, fine=(0, 21))

    def semantic(self, folder: Path, *words: str) -> Command:
        """python-semantic-release, which may change nothing; its remote and its token are never used."""
        settings = str(self.settings / "semantic.toml")
        program = str(self.programs / "semantic-release")
        name = f"python-semantic-release {words[0]}"
        return Command(name, (program, "-c", settings, "--noop", *words), folder, {"BENCH_TOKEN": "none"})


def peers(folder: Path, lock: Path = LOCK) -> Peers | None:
    """Return the tools, installed there at the first call; None, with the reason printed, where that is impossible.

    Args:
        folder: for their environment and configuration.
        lock: what to install.
    """
    programs, stamp = folder / "bin", folder / "installed"
    wanted = lock.read_text()
    if not stamp.is_file() or stamp.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        pip = (
            str(programs / "python"),
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "--no-deps",
        )
        done = subprocess.run(
            (*pip, "--require-hashes", "-r", str(lock)), capture_output=True, text=True, check=False
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            print(
                f"Other tools cannot be installed here, so git log alone is measured: {reason}",
                file=sys.stderr,
            )
            return None
        stamp.write_text(wanted)
    settings = folder / "settings"
    settings.mkdir(exist_ok=True)
    for name, text in _FILES.items():
        (settings / name).write_text(text)
    return Peers(programs, settings)

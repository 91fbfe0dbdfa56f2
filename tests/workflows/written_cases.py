"""Projects whose workflows are kept as files, for reviewers: ``tests/cases/workflows/NAME``.

Each folder has the configuration (``tagboat.toml``) and every file that is written for it, the locks left out.
``python tests/workflows/written_cases.py`` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

from tagboat.config.load import load
from tagboat.workflows.writing.files import write
from tagboat.workflows.writing.project import Project

FOLDER = Path(__file__).parent.parent / "cases" / "workflows"
NAMES = sorted(path.name for path in FOLDER.iterdir())


def project(name: str) -> Project:
    """The project of a case; its repository and branch are configured."""
    config = load({"tagboat.toml": (FOLDER / name / "tagboat.toml").read_bytes()})
    assert config is not None
    return Project(config, config.repository, config.default_branch)


def written(name: str) -> dict[str, str]:
    """What is written for it now."""
    return dict(write(project(name), {}).files)


def kept(name: str) -> dict[str, str]:
    """What stands in the folder."""
    folder = FOLDER / name
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "tagboat.toml")
    return {str(path.relative_to(folder)): path.read_text() for path in paths}


if __name__ == "__main__":
    for case in NAMES:
        for path in kept(case):
            (FOLDER / case / path).unlink()
        for path, text in written(case).items():
            file = FOLDER / case / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

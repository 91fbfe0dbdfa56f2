"""The tutorial's commands, run as they stand on the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands(page: Path) -> str:
    """The page's console blocks as one script; lines without a prompt belong to the command above."""
    lines = "".join(BLOCK.findall(page.read_text())).splitlines()
    return "\n".join(line.removeprefix("$ ") for line in lines) + "\n"


@pytest.mark.slow
def test_the_tutorial_works_as_it_is_written(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH", "TMPDIR") if name in os.environ}
    environment = {
        **kept,
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        "GIT_AUTHOR_NAME": "Reader",
        "GIT_AUTHOR_EMAIL": "reader@example.invalid",
        "GIT_COMMITTER_NAME": "Reader",
        "GIT_COMMITTER_EMAIL": "reader@example.invalid",
    }
    (tmp_path / "home").mkdir()
    script = "set -euo pipefail\n" + commands(ROOT / "docs" / "tutorial.md")
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "exit status 3" in done.stdout
    assert "next: tagboat resume" in done.stdout
    assert "\n2\n" in done.stdout
    assert done.stdout.count("true: 4 files of v1.0") == 2

import re
import subprocess
from pathlib import Path

import pytest
from bench.installed import LOCK, entries, installed, needed


def test_what_a_distribution_needs_is_followed_to_the_end_without_extras() -> None:
    found = needed("tagboat")
    assert {"click", "pydantic", "pydantic-core", "pyyaml"} <= set(found)
    assert not {"twine", "aiohttp", "pytest", "tagboat"} & set(found)


def test_the_locked_entries_are_taken_whole() -> None:
    lock = "a.b==1 \\\n    --hash=sha256:0\n    # via c\nc==2 \\\n    --hash=sha256:1\nd==3 --hash=sha256:2\n"
    assert entries(lock, {"a-b", "d"}) == lock.replace("c==2 \\\n    --hash=sha256:1\n", "")
    pins = re.findall(r"(?m)^([\w.-]+)==", entries(LOCK.read_text(), needed("tagboat")))
    assert sorted(pins) == sorted(needed("tagboat"))


@pytest.mark.long
def test_the_command_comes_from_a_wheel_in_an_environment_that_runs_nothing_else(tmp_path: Path) -> None:
    command = Path(installed(tmp_path / "tagboat"))
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("tagboat ")
    packages = next((command.parents[1] / "lib").glob("python*")) / "site-packages"
    assert (packages / "tagboat" / "__main__.py").is_file()
    assert [*packages.glob("*.pth")] == []

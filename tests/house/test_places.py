import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tagboat.adapters.addresses import PUBLIC

ROOT = Path(__file__).parents[2]
THE_PLACE = ROOT / "src/tagboat/adapters/addresses.py"
MACHINE_PATH = re.compile(r"(?<![\w.${}/~-])/(work|root|home|opt|Users|workspace)/[\w.]+")


def tracked() -> Iterator[tuple[Path, str]]:
    """Every text file that is or may soon be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file() and path != THE_PLACE:
            try:
                yield path, path.read_text()
            except UnicodeDecodeError:
                continue


def public_hosts() -> set[str]:
    urls = [PUBLIC.api, PUBLIC.uploads, PUBLIC.git]
    urls += [url for index in PUBLIC.indexes.values() for url in (index.upload, index.simple)]
    return {host for url in urls if (host := urlsplit(url).hostname)}


def test_public_services_are_named_in_one_module() -> None:
    hosts = public_hosts()
    assert len(hosts) > 3
    pattern = re.compile(
        rf"(?<![\w@-])({'|'.join(re.escape(host) for host in hosts)})(?![\w-])", re.IGNORECASE
    )
    named = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}"
        for path, text in tracked()
        for match in pattern.finditer(text)
    ]
    assert named == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, text in tracked()
        if path != Path(__file__)
        for match in MACHINE_PATH.finditer(text)
    ]
    assert named == []

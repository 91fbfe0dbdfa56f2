"""Secrets from the command ``keyring``: the real one with a back end of files, and ones that misbehave."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tagboat.adapters import keyring as module
from tagboat.adapters.keyring import Keyring

UPLOAD = "https://packages.example/legacy/"
BACK_END = '''\
"""A keyring in a file, as a user may have one."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential

FILE = Path(os.environ["KEYRING_FILE"])


class FileKeyring(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return json.loads(FILE.read_text()).get(service, {}).get(username)

    def get_credential(self, service, username):
        known = json.loads(FILE.read_text()).get(service, {})
        return next((SimpleCredential(name, word) for name, word in known.items()), None)

    def set_password(self, service, username, password):
        raise NotImplementedError
'''


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    pytest.importorskip("keyring")
    (tmp_path / "file_keyring.py").write_text(BACK_END)
    (tmp_path / "kept.json").write_text('{"URL": {"__token__": "pypi-kept"}, "CREW": {"crew": "planted"}}')
    return {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
        "KEYRING_FILE": str(tmp_path / "kept.json"),
    }


def test_what_was_stored_for_twine_is_found(variables: dict[str, str]) -> None:
    keyring = Keyring(variables)
    token, login = keyring.credentials("URL"), keyring.credentials("CREW")
    assert token is not None
    assert login is not None
    assert [(c.user, c.secret) for c in (token, login)] == [("__token__", "pypi-kept"), ("crew", "planted")]
    assert keyring.credentials("https://elsewhere.example/") is None


def program(folder: Path, text: str) -> dict[str, str]:
    """Put a program called keyring first on the path."""
    path = folder / "keyring"
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"PATH": str(folder)}


@pytest.mark.parametrize(
    "text",
    [
        "raise SystemExit(1)",
        "print()",
        "import sys; sys.stdout.buffer.write(bytes([255]))",
        "import sys; print('[]' if '--mode' in sys.argv else '')",
        "import sys; print('{\"username\": null, \"password\": \"\"}' if '--mode' in sys.argv else '')",
    ],
)
def test_a_keyring_that_has_nothing_or_misbehaves_gives_nothing(tmp_path: Path, text: str) -> None:
    assert Keyring(program(tmp_path, text)).credentials(UPLOAD) is None


def test_a_locked_keyring_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.2)
    keyring = Keyring(program(tmp_path, "import signal\nsignal.pause()"))
    assert keyring.credentials(UPLOAD) is None


def test_it_sees_none_of_our_own_secrets_and_nothing_to_type(tmp_path: Path) -> None:
    text = "import os, sys\nprint(str(os.environ) if 'planted' in str(os.environ) else sys.stdin.read() or 'nothing')"
    secrets = dict.fromkeys(("TAGBOAT_PYPI_TOKEN", "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"), "planted")
    found = Keyring({**program(tmp_path, text), **secrets}).credentials(UPLOAD)
    assert found is not None
    assert found.secret == "nothing"


def test_without_the_command_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    def never(*_words: object, **_rest: object) -> None:
        raise AssertionError("nothing may be started")

    monkeypatch.setattr(subprocess, "run", never)
    assert Keyring({"PATH": str(tmp_path)}).credentials(UPLOAD) is None

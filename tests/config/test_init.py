import re
import tomllib

import pytest

from tagboat.config.init import appended, configuration_text
from tagboat.config.load import load
from tagboat.config.model import Component, Config
from tagboat.errors import ConfigError, RefusedError

CONFIG = Config(
    components=(
        Component("acme", distributions=("acme",), targets=("testpypi", "pypi")),
        Component(
            "acme.core", path="core", distributions=("acme.core",), tag="core-{version}", targets=("pypi",)
        ),
    )
)
ODD = b"# \xc3\xa9  \r\n[project]\r\nname='x'   # kept\r\n[tool.a]\r\nb=1"


def test_what_is_written_says_what_was_discovered() -> None:
    loaded = load({"pyproject.toml": appended(b"[project]\nname = 'acme'\n", CONFIG)})
    assert loaded is not None
    assert loaded.components == CONFIG.components
    assert load({"tagboat.toml": b""}) is not None


def test_everything_that_was_there_is_kept_to_the_byte() -> None:
    whole = appended(ODD, CONFIG)
    assert whole.startswith(ODD)
    assert b"\n" not in whole.replace(b"\r\n", b"")
    assert tomllib.loads(whole.decode())["tool"]["a"] == {"b": 1}


def test_the_keys_in_comments_are_right_when_the_marks_are_taken_away() -> None:
    alone = Config(components=CONFIG.components[:1])
    text = re.sub(r"^# (?=[a-z-]+ = )", "", configuration_text(alone), flags=re.MULTILINE)
    loaded = load({"pyproject.toml": text.encode()})
    assert loaded is not None
    assert (loaded.repository, loaded.components[0].reproduce) == ("owner/name", True)


@pytest.mark.parametrize(
    "text", [b"[tool.tagboat]\n", b"tool.tagboat.repository = 'a/b'\n", b"tool = { a = 1 }\n"]
)
def test_a_file_that_cannot_take_it_is_refused(text: bytes) -> None:
    with pytest.raises(RefusedError):
        appended(text, CONFIG)


def test_a_broken_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"pyproject\.toml:1"):
        appended(b"a = ", CONFIG)

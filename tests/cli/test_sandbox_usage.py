"""What commands about a sandbox say of words that mean nothing, before any sandbox is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from harbour import environment, run

from tagboat.cli.sandboxes import command


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("actions", "wait", "1", "--seconds", "nan"), "--seconds nan is no number to count with"),
        (("actions", "wait", "1", "--seconds", "inf"), "--seconds inf is no number to count with"),
        (("actions", "dispatch", "a/b", "ci.yml", "--input", "tag"), "no value: --input tag"),
        (
            ("publisher", "add", "p", "a/b", "ci.yml", "--pending", "--create"),
            "a publisher is pending, or its project exists: not both",
        ),
    ],
)
def test_words_without_meaning_are_refused(tmp_path: Path, words: tuple[str, ...], cause: str) -> None:
    answer = run(["sandbox", *words, "--dir", tmp_path / "box"], tmp_path, environment())
    assert (answer.exit, answer.json["error"]["cause"]) == (2, cause)


def test_the_next_command_names_the_folder_unless_the_environment_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TAGBOAT_SANDBOX", raising=False)
    words = ("actions", "approve", "1", "my place")
    assert command(Path("a b"), *words) == "tagboat sandbox actions approve 1 'my place' --dir 'a b'"
    monkeypatch.setenv("TAGBOAT_SANDBOX", "a b")
    assert command(Path("a b"), *words) == "tagboat sandbox actions approve 1 'my place'"

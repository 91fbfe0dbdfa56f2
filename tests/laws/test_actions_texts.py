"""Whatever stands in a value: no output is ended or forged by it, no line becomes a command, no cell becomes markup."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from tagboat.cli.actions import commands, outputs, summary

PIECES = (
    "::", "##[", "error", "]", "::add-mask::x", "set-output name=a", "\r\n", "%0A", "`", "```", "<b>", "](",
    "http://x", "<<", "tagboat_", "EOF", "-->", "\u2028", "\x1b[0m",
)  # fmt: skip
HOSTILE = st.lists(
    st.sampled_from([*"|=#*\\%\n\r\t <", *PIECES]) | st.text(max_size=8),
    max_size=12,
).map("".join)


def is_command(line: str) -> bool:
    """What the runner takes for a command: its two grammars, without the list of known names."""
    return line.lstrip().startswith("::") or "##[" in line


def lines_of(text: str) -> list[str]:
    """The lines as the runner's reader cuts them."""
    return re.split(r"\r\n|\r|\n", text)


def read_outputs(text: str) -> dict[str, str]:
    """The runner's own reading: ``NAME<<DELIMITER``, lines until the delimiter stands alone."""
    found, lines = {}, text.split("\n")
    assert lines.pop() == ""
    while lines:
        name, _, delimiter = lines.pop(0).partition("<<")
        end = lines.index(delimiter)
        found[name] = "\n".join(lines[:end])
        del lines[: end + 1]
    return found


@given(st.dictionaries(st.from_regex(r"[a-z][a-z._-]{0,9}", fullmatch=True), HOSTILE, max_size=5))
def test_outputs_are_read_back_as_they_were_and_no_others(values: dict[str, str]) -> None:
    assert read_outputs(outputs.rendered(values)) == values


@given(HOSTILE, HOSTILE)
def test_a_name_that_could_end_itself_is_left_out(name: str, value: str) -> None:
    read = read_outputs(outputs.rendered({name: value, "last": value}))
    assert read["last"] == value
    assert set(read) <= {name, "last"}


def test_a_delimiter_that_a_value_holds_is_drawn_anew() -> None:
    drawn = iter(["guessed", "fresh"])
    text = outputs.rendered({"a": "x\ntagboat_guessed\nb<<c"}, lambda: next(drawn))
    assert read_outputs(text) == {"a": "x\ntagboat_guessed\nb<<c"}


@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_command_is_one_line_and_says_what_it_was_given(message: str, title: str, file: str) -> None:
    (line,) = lines_of(commands.command("error", message, {"file": file, "title": title}))
    head, _, data = line.removeprefix("::error ").partition("::")
    told = dict(part.split("=", 1) for part in head.split(","))
    assert [unescaped(told["file"]), unescaped(told["title"]), unescaped(data)] == [file, title, message]


def unescaped(text: str) -> str:
    for sign, code in (("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C"), ("%", "%25")):
        text = text.replace(code, sign)
    return text


@given(HOSTILE, HOSTILE)
def test_an_annotation_is_the_only_command_in_its_line(cause: str, remedy: str) -> None:
    for line in commands.errors("tagboat", cause, remedy):
        assert len(lines_of(line)) == 1
        assert line.startswith("::error ")


@given(HOSTILE)
def test_talk_holds_no_command(text: str) -> None:
    assert not any(is_command(line) for line in lines_of(commands.inert(text)))


def test_talk_of_many_empty_lines_is_told_in_time() -> None:
    """Where the time grows with the square of the length, this takes hours."""
    text = "\n" * 1_000_000
    assert commands.inert(f"{text} ::error::x") == f"{text} \\::error::x"


@given(HOSTILE, HOSTILE)
def test_an_answer_holds_no_command_and_means_the_same(one: str, other: str) -> None:
    answer = {one: [other]}
    for indent in (None, 1):
        text = commands.inert_json(json.dumps(answer, indent=indent, ensure_ascii=False))
        assert json.loads(text) == answer
        assert not any(is_command(line) for line in lines_of(text))


@given(HOSTILE, HOSTILE)
def test_a_secret_is_hidden_whole_and_a_short_one_left_alone(secret: str, short: str) -> None:
    found = list(commands.masks({"GH_TOKEN": secret, "PATH": "/usr/bin", "X_SECRET": short[:3]}))
    hidden = [unescaped(line.removeprefix("::add-mask::")) for line in found]
    assert hidden == ([secret] if len(secret.strip()) >= 6 else [])


@given(HOSTILE, HOSTILE)
def test_a_cell_is_text(key: str, reason: str) -> None:
    row = {"key": key, "phase": "check", "state": "failed", "seconds": 1.0, "reason": reason}
    text = summary.rendered(summary.Page("check", "refused", steps=[row]))
    table = text.split("\n")[2:]
    assert table[0] == "| step | phase | state | time | what came of it |"
    cells = re.split(r"(?<!\\)(?:\\\\)*\|", table[2])
    assert len(cells) == 7
    for cell in cells[1:-1]:
        bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", cell)
        assert not re.search(r"[!-/:-@\[-`{-~]", bare), cell


@given(HOSTILE, HOSTILE)
def test_cause_and_remedy_stay_inside_their_fence(cause: str, remedy: str) -> None:
    page = summary.Page("check", "refused", error={"cause": cause, "remedy": remedy})
    lines = summary.rendered(page).split("\n")
    fence = lines[2].removesuffix("text")
    closing = [place for place, line in enumerate(lines[3:], 3) if line.strip().startswith(fence)]
    assert closing == [len(lines) - 3]


@given(HOSTILE)
def test_only_a_plain_address_becomes_a_link(address: str) -> None:
    page = summary.Page("check", "succeeded", links={"place": f"https://{address}", "odd": address})
    for line in summary.rendered(page).split("\n")[2:]:
        if line.startswith("- [place]"):
            assert re.fullmatch(r"- \[place\]\(<https://[^<>\s\\\"]+>\)", line)
        else:
            assert not line.startswith("- [")


def test_a_summary_that_is_too_long_says_that_it_was_cut() -> None:
    rows = [{"key": "k" * 299, "phase": "p", "state": "s", "seconds": 0.0, "reason": "ä" * 299}] * 500
    files = [{"file": "|" * 299, "size": 1, "sha256": "|" * 299}] * 500
    text = summary.rendered(summary.Page("check", "refused", steps=rows * 2, files=files))
    assert len(text.encode()) < summary.MOST_BYTES + 100
    assert "... and 500 more" in text
    assert text.endswith("The summary was cut here.\n")

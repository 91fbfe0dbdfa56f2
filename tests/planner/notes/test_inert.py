import re

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tagboat.core.text import plain
from tagboat.planner.notes.inert import markdown, restructuredtext

NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden",
    "a --> b",
    "# a heading",
    "### Security",
    "- a list",
    "+ another",
    "12345. a number",
    "12345) a number",
    "> a quote",
    "```sh",
    "~~~",
    "***",
    "---",
    "===",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "[x]: http://evil.example",
    "[Unreleased]: http://evil.example",
    "<http://evil.example>",
    "&lt;b&gt; &#60;b&#62;",
    "**bold** __bold__ *it* _it_",
    "a\nb",
    "a\r\n\r\n## 9.9.9",
    "a\u2028## 9.9.9",
    "\x1b]0;title\x07 \x1b[31mred",
    ".. raw:: html",
    ".. include:: /etc/passwd",
    ":raw:`x`",
    ":ref:`x` `x`_ x_ x__ `x`__ [1]_ [#]_ |sub| _`target`",
    "`x <javascript:alert(1)>`_",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "ends in ::",
    "::",
    "{{ 7 * 7 }} {% raw %}",
    "\\",
    "\\`code`",
    "``unclosed `half",
    "``a ` b``",
    "`code` and `a_b`, `c*d`.",
    "x`code`y",
    "`a\\`",
    "` spaced `",
    "| a | b |",
    "    indented",
    "__init__ of snake_case_ and _private",
    "@everyone #12",
    "\u202egnp.exe",
    "",
]
HARMLESS = {"text", "code_inline"}
anything = st.text(st.sampled_from(list("`*_[]()<>|\\:.#-+=~&!1a \n\"'/")) | st.characters(), max_size=60)


def inner(text: str) -> list[Token]:
    """The pieces inside the one bullet that the text may become."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"- {text}\n- next\n")
    kinds = [token.type for token in tokens]
    item = [
        "list_item_open",
        *(["paragraph_open", "inline", "paragraph_close"] if text else []),
        "list_item_close",
    ]
    assert kinds == ["bullet_list_open", *item, *item_of_next(), "bullet_list_close"], kinds
    return next(token.children or [] for token in tokens if token.type == "inline") if text else []


def item_of_next() -> list[str]:
    return ["list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close"]


def shown(tokens: list[Token]) -> str:
    return "".join(token.content for token in tokens)


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_subject_is_text_in_markdown(text: str) -> None:
    assert {piece.type for piece in inner(markdown(text))} <= HARMLESS


@settings(max_examples=200)
@given(anything)
def test_any_subject_is_text_in_markdown(text: str) -> None:
    assert {piece.type for piece in inner(markdown(text))} <= HARMLESS


@given(anything.filter(lambda text: "`" not in text))
def test_markdown_shows_a_subject_as_it_was_written(text: str) -> None:
    assert shown(inner(markdown(text))) == plain(text)


SPELLED = [
    r"C:\dir\*.txt \. \_",
    "&lt; &#60; &amp",
    "[x] [x](y) ![x]",
    "a_b _c_ **d** ~~e~~",
    "a | b",
    "ends in ::",
    "a:: b",
    "# 1",
]


@pytest.mark.parametrize("text", SPELLED)
def test_what_looks_like_markup_is_shown_as_it_was_written(text: str) -> None:
    assert shown(inner(markdown(text))) == text
    assert bullet(restructuredtext(text)).astext() == f"0123abc {text}"


@pytest.mark.parametrize("text", ["`code`y", "a `x`y` b", "`a` `b`c", "``", "`` ``", "(`a`) '`b`'"])
def test_backticks_never_open_what_they_do_not_close(text: str) -> None:
    assert {piece.type for piece in inner(markdown(text))} <= HARMLESS
    assert foreign(bullet(restructuredtext(text))) == set()


def bullet(text: str) -> nodes.paragraph:
    settings = {"report_level": 1, "halt_level": 6, "warning_stream": False, "file_insertion_enabled": True}
    tree = publish_doctree(f"- 0123abc {text}\n- next\n", settings_overrides=settings)
    assert [type(node) for node in tree.children] == [nodes.bullet_list], tree
    first, second = tree[0].children
    assert second.astext() == "next"
    assert [type(node) for node in first.children] == [nodes.paragraph], tree
    found = first[0]
    assert isinstance(found, nodes.paragraph)
    return found


def foreign(paragraph: nodes.paragraph) -> set[str]:
    """What a bullet holds beyond text, code and links to the web or to an address of mail."""
    return {
        type(node).__name__ + node.get("refuri", "")
        for node in paragraph.findall(nodes.Element)
        if not isinstance(node, nodes.paragraph | nodes.literal)
        and not re.match(r"(?i)https?:|mailto:", node.get("refuri", ""))
    }


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_subject_is_text_in_restructuredtext(text: str) -> None:
    assert foreign(bullet(restructuredtext(text))) == set()


@settings(max_examples=200)
@given(anything)
def test_any_subject_is_text_in_restructuredtext(text: str) -> None:
    assert foreign(bullet(restructuredtext(text))) == set()


@given(anything.filter(lambda text: "`" not in text))
def test_restructuredtext_shows_a_subject_as_it_was_written(text: str) -> None:
    assert bullet(restructuredtext(text)).astext() == f"0123abc {plain(text)}".rstrip()


def test_code_stays_code() -> None:
    assert markdown("use `a<b>` now") == "use `a<b>` now"
    assert restructuredtext("use `a_b` now") == "use ``a_b`` now"
    assert bullet(restructuredtext("`x*y*z`")).astext() == "0123abc x*y*z"


def test_addresses_of_the_web_stay_links() -> None:
    assert "https://forge.example/x" in restructuredtext("see https://forge.example/x")
    assert markdown("see https://forge.example/x") == "see https://forge.example/x"


def test_a_long_text_is_cut() -> None:
    assert len(markdown("x" * 100_000)) == 2_000

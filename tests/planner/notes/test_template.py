import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.planning import Notes
from tagboat.core.change import Change
from tagboat.errors import ConfigError, MissingExtraError
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.template import section

NOTES = Notes(format="template", template="docs/notes.md.j2")
HEADING = Heading(
    "1.1.0", "v1.1.0", "v1.0.0", date(2026, 1, 31), "acme/boat", "https://forge.example", "boat"
)
CHANGES = (
    Change("a" * 40, "fix", "", "the leak (#3)", (), ("3", "4")),
    Change("b" * 40, "feat", "ui", "a <b>sail</b> {{ version }}"),
    Change("c" * 40, "chore", "", "drop it", ("it is gone",), (), "", True),
    Change("d" * 40, "ci", "", "quiet"),
)


def made(template: str) -> str:
    return section(CHANGES, NOTES, HEADING, template)


def test_a_template_writes_sections_with_their_changes() -> None:
    template = """# {{ component }} {{ version }} ({{ date }})
{% for section in sections %}

## {{ section.title }}
{% for change in section.changes %}
- {% if change.scope %}{{ change.scope }}: {% endif %}{{ change.subject|md }} ({{ change.short }})
{% endfor %}
{% endfor %}
"""
    assert (
        made(template)
        == r"""# boat 1.1.0 (2026-01-31)

## Features
- ui: a \<b\>sail\</b\> {{ version }} (bbbbbbb)

## Bug Fixes
- the leak (#3) (aaaaaaa)

## Miscellaneous Chores
- drop it (ccccccc)"""
    )


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            "{{ tag }} {{ previous_tag }} {{ host }}/{{ repository }}",
            "v1.1.0 v1.0.0 https://forge.example/acme/boat",
        ),
        ("{{ year }}-{{ month }}-{{ day }}", "2026-1-31"),
        ("{{ changes|length }}", "4"),
        ("{% for c in changes %}{{ loop.index }}{{ c.type }} {% endfor %}", "1fix 2feat 3chore 4ci"),
        ("{% for c in changes if not c.hidden %}{{ c.type }} {% endfor %}", "fix feat chore"),
        ("{{ changes[0].references|join(' and ') }}", "3 and 4"),
        ("{{ changes[2].breaking|join('; ')|upper }}", "IT IS GONE"),
        ("{{ changes|selectattr('scope')|join(', ', 'subject')|rst }}", "a <b>sail</b> {{ version }}"),
        ("{{ changes|sort(attribute='type')|join(' ', 'type') }}", "chore ci feat fix"),
        ("{{ version ~ '-' ~ (2 + 3) % 4 }}", "1.1.0-1"),
        ("{% set word = 'big' if changes|length > 3 else 'small' %}{{ word|replace('b', 'p') }}", "pig"),
        ("{{ version[0:3] }}", "1.1"),
    ],
)
def test_what_a_template_may_say(template: str, text: str) -> None:
    assert made(template) == text


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "tagboat.planner.notes.template_bounds", raising=False)
    with pytest.raises(MissingExtraError, match="the extra 'notes'"):
        made("{{ version }}")


REFUSED = {
    "{% include 'x' %}": "include",
    "{% import 'x' as y %}": "import",
    "{% extends 'x' %}": "extends",
    "{% macro m() %}{% endmacro %}": "macro",
    "{% block b %}{% endblock %}": "block",
    "{% set x %}a{% endset %}": "assignblock",
    "{% filter upper %}a{% endfilter %}": "filterblock",
    "{% for c in changes recursive %}{% endfor %}": "a recursive loop",
    "{{ changes.append(1) }}": "call",
    "{{ [version, version] }}": "list",
    "{{ {'a': 1} }}": "dict",
    "{{ 'a' * 9 }}": "mul",
    "{{ 2 ** 9 }}": "pow",
    "{{ changes|map('upper') }}": "the filter map",
    "{{ '%99999999d'|format(1) }}": "the filter format",
    "{{ version|attr('__class__') }}": "the filter attr",
    "{% set ns.a = 1 %}": "more than one name",
}


@pytest.mark.parametrize("template", REFUSED)
def test_what_could_grow_or_reach_out_is_refused_with_its_line(template: str) -> None:
    with pytest.raises(ConfigError, match=rf"^docs/notes\.md\.j2:2: {REFUSED[template]}.* is not allowed"):
        made(f"\n{template}")


BOMBS = {
    "{% set x = 'aaaaaaaa' %}" + "{% set x = x ~ x %}" * 40: "a text of more than 65536 characters",
    "{% set x = 'aaaaaaaa' %}"
    + "{% set x = x|replace('a', x) %}" * 9: "a text of more than 65536 characters",
    "{% set x = 'aaaaaaaa' %}" + "{% set x = x|join(x) %}" * 9: "a text of more than 65536 characters",
    "{% for a in changes %}" * 19 + "{% endfor %}" * 19: "more than 500000 turns",
    "{% set x = 'abcdefgh' %}"
    + "{% set x = x ~ x %}" * 9
    + "{% for a in x %}{% for b in x %}{{ x }}{% endfor %}{% endfor %}": "makes more than 1048576 characters",
    "{% for a in changes %}" * 30 + "{% endfor %}" * 30: "nested too deeply",
    "{{ " + "not " * 9000 + "1 }}": "nested too deeply",
    "{{ 1" + " + 1" * 9000 + " }}": "nested too deeply",
    "{{ 1 + 9007199254740993 }}": "whole number",
    "{{ '%99999999d' % 1 }}": "whole number",
    "{{ " + "9" * 5000 + " }}": "digits",
    "x" * 70_000: "longer than 65536 characters",
}


@pytest.mark.parametrize("template", BOMBS, ids=lambda template: template[:40])
def test_a_template_that_makes_too_much_is_given_up(template: str) -> None:
    with pytest.raises(ConfigError, match=BOMBS[template]):
        made(template)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("\n{{ nobody }}", r":2: 'nobody' is undefined"),
        ("\n\n{% for c in changes %}", r":3: Unexpected end of template"),
        ("{{ changes }}", r":1: it prints what is neither text nor number"),
        ("{{ changes[0].nothing }}", r":1: 'dict object' has no attribute 'nothing'"),
        ("{{ ''.__class__ }}", r":1: access to attribute '__class__'"),
        ("{{ 1 // 0 }}", r":1: .*by zero"),
        ("{{ version|replace(1, 2) }}", r":1: "),
        ("{% for c in 3 %}{% endfor %}", r":1: it loops over what is no list"),
    ],
)
def test_a_mistake_is_told_with_its_line(template: str, said: str) -> None:
    with pytest.raises(ConfigError, match=rf"^docs/notes\.md\.j2{said}"):
        made(template)


WORDS = """{{ }} {% %} for in changes endfor if else endif set x = ~ |join |length |replace('a','b') version . [ ] ( ) 0 1 + -
'a' sections c.subject loop.index not and {# #} |sort |first |list"""
pieces = st.sampled_from(WORDS.split())


@settings(max_examples=200)
@given(st.lists(pieces, max_size=14).map(" ".join))
def test_any_template_gives_a_text_or_a_configuration_error(template: str) -> None:
    try:
        made(template)
    except ConfigError as error:
        told = str(error)
    else:
        told = "docs/notes.md.j2"
    assert told.startswith("docs/notes.md.j2")

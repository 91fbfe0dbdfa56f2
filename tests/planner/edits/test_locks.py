from datetime import date

import pytest

from tagboat.config.planning import Edit, Rules
from tagboat.config.project import Tree
from tagboat.errors import ConfigError
from tagboat.planner.edits import file_edits, lock_remarks

OTHERS = '[[package]]\nname = "acme-io"\nversion = "1.2.3"\nsource = { editable = "io" }\n\n'


def edited(path: str, text: str, distribution: str = "Acme.core") -> str:
    rules = Rules("x", distribution=distribution, edits=(Edit(path, "lock"),))
    done = file_edits(Tree({path}, lambda _: text.encode()), rules, "1.2.3", "1.3.0", date(2026, 1, 31))
    return done[0].after.decode() if done else text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "uv.lock",
            OTHERS
            + '[[package]]\nname = "acme-core"\nversion = "@"\nsource = { editable = "." }\n\n'
            + OTHERS,
        ),
        ("uv.lock", '[[package]]\r\nname = "acme-core"\r\nversion = "@"\r\nsource = { virtual = "." }\r\n'),
        (
            "uv.lock",
            (
                '[[package]]\nname = "x"\nversion = "1.2.3"\nsource = { virtual = "." }\ndependencies = [\n'
                '    { name = "acme-core", version = "@", source = { editable = "a" }, marker = "x" },\n'
                '    { name = "acme-core", version = "1.2.3", source = { registry = "r" } },\n]\n'
                '\n[[package]]\nname = "acme-core"\nversion = "@"\nsource = { editable = "a" }\n'
                '\n[[package]]\nname = "acme-core"\nversion = "1.2.3"\nsource = { registry = "r" }\n'
            ),
        ),
        (
            "poetry.lock",
            (
                '[[package]]\nname = "acme_core"\nversion = "@"\nfiles = []\ndevelop = true\n\n[package.dependencies]\n'
                'x = "1.2.3"\n\n[package.source]\ntype = "directory"\nurl = "../core"\n\n[metadata]\nversion = "1.2.3"\n'
            ),
        ),
        ("pdm.lock", '[[package]]\nname = "acme-core"\nversion = "@"\nextras = ["all"]\npath = "./core"\n'),
        ("pylock.dev.toml", '[[packages]]\nname = "acme-core"\nversion = "@"\ndirectory = { path = "." }\n'),
        (
            "pixi.lock",
            (
                "- pypi: ./\n  name: acme-core\n  version: @\n  editable: true\n"
                "- pypi: file://x\n  name: acme-core\n  version: 1.2.3\n"
            ),
        ),
    ],
)
def test_the_component_s_own_version_changes_alone(path: str, text: str) -> None:
    assert edited(path, text.replace("@", "1.2.3")) == text.replace("@", "1.3.0")


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("uv.lock", OTHERS, "uv.lock does not list acme-core"),
        (
            "uv.lock",
            '[[package]]\nname = "acme-core"\nversion = "1"\nsource = { registry = "r" }\n',
            "uv.lock does not list acme-core",
        ),
        (
            "uv.lock",
            '[[package]]\nname = "acme-core"\nsource = { editable = "." }\n',
            "uv.lock:1: [[package]]: the entry of acme-core has no version",
        ),
        (
            "pixi.lock",
            "\n- pypi: ./\n  name: acme-core\n  version: 1.2.3\n  sha256: 00\n",
            "pixi.lock:2: - pypi: ./: has a hash of the project; run pixi lock after the edit",
        ),
    ],
)
def test_a_lock_that_does_not_list_it_stays_and_says_why(path: str, text: str, why: str) -> None:
    assert edited(path, text) == text
    assert lock_remarks(Tree({path}, lambda _: text.encode()), Rules("acme-core")) == (why,)


def test_a_lock_that_contradicts_itself_is_refused() -> None:
    entry = '[[package]]\nname = "acme-core"\nversion = "{}"\nsource = {{ editable = "." }}\n'
    with pytest.raises(ConfigError, match="with different versions"):
        edited("uv.lock", entry.format("1.2.3") + entry.format("1.2.4"))
    with pytest.raises(ConfigError, match="texts of several lines"):
        edited("uv.lock", f"a = '''\n{entry.format('1.2.3')}'''\n")
    with pytest.raises(ConfigError, match=r"uv\.lock:2: \[\[package\]\]: the entry cannot be read"):
        edited("uv.lock", '\n[[package]]\nname = "acme-core"\n= \n')


def test_a_lock_without_end_is_read_in_bounded_time() -> None:
    entry = '[[package]]\nname = "acme-core"\nversion = "1.2.3"\nsource = { editable = "." }\n'
    many = "".join(
        f'[[package]]\nname = "p{n}"\nversion = "1"\nsource = {{ registry = "r" }}\n\n' for n in range(50_000)
    )
    assert edited("uv.lock", many + entry) == many + entry.replace("1.2.3", "1.3.0")

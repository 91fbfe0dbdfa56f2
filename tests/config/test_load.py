import subprocess
import sys

import pytest

from tagboat.config.load import load
from tagboat.errors import ConfigError


def refused(text: str | bytes, file: str = "tagboat.toml") -> str:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(ConfigError) as caught:
        load({file: data})
    assert caught.value.remedy
    return caught.value.cause


def test_no_configuration_is_none() -> None:
    assert load({}) is None
    assert load({"pyproject.toml": b"[project]\nname = 'x'\n[tool.ruff]\n"}) is None
    assert load({"pyproject.toml": b"tool = 3"}) is None


def test_the_source_is_the_file() -> None:
    config = load({"pyproject.toml": b"[tool.tagboat]\n"})
    assert config is not None
    assert (config.source, config.components) == ("pyproject.toml", ())


def test_a_configuration_that_is_no_table_is_refused() -> None:
    assert (
        refused("tool.tagboat = 3", "pyproject.toml")
        == "pyproject.toml:1: tool.tagboat: must be a table, not a number"
    )


def test_messages_name_the_tag_that_the_file_was_read_from() -> None:
    with pytest.raises(ConfigError, match=r"^v1\.0:tagboat\.toml:1: a: unknown key"):
        load({"tagboat.toml": b"a = 1"}, at="v1.0")


def test_no_secret_is_repeated() -> None:
    secret = "ghp_" + "a1B2" * 9
    text = f"""
        [components.a.shards.0]
        x = "{secret}"
        [components.b]
        shards = [{{ environment = {{ A = "{secret}", B = "https://me:{secret}@host" }} }}]
        [indexes.c]
        upload = "https://me:{secret}@host/"
    """
    assert secret not in refused(text)


@pytest.mark.parametrize(
    "name", ["PYPI_TOKEN", "API_KEY", "MY_PASSWORD", "AWS_SECRET_ACCESS_KEY", "GITHUBTOKEN"]
)
def test_variables_that_look_like_secrets_are_refused(name: str) -> None:
    assert "looks like a secret" in refused(f"components.a.shards = [{{ environment = {{ {name} = 'x' }} }}]")


def test_the_name_of_the_tags_own_archive_is_no_shards() -> None:
    assert "choose another name" in refused("components.a.shards = [{ name = 'source-archive' }]")


@pytest.mark.parametrize("name", ["TOKENIZERS_PARALLELISM", "CFLAGS", "KEYBOARD"])
def test_other_variables_are_welcome(name: str) -> None:
    assert load({"tagboat.toml": f"components.a.shards = [{{ environment = {{ {name} = 'x' }} }}]".encode()})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a = \xff", "tagboat.toml:1: this is not UTF-8 text"),
        (b"#" * (1 << 20) + b"#", "tagboat.toml is longer than 1048576 bytes"),
        (b"a = " + b"[" * 100_000, "tagboat.toml is nested too deeply"),
        (b"a = " + b"{a=" * 100_000, "tagboat.toml is nested too deeply"),
        (b"a = " + b"1" * 5000, "tagboat.toml holds a number that is too long"),
        (b"\n[" + b"a." * 400_000 + b"a]", "tagboat.toml:2: a key of more than 30 parts"),
        (b"a = { 'a'" + b' . "\\""' * 99, "tagboat.toml:1: a key of more than 30 parts"),
        (b"a" * 100_000 + b" = 1", f"tagboat.toml:1: {'a' * 80}: unknown key"),
        (b"policy.ci-wait = 0x" + b"f" * 5000, "tagboat.toml:1: policy.ci-wait: must be at most 86400"),
        (b"a" + b".a" * 25 + b" = 1", "tagboat.toml:1: a: unknown key"),
        (b"a = " + b"[" * 90 + b"]" * 90, "tagboat.toml:1: a: unknown key"),
        (b"components.a" + b".a" * 25 + b" = 1", "tagboat.toml:1: components.a.a: unknown key"),
        (b'"\\u0000" = 1', "tagboat.toml:1: '\\x00': unknown key"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else "",
)
def test_hostile_text_is_one_clear_mistake(text: bytes, said: str) -> None:
    assert refused(text).startswith(said)


def test_a_thousand_mistakes_are_cut_short() -> None:
    cause = refused("\n".join(f"k{number} = 1" for number in range(1000)))
    assert cause.startswith("1000 mistakes:\n")
    assert cause.endswith("... and 900 more")
    assert len(cause) < 10_000


def test_too_many_components_are_refused_before_they_are_compared() -> None:
    cause = refused("\n".join(f"[components.c{number}]" for number in range(5000)))
    assert "components: is too long: at most 200 are allowed" in cause


def test_the_validator_is_imported_only_for_a_configuration() -> None:
    program = (
        "import sys; from tagboat.config.load import load; load({'pyproject.toml': b''}); "
        "sys.exit('pydantic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0

import tomllib
from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from tagboat.config.load import load
from tagboat.config.places import places
from tagboat.config.shape import tables
from tagboat.errors import ConfigError

KEYS = sorted({str(field.alias) for table in tables().values() for field in table.model_fields.values()})
WORDS = st.one_of(st.sampled_from([*KEYS, "core", "pypi", "main"]), st.text(max_size=5).map(ascii))
SCALARS = st.sampled_from(
    [
        '"x"',
        "'{version}'",
        '"v{version}"',
        "1",
        "-1",
        "0x10",
        "1.5",
        "nan",
        "true",
        "1979-05-27",
        '""',
        '"..\\u0000"',
        '">=1"',
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(WORDS, inner), max_size=3).map(
            lambda rows: "{ " + ", ".join(f"{key} = {value}" for key, value in rows) + " }"
        ),
    ),
    max_leaves=8,
)
LINES = st.one_of(
    st.tuples(WORDS, VALUES).map(lambda row: f"{row[0]} = {row[1]}"),
    st.lists(WORDS, min_size=1, max_size=4).map(lambda parts: f"[{'.'.join(parts)}]"),
    st.lists(WORDS, min_size=1, max_size=4).map(lambda parts: f"[[{'.'.join(parts)}]]"),
    st.just("[components.core]"),
    st.just("[[components.core.shards]]"),
    st.text(max_size=10),
)
TEXTS = st.lists(LINES, max_size=8).map("\n".join)


@given(
    st.one_of(TEXTS.map(str.encode), st.binary(max_size=50)),
    st.sampled_from(["tagboat.toml", "pyproject.toml"]),
)
@example(b"['[key]']", "tagboat.toml")
def test_reading_gives_a_configuration_or_its_mistakes_and_nothing_else(data: bytes, file: str) -> None:
    with suppress(ConfigError):
        load({file: data})


@given(TEXTS)
def test_every_key_of_a_toml_text_has_a_place_in_it(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = places(text)
    open_values: list[tuple[tuple[str | int, ...], object]] = [((), document)]
    while open_values:
        path, value = open_values.pop()
        rows = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, item in rows:
            assert 1 <= found[(*path, key)] <= text.count("\n") + 1
            open_values.append(((*path, key), item))

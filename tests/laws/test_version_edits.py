import tomllib

from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from tagboat.config.project import Tree
from tagboat.planner.version_edit import edited, next_patch
from tagboat.planner.version_place import version_place

LINES = st.sampled_from(
    [
        "",
        "# version = '9.9'",
        "name = 'x'  # é",
        "description = 'version = \"1.2\"'",
        "urls = { version = '1.2' }",
    ]
)
OTHERS = st.sampled_from(
    ["", "[tool.a]\nversion = '1.2'\n", "[[tool.b]]\nversion = '1.2'\n", "# [project]\n"]
)
SPELLINGS = st.sampled_from(
    ['version = "{}"', "version='{}' # version = '1.2'", "'version'\t=  '{}'", "\"version\" = '{}'"]
)
NUMBERS = st.lists(st.integers(0, 3000), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


@given(OTHERS, st.lists(LINES, unique=True), SPELLINGS, NUMBERS, OTHERS, st.sampled_from(["\n", "\r\n"]))
def test_an_edit_changes_the_version_and_nothing_else(
    before: str, lines: list[str], spelling: str, version: str, after: str, end: str
) -> None:
    text = f"{before}[project]\n" + "\n".join([*lines, spelling.format(version)]) + "\n" + after
    if before.strip().startswith("[") and before == after:
        after, text = "", text.removesuffix(after)
    data = text.replace("\n", end).encode()
    place = version_place(Tree({"pyproject.toml"}, lambda _: data), ".", "x")
    assert place.version == version
    following = next_patch(Version(version))
    whole = edited(data, place, following)
    expected = tomllib.loads(data.decode())
    expected["project"]["version"] = str(following)
    assert tomllib.loads(whole.decode()) == expected
    assert edited(
        whole, version_place(Tree({"pyproject.toml"}, lambda _: whole), ".", "x"), Version(version)
    ) in {
        data,
        data.replace(version.encode(), str(Version(version)).encode()),
    }

"""Which references a pattern of an environment takes."""

import pytest

from tagboat.core.deployment import admits


@pytest.mark.parametrize(
    ("patterns", "name", "wanted"),
    [
        (("main",), "main", True),
        (("main",), "mainly", False),
        (("v*",), "v1.0", True),
        (("v*",), "v1/0", False),
        (("release/*",), "release/1.0", True),
        (("*",), "release/1.0", False),
        (("release/*/*",), "release/a/b", True),
        (("v[0-9]*",), "v1", True),
        (("v[!0-9]*",), "v1", False),
        (("V*",), "v1", False),
        ((), "v1", False),
        (("main", "v?"), "v1", True),
        (("**/v1",), "v1", None),
        (("v{1,2}",), "v1", None),
        (("v[^0-9]*",), "v1", None),
        (("v{1,2}", "v1"), "v1", True),
        (("[v/w]1",), "v1", None),
        (("[v1",), "v1", None),
    ],
)
def test_a_reference_fits_a_pattern_or_nobody_can_tell(
    patterns: tuple[str, ...], name: str, wanted: bool | None
) -> None:
    assert admits(patterns, name) is wanted

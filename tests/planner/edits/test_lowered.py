import pytest

from tagboat.core.proposal import FileEdit, Place
from tagboat.planner.edits.lowered import lowered


@pytest.mark.parametrize(
    ("before", "after", "warned"),
    [
        ("1.4.0", "0.1.0", True),
        ("8.5.0.dev", "8.4.3", True),
        ("1.0.0", "1.0.1", False),
        ("1.0.0-rc.1", "1.0.0", False),
        ("(new)", "## 1.0.0", False),
        ("2024-01-02", "2023-01-02", False),
    ],
)
def test_a_version_that_becomes_lower_is_warned_of_once_for_a_file(
    before: str, after: str, warned: bool
) -> None:
    places = (Place(3, before, after), Place(9, before, after))
    edit = FileEdit("pyproject.toml", b"", b"", places, "auto")
    told = [f"pyproject.toml:3 holds {before}, which is above {after}"]
    assert list(lowered([edit])) == (told if warned else [])

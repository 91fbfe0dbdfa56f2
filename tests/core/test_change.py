import pytest

from tagboat.core.change import Change


@pytest.mark.parametrize(
    ("change", "header"),
    [
        (Change("c", "feat", "", "rows"), "feat: rows"),
        (Change("c", "fix", "ui", "rows", bang=True), "fix(ui)!: rows"),
        (Change("c", "", "", "Tidy up"), "Tidy up"),
    ],
)
def test_a_change_is_spelled_as_its_header(change: Change, header: str) -> None:
    assert change.header == header

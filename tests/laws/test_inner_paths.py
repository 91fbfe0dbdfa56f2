from __future__ import annotations

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from tagboat.config.project import inside

PATHS = st.text("a./", max_size=8)


@given(PATHS, PATHS)
def test_paths_are_joined_as_pathlib_joins_them(folder: str, name: str) -> None:
    assert inside(folder, name) == str(PurePosixPath(folder, name))

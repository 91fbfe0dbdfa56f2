"""The player of a handed-over release, where an index is not as it takes it to be."""

from __future__ import annotations

from typing import Any

import pytest

from tagboat.errors import InvalidError
from tagboat.sandbox.player import _Caller


def test_a_file_with_other_bytes_is_not_taken_for_its_own(pypi: Any, kit: Any, sandbox: Any) -> None:
    caller, url = _Caller(sandbox.addresses), sandbox.addresses.pypi.upload
    mine, other = kit.wheel(), kit.wheel(payload=b"other\n")
    assert not caller.lists(url, mine.filename, mine.content)
    assert pypi.upload(mine).status == 200
    assert caller.lists(url, mine.filename, mine.content)
    with pytest.raises(InvalidError, match="with other bytes"):
        caller.lists(url, mine.filename, other.content)

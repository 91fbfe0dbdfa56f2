import json
from pathlib import Path

import pytest

from tagboat.config.load import FILES, load
from tagboat.errors import ConfigError

CASES = Path(__file__).parent.parent / "cases" / "config"


def _cases() -> list[Path]:
    return sorted(path for path in CASES.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_a_file_gives_its_configuration_or_all_of_its_mistakes(case: Path) -> None:
    files = {name: (case / name).read_bytes() for name in FILES if (case / name).exists()}
    expected = case / "expected.json"
    if expected.exists():
        config = load(files)
        assert config is not None
        assert json.loads(json.dumps(config.as_json())) == json.loads(expected.read_text())
        return
    with pytest.raises(ConfigError) as caught:
        load(files)
    assert caught.value.cause + "\n" == (case / "expected-error.txt").read_text()

import tempfile
import time

from tagboat.adapters.git.parallel import pieces
from tagboat.adapters.git.records import texts


def test_one_long_text_takes_no_longer_than_many_short_ones() -> None:
    with tempfile.TemporaryFile() as stream:
        stream.write(b"a" * (48 << 20) + b"\0b\0")
        stream.seek(0)
        start = time.process_time()
        (found,) = texts(pieces(stream))
        assert time.process_time() - start < 3
    assert [len(text) for text in found] == [48 << 20, 1]

import tempfile
import time
from pathlib import Path

from tagboat.adapters.git.child import Git
from tagboat.adapters.git.objects import Objects
from tagboat.adapters.git.records import names_in, pieces, texts


def test_one_long_text_takes_no_longer_than_many_short_ones() -> None:
    with tempfile.TemporaryFile() as stream:
        stream.write(b"a" * (48 << 20) + b"\0b\0")
        stream.seek(0)
        start = time.process_time()
        (found,) = texts(pieces(stream))
        assert time.process_time() - start < 3
    assert [len(text) for text in found] == [48 << 20, 1]


def test_names_in_a_tree_are_told_whatever_stands_in_the_ids(tmp_path: Path) -> None:
    for form, size in (("sha1", 20), ("sha256", 32)):
        folder = tmp_path / form
        git = Git(None)
        git.run("init", "-q", "--bare", f"--object-format={form}", str(folder))
        git = Git(folder)
        names = [f"name {number} \xe9".encode() for number in range(300)]
        blobs = [
            git.run("hash-object", "-w", "--stdin", content=name).stdout.strip() for name in names[:3]
        ] * 100
        listed = b"".join(b"100644 blob %s\t%s\0" % pair for pair in zip(blobs, names, strict=True))
        made = git.run("mktree", "-z", content=listed).stdout.decode().strip()
        assert set(names_in(Objects(git).read(made, "tree") or b"", size)) == set(names)
    assert list(names_in(b"", 20)) == []

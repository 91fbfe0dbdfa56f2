from tagboat.config.places import Path, places, texts


def test_every_key_has_its_line() -> None:
    text = '''# comment [not.a.table]
name = "x"  # = "y"
a.b."c d" = 1

[t]
multi = """
[not.a.table]
no = 1
"""
lit = \'\'\'
z = 1\'\'\'
list = [
  "one", # ]
  { k = 2, m = [3] },
]
inline = { x = 1, "y.z" = { w = 2 } }

[[t.shards]]
s = 1
[t.shards.env]
e = 1
[[t.shards]]
s = 2
["q.r".'s']
u = 1979-05-27 07:32:00
'''
    expected: dict[Path, int] = {
        ("name",): 2,
        ("a",): 3,
        ("a", "b"): 3,
        ("a", "b", "c d"): 3,
        ("t",): 5,
        ("t", "multi"): 6,
        ("t", "lit"): 10,
        ("t", "list"): 12,
        ("t", "list", 0): 13,
        ("t", "list", 1): 14,
        ("t", "list", 1, "k"): 14,
        ("t", "list", 1, "m"): 14,
        ("t", "list", 1, "m", 0): 14,
        ("t", "inline"): 16,
        ("t", "inline", "x"): 16,
        ("t", "inline", "y.z"): 16,
        ("t", "inline", "y.z", "w"): 16,
        ("t", "shards"): 18,
        ("t", "shards", 0): 18,
        ("t", "shards", 0, "s"): 19,
        ("t", "shards", 0, "env"): 20,
        ("t", "shards", 0, "env", "e"): 21,
        ("t", "shards", 1): 22,
        ("t", "shards", 1, "s"): 23,
        ("q.r",): 24,
        ("q.r", "s"): 24,
        ("q.r", "s", "u"): 25,
    }
    assert places(text) == expected


def test_line_ends_of_windows_count_once() -> None:
    assert places("a = 1\r\n\r\nb = 2\r\n") == {("a",): 1, ("b",): 3}


def test_texts_stand_between_their_quotes() -> None:
    text = """a = "x"  # b = "no"
b.c = '''y'''
d = { e = 'z', f = 1, g = [ "w" ] }
h = ""
"""
    found = {path: text[start:end] for path, (start, end) in texts(text).items()}
    assert found == {("a",): "x", ("b", "c"): "y", ("d", "e"): "z", ("d", "g", 0): "w", ("h",): ""}

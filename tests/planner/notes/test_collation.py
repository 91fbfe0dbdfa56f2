"""Entries are sorted as JavaScript's ``localeCompare`` sorts them: held by the real one where node is installed."""

from __future__ import annotations

import json
import random
import subprocess
from functools import cmp_to_key

import pytest

from tagboat.planner.notes.collation import collation_key

LATIN = "".join(
    chr(code) for code in range(0xC0, 0x180) if chr(code) not in "\xd7÷ÆæÐðØøÞþßĐđĦħıĲĳĸĿŀŁłŉŊŋŒœŦŧſ"
)
"""Latin letters with accents that Unicode takes apart into a letter and its marks."""
ASCII = "".join(chr(code) for code in range(9, 14)) + "".join(chr(code) for code in range(32, 127))
SCRIPT = """
const pairs = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(pairs.map(([a, b]) => Math.sign(a.localeCompare(b, 'en')))));
"""


def order(one: str, two: str) -> int:
    first, second = collation_key(one), collation_key(two)
    return (first > second) - (first < second)


def texts(seed: int, alphabet: str, count: int) -> list[str]:
    """Random texts, many of which differ in little: case, one accent, one mark."""
    dice = random.Random(seed)  # noqa: S311 - the same texts every time
    found = ["".join(dice.choices(alphabet, k=dice.randint(0, 8))) for _ in range(count)]
    near = [text.swapcase() if dice.random() < 0.5 else text + dice.choice(alphabet) for text in found]
    return found + near


@pytest.mark.needs("node")
@pytest.mark.parametrize(
    "alphabet", [ASCII, "aAbB-_ #1(", "aáàâbcçCÇ -", ASCII + LATIN], ids=["ascii", "near", "accents", "latin"]
)
def test_pairs_are_ordered_as_by_the_real_one(alphabet: str) -> None:
    words = texts(1742, alphabet, 1500)
    dice = random.Random(7)  # noqa: S311 - the same texts every time
    pairs = [(dice.choice(words), dice.choice(words)) for _ in range(6000)]
    pairs += list(zip(words[:1500], words[1500:], strict=True))
    done = subprocess.run(
        ["node", "-e", SCRIPT], input=json.dumps(pairs).encode(), capture_output=True, check=True, timeout=60
    )
    real = json.loads(done.stdout)
    wrong = [
        (pair, want, order(*pair)) for pair, want in zip(pairs, real, strict=True) if want != order(*pair)
    ]
    assert not wrong, f"{len(wrong)} of {len(pairs)}: {wrong[:10]}"


@pytest.mark.parametrize(
    "ordered",
    [
        ["", " ", "_", "-", ",", "!", "(", "@", "#", "$", "0", "9", "a", "A", "b", "B"],
        ["api", "API", "api: x", "apis"],
        ["a", "á", "ab"],
        ["resume", "Resume", "résumé", "Résumé", "resumed"],
        ["co-op", "coop"],
        ["a b", "ab"],
    ],
)
def test_the_order_is_known_without_it(ordered: list[str]) -> None:
    shuffled = random.Random(3).sample(ordered, len(ordered))  # noqa: S311 - the same every time
    assert sorted(shuffled, key=collation_key) == ordered
    assert sorted(shuffled, key=cmp_to_key(order)) == ordered


def test_any_text_has_a_place() -> None:
    for text in ("\0", "\ud800", "日本", "\U0001f600", "\u202e", "a\u0301" * 1000, "ß", "Æ"):
        assert collation_key(text) == collation_key(text)
        assert order(text, text) == 0

"""The forty-eight pitfalls of `data-pitfalls.md` are forty-eight tests, and none of them can vanish unseen."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"^\s*(?:async )?def test_p(\d\d)_\w+\(", re.MULTILINE)


def test_each_of_the_forty_eight_pitfalls_is_a_test_by_its_number() -> None:
    found = {
        int(number) for path in TESTS.rglob("test_*.py") for number in NAMED.findall(path.read_text("utf-8"))
    }
    assert sorted(set(range(1, 49)) - found) == []
    assert sorted(found - set(range(1, 49))) == []  # a number that no pitfall has is a slip of the pen

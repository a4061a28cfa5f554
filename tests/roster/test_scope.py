"""Who may see which student, and why."""

import pytest

from crescendo.roster import queries

LINCOLN = {"sam", "nora", "quinn", "lena"}
EXPECTED = {
    "dina": LINCOLN | {"omar"},
    "ana": LINCOLN | {"omar"},
    "adam": LINCOLN | {"omar"},
    "priya": LINCOLN,
    "cora": LINCOLN,
    "tess": {"sam", "nora"},
    "otto": {"omar"},
    "fay": {"sam"},
    "sam": {"sam"},
    "ivo": set(),
    "hana": set(),
    "max": set(),
    "mona": set(),
    "gus": set(),
    "bryn": set(),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_of_the_cast_sees_exactly_the_students_there_is_a_reason_for(cast, name):
    with cast.looking_as(name) as viewer:
        seen = {student.pk for student in queries.list_students(viewer=viewer)}
    assert seen == {cast.students[student].pk for student in EXPECTED[name]}

"""Who sees which numbers: the page's own filter, PostgreSQL behind it, and small groups."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from published import add_group_value, add_series, add_student_value, make_run

from cast import AT, as_web_role
from crescendo.core.errors import NotFound
from crescendo.indicators import queries
from crescendo.indicators.models import MeasurementRun, StudentValue
from crescendo.indicators.permissions import result_scope


@pytest.fixture
def run(cast) -> MeasurementRun:
    run = make_run(at=AT)
    for name, school in (("sam", "lincoln"), ("nora", "lincoln"), ("quinn", "lincoln"), ("omar", "monroe")):
        for indicator in ("attendance_rate", "behaviour_incident_rate"):
            add_student_value(
                run, cast.students[name].pk, cast.organisations[school].pk, indicator=indicator, flag=True
            )
    add_group_value(run, cast.district.pk)
    small = {"n_students": 3, "is_suppressed": True, "numerator": 27.0, "denominator": 30.0, "value": 0.9}
    for school in (cast.lincoln, cast.monroe):
        add_group_value(run, school.pk, **small)
        add_group_value(run, school.pk, **small | {"indicator": "behaviour_incident_rate"})
        add_group_value(run, school.pk, **small | {"characteristic": "grade_level", "group_value": "07"})
        add_group_value(run, school.pk, **small | {"characteristic": "home_language", "group_value": "es"})
        add_series(run, school.pk, [run.as_of], [0.9])
    add_series(run, cast.district.pk, [run.as_of], [0.93])
    return run


ALL = {"sam", "nora", "quinn", "omar"}
SEES = {
    "dina": ALL,
    "priya": {"sam", "nora", "quinn"},
    "tess": {"sam", "nora"},
    "otto": {"omar"},
    "cora": {"sam", "nora", "quinn"},
    "ana": ALL,
    "fay": {"sam"},
    "sam": {"sam"},
    "bryn": set(),
    "gus": set(),
    "ivo": set(),
    "hana": set(),
    "max": set(),
    "mona": set(),
}


@pytest.mark.parametrize("name", SEES)
def test_postgresql_hides_students_values_even_when_a_page_forgets_to_ask(cast, run, name):
    names = {student.pk: key for key, student in cast.students.items()}
    with cast.looking_as(name):
        seen = StudentValue.objects.filter(indicator="attendance_rate").order_by("id")
        assert {names[pk] for pk in seen.values_list("student_id", flat=True)} == SEES[name]


def test_without_a_viewer_the_web_role_sees_no_students_value(cast, run):
    with transaction.atomic(), as_web_role():
        assert not StudentValue.objects.exists()


@pytest.mark.parametrize(("name", "sees"), [("priya", True), ("tess", True), ("fay", True), ("ana", False)])
def test_a_students_behaviour_needs_its_own_permission(cast, run, name, sees):
    with cast.looking_as(name):
        rows = StudentValue.objects.filter(indicator="behaviour_incident_rate", student_id=cast.sam.pk)
        assert rows.exists() is sees


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM indicators_studentvalue_r{run}",
        "INSERT INTO indicators_studentvalue SELECT * FROM indicators_studentvalue LIMIT 1",
        "UPDATE indicators_studentvalue SET value = 1",
        "UPDATE indicators_measurementrun SET is_current = false",
        "DELETE FROM indicators_groupvalue",
        "SELECT indicators_make_results(99)",
        "SELECT indicators_show_results({run})",
        "SELECT indicators_drop_results('{{}}')",
        "SELECT * FROM indicators_factchange",
    ],
)
def test_a_page_can_neither_walk_past_the_policy_nor_make_numbers(cast, run, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        cast.looking_as("dina"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(run=run.pk))


def test_a_students_numbers_carry_their_run_rules_and_snapshot(cast, run):
    with cast.looking_as("tess") as viewer:
        number = queries.list_student_numbers(viewer=viewer, student_id=cast.sam.pk, run=run)[0]
    assert (number.indicator, number.rule_pack, number.value) == ("attendance_rate", "us-federal", 0.9)
    assert (number.run_id, number.snapshot_id, number.as_of) == (run.pk, run.snapshot_id, run.as_of)


def test_a_teacher_gets_nothing_about_a_student_of_another_class(cast, run):
    with cast.looking_as("tess") as viewer:
        assert (
            queries.list_student_numbers(viewer=viewer, student_id=cast.students["quinn"].pk, run=run) == []
        )


def test_a_class_is_read_in_two_queries(cast, run, django_assert_num_queries):
    ids = [cast.students[name].pk for name in ("sam", "nora")]
    with cast.looking_as("tess") as viewer, django_assert_num_queries(2):
        found = queries.list_numbers_of_students(
            viewer=viewer, student_ids=ids, indicators=["attendance_rate"], run=run
        )
    assert [found[pk][0].value for pk in ids] == [0.9, 0.9]


def test_flagged_students_are_those_the_viewer_may_see(cast, run):
    ask = {
        "school_id": cast.lincoln.pk,
        "indicator": "attendance_rate",
        "rule_pack": "us-federal",
        "run": run,
    }
    for name, count in (("priya", 3), ("tess", 2), ("otto", 0)):
        with cast.looking_as(name) as viewer:
            assert queries.list_flagged_students(viewer=viewer, **ask).count() == count


def lincoln(cast, name: str, run, **which) -> list:
    with cast.looking_as(name) as viewer:
        ids = [cast.lincoln.pk]
        return queries.list_organisation_numbers(viewer=viewer, organisation_ids=ids, run=run, **which)


def test_a_principal_of_a_small_school_loses_no_cell(cast, run):
    for characteristic in ("", "grade_level", "home_language"):
        for number in lincoln(cast, "priya", run, characteristic=characteristic):
            assert (number.value, number.n_students) == (0.9, 3)


@pytest.mark.parametrize("name", ["gus", "ivo", "tess", "mona", "fay", "sam"])
def test_who_may_not_see_the_students_does_not_see_a_small_groups_number(cast, run, name):
    numbers = lincoln(cast, name, run)
    assert numbers
    for number in numbers:
        assert (number.value, number.numerator, number.denominator, number.n_students) == (None,) * 4
        assert (number.lower, number.upper, number.reason) == (None, None, "suppressed")


def test_a_group_by_a_sensitive_characteristic_needs_the_permission_for_it(cast, run):
    """Adam sees every student, but not what language is spoken at home: three of three would tell him."""
    assert lincoln(cast, "adam", run)[0].value == 0.9
    assert lincoln(cast, "adam", run, characteristic="home_language")[0].value is None
    assert lincoln(cast, "ana", run, characteristic="home_language")[0].value == 0.9


def test_a_small_groups_behaviour_needs_the_permission_for_it(cast, run):
    ask = {"indicators": ["behaviour_incident_rate"]}
    assert lincoln(cast, "priya", run, **ask)[0].value == 0.9
    assert lincoln(cast, "ana", run, **ask)[0].value is None


@pytest.mark.parametrize("name", ["hana", "max", "otto", "bryn"])
def test_without_a_post_there_a_schools_numbers_do_not_exist(cast, run, name):
    assert lincoln(cast, name, run) == []
    with cast.looking_as(name) as viewer, pytest.raises(NotFound):
        queries.compare_organisation(viewer=viewer, organisation=cast.lincoln, run=run)


def test_a_range_is_shown_where_the_exact_share_would_tell(cast, run):
    add_group_value(
        run, cast.district.pk, indicator="tested_share", value=0.99, is_suppressed=True, shown=">=98%"
    )
    ask = {"organisation_ids": [cast.district.pk], "indicators": ["tested_share"], "run": run}
    with cast.looking_as("gus") as viewer:
        number = queries.list_organisation_numbers(viewer=viewer, **ask)[0]
        assert (number.value, number.shown, number.n_students) == (None, "≥98%", None)
    with cast.looking_as("dina") as viewer:
        number = queries.list_organisation_numbers(viewer=viewer, **ask)[0]
        assert (number.value, number.shown) == (0.99, "")


def test_a_school_stands_beside_its_district_and_the_same_time_last_year_in_two_queries(
    cast, run, django_assert_num_queries
):
    whole_year = make_run(at=AT, school_year=2025, as_of=date(2025, 6, 30))
    add_group_value(whole_year, cast.lincoln.pk, value=0.6)
    earlier = make_run(at=AT, school_year=2025, as_of=date(2025, 3, 11), kind="same_time")
    add_group_value(earlier, cast.lincoln.pk, value=0.85, is_suppressed=True)
    run.compared_with = earlier
    with cast.looking_as("priya") as viewer:
        scope = result_scope(viewer)
        with django_assert_num_queries(2):
            found = queries.compare_organisation(
                viewer=viewer, organisation=cast.lincoln, run=run, indicators=["attendance_rate"], scope=scope
            )
    (comparison,) = found
    assert (comparison.here.value, comparison.above.value, comparison.last_year.value) == (0.9, 0.93, 0.85)
    assert comparison.change == pytest.approx(0.05)


def test_a_series_comes_with_last_years_and_is_hidden_with_its_number(cast, run, django_assert_num_queries):
    last = make_run(at=AT, school_year=2025, as_of=run.as_of.replace(year=2025))
    add_series(last, cast.lincoln.pk, [last.as_of], [0.8])
    ask = {"organisation_id": cast.lincoln.pk, "indicator": "attendance_rate", "run": run}
    with cast.looking_as("priya") as viewer:
        scope = result_scope(viewer)
        with django_assert_num_queries(3):
            pair = queries.find_series(viewer=viewer, scope=scope, **ask)
        assert [(p.begins_on, p.value) for p in pair.this_year] == [(run.as_of, 0.9)]
        assert [(p.begins_on, p.value) for p in pair.last_year] == [(last.as_of, 0.8)]
    with cast.looking_as("gus") as viewer:
        assert queries.find_series(viewer=viewer, **ask) is None
        district = queries.find_series(viewer=viewer, **ask | {"organisation_id": cast.district.pk})
        assert district.this_year[0].value == 0.93


def test_the_distribution_has_every_school_of_the_viewer(cast, run):
    for name, schools in (("dina", ["Lincoln School", "Monroe School"]), ("otto", ["Monroe School"])):
        with cast.looking_as(name) as viewer:
            found = queries.list_distribution(viewer=viewer, indicator="attendance_rate", run=run)
        assert [school.name for school, _ in found] == schools
    with cast.looking_as("gus") as viewer:
        found = queries.list_distribution(viewer=viewer, indicator="attendance_rate", run=run)
        assert [number.reason for _, number in found] == ["suppressed", "suppressed"]

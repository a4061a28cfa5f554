"""A school among schools like it: alike by what was published, a spread and no ranking, names only where they are open."""

import re
import statistics

import numpy as np
import pytest
from published import add_group_value, make_run

from cast import AT, Cast
from crescendo.indicators.models import MeasurementRun
from crescendo.insights.similar import FEWEST, Profile, is_similar, list_profiles, quartiles
from crescendo.roster.models import Characteristic, Organisation

# R 4.4, quantile(x, c(.25, .5, .75), type = 7), the default; Hyndman and Fan (1996), definition 7. The first is the
# example of R's own manual, 1:10; the others were worked out by hand from h = (n - 1) p + 1.
REFERENCE = [
    ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], (3.25, 5.5, 7.75)),
    ([2, 4, 4, 5, 7, 9], (4.0, 4.5, 6.5)),
    ([0.871, 0.884, 0.897, 0.902, 0.905], (0.884, 0.897, 0.902)),
    ([7.0], (7.0, 7.0, 7.0)),
]


@pytest.mark.parametrize(("values", "expected"), REFERENCE)
def test_quartiles_are_those_of_r(values, expected) -> None:
    found = quartiles(values)
    assert (found.lower, found.middle, found.upper) == pytest.approx(expected, abs=1e-12)
    assert found.n == len(values)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 8, 13, 60])
def test_quartiles_agree_with_pythons_own(size) -> None:
    for values in np.random.default_rng(size).normal(size=(20, size)):
        found = quartiles(list(values))
        expected = statistics.quantiles(values, n=4, method="inclusive")
        assert [found.lower, found.middle, found.upper] == pytest.approx(expected, rel=1e-12)


def profile(grades: str, size: int, **shares: float) -> Profile:
    return Profile(frozenset(grades.split()), size, {(name, "yes"): share for name, share in shares.items()})


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (profile("06 07 08", 400), profile("06 07 08", 400), True),
        (profile("06 07 08", 400), profile("06 07 08", 800), True),  # twice as large is still alike
        (profile("06 07 08", 400), profile("06 07 08", 801), False),
        (profile("06 07 08", 400), profile("06 07 08", 199), False),
        (profile("06 07 08", 400), profile("07 08 09", 400), True),  # two of four grades
        (profile("06 07 08", 400), profile("08 09 10", 400), False),  # one of five
        (profile("06 07 08", 400), profile("", 400), False),
        (profile("06 07 08", 400), profile("06 07 08", 0), False),
        (profile("06", 400, low_income=0.5), profile("06", 400, low_income=0.6), True),
        (profile("06", 400, low_income=0.5), profile("06", 400, low_income=0.61), False),
        (profile("06", 400, low_income=0.5), profile("06", 400), False),
    ],
)
def test_alike_is_what_the_page_says_it_is(one, other, alike) -> None:
    assert is_similar(one, other) is alike
    assert is_similar(other, one) is alike


def school(cast: Cast, run: MeasurementRun, name: str, value: float, **more: object) -> Organisation:
    """A school of 40 seventh-graders with its attendance; half of them of low income unless said otherwise."""
    place = cast.organisations.get(name) or Organisation.objects.create(
        kind="school", name=f"{name.title()} School", parent=cast.district
    )
    share = more.pop("low_income", 0.5)
    values = {
        "value": value,
        "numerator": 1000 * value,
        "denominator": 1000.0,
        "n_students": 40,
        "n_not_evaluated": 0,
    }
    add_group_value(run, place.pk, **values | more)
    add_group_value(run, place.pk, **values | more | {"characteristic": "grade_level", "group_value": "07"})
    n = int(40 * share)
    add_group_value(
        run,
        place.pk,
        **values | more | {"characteristic": "low_income", "group_value": "yes", "n_students": n},
    )
    return place


@pytest.fixture
def run(cast: Cast, db: None) -> MeasurementRun:
    Characteristic.objects.create(code="low_income", title="Low income")
    return make_run(at=AT)


def words(client, cast: Cast, name: str) -> str:
    client.force_login(cast.users[name])
    text = client.get(f"/organisations/{cast.lincoln.pk}/attendance_rate/").text
    return " ".join(re.sub(r"<script.*?</script>|<svg.*?</svg>|<[^>]+>", " ", text, flags=re.DOTALL).split())


def test_a_principal_sees_her_school_among_unnamed_marks(client, cast, run) -> None:
    school(cast, run, "lincoln", 0.93)
    for number, value in enumerate((0.90, 0.91, 0.92, 0.94, 0.95)):
        school(cast, run, f"other{number}", value)
    said = words(client, cast, "priya")
    assert "Among similar schools" in said
    assert (
        "Of 5 other schools, the middle half lies between 91.0% and 94.0%. Lincoln School lies in it, at 93.0%."
        in said
    )
    assert "Who the students are plays no part in choosing them." in said
    assert "5 schools are marks without a name" in said
    assert "Other" not in said


def test_whoever_may_look_at_the_schools_reads_their_names_in_order_of_the_alphabet(
    client, cast, run
) -> None:
    school(cast, run, "lincoln", 0.93)
    for name, value in (("zeta", 0.99), ("alpha", 0.90), ("mid", 0.91), ("kappa", 0.92), ("beta", 0.95)):
        school(cast, run, name, value)
    said = words(client, cast, "gus")
    names = re.findall(r"(Alpha|Beta|Kappa|Mid|Zeta) School", said)
    assert names == ["Alpha", "Beta", "Kappa", "Mid", "Zeta"]
    assert "without a name" not in said


def test_fewer_than_five_are_said_to_be_too_few_and_shown_to_nobody_who_may_not_look(
    client, cast, run
) -> None:
    school(cast, run, "lincoln", 0.93)
    for number in range(FEWEST - 1):
        school(cast, run, f"other{number}", 0.9 + number / 100)
    principal = words(client, cast, "priya")
    assert "Only 4 schools are similar to this one" in principal
    assert "Among" not in principal
    district = words(client, cast, "dina")
    assert "Among the schools you may look at" in district
    assert "4 other schools; Lincoln School is at 93.0%." in district
    assert "middle half" not in district


def test_a_hidden_number_of_another_school_is_no_mark(client, cast, run) -> None:
    school(cast, run, "lincoln", 0.93)
    for number in range(5):
        school(cast, run, f"other{number}", 0.9)
    school(cast, run, "tiny", 0.123, is_suppressed=True)
    client.force_login(cast.users["priya"])
    text = client.get(f"/organisations/{cast.lincoln.pk}/attendance_rate/").text
    assert "0.123" not in text
    assert "12.3%" not in text
    assert "1 more is not drawn" in text


def test_a_hidden_number_of_ones_own_school_has_no_place_among_others(client, cast, run) -> None:
    school(cast, run, "lincoln", 0.93, is_suppressed=True)
    for number in range(6):
        school(cast, run, f"other{number}", 0.9)
    said = words(client, cast, "gus")
    assert "Among" not in said
    assert "93.0%" not in said


def test_who_the_students_are_counts_only_where_the_site_switched_it_on(client, cast, run, settings) -> None:
    school(cast, run, "lincoln", 0.93, low_income=0.5)
    for number in range(5):
        school(cast, run, f"other{number}", 0.9, low_income=0.9)
    assert "Among similar schools" in words(client, cast, "priya")
    settings.SIMILAR_SCHOOLS_BY = ["low_income"]
    said = words(client, cast, "priya")
    assert "Only 0 schools are similar" in said
    assert "like shares of students (within 10 points) by: Low income" in said


def test_a_profile_counts_students_who_could_not_be_evaluated_too(cast, run) -> None:
    place = school(cast, run, "lincoln", 0.93, n_not_evaluated=10)
    assert list_profiles(run=run)[place.pk] == Profile(frozenset({"07"}), 50)
    shares = list_profiles(run=run, switched_on=["low_income"])[place.pk].shares
    assert shares == {("low_income", "yes"): 30 / 50}

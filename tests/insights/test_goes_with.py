"""What goes with what, on the page: who sees it, what it says, what it keeps to itself, and who is named."""

from datetime import timedelta

import numpy as np
import pytest
from published import add_student_value, make_run

from cast import AT, ON, YEAR, Cast
from crescendo.core.names import sort_key
from crescendo.indicators.models import MeasurementRun
from crescendo.insights import actions
from crescendo.insights.models import Association
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster.models import Enrolment, Student

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 60


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The worker reads over its own connection, so what is written here is really written."""
    from cast import make_cast  # noqa: PLC0415

    return make_cast()


@pytest.fixture
def run(cast: Cast) -> MeasurementRun:
    """Sixty students at Lincoln whose scores go with their attendance, and three at Monroe."""
    made = make_run(at=AT)
    test = Assessment.objects.create(
        code="SCR-7", title="Screener 7", subject="Mathematics", family="Screener", benchmark=200
    )
    rng = np.random.default_rng(3)
    for number in range(MANY + 3):
        school = cast.lincoln if number < MANY else cast.monroe
        student = Student.objects.create(
            given_name=f"Given{number:02}", family_name="Many", sort_key=sort_key("Many", f"{number:02}"),
            identifier=f"M-{number}", born_on=ON - timedelta(days=4500),
        )  # fmt: skip
        Enrolment.objects.create(
            student=student,
            school=school,
            school_year=YEAR,
            grade_level="07",
            entry_on=ON - timedelta(days=180),
        )
        attended = 60.0 + number % 60
        rate = attended / 120
        add_student_value(made, student.pk, school.pk, numerator=attended, denominator=120.0, value=rate)
        add_student_value(
            made, student.pk, school.pk, indicator="chronic_absence", numerator=120 - attended, denominator=120.0,
            value=1 - rate, flag=rate <= 0.9,
        )  # fmt: skip
        score = round(200 + 60 * (rate - 0.75) + 4 * rng.normal())
        _score(
            student, school.pk, test.pk, 0.0 if number % 2 else 250.0, days=100
        )  # an older score counts no more
        _score(student, school.pk, test.pk, float(score), days=10)
    actions.publish_associations(made)
    return made


def _score(student: Student, school_id: int, test_id: int, score: float, *, days: int) -> None:
    AssessmentResult.objects.create(
        school_year=YEAR, source="sis", source_key=f"{student.pk}-{days}", student_id=student.pk,
        school_id=school_id, assessment_id=test_id, on=ON - timedelta(days=days), score=score, status="scored",
    )  # fmt: skip


def page(client, cast: Cast, person: str, school: str = "lincoln"):
    client.force_login(cast.users[person])
    return client.get(f"/goes-with/{cast.organisations[school].pk}/")


def test_everything_about_the_page(client, cast: Cast, run: MeasurementRun) -> None:
    """One district is costly to make: what each person gets is asked of one."""
    main = Association.objects.get(organisation=cast.lincoln, driver="attendance_rate")
    assert (main.n, main.groups, main.family) == (MANY, 1, "Screener")
    assert main.n_enrolled == MANY + 3  # Sam, Nora and Quinn are enrolled and have no screener score
    assert main.r_lower > 0.5

    priya = page(client, cast, "priya")
    assert priya.status_code == 200
    assert (
        f"Students who came to school less also scored lower in Mathematics: among {MANY} students"
        in priya.text
    )
    assert "This does not say that one causes the other." in priya.text
    assert f"Seen over {MANY} of {MANY + 3} students enrolled." in priya.text
    assert "3 have no score." in priya.text
    assert "Given05" in priya.text, "who missed much and scored low is named to who leads the school"
    assert "Given59" not in priya.text, "who came and scored well is not"
    assert "nothing was handed in" not in priya.text
    assert "Nothing has been recorded yet that could be set beside Mathematics." in priya.text, (
        "no pair is left out"
    )

    for person in ("gus", "ivo", "tess"):
        aggregate = page(client, cast, person)
        assert aggregate.status_code == 200, person
        assert "also scored lower in Mathematics" in aggregate.text, person
        assert "Given" not in aggregate.text, person
        assert "enrolled." not in aggregate.text, f"{person} reads no count that leads to few"
        assert f"{MANY} students" not in aggregate.text, (
            f"{person} could take Lincoln's 60 from the district's 63"
        )
        assert "Its numbers are hidden to protect a small group." in aggregate.text, person
        assert (aggregate.context["picture"], aggregate.context["chart"]) == (None, None), person
    whole = page(client, cast, "gus", "district")
    assert f"among {MANY + 3} students" in whole.text, "where the school is hidden, the district is not"

    for person, status in (("otto", 404), ("bryn", 404), ("hana", 404), ("fay", 403), ("sam", 403)):
        assert page(client, cast, person).status_code == status, person
    assert page(client, cast, "priya", "monroe").status_code == 404
    assert "so that nothing can be said at this size" in page(client, cast, "dina", "monroe").text
    client.logout()
    assert client.get(f"/goes-with/{cast.lincoln.pk}/").status_code == 302

    for path in ("?subject=Nonsense", "?subject="):
        client.force_login(cast.users["priya"])
        assert client.get(f"/goes-with/{cast.lincoln.pk}/{path}").status_code == 200
    assert client.get("/goes-with/999999/").status_code == 404

    steps = [form["code"] for form in priya.context["forms"]]
    assert "support.open_several" in steps
    before = Association.objects.count()
    assert actions.publish_associations(run) == before == Association.objects.count(), "twice is once"


def test_before_scores_have_come_the_page_says_what_is_missing(client, cast: Cast) -> None:
    assert "Nothing to compare yet" in page(client, cast, "priya").text

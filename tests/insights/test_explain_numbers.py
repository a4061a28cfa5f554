"""An organisation's number, traced: what it says, what it was made from, and the rows only for whom they are open."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from published import add_group_value, add_student_value, make_run

from cast import AT, Cast
from crescendo.accounts.models import AuditEntry
from crescendo.imports.models import ImportRun, Source
from crescendo.indicators import numbers
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.permissions import ResultScope
from crescendo.insights import addresses, rows_behind, sentences
from crescendo.roster.models import Enrolment

pytestmark = pytest.mark.django_db
OF_LINCOLN = ("sam", "nora", "quinn")


@pytest.fixture
def run(cast: Cast) -> MeasurementRun:
    """Lincoln: Sam 8 of 10, Nora 10 of 10, Quinn 9 of 10 = 27 of 30. Monroe: Omar, hidden from whoever may not see him."""
    run = make_run(at=AT)
    for name, attended in (("sam", 8.0), ("nora", 10.0), ("quinn", 9.0)):
        add_student_value(
            run, cast.students[name].pk, cast.lincoln.pk,
            numerator=attended, denominator=10.0, value=attended / 10,
        )  # fmt: skip
    add_student_value(run, cast.students["omar"].pk, cast.monroe.pk)
    lincoln = {"numerator": 27.0, "denominator": 30.0, "value": 0.9, "n_students": 3, "n_not_evaluated": 0}
    add_group_value(run, cast.lincoln.pk, **lincoln)
    add_group_value(
        run, cast.lincoln.pk, **lincoln | {"rule_pack": "england", "value": 0.8, "numerator": 24.0}
    )
    add_group_value(run, cast.lincoln.pk, **lincoln | {"characteristic": "grade_level", "group_value": "07"})
    add_group_value(
        run,
        cast.lincoln.pk,
        **lincoln | {"characteristic": "home_language", "group_value": "es", "is_suppressed": True},
    )
    add_group_value(
        run, cast.monroe.pk, is_suppressed=True, n_students=1, numerator=9.0, denominator=10.0, value=0.9,
        lower=None, upper=None,
    )  # fmt: skip
    add_group_value(run, cast.district.pk, numerator=36.0, denominator=40.0, value=0.9, n_students=4)
    return run


def page(client, cast: Cast, name: str, place: object, indicator: str = "attendance_rate", **query: str):
    client.force_login(cast.users[name])
    return client.get(f"/numbers/places/{place.pk}/{indicator}/", query)


def plain(response) -> str:
    """The words of the page itself, without tags and without the frame."""
    main = response.text.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_page_says_the_sentence_the_division_and_the_printed_value(client, cast, run) -> None:
    said = plain(page(client, cast, "priya", cast.lincoln))
    assert "90.0%: 27 recorded days of membership attended, out of 30 recorded days of membership." in said
    assert "27 ÷ 30 = 0.9 ; printed, rounded half-up 90.0%" in said
    assert "Based on 3 students. Nobody was left out." in said
    assert "Probably between 90.0% and 95.0%." in said


def test_other_counting_rules_stand_beside_it_and_lead_to_their_own_explanation(client, cast, run) -> None:
    response = page(client, cast, "priya", cast.lincoln)
    assert "England, half-day sessions 80.0%" in plain(response)
    other = page(client, cast, "priya", cast.lincoln, rules="england")
    assert "80.0%: 24" in plain(other)


def test_the_rows_are_listed_by_name_and_add_up(client, cast, run) -> None:
    said = plain(page(client, cast, "priya", cast.lincoln))
    assert "These rows add up to the number: yes." in said
    listed = re.findall(r"(Nora Núñez|Quinn Quach|Sam Soto) (\d+\.\d%)", said)
    assert listed == [("Nora Núñez", "100.0%"), ("Quinn Quach", "90.0%"), ("Sam Soto", "80.0%")]


def test_rows_that_do_not_add_up_are_not_said_to(client, cast, run) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE indicators_studentvalue SET numerator = 7 WHERE student_id = %s", [cast.sam.pk]
        )
    assert "These rows add up to the number: no." in plain(page(client, cast, "priya", cast.lincoln))


def test_students_who_left_are_counted_and_said_to_be_missing(client, cast, run) -> None:
    Enrolment.objects.filter(student=cast.students["quinn"]).update(exit_on=cast.on - timedelta(days=150))
    said = plain(page(client, cast, "priya", cast.lincoln))
    assert "Quinn" not in said
    assert "1 student counted in this number is not listed" in said
    assert "add up to the number: yes" not in said


def test_a_group_lists_its_own_students_only(client, cast, run) -> None:
    Enrolment.objects.filter(student=cast.students["quinn"]).update(grade_level="08")
    said = plain(page(client, cast, "priya", cast.lincoln, by="grade_level", group="07"))
    assert "Lincoln School · grade 7 · Attendance rate" in said
    assert "Sam Soto" in said
    assert "Quinn Quach" not in said


def test_reading_the_rows_leaves_a_line_and_reading_the_page_without_rows_leaves_none(
    client, cast, run
) -> None:
    page(client, cast, "gus", cast.lincoln)
    assert not AuditEntry.objects.filter(verb="number.rows_read").exists()
    page(client, cast, "priya", cast.lincoln)
    entry = AuditEntry.objects.get(verb="number.rows_read")
    assert (entry.by_id, entry.object_id) == (cast.users["priya"].pk, cast.lincoln.pk)
    assert "Soto" not in str(entry.detail)


@pytest.mark.parametrize("name", ["gus", "ivo", "mona", "fay", "tess", "otto"])
def test_whoever_may_not_see_every_student_reads_why_and_no_name(client, cast, run, name) -> None:
    place = cast.monroe if name == "otto" else cast.lincoln
    response = page(client, cast, name, place)
    assert response.status_code == 200
    words = plain(response)
    for student in ("Nora", "Quinn", "Omar", "Sam Soto"):
        assert student not in words


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("priya", "monroe"),
        ("tess", "monroe"),
        ("otto", "lincoln"),
        ("fay", "monroe"),
        ("hana", "lincoln"),
        ("bryn", "lincoln"),
    ],
)
def test_a_place_out_of_scope_is_as_if_absent(client, cast, run, name, place) -> None:
    assert page(client, cast, name, cast.organisations[place]).status_code == 404


@pytest.mark.parametrize(
    "query",
    [{"by": "grade_level", "group": "99"}, {"rules": "nobodys-rules"}, {"by": "shoe_size", "group": "9"}],
)
def test_a_number_that_does_not_exist_is_not_found(client, cast, run, query) -> None:
    assert page(client, cast, "priya", cast.lincoln, **query).status_code == 404


def test_an_unknown_measure_is_not_found(client, cast, run) -> None:
    assert page(client, cast, "priya", cast.lincoln, indicator="happiness").status_code == 404


def test_before_the_first_measurement_the_page_says_so(client, cast) -> None:
    assert "Nothing has been measured yet" in plain(page(client, cast, "priya", cast.lincoln))


def test_a_hidden_number_says_why_and_gives_nothing_away(client, cast, run) -> None:
    """Gus may not see Omar, the only student of Monroe: no count, no value, no interval, and not which rule hid it."""
    said = plain(page(client, cast, "gus", cast.monroe))
    assert "hidden to protect a small group" in said
    assert "the page does not say which" in said
    before_rules = said.split("By which counting rules")[0]
    assert not re.search(r"\b(0\.9|90|9 ÷|10|1 student)\b", before_rules), before_rules


def test_the_hidden_and_the_secondarily_hidden_page_are_the_same_words(client, cast, run) -> None:
    """Whether a group was small or only hidden with a small one must not show."""
    add_group_value(
        run, cast.lincoln.pk, is_suppressed=True, n_students=400, indicator="late_work",
        numerator=300.0, denominator=400.0, value=0.75,
    )  # fmt: skip
    small = plain(page(client, cast, "gus", cast.monroe))
    large = plain(page(client, cast, "gus", cast.lincoln, indicator="late_work"))
    cut = "Why you do not see it exactly"
    assert small.split(cut)[1].split("Download")[0] == large.split(cut)[1].split("Download")[0]


def test_a_range_in_place_of_an_exact_share_says_why(client, cast, run) -> None:
    add_group_value(
        run, cast.lincoln.pk, is_suppressed=True, shown=">=95%", indicator="recorded_share", n_students=40,
        numerator=399.0, denominator=400.0, value=0.9975,
    )  # fmt: skip
    said = plain(page(client, cast, "gus", cast.lincoln, indicator="recorded_share"))
    assert "≥95%" in said
    assert "Only a range is shown here" in said
    assert "399" not in said
    assert "0.9975" not in said


def test_the_sources_name_the_system_to_all_and_the_file_to_those_who_see_imports(client, cast, run) -> None:
    source = Source.objects.create(slug="sis", title="Student information system", kind="table")
    ImportRun.objects.create(
        source=source, state=ImportRun.State.APPLIED, file_name="week-27.zip", started_at=AT, finished_at=AT,
        preview={"attendance_events": {"created": 41, "changed": 1, "ended": 0, "retracted": 0}},
        counts={"attendance.csv": {"read": 60, "applied": 42, "unchanged": 15, "set_aside": 3}},
    )  # fmt: skip
    ImportRun.objects.create(
        source=source, state=ImportRun.State.REFUSED, file_name="broken.zip", started_at=AT, finished_at=AT,
        preview={"attendance_events": {"created": 999}},
    )  # fmt: skip
    ana, gus = (page(client, cast, name, cast.district) for name in ("ana", "gus"))
    for response in (ana, gus):
        assert re.search(r"Student information system .* 42 60 3", plain(response))
        assert "999" not in plain(response)
    assert "week-27.zip" in ana.text
    assert "week-27.zip" not in gus.text


def test_an_import_after_the_measurement_is_not_among_its_sources(client, cast, run) -> None:
    source = Source.objects.create(slug="late", title="Came later", kind="table")
    later = AT + timedelta(hours=3)
    ImportRun.objects.create(
        source=source, state=ImportRun.State.APPLIED, file_name="x.csv", started_at=later, finished_at=later,
        preview={"attendance_events": {"created": 5}},
    )  # fmt: skip
    assert "Came later" not in plain(page(client, cast, "ana", cast.district))


def test_the_way_from_the_tables_is_on_the_page_with_its_select(client, cast, run) -> None:
    text = page(client, cast, "ana", cast.district).text
    assert "attendance_events" in text
    assert "memberships.recorded_days" in text
    assert "FROM attendance_days AS d" in text


@pytest.mark.parametrize("name", ["dina", "priya", "cora", "ana", "gus", "fay"])
def test_every_number_of_the_pages_leads_to_its_explanation(client, cast, run, name) -> None:
    client.force_login(cast.users[name])
    wanted = f"/numbers/places/{cast.lincoln.pk}/attendance_rate/?rules=us-federal"
    for address in (f"/schools/{cast.lincoln.pk}/", f"/organisations/{cast.lincoln.pk}/attendance_rate/"):
        assert wanted in client.get(address).text
    assert client.get(wanted).status_code == 200


def number(**values: object) -> numbers.Number:
    filled = {
        "indicator": "attendance_rate", "rule_pack": "us-federal", "run_id": 1, "snapshot_id": "", "as_of": AT.date(),
        "value": 0.9, "numerator": 27.0, "denominator": 30.0, "status": "evaluated", "reason": "", "organisation_id": 1,
    }  # fmt: skip
    return numbers.Number(**(filled | values))


def test_half_up_is_said_of_the_unrounded_value() -> None:
    """93.45 percent lies half-way between 93.4 and 93.5, and goes up."""
    half = number(value=0.9345, numerator=1869.0, denominator=2000.0)
    assert sentences.sentence(half).startswith("93.5%: 1,869 recorded days")
    assert sentences.unrounded(half.value) == "0.9345"


def test_a_value_that_is_no_quotient_is_not_shown_as_one() -> None:
    assert sentences.is_divided(number())
    assert not sentences.is_divided(number(value=0.91))
    assert not sentences.is_divided(number(denominator=None))
    per_hundred = number(indicator="behaviour_incident_rate", value=90.0)
    assert sentences.is_divided(per_hundred)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lower": None, "upper": None}, "at least two students"),
        ({"lower": 0.8, "upper": 0.95}, "with the students as its units"),
        ({"indicator": "chronic_absence", "lower": 0.1, "upper": 0.2}, "Wilson"),
        ({"indicator": "mean_scale_score", "lower": 1.0, "upper": 2.0}, "Student's t"),
        ({"indicator": "data_freshness"}, "not an estimate"),
    ],
)
def test_each_kind_of_number_names_its_method(values, said) -> None:
    assert said in sentences.interval(number(**values))


def test_a_students_flag_is_answered_in_words() -> None:
    own = number(
        indicator="chronic_absence",
        student_id=7,
        flag=True,
        numerator=21.0,
        denominator=128.0,
        value=21 / 128,
    )
    assert sentences.sentence(own) == (
        "16.4%: 21 days missed, out of 128 recorded days of membership. Absent for the threshold share or more: yes."
    )


def test_the_address_of_a_number_names_its_group_and_its_rules() -> None:
    of_group = number(characteristic="grade_level", group_value="07")
    assert addresses.of_number(of_group).endswith(
        "/numbers/places/1/attendance_rate/?rules=us-federal&by=grade_level&group=07"
    )


def test_a_floor_under_the_denominator_still_adds_up() -> None:
    """Proficiency counts at least 95 of 100 expected tests: 60 of 80 levelled tests become 60 of 95."""
    floored = number(indicator="proficiency_rate", numerator=60.0, denominator=95.0, value=60 / 95)
    assert rows_behind._is_same((60.0, 80.0), floored)
    assert not rows_behind._is_same((59.0, 80.0), floored)
    assert not rows_behind._is_same((60.0, 80.0), number(numerator=60.0, denominator=95.0))


def test_rows_are_refused_to_somebody_without_the_characteristic(cast) -> None:
    scope = ResultScope(frozenset({1}), frozenset({1}), may_see_demographics=False, may_see_behaviour=True)
    asked = number(characteristic="home_language", group_value="es")
    assert "which group each student belongs" in rows_behind.why_not(
        viewer=cast.viewer("priya"), number=asked, scope=scope
    )

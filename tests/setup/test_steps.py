"""The steps of the set-up: read from what exists, taken up where they were left, each twice as good as once."""

import itertools
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cast import AT, ON, Cast
from crescendo.accounts.models import AuditEntry, Site
from crescendo.core.errors import NotAllowed, Refused
from crescendo.indicators.models import CountingRules
from crescendo.roster import models as roster
from crescendo.setup import actions, calendars, queries
from crescendo.setup.guessing import guess_role
from crescendo.setup.models import SetupProgress


@pytest.fixture
def ours(cast: Cast) -> roster.Organisation:
    """Set up before the file came: Adam's post is at an organisation that we made; the district came with the file."""
    roster.Organisation.objects.update(source="sis")
    made = roster.Organisation.objects.create(kind="district", name="Harbor Schools")
    roster.Post.objects.filter(staff=cast.staff["adam"]).update(organisation=made)
    SetupProgress.objects.create(organisation=made, began_at=AT)
    return made


def states(cast: Cast) -> dict[str, str]:
    with cast.looking_as("adam") as viewer:
        return {step.code: step.state for step in queries.list_steps(viewer=viewer)}


def adopt(cast: Cast) -> None:
    with cast.looking_as("adam") as viewer:
        actions.adopt_schools(by=viewer, on=ON, at=AT)


def test_the_first_open_step_is_the_one_to_take(cast: Cast, ours: roster.Organisation) -> None:
    assert states(cast)["organisation"] == "now"
    describe(cast)
    assert (states(cast)["organisation"], states(cast)["roster"]) == ("done", "now")


def describe(cast: Cast, country: str = "us") -> None:
    words = actions.SiteWords("Harbor Schools", country, "America/New_York")
    with cast.looking_as("adam") as viewer:
        actions.describe_site(site=words, by=viewer, at=AT)


def test_a_country_brings_its_counting_rules_and_its_english(cast: Cast, ours: roster.Organisation) -> None:
    for _ in range(2):
        describe(cast, "england")
    assert list(CountingRules.objects.values_list("indicator", "rule_pack")) == [("", "england")]
    assert Site.objects.get().term_pack == "en-gb"


def test_the_organisation_of_the_start_gives_way_to_the_one_of_the_file(cast: Cast, ours: Any) -> None:
    with cast.looking_as("adam") as viewer:
        assert viewer.posts[0].organisation_id != cast.district.pk
    for _ in range(2):
        adopt(cast)
    post = roster.Post.objects.get(staff=cast.staff["adam"])
    ours.refresh_from_db()
    assert (post.organisation_id, ours.ended_on) == (cast.district.pk, ON)
    assert states(cast)["roster"] == "done"


def test_where_the_file_has_several_tops_the_post_is_held_at_each(cast: Cast, ours: Any) -> None:
    roster.Organisation.objects.filter(pk=cast.monroe.pk).update(parent=None)
    for _ in range(2):
        adopt(cast)
    held = roster.Post.objects.filter(staff=cast.staff["adam"], role_id="administrator")
    assert set(held.values_list("organisation_id", flat=True)) == {ours.pk, cast.district.pk, cast.monroe.pk}


def test_nobody_adopts_schools_once_the_set_up_is_finished(cast: Cast, ours: Any) -> None:
    SetupProgress.objects.update(finished_at=AT)
    adopt(cast)
    assert roster.Post.objects.get(staff=cast.staff["adam"]).organisation_id == ours.pk


def test_only_an_administrator_sets_up(cast: Cast, ours: Any) -> None:
    for name in ("dina", "priya", "ana", "tess"):
        with cast.looking_as(name) as viewer, pytest.raises(NotAllowed):
            actions.adopt_schools(by=viewer, on=ON, at=AT)


@pytest.mark.parametrize("name", ["dina", "ana"])
def test_the_database_asks_again_who_sets_up(cast: Cast, ours: Any, name: str) -> None:
    from django.db import ProgrammingError, connection, transaction  # noqa: PLC0415

    with (
        cast.looking_as(name),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="may not set up"),
        transaction.atomic(),
    ):
        cursor.execute("SELECT crescendo_adopt_tops(now(), %s)", [ON])


# -- the calendar ------------------------------------------------------------------------------------------------------


def write(cast: Cast, days: list[date], school_ids: list[int] | None = None) -> int:
    with cast.looking_as("adam") as viewer:
        return actions.write_calendar(
            school_ids=school_ids or [cast.lincoln.pk],
            school_year=2027,
            days=days,
            sessions=[actions.SessionWords("term", "Autumn", days[0], days[-1])],
            by=viewer,
            on=ON,
            at=AT,
        )


def test_a_calendar_written_twice_is_the_last_one_once(cast: Cast, ours: Any) -> None:
    monday, tuesday, friday = date(2026, 9, 7), date(2026, 9, 8), date(2026, 9, 11)
    write(cast, [monday, friday])
    write(cast, [monday, tuesday])
    days = roster.CalendarDay.objects.filter(calendar__school=cast.lincoln, calendar__school_year=2027)
    assert list(days.values_list("on", flat=True)) == [monday, tuesday]
    session = roster.AcademicSession.objects.get(school_year=2027)
    assert (session.begins_on, session.ends_on) == (monday, tuesday)


def test_a_calendar_that_a_file_brought_is_left_alone(cast: Cast, ours: Any) -> None:
    brought = roster.Calendar.objects.create(school=cast.lincoln, school_year=2027, source="sis")
    assert write(cast, [date(2026, 9, 7)], [cast.lincoln.pk, cast.monroe.pk]) == 1
    assert not brought.days.exists()


def test_a_year_without_a_single_school_day_is_refused(cast: Cast, ours: Any) -> None:
    with cast.looking_as("adam") as viewer, pytest.raises(Refused, match="no school day"):
        actions.write_calendar(
            school_ids=[cast.lincoln.pk], school_year=2027, days=[], sessions=[], by=viewer, on=ON, at=AT
        )


YEAR = {"begins_on": date(2026, 8, 25), "ends_on": date(2027, 6, 12)}


def test_weekends_and_holidays_are_no_school_days() -> None:
    holidays = calendars.read_spans("2026-11-26 to 2026-11-27 Thanksgiving\n\nLabor Day 2026-09-07", **YEAR)
    days = calendars.school_days(**YEAR, weekdays_off=[5, 6], holidays=holidays)
    assert [holiday.title for holiday in holidays] == ["Thanksgiving", "Labor Day"]
    assert date(2026, 9, 7) not in days
    assert date(2026, 9, 8) in days
    assert date(2026, 11, 27) not in days
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Christmas", "Line 2, 'Christmas': write a day as"),
        ("2026-02-30 a day", "there is no such day"),
        ("2026-12-24 to 2026-12-20", "lies before the first"),
        ("2031-12-24", "outside the school year"),
    ],
)
def test_a_line_that_is_no_day_says_which_and_why(line: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        calendars.read_spans(f"2026-09-07\n{line}", **YEAR)


def test_terms_divide_the_year_without_a_gap() -> None:
    terms = calendars.divide(**YEAR, terms=3, titles=["Autumn", "Spring", "Summer"])
    assert (terms[0].begins_on, terms[-1].ends_on) == (YEAR["begins_on"], YEAR["ends_on"])
    assert all((later.begins_on - earlier.ends_on).days == 1 for earlier, later in itertools.pairwise(terms))
    assert calendars.read_spans(calendars.as_text(terms), **YEAR) == terms


def test_the_page_shows_the_days_before_it_keeps_them(cast: Cast, ours: Any, client: Client) -> None:
    adopt(cast)
    roster.Calendar.objects.all().delete()
    client.force_login(cast.users["adam"])
    said = {
        "begins_on": "2025-09-01",
        "ends_on": "2026-06-12",
        "weekdays_off": ["5", "6"],
        "holidays": "",
        "terms": "",
    }
    assert "school days" in client.post("/setup/calendar/", said).content.decode()
    assert not roster.CalendarDay.objects.exists()
    assert client.post("/setup/calendar/", said | {"confirm": "yes"}).status_code == 302
    assert roster.CalendarDay.objects.filter(calendar__school=cast.monroe).count() == 205


# -- roles -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "title", "kind", "teaches", "held", "role"),
    [
        ("administrator", "", "school", False, "administrator", "principal"),
        ("administrator", "", "district", False, "administrator", "district_leader"),
        ("systemAdministrator", "", "district", False, "administrator", "administrator"),
        ("teacher", "", "school", True, "teacher", "teacher"),
        ("teacher", "School Counselor", "school", True, "teacher", "counselor"),
        ("teacher", "Instructional Coach, Mathematics", "school", True, "teacher", "coach"),
        ("aide", "Paraprofessional", "school", False, "aide", "aide"),
        ("administrator", "Assistant Principal", "school", False, "administrator", "principal"),
        ("", "Superintendent of Schools", "", False, "", "district_leader"),
        ("", "", "", True, "", "teacher"),
        ("", "", "", False, "", ""),
    ],
)
def test_a_role_is_guessed_with_its_reason(
    said: str, title: str, kind: str, teaches: bool, held: str, role: str
) -> None:
    guess = guess_role(said=said, title=title, kind=kind, teaches=teaches, held=held)
    assert guess.role == role
    assert guess.why


@pytest.fixture
def nia(cast: Cast, ours: Any) -> roster.Post:
    """The file calls her administrator of Lincoln."""
    person = roster.StaffMember.objects.create(given_name="Nia", family_name="Newman", sort_key="newman nia")
    return roster.Post.objects.create(
        staff=person, organisation=cast.lincoln, role_id="administrator", begins_on=ON, source="sis",
        metadata={"role": "administrator"},
    )  # fmt: skip


def test_a_confirmed_role_stays_when_the_next_file_says_otherwise(
    cast: Cast, nia: roster.Post, client: Client
) -> None:
    adopt(cast)
    client.force_login(cast.users["adam"])
    page = client.get("/setup/roles/").content.decode()
    assert "The file says administrator. At a school that is most often its leadership." in page
    for _ in range(2):
        client.post("/setup/roles/", {f"post-{nia.pk}": "principal"})
    nia.refresh_from_db()
    assert (nia.role_id, nia.owned_fields) == ("principal", ["role"])
    assert AuditEntry.objects.filter(verb="post.role_decided").count() == 1


def test_a_role_that_is_none_and_a_post_that_is_not_in_the_table_change_nothing(
    cast: Cast, nia: roster.Post, client: Client
) -> None:
    adopt(cast)
    own = roster.Post.objects.get(staff=cast.staff["adam"])
    client.force_login(cast.users["adam"])
    client.post(
        "/setup/roles/", {f"post-{nia.pk}": "emperor", f"post-{own.pk}": "governor", "post-999999": "teacher"}
    )
    nia.refresh_from_db()
    own.refresh_from_db()
    assert (nia.role_id, own.role_id) == ("administrator", "administrator")


def test_somebody_without_a_role_gets_a_post_where_they_teach(cast: Cast, ours: Any, client: Client) -> None:
    adopt(cast)
    person = roster.StaffMember.objects.create(given_name="Pia", family_name="Pohl", sort_key="pohl pia")
    roster.ClassStaff.objects.create(school_class=cast.classes["mathematics"], staff=person, begins_on=ON)
    client.force_login(cast.users["adam"])
    for _ in range(2):
        client.post("/setup/roles/", {f"staff-{person.pk}": "teacher"})
    post = roster.Post.objects.get(staff=person)
    assert (post.organisation_id, post.role_id) == (cast.lincoln.pk, "teacher")


# -- the end -----------------------------------------------------------------------------------------------------------


def test_today_says_the_next_step_until_the_set_up_is_finished(cast: Cast, ours: Any, client: Client) -> None:
    client.force_login(cast.users["adam"])
    assert "of 7 steps done. Next: Your school or district." in client.get("/").content.decode()
    client.post("/setup/first-page/")
    assert "steps done. Next:" not in client.get("/").content.decode()
    with cast.looking_as("priya") as viewer:
        assert queries.find_open_step(viewer=viewer) is None


def test_the_first_numbers_are_asked_for_once_however_often_somebody_presses(
    cast: Cast, ours: Any, client: Client
) -> None:
    from django.db import connection  # noqa: PLC0415

    client.force_login(cast.users["adam"])
    for _ in range(2):
        assert client.post("/setup/measurement/").headers["Location"] == "/setup/measurement/"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock = 'first measure 2026'")
        assert cursor.fetchone() == (1,)
    assert "being counted" in client.get("/setup/measurement/").content.decode()

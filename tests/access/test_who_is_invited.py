"""Who may be invited, and by whom: nobody whom nothing lets in, nobody beyond what one sees."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from access.inviting import PASSWORD, an_adult, choose, invite, link_in, send_letters
from cast import AT, ON, Cast, as_web_role
from crescendo.access import actions, queries
from crescendo.access.models import Invitation
from crescendo.accounts.models import User
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.roster import models as roster

pytestmark = pytest.mark.usefixtures("letters")


@pytest.mark.parametrize("level", ["barred", "none", "message", ""])
def test_an_adult_without_a_right_to_see_is_never_invited(cast: Cast, level: str) -> None:
    adult = an_adult(cast, "Vic", level)
    assert invite(cast, adult) == actions.Invited(0, (), 1)
    assert not Invitation.objects.exists()


def test_an_adult_barred_from_any_child_is_never_invited(cast: Cast, uma: Any) -> None:
    """Not even for another child: somebody talks to them first."""
    roster.FamilyRight.objects.create(
        student=cast.students["omar"], family_member=uma, level="barred", begins_on=ON, basis="court order"
    )
    assert invite(cast, uma).left_out == 1


def test_a_court_that_speaks_between_letter_and_acceptance_is_heard(
    cast: Cast, uma: Any, client: Client
) -> None:
    uma.email = "uma@home.example"
    uma.save()
    invite(cast, uma)
    send_letters()
    client.get(link_in(mail.outbox[0]))
    roster.FamilyRight.objects.create(
        student=cast.students["nora"], family_member=uma, level="barred", begins_on=ON, basis="court order"
    )
    with time_machine.travel(AT):
        answer = choose(client)
    assert "opens nothing any more" in answer.content.decode()
    assert not User.objects.filter(email="uma@home.example").exists()


def test_a_letter_that_has_not_left_when_somebody_is_barred_never_leaves(cast: Cast, uma: Any) -> None:
    uma.email = "uma@home.example"
    uma.save()
    invite(cast, uma)
    roster.FamilyRight.objects.create(
        student=cast.students["nora"], family_member=uma, level="barred", begins_on=ON, basis="court order"
    )
    send_letters()
    assert mail.outbox == []


def test_nobody_invites_beyond_their_own_schools(cast: Cast, nia: Any) -> None:
    roster.Post.objects.filter(staff=cast.staff["dina"]).update(organisation=cast.monroe)
    with pytest.raises(NotFound):
        invite(cast, nia, by="dina")


def test_who_may_not_invite_is_told_so(cast: Cast, nia: Any) -> None:
    for name in ("priya", "tess", "hana", "fay"):
        with pytest.raises(NotAllowed):
            invite(cast, nia, by=name)


def test_only_an_administrator_lets_an_administrator_in(cast: Cast, nia: Any) -> None:
    roster.Post.objects.create(staff=nia, organisation=cast.district, role_id="administrator", begins_on=ON)
    with pytest.raises(NotAllowed, match="administrator"):
        invite(cast, nia, by="dina")
    assert invite(cast, nia, by="adam").letters == 1


def test_an_administrator_is_no_less_one_for_being_a_mother(cast: Cast, uma: Any) -> None:
    """Her code as a mother would open what she opens as an administrator."""
    uma.user = cast.users["adam"]
    uma.save()
    with cast.looking_as("dina") as viewer, pytest.raises(NotAllowed, match="administrator"):
        actions.renew_way_in(person=uma, by=viewer, at=AT)
    assert not Invitation.objects.exists()


def test_who_works_elsewhere_as_well_is_let_in_by_somebody_above_both(cast: Cast, nia: Any) -> None:
    roster.Post.objects.filter(staff=cast.staff["dina"]).update(organisation=cast.lincoln)
    assert invite(cast, nia, by="dina").letters == 1
    roster.Post.objects.create(staff=nia, organisation=cast.monroe, role_id="principal", begins_on=ON)
    with pytest.raises(NotAllowed, match="elsewhere"):
        invite(cast, nia, by="dina", way="code")


def test_nobody_holds_a_code_for_their_child_or_the_child_s_other_adults(cast: Cast, uma: Any) -> None:
    """A father who administers the site would open what the mother reads and writes."""
    nora = cast.students["nora"]
    adam = roster.FamilyMember.objects.create(
        given_name="Adam", family_name="Abbott", sort_key="abbott adam", user=cast.users["adam"]
    )
    roster.FamilyLink.objects.create(student=nora, family_member=adam)
    roster.FamilyRight.objects.create(student=nora, family_member=adam, level="see", begins_on=ON)
    for person in (uma, nora):
        with pytest.raises(NotAllowed, match="their own child"):
            invite(cast, person)
    assert invite(cast, uma, by="dina").sheets


def test_staff_whose_posts_have_ended_are_not_invited(cast: Cast, nia: Any) -> None:
    roster.Post.objects.filter(staff=nia).update(ends_on=ON - timedelta(days=1))
    with pytest.raises(NotFound):
        invite(cast, nia)


def test_two_adults_with_one_e_mail_get_two_sign_in_names(cast: Cast, uma: Any) -> None:
    other = an_adult(cast, "Ugo", "see")
    for adult in (uma, other):
        adult.email = "Home@Nunez.example"
        adult.save()
    invite(cast, uma, other)
    assert sorted(Invitation.objects.values_list("username", flat=True)) == [
        "home@nunez.example",
        "ugo.nunez",
    ]


def test_a_teacher_who_is_a_mother_here_adds_her_child_to_her_sign_in(
    cast: Cast, uma: Any, client: Client
) -> None:
    (sheet,) = invite(cast, uma).sheets
    client.force_login(cast.users["otto"])
    client.post("/welcome/", {"code": sheet.code})
    assert "signed in as Otto Olsen" in client.get("/welcome/password/").content.decode()
    assert client.post("/welcome/add/").status_code == 302
    uma.refresh_from_db()
    assert uma.user_id == cast.users["otto"].pk


def test_a_student_never_adds_an_adult_to_their_sign_in(cast: Cast, uma: Any, client: Client) -> None:
    (sheet,) = invite(cast, uma).sheets
    client.force_login(cast.users["sam"])
    client.post("/welcome/", {"code": sheet.code})
    client.post("/welcome/add/")
    uma.refresh_from_db()
    assert uma.user_id is None


def test_a_lost_password_or_phone_is_mended_by_a_code_and_its_owner_is_told(
    cast: Cast, client: Client
) -> None:
    tess = cast.users["tess"]
    before = type(client)()
    before.force_login(tess)
    with cast.looking_as("adam") as viewer:
        sheet = actions.renew_way_in(person=cast.staff["tess"], by=viewer, at=AT)
    client.post("/welcome/", {"code": sheet.code})
    assert choose(client).status_code == 302
    tess.refresh_from_db()
    assert tess.check_password(PASSWORD)
    assert before.get("/classes/").status_code == 302, "the sessions of the old password are over"
    send_letters()
    assert "one-time code" in client.get("/inbox/").content.decode()


def test_nobody_makes_a_code_for_themselves_or_for_somebody_without_a_sign_in(cast: Cast, nia: Any) -> None:
    with cast.looking_as("adam") as viewer:
        with pytest.raises(NotAllowed):
            actions.renew_way_in(person=cast.staff["adam"], by=viewer, at=AT)
        with pytest.raises(Refused):
            actions.renew_way_in(person=nia, by=viewer, at=AT)


def test_no_code_is_printed_for_somebody_whom_nothing_lets_in(cast: Cast) -> None:
    """Bryn has a sign-in from before the court spoke."""
    with cast.looking_as("adam") as viewer, pytest.raises(Refused, match="Nothing lets this person in"):
        actions.renew_way_in(person=cast.family["bryn"], by=viewer, at=AT)
    assert not Invitation.objects.exists()


def test_the_web_role_cannot_link_a_sign_in_past_the_function(cast: Cast, nia: Any) -> None:
    from django.db import ProgrammingError  # noqa: PLC0415

    with pytest.raises(ProgrammingError), transaction.atomic(), as_web_role(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_user (username, password, display_name, email, language, is_active, "
                       "is_demo, created_at) VALUES ('eve', 'x', 'Eve', '', 'en', true, false, now())")  # fmt: skip
    with as_web_role(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE roster_staffmember SET user_id = %s WHERE id = %s", [cast.users["otto"].pk, nia.pk]
        )
        assert cursor.rowcount == 0


def test_a_wrong_digest_or_a_stranger_s_sign_in_is_refused_by_the_database(cast: Cast, uma: Any) -> None:
    invite(cast, uma)
    found = Invitation.objects.get()
    call = "SELECT crescendo_accept_invitation(%s, %s, 'x', 'en', %s, %s, %s)"
    with as_web_role(), connection.cursor() as cursor:
        cursor.execute(call, [found.pk, "0" * 64, None, AT, ON])
        assert cursor.fetchone() == (None,)
        cursor.execute(call, [found.pk, found.digest, cast.users["otto"].pk, AT, ON])
        assert cursor.fetchone() == (None,)


def test_the_list_says_who_can_sign_in_in_a_few_queries(
    cast: Cast, nia: Any, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.users["adam"])
    for n in range(20):
        person = roster.StaffMember.objects.create(
            given_name=f"N{n}", family_name="Many", sort_key=f"many n{n}"
        )
        roster.Post.objects.create(staff=person, organisation=cast.lincoln, role_id="teacher", begins_on=ON)
    with django_assert_max_num_queries(32):
        page = client.get("/people/").content.decode()
    assert "Nia Newman" in page
    assert "never signed in" in page
    assert "not invited" in page


def test_families_of_a_grade_and_teachers_of_a_school_are_groups(cast: Cast, uma: Any, nia: Any) -> None:
    with cast.looking_as("adam") as viewer:
        grade = queries.list_people(viewer=viewer, group=queries.Group("families", cast.lincoln.pk, "07"))
        assert {person.given_name for person in grade} == {"Uma", "Fay", "Bryn"}
        other = queries.list_people(viewer=viewer, group=queries.Group("families", cast.monroe.pk, "07"))
        assert not other.exists()
        teachers = queries.list_people(
            viewer=viewer, group=queries.Group("staff", cast.lincoln.pk, role="teacher")
        )
        assert {person.given_name for person in teachers} == {"Tess", "Nia"}


def test_a_page_invites_a_whole_group_after_saying_what_would_happen(
    cast: Cast, nia: Any, client: Client
) -> None:
    client.force_login(cast.users["adam"])
    said = {"kind": "staff", "school": str(cast.lincoln.pk), "role": "teacher"}
    assert "1 letter goes out" in client.get("/people/invite/", said).content.decode()
    assert not Invitation.objects.exists()
    client.post("/people/invite/", said | {"confirm": "yes"})
    client.post("/people/invite/", said | {"confirm": "yes"})
    assert Invitation.objects.count() == 1


def test_an_erased_student_leaves_no_name_in_any_invitation(cast: Cast, uma: Any, client: Client) -> None:
    from crescendo.roster import actions as roster_actions  # noqa: PLC0415

    (sheet,) = invite(cast, uma).sheets
    with cast.looking_as("adam") as viewer:
        roster_actions.erase_student(student_id=cast.students["nora"].pk, reason="asked", by=viewer, at=AT)
    assert set(Invitation.objects.values_list("username", "email", "digest")) == {("", "", "")}
    client.post("/welcome/", {"code": sheet.code})
    assert choose(client).status_code == 404


@pytest.mark.parametrize(
    "address", ["/people/?school=²", "/people/invite/?school=²", "/people/invite/?person=²"]
)
def test_an_address_with_a_number_that_is_none_still_answers(
    cast: Cast, client: Client, address: str
) -> None:
    client.force_login(cast.users["adam"])
    assert client.get(address).status_code == 200

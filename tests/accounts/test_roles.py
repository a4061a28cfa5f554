"""Roles and permissions are data; what stands here protects people whatever a page does."""

import pytest
from django.db import ProgrammingError, connection

from cast import as_web_role
from crescendo.accounts import roles
from crescendo.accounts.models import Permission, Role


def test_a_new_site_has_the_roles_and_permissions(db):
    assert set(Role.objects.values_list("code", flat=True)) == set(roles.ROLES)
    assert set(Permission.objects.values_list("code", flat=True)) == set(roles.PERMISSIONS)


def test_the_governor_sees_aggregates_and_no_student(db):
    governor = Role.objects.get(pk="governor")
    assert governor.student_scope == "none"
    assert list(governor.permissions.values_list("code", flat=True)) == ["results.see"]


@pytest.mark.parametrize("code", ["mentor", "coach", "moderator", "personnel", "governor"])
def test_some_roles_reach_no_student_by_themselves(db, code):
    role = Role.objects.get(pk=code)
    assert role.student_scope == "none"
    assert not role.permissions.filter(
        code__in=["students.see", "behaviour.see", "demographics.see", "records.correct"]
    ).exists()


def test_only_the_administrator_erases(db):
    assert list(Role.objects.filter(permissions="records.erase").values_list("code", flat=True)) == [
        "administrator"
    ]


@pytest.mark.parametrize(
    "table", ["accounts_role", "accounts_permission", "accounts_role_permissions", "accounts_site"]
)
def test_pages_change_no_role_and_do_not_declare_the_database_a_demo(db, table):
    for privilege in ("INSERT", "UPDATE", "DELETE"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('crescendo_web', %s, %s)", [table, privilege])
            assert cursor.fetchone() == (False,), privilege


def test_a_page_cannot_open_one_click_sign_in(cast):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        as_web_role(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_site SET made_by_demo = true")


def test_after_a_flush_the_roles_are_written_again_and_a_sites_own_change_stays(db):
    Role.objects.filter(pk="teacher").update(title="Kaiako")
    roles.seed_where_empty(None, using="default")
    assert Role.objects.get(pk="teacher").title == "Kaiako"
    Role.objects.all().delete()
    roles.seed_where_empty(None, using="default")
    assert Role.objects.get(pk="teacher").title == "Teacher"

"""python -m benchmarks.readers AS_OF: twenty people of the benchmark's district, signed in, and the pages each walks.

Prints JSON: a session cookie and a walk of paths for each. The cast first (a principal, a teacher, a counselor, a
family ...), then further teachers and principals until there are twenty, as a school day has them.
"""

import json
import sys
from datetime import date, datetime, time
from importlib import import_module

READERS = 20
STUDENTS_EACH = 6  # student pages on one person's walk


def main(as_of: date) -> None:
    """Sign twenty people in and say what they read."""
    from crescendo import cli  # noqa: PLC0415

    cli.set_up("worker")
    from crescendo.accounts.models import Site  # noqa: PLC0415
    from crescendo.core import school_time  # noqa: PLC0415
    from crescendo.pages import demo_people  # noqa: PLC0415

    at = datetime.combine(as_of, time(6), tzinfo=school_time.zone())
    Site.objects.update_or_create(pk=1, defaults={"demo_today": as_of, "made_by_demo": True})
    demo_people.introduce(today=as_of, at=at)
    readers = [_reader(user, as_of) for user in _people(at)]
    sys.stdout.write(json.dumps(readers))


def _people(at: datetime) -> list:
    """Twenty sign-ins: the cast without the one who sees nothing, then teachers and principals of other schools."""
    from crescendo.accounts.models import User  # noqa: PLC0415
    from crescendo.roster.models import Post  # noqa: PLC0415

    people = list(User.objects.filter(is_demo=True).exclude(username="bryn").order_by("username"))
    posts = Post.objects.filter(role_id__in=["teacher", "principal"], staff__user=None, ends_on=None)
    schools: set[tuple[int, str]] = set()
    for post in posts.select_related("staff").order_by("organisation_id", "role_id", "id"):
        place = (post.organisation_id, post.role_id)
        if len(people) == READERS or place in schools:
            continue
        schools.add(place)
        user = User.objects.create(
            username=f"reader-{post.pk}",
            display_name=post.staff.name,
            is_demo=True,
            created_at=at,
            password="!",
        )
        post.staff.user = user
        post.staff.save(update_fields=["user"])
        people.append(user)
    return people


def _reader(user: object, as_of: date) -> dict[str, object]:
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}", "paths": _walk(user, as_of)}


def _walk(user: object, as_of: date) -> list[str]:
    """Today, then this person's own places: classes and students for who has them, schools for who leads them."""
    from django.urls import reverse  # noqa: PLC0415

    from crescendo.indicators.permissions import result_scope  # noqa: PLC0415
    from crescendo.roster import queries as roster  # noqa: PLC0415
    from crescendo.roster.models import Organisation  # noqa: PLC0415
    from crescendo.roster.scope import looking_as  # noqa: PLC0415

    paths = [reverse("pages:today")]
    with looking_as(user.pk, as_of):
        viewer = roster.get_viewer(user=user, on=as_of)
        students = roster.list_students(viewer=viewer).order_by("sort_key", "id")[:STUDENTS_EACH]
        pages = [reverse("pages:student_page", args=[student.pk]) for student in students]
        if viewer.may("students.see"):
            paths.append(reverse("pages:student_list"))
        if viewer.may("participation.record"):
            classes = roster.list_classes(viewer=viewer).order_by("id")[:2]
            paths += [reverse("pages:class_page", args=[taught.pk]) for taught in classes]
        if viewer.may("results.see"):
            here = [
                post.organisation_id
                for post in viewer.posts
                if post.organisation_id in result_scope(viewer).organisations
            ]
            for place in Organisation.objects.filter(pk__in=here).order_by("id"):
                kind = "school" if place.kind == Organisation.Kind.SCHOOL else "district"
                paths += [
                    reverse(f"pages:{kind}_page", args=[place.pk]),
                    reverse("pages:organisation_indicator", args=[place.pk, "attendance_rate"]),
                ]
        return _woven(paths, pages)


def _woven(places: list[str], students: list[str]) -> list[str]:
    """A place, then a student, then the next place ...: all of both, the shorter list again and again."""
    length = max(len(places), len(students))
    if not students:
        return places
    return [lot[n % len(lot)] for n in range(length) for lot in (places, students)]


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]))

"""Each request knows who looks and on which day, and PostgreSQL knows the same."""

from datetime import date

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import AsyncClient, RequestFactory

from cast import ON, as_web_role
from crescendo.accounts import actions as accounts
from crescendo.accounts.models import AuditEntry, Site
from crescendo.core.errors import NotAllowed, NotFound
from crescendo.roster.middleware import ViewerMiddleware
from crescendo.roster.models import Student


def ask(user, view):
    request = RequestFactory().get("/")
    request.user = user

    def get_response(asked):
        try:
            return view(asked)
        except Exception as error:
            return middleware.process_exception(asked, error) or HttpResponse(status=500)

    middleware = ViewerMiddleware(get_response)
    with as_web_role():
        return middleware(request)


def test_a_page_that_forgets_every_filter_shows_what_its_viewer_may_see(cast):
    seen = {}

    def view(request):
        seen[request.viewer.display_name] = Student.objects.count()
        assert (request.on, request.viewer.on, request.at.date()) == (ON, ON, ON)
        return HttpResponse()

    for name in ("dina", "tess", "fay", "gus", "bryn"):
        ask(cast.users[name], view)
    ask(AnonymousUser(), view)
    assert seen == {
        "Dina Duarte": 5,
        "Tess Tanaka": 2,
        "Fay Soto": 1,
        "Gus Greene": 0,
        "Bryn Baker": 0,
        "": 0,
    }


def test_only_a_demo_stands_still(cast):
    days = []

    def view(request):
        days.append(request.on)
        return HttpResponse()

    Site.objects.update(made_by_demo=False)
    ask(cast.users["dina"], view)
    assert days != [ON]
    assert days[0] > date(2026, 7, 1) or days[0] < ON


@pytest.mark.parametrize(
    ("error", "status", "kept"),
    [
        (NotFound("no"), 404, True),
        (NotAllowed("no"), 403, True),
        (Http404(), 404, True),
        (PermissionDenied(), 403, True),
        (ValueError("broken half-way"), 500, False),
    ],
)
def test_an_answer_keeps_its_line_in_the_trail_and_a_failure_changes_nothing(cast, error, status, kept):
    def view(request):
        accounts.record_audit(
            verb="page.asked", object_type="page", object_id=None, by=request.viewer.user_id, at=request.at
        )
        raise error

    assert ask(cast.users["tess"], view).status_code == status
    assert AuditEntry.objects.exists() is kept


def test_the_site_and_the_viewer_cost_three_queries(cast, django_assert_num_queries):
    def view(request):
        return HttpResponse()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    # The site, the settings, the person with posts and permissions; and the savepoints and roles of this test.
    with django_assert_num_queries(3 + 6):
        ask(cast.users["tess"], view)


def ask_as_served(cast, name, address):
    """As the ASGI server asks: what Django answers by itself is answered in another thread."""
    browser = AsyncClient()
    browser.force_login(cast.users[name])
    return async_to_sync(browser.get)(address)


@pytest.mark.parametrize("name", ["fay", "bryn", "sam"])
@pytest.mark.parametrize(("address", "status"), [("/no-such-page/", 404), ("/staff/", 403)])
def test_a_family_is_answered_at_a_wrong_or_closed_address(cast, name, address, status):
    assert ask_as_served(cast, name, address).status_code == status


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_nul_is_refused_before_a_page_asks_the_database_with_it(cast, method):
    request = getattr(RequestFactory(), method)("/", {"q": "a\0b"})
    request.user = cast.users["tess"]
    with pytest.raises(BadRequest):
        ViewerMiddleware(lambda asked: HttpResponse())(request)


def test_a_shared_computer_keeps_no_page_of_somebody_signed_in(cast):
    kept = ask(cast.users["tess"], lambda request: HttpResponse())
    assert "no-store" in kept["Cache-Control"]
    assert not ask(AnonymousUser(), lambda request: HttpResponse()).has_header("Cache-Control")

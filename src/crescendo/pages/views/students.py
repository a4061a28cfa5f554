from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crescendo.accounts import actions as accounts
from crescendo.accounts import queries as trail
from crescendo.core import school_time
from crescendo.core.errors import NotFound
from crescendo.pages import queries, student_record
from crescendo.roster import queries as roster

STUDENTS_ON_A_PAGE = 50
READINGS_ON_A_PAGE = 50


@login_required
def student_list(request: HttpRequest) -> HttpResponse:
    """The students in the reader's scope, those who need a look first where asked."""
    if not request.viewer.may("students.see") and not request.viewer.is_family:
        raise PermissionDenied
    viewer, text, needs = request.viewer, request.GET.get("q", "").strip(), request.GET.get("needs", "")
    rows = queries.list_students(viewer=viewer, text=text, needs=needs)
    pages = queries.Pages(rows, STUDENTS_ON_A_PAGE, viewer=viewer, is_whole=not (text or needs))
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "people": queries.describe_students(viewer=viewer, students=page.object_list),
        "text": text,
        "needs": needs,
        "choices": queries.STUDENT_NEEDS,
    }
    return render(request, "pages/student_list.html", context)


@login_required
def student_page(request: HttpRequest, student_id: int) -> HttpResponse:
    """One student: what goes well first. Reading it leaves a line that the family can see."""
    viewer = request.viewer
    student = roster.get_student(viewer=viewer, student_id=student_id)
    reasons = roster.why_may_see(viewer, student)
    accounts.record_view(
        student_id=student.pk,
        by=request.user.pk,
        at=school_time.now(),
        reason=reasons[0].code if reasons else "",
    )
    context = student_record.describe(viewer=viewer, student=student) | {
        "student": student,
        "reasons": reasons,
    }
    context["live_topics"] = [f"student:{student.pk}", f"run:{viewer.school_year}"]
    return render(request, "pages/student_page.html", context)


@login_required
def student_readers(request: HttpRequest, student_id: int) -> HttpResponse:
    """Who has read this student's record, for the family, the student and the school's leaders."""
    student = roster.get_student(viewer=request.viewer, student_id=student_id)
    if not student_record.may_see_readers(request.viewer):
        raise PermissionDenied
    readings = trail.list_views_of_student(student_id=student.pk)
    page = Paginator(readings, READINGS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/student_readers.html", {"student": student, "page": page})


@login_required
def my_record(request: HttpRequest) -> HttpResponse:
    """A student's own page."""
    if request.viewer.student_id is None:
        raise NotFound
    return redirect("pages:student_page", student_id=request.viewer.student_id)

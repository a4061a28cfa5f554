"""Where does this number come from? For an organisation's number and for a student's."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crescendo.accounts import actions as accounts
from crescendo.insights import explaining, student_rows
from crescendo.insights.explaining import Asked
from crescendo.roster import queries as roster

ROWS_ON_A_PAGE = 50


def asked_for(request: HttpRequest, indicator: str) -> Asked:
    """The group and the counting rules stand in the address."""
    query = request.GET
    return Asked(indicator, query.get("by", ""), query.get("group", ""), query.get("rules", ""))


@login_required
@require_safe
def number_explain(request: HttpRequest, organisation_id: int, indicator: str) -> HttpResponse:
    """One number of one organisation, traced to its rows as far as the reader may see them."""
    viewer = request.viewer
    organisation = explaining.get_organisation(viewer=viewer, organisation_id=organisation_id)
    context = explaining.describe(
        viewer=viewer, organisation=organisation, asked=asked_for(request, indicator)
    )
    number, run = context.get("number"), context["run"]
    if number is not None:
        context |= explaining.describe_rows(viewer=viewer, organisation=organisation, number=number, run=run)
        if context["rows"] is not None:
            context |= _page_of_rows(request, context["rows"], run)
            _note_reading(request, number)
    return render(request, "insights/number_explain.html", context)


def _page_of_rows(request: HttpRequest, rows: object, run: object) -> dict[str, object]:
    students = explaining.list_students_behind(viewer=request.viewer, rows=rows)
    page = Paginator(students, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "people": explaining.with_rows(page.object_list, rows, run)}


def _note_reading(request: HttpRequest, number: object) -> None:
    """That somebody read the rows behind a number: one line, since a list of names is no one's record."""
    accounts.record_audit(
        verb="number.rows_read",
        object_type="organisation",
        object_id=number.organisation_id,
        by=request.user.pk,
        at=request.at,
        detail={
            "indicator": number.indicator,
            "run": number.run_id,
            "page": request.GET.get("page", "1")[:6],
        },
    )


@login_required
@require_safe
def student_number_explain(request: HttpRequest, student_id: int, indicator: str) -> HttpResponse:
    """One number of one student, traced to the facts. Reading it leaves a line that the family can see."""
    viewer, school = request.viewer, request.GET.get("school", "")
    student = roster.get_student(viewer=viewer, student_id=student_id)
    context = student_rows.describe(
        viewer=viewer,
        student=student,
        indicator=indicator,
        rule_pack=request.GET.get("rules", ""),
        school_id=int(school) if school.isdecimal() else None,
    )
    reasons = roster.why_may_see(viewer, student)
    accounts.record_view(
        student_id=student.pk,
        by=request.user.pk,
        at=request.at,
        reason=reasons[0].code if reasons else "",
        page="number",
    )
    return render(request, "insights/student_number_explain.html", context)

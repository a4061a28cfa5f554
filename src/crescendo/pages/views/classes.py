from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crescendo.core import school_time
from crescendo.pages import queries
from crescendo.pages.queries import registers
from crescendo.records import actions as records
from crescendo.roster import queries as roster
from crescendo.support import next_steps as support

CLASSES_ON_A_PAGE = 50


@login_required
def class_list(request: HttpRequest) -> HttpResponse:
    """The classes that the reader teaches, or that meet in the schools they lead."""
    viewer = request.viewer
    if not viewer.may("participation.record") and not viewer.may("students.see"):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()
    found = Paginator(queries.search_classes(viewer=viewer, text=text), CLASSES_ON_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    classes = queries.count_students(viewer=viewer, classes=page.object_list)
    return render(request, "pages/class_list.html", {"page": page, "classes": classes, "text": text})


@login_required
def class_page(request: HttpRequest, class_id: int) -> HttpResponse:
    """One class, and the one-tap check of who took part today."""
    viewer = request.viewer
    school_class = roster.get_class(viewer=viewer, class_id=class_id)
    context = queries.describe_class(viewer=viewer, school_class=school_class)
    context |= registers.describe_today(viewer=viewer, school_class=school_class)
    context["support_href"] = support.href_for_class(viewer=viewer, class_id=class_id)
    context["live_topics"] = [f"class:{class_id}"]
    return render(request, "pages/class_page.html", context)


@login_required
@require_POST
def participation_record(request: HttpRequest, class_id: int, student_id: int) -> HttpResponse:
    """One tap: this student took part today, or did not."""
    viewer = request.viewer
    records.record_participation(
        class_id=class_id,
        student_id=student_id,
        took_part=request.POST.get("took_part") == "yes",
        by=viewer,
        at=school_time.now(),
    )
    if request.htmx:
        school_class = roster.get_class(viewer=viewer, class_id=class_id)
        context = queries.describe_class(viewer=viewer, school_class=school_class)
        return render(request, "pages/parts/participation_check.html", context)
    return redirect("pages:class_page", class_id=class_id)

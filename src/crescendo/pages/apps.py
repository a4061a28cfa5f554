from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "crescendo.pages"
    # Only the demo's builder writes what opens one-click sign-in.
    web_may_only_read = ("pages_demobuild",)

    def ready(self) -> None:
        from crescendo.imports import places  # noqa: PLC0415  (apps are ready only now)

        of_students = ("students", "school_enrolments", "attendance_events", "assessment_results", "coursework_results",
                       "participation_checks", "activity_events", "behaviour_incidents", "course_outcomes")  # fmt: skip
        measured = (*of_students[1:], "attendance_submissions", "school_attendance_counts", "calendar_days")
        places.register(
            of_students, _("Each student's page"), "pages:student_list", lambda v: v.may("students.see")
        )
        places.register(
            ("classes", "class_enrolments", "class_staff", "coursework_items", "coursework_results"),
            _("The classes"), "pages:class_list", lambda viewer: viewer.may("participation.record"),
        )  # fmt: skip
        places.register(("staff", "posts"), _("The staff"), "pages:staff_list", lambda v: v.may("staff.see"))
        places.register(
            measured,
            _("The reports, as soon as it is measured"),
            "pages:report_list",
            lambda v: v.may("results.see"),
        )

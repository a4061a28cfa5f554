from django.urls import path

from .views import classes, days, live, organisations, registers, scores, search, staff, students, today

app_name = "pages"
urlpatterns = [
    path("", today.today, name="today"),
    path("students/", students.student_list, name="student_list"),
    path("students/<int:student_id>/", students.student_page, name="student_page"),
    path("students/<int:student_id>/readers/", students.student_readers, name="student_readers"),
    path("my-record/", students.my_record, name="my_record"),
    path("classes/", classes.class_list, name="class_list"),
    path("classes/<int:class_id>/", classes.class_page, name="class_page"),
    path(
        "classes/<int:class_id>/students/<int:student_id>/participation/",
        classes.participation_record,
        name="participation_record",
    ),
    path("classes/<int:class_id>/register/", registers.register_page, name="register_page"),
    path("classes/<int:class_id>/scores/", scores.score_list, name="score_list"),
    path("classes/<int:class_id>/scores/add/", scores.coursework_add, name="coursework_add"),
    path("classes/<int:class_id>/scores/<int:item_id>/", scores.score_page, name="score_page"),
    path(
        "classes/<int:class_id>/scores/<int:item_id>/change/",
        scores.coursework_change,
        name="coursework_change",
    ),
    path(
        "classes/<int:class_id>/scores/<int:item_id>/withdraw/",
        scores.coursework_withdraw,
        name="coursework_withdraw",
    ),
    path(
        "classes/<int:class_id>/scores/<int:item_id>/restore/",
        scores.coursework_restore,
        name="coursework_restore",
    ),
    path("live/", live.live_stream, name="live_stream"),
    path("staff/", staff.staff_list, name="staff_list"),
    path("reports/", organisations.report_list, name="report_list"),
    path("districts/<int:organisation_id>/", organisations.district_page, name="district_page"),
    path("schools/<int:organisation_id>/", organisations.school_page, name="school_page"),
    path("schools/<int:organisation_id>/days/", days.school_days, name="school_days"),
    path(
        "organisations/<int:organisation_id>/<slug:indicator>/",
        organisations.organisation_indicator,
        name="organisation_indicator",
    ),
    path("search/", search.search, name="search"),
]

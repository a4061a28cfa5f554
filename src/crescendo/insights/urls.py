from django.urls import path

from crescendo.insights.views import explain, export, goes_with

app_name = "insights"
urlpatterns = [
    path(
        "numbers/places/<int:organisation_id>/<slug:indicator>/",
        explain.number_explain,
        name="number_explain",
    ),
    path(
        "numbers/places/<int:organisation_id>/<slug:indicator>.<slug:form>",
        export.number_export,
        name="number_export",
    ),
    path(
        "numbers/places/<int:organisation_id>.<slug:form>",
        export.organisation_export,
        name="organisation_export",
    ),
    path(
        "numbers/students/<int:student_id>/<slug:indicator>/",
        explain.student_number_explain,
        name="student_number_explain",
    ),
    path("goes-with/<int:organisation_id>/", goes_with.goes_with, name="goes_with"),
]

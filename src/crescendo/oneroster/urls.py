"""1.2 has one base for each service, 1.1 one for all. What lies below is found in `paths`."""

from django.urls import path, re_path

from . import views

app_name = "oneroster"
urlpatterns = [
    path("rostering/v1p2/<path:rest>", views.rostering_read, name="rostering_read"),
    path("gradebook/v1p2/<path:rest>", views.gradebook_read, name="gradebook_read"),
    path("v1p1/<path:rest>", views.all_read, name="all_read"),
    re_path("^(?P<rest>.*)$", views.nothing_here, name="nothing_here"),
]

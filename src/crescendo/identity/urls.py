from django.urls import path

from . import views

app_name = "identity"
urlpatterns = [
    path("imports/same-person/", views.pair_list, name="pair_list"),
    path("imports/same-person/look/", views.pair_look, name="pair_look"),
    path("imports/same-person/<int:proposal_id>/merge/", views.pair_merge, name="pair_merge"),
    path("imports/same-person/<int:proposal_id>/two/", views.pair_dismiss, name="pair_dismiss"),
    path("imports/same-person/merges/<int:merge_id>/split/", views.merge_split, name="merge_split"),
    path("students/<int:student_id>/ids/", views.student_ids, name="student_ids"),
]

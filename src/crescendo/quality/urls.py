from django.urls import path

from . import views

app_name = "quality"
urlpatterns = [
    path("", views.school_list, name="school_list"),
    path("look/", views.look_again, name="look_again"),
    path("checks/<int:check_id>/assign/", views.check_assign, name="check_assign"),
    path("<slug:code>/", views.rule_detail, name="rule_detail"),
    path("<slug:code>/rows.csv", views.rule_export, name="rule_export"),
]

from django.urls import path

from .views import begin, steps

app_name = "setup"
urlpatterns = [
    path("", begin.begin, name="begin"),
    path("steps/", steps.overview, name="overview"),
    path("organisation/", steps.organisation, name="organisation"),
    path("roster/", steps.roster, name="roster"),
    path("calendar/", steps.calendar, name="calendar"),
    path("roles/", steps.roles, name="roles"),
    path("invitations/", steps.invitations, name="invitations"),
    path("measurement/", steps.measurement, name="measurement"),
    path("measurement/progress/", steps.measurement_progress, name="measurement_progress"),
    path("first-page/", steps.first_page, name="first_page"),
]

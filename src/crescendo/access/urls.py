from django.urls import path

from .views import passwords, people, welcome

app_name = "access"
urlpatterns = [
    path("people/", people.people_list, name="people_list"),
    path("people/invite/", people.people_invite, name="people_invite"),
    path(
        "people/invitations/<int:invitation_id>/withdraw/",
        people.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("people/<slug:kind>/<int:person_id>/code/", people.person_renew, name="person_renew"),
    path("welcome/", welcome.welcome_code, name="welcome_code"),
    path("welcome/password/", welcome.welcome, name="welcome"),
    path("welcome/add/", welcome.welcome_add, name="welcome_add"),
    path("welcome/<slug:token>/", welcome.welcome_link, name="welcome_link"),
    path("password/forgotten/", passwords.password_forgotten, name="password_forgotten"),
    path("password/new/", passwords.password_new, name="password_new"),
    path("password/new/<slug:number>/<slug:token>/", passwords.password_link, name="password_link"),
]

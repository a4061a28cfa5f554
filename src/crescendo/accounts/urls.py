from django.urls import path

from .views import second_step, signing_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-in/as/", signing_in.sign_in_as, name="sign_in_as"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("password/", signing_in.password_change, name="password_change"),
    path("sign-in/code/", second_step.second_step, name="second_step"),
    path("password/second/", second_step.second_factor_set, name="second_factor_set"),
    path("language/", signing_in.language_set, name="language_set"),
]
